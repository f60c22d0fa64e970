"""The verdicts about requests for people: a few lines per core count and load.

Called by summary.py. Beside who wins stands what the figures are worth: who
was asked at which rate, what a naive client would have seen, what was lost.
"""

from __future__ import annotations

from typing import Sequence

from reports import lines as writers
from reports import statistics, words
from reports.answers import BOUND, CHEAP, CPU, DELAYED, EVERY, LATENCIES
from reports.answers import SHARED
from reports.answers import THROUGHPUT, Answer, bound, comparable, contestants, fits
from reports.answers import labels
from reports.cells import CLOSED, HEAD_OF_LINE, Cell
from reports.contests import AGAINST_LOOP, FLOOR, VARIANT, WHO_WINS, WORKERS, hidden
from reports.lines import Names
from reports.questions_http import PEER, judged
from reports.run import Group, Workload
from reports.sentences import SAME_RATE, aside, figure, part, sentence
from reports.statistics import TIES, WINS

# A naive percentile that is so many times too short is worth a line.
LIE = 1.5


def lines(
    workload: Workload, group: Group, answers: Sequence[Answer]
) -> tuple[str, ...]:
    names = labels([*group.cells, *group.floors, *group.peers])
    told = [a for a in answers if a.ratio]
    found = [writers.not_yet(told)] if told and writers.few(told) else []
    if any(a.metric in LATENCIES for a in told):
        found.append(rates(group, names))
    for question, write in (
        (AGAINST_LOOP, held_up),
        (WHO_WINS, writers.leader_line),
        (VARIANT, writers.variant_line),
        (WORKERS, writers.workers_line),
        (FLOOR, writers.floor_line),
    ):
        asked = [a for a in told if a.question == question]
        for metric in dict.fromkeys(a.metric for a in asked):
            found.append(write([a for a in asked if a.metric == metric], names))
    found += against_peers([a for a in told if a.question == PEER], names)
    found += [sentence(a, names) for a in answers if not a.ratio]
    if told:
        found += filter(None, [naive(group, names)])
    if group.load in (None, CLOSED, *judged(workload, group.cores)):
        found += apart(group, answers, names)
    found += filter(None, [lost(group, names), absent(group, names)])
    return tuple(found)


def rates(group: Group, names: Names) -> str:
    """'Each at 70 % of its own capacity: event-loop at 43,750 requests/s...'."""
    found = {
        names[cell.name]: statistics.median(cell.http_values("offered_per_second"))
        for cell in comparable(group)
        if cell.http_values("offered_per_second")
    }
    if not found:
        return "The rates that were offered are not known."
    if max(found.values()) <= (1 + SAME_RATE) * min(found.values()):
        rate = words.rate(statistics.median([*found.values()]))
        same = f"All are offered the same, {rate} requests/s, whatever they answer"
        return f"{same}{own_loads(group, names)}."
    how = "Each at a rate of its own"
    if group.load and not group.load.endswith("/s"):
        how = f"Each at {group.load} % of its own capacity, so near its own limit"
    order = sorted(found.items(), key=lambda pair: -pair[1])
    each = words.listed(f"{name} {words.rate(rate)}" for name, rate in order)
    return f"{how}: {each} requests/s."


def own_loads(group: Group, names: Names) -> str:
    """': 70 % of the capacity of fork-ipc, 14 % of that of event-loop'."""
    found = {}
    for cell in comparable(group):
        asked = cell.http_values("offered_per_second")
        known = cell.http_values("capacity_per_second")
        if asked and known:
            own = statistics.median(known)
            found[names[cell.name]] = statistics.median(asked) / own
    if not found:
        return ""
    order = sorted(found.items(), key=lambda pair: -pair[1])
    each = words.listed(f"{100 * share:.0f} % of {name}'s" for name, share in order)
    return f"; of the capacity of each that is {each}"


def held_up(answers: Sequence[Answer], names: Names) -> str:
    """How much longer cheap requests wait under the loop than under others."""
    base, of = names[answers[0].rival.name], part(answers[0].metric)
    ordered = sorted(answers, key=lambda a: a.ratio.estimate)

    def those(word: str, longer: bool) -> list[str]:
        return [
            f"{figure(a, True)} times that of {names[a.cell.name]}"
            for a in ordered
            if a.word == word and (a.ratio.estimate < 1) == longer
        ]

    if writers.few(answers):
        each = [
            f"{figure(a, True)} times that of {names[a.cell.name]}" for a in ordered
        ]
        return f"Cheap requests: the {of} of {base} is {words.listed(each)}."
    parts = []
    won = those(WINS, True) + those(WINS, False)
    if won:
        parts.append(f"the {of} of {base} is {words.listed(won)}")
    for word, verb in ((TIES, "ties with"), (statistics.CANNOT_TELL, None)):
        some = [a for a in ordered if a.word == word]
        if some:
            each = words.listed(f"{names[a.cell.name]} {aside(a, True)}" for a in some)
            parts.append(f"it {verb} {each}" if verb else f"can't tell for {each}")
    return f"Cheap requests: {'; '.join(parts)}."


def against_peers(answers: Sequence[Answer], names: Names) -> list[str]:
    """A line per peer and measure; CPU per request first, because that does
    not depend on who was the bottleneck. Variants are in the verdicts."""
    found = []
    answers = [a for a in answers if not a.cell.variant] or answers
    for peer in dict.fromkeys(a.rival for a in answers):
        for metric in (CPU, THROUGHPUT):
            asked = [a for a in answers if (a.rival, a.metric) == (peer, metric)]
            if asked:
                verb, phrase = "needs", "times the CPU per request"
                if metric == THROUGHPUT:
                    verb, phrase = "is", "times as fast"
                text = writers.compose(asked, names, verb, phrase, "")
                found.append(f"Against {names[peer.name]}: {text}")
    return found


def naive(group: Group, names: Names) -> str | None:
    """Where counting from the actual send would have told a nicer tale."""
    if group.load == CLOSED:
        return None
    worst: tuple[float, Cell, str, float, float] | None = None
    for cell in comparable(group):
        for of in ("p99", "p90", "p50"):
            true, shown = latencies(cell, of)
            if true and shown and shown > 0:
                if worst is None or true / shown > worst[0]:
                    worst = (true / shown, cell, of, true, shown)
                break
    if worst is None or worst[0] < LIE:
        return None
    _, cell, of, true, shown = worst
    return (
        f"Coordinated omission: a client that counts from its own sends would put the "
        f"{of} of {names[cell.name]} at {words.seconds(shown)}; counted from the "
        f"intended sends it is {words.seconds(true)}."
    )


def latencies(cell: Cell, of: str) -> tuple[float | None, float | None]:
    """A percentile of all requests from the intended send, and the naive one;
    medians of repetitions."""
    true = cell.values(f"latency_{of}_seconds")
    shown = [((one.http or {}).get("naive") or {}).get(of) for one in cell.ok]
    shown = [value for value in shown if value is not None]
    return (
        statistics.median(true) if true else None,
        statistics.median(shown) if shown else None,
    )


def apart(group: Group, answers: Sequence[Answer], names: Names) -> list[str]:
    """Who is left out of which question, and why."""
    here, found = comparable(group), []
    closed = group.load == CLOSED
    shared = [c for c in here if SHARED in c.flags]
    if closed and shared:
        who = "all" if len(shared) == len(here) else listed(shared, names)
        found.append(
            f"The load generator shared the CPUs of {who}: its part of them is unknown, "
            "so requests/s are not judged, and CPU per request is."
        )
    elif shared:
        found.append(
            "The load generator shared the CPUs, so latencies are not the servers' alone"
            + ("." if group.scenario == HEAD_OF_LINE else " and are not judged.")
        )
    bounds = [c for c in here if BOUND & {*c.flags} and bound(c)]
    if closed and bounds:
        ahead = hidden(contestants(group), THROUGHPUT)
        found.append(
            f"Generator-bound: {listed(bounds, names)}; the load generator could do no "
            "more, so these requests/s are lower bounds that win nothing"
            + (", and nobody wins beside them" if ahead else "")
            + ": CPU per request is judged."
        )
    late = [c for c in here if DELAYED & {*c.flags}]
    if late and not closed:
        found.append(
            f"Late: {listed(late, names)}; the load generator was late itself, so these "
            "latencies are upper bounds that are not judged"
            + (
                ", and nobody wins beside them."
                if any(hidden(contestants(group), m) for m in EVERY)
                else "."
            )
        )
    asked = [a.metric for a in answers if a.metric in LATENCIES]
    few = [c for c in here if c not in late and asked and not fits(c, asked[0])]
    if few:
        found.append(f"Too few requests for a {part(asked[0])}: {listed(few, names)}.")
    every = CHEAP if group.scenario == HEAD_OF_LINE else EVERY
    if asked and asked[0] != every[0]:
        found.append(
            f"The {part(asked[0])} stands for the p99, which needs 10,000 requests in a "
            "repetition."
        )
    return found


def listed(cells: Sequence[Cell], names: Names) -> str:
    return words.listed(names[cell.name] for cell in cells)


def lost(group: Group, names: Names) -> str | None:
    """Requests without a right answer, of all that were sent."""
    each = []
    for cell in (*group.cells, *group.peers):
        sent = sum(cell.http_values("sent"))
        bad = sum(one.errors or 0 for one in cell.ok)
        if sent and bad / sent > 0.001:
            each.append(f"{names[cell.name]} {bad:,.0f} of {sent:,.0f}")
    if not each:
        return None
    return f"Not answered, or wrongly (more than 0.1 %): {words.listed(each)}."


def absent(group: Group, names: Names) -> str | None:
    out = [
        f"{names[cell.name]} ({'failed' if cell.failed else 'skipped'})"
        for cell in (*group.cells, *group.peers)
        if not cell.comparable
    ]
    return f"Not compared: {words.listed(out)}." if out else None
