"""What must be known of requests beside who wins: at which rate they came,
what a naive client would have seen, what was lost, and who is left out."""

from __future__ import annotations

from statistics import median
from typing import Iterator, Sequence

from reports.data import words
from reports.data.cells import CLOSED, HEAD_OF_LINE, Cell
from reports.data.metrics import BOUND, CHEAP, DELAYED, EVERY, PARTS, SHARED
from reports.data.metrics import Metric
from reports.data.workloads import Group
from reports.judge.judgement import Judgement

# A naive percentile that is so many times too low is worth a line.
LIE = 1.5
# Rates that differ by less are told as one: what comes at random never comes
# at exactly the rate that was meant.
SAME_RATE = 0.05


def before(group: Group, metrics: Sequence[Metric]) -> Iterator[str]:
    if any(metric in (*EVERY, *CHEAP) for metric in metrics):
        yield rates(group)


def after(
    group: Group, metrics: Sequence[Metric], judged: Judgement
) -> Iterator[str | None]:
    if not group.requests:
        return
    yield naive(group)
    if metrics or group.load in (None, CLOSED):
        yield from apart(group, metrics)
    yield lost(group)


def rates(group: Group) -> str:
    """'All are offered the same, 43,750 requests/s; of the capacity of each
    that is ...', or each its own."""
    found = {
        group.names[cell.name]: median(cell.http_values("offered_per_second"))
        for cell in group.comparable
        if cell.http_values("offered_per_second")
    }
    if not found:
        return "The rates that were offered are not known."
    if max(found.values()) <= (1 + SAME_RATE) * min(found.values()):
        rate = words.rate(median(found.values()))
        same = f"All are offered the same, {rate} requests/s, whatever they answer"
        return f"{same}{own_loads(group)}."
    how = "Each at a rate of its own"
    if group.load and not group.load.endswith("/s"):
        how = f"Each at {group.load} % of its own capacity, so near its own limit"
    return f"{how}: {ranked(found, words.rate)} requests/s."


def ranked(found: dict[str, float], write) -> str:
    order = sorted(found.items(), key=lambda pair: -pair[1])
    return words.listed(f"{name} {write(value)}" for name, value in order)


def own_loads(group: Group) -> str:
    """'; of the capacity of each that is 70 % for fork-ipc, 14 % for ...'."""
    found = {}
    for cell in group.comparable:
        asked = cell.http_values("offered_per_second")
        known = cell.http_values("capacity_per_second")
        if asked and known:
            found[group.names[cell.name]] = median(asked) / median(known)
    if not found:
        return ""
    return f"; of the capacity of each that is {ranked(found, words.percent)}"


def naive(group: Group) -> str | None:
    """Where counting from the actual send would have told a nicer tale."""
    if group.load == CLOSED:
        return None
    worst: tuple[float, Cell, str, float, float] | None = None
    for cell in group.comparable:
        for of in PARTS:
            true, shown = latencies(cell, of)
            if true and shown:
                if worst is None or true / shown > worst[0]:
                    worst = (true / shown, cell, of, true, shown)
                break
    if worst is None or worst[0] < LIE:
        return None
    times, cell, of, true, shown = worst
    return (
        f"Coordinated omission: a client that waits for answers would report a {of} "
        f"{words.ratio(times)} times too low for {group.names[cell.name]}, "
        f"{words.seconds(shown)} instead of {words.seconds(true)}."
    )


def latencies(cell: Cell, of: str) -> tuple[float | None, float | None]:
    """A percentile of all requests from the intended send, and the naive one;
    medians of repetitions."""
    true = cell.values(f"latency_{of}_seconds")
    shown = [((one.http or {}).get("naive") or {}).get(of) for one in cell.ok]
    shown = [value for value in shown if value is not None]
    return median(true) if true else None, median(shown) if shown else None


def apart(group: Group, metrics: Sequence[Metric]) -> Iterator[str]:
    """Who is left out of which question, and why."""
    here = group.comparable
    closed = group.load == CLOSED

    def names(cells: Sequence[Cell]) -> str:
        return words.listed(group.names[cell.name] for cell in cells)

    shared = [c for c in here if SHARED in c.flags]
    if closed and shared:
        who = "all" if len(shared) == len(here) else names(shared)
        yield (
            f"The load generator shared the CPUs of {who}: its part of them is unknown, "
            "so requests/s are not judged, and CPU per request is."
        )
    elif shared:
        cheap = group.scenario == HEAD_OF_LINE
        yield (
            "The load generator shared the CPUs, so latencies are not the servers' alone"
            + ("." if cheap else " and are not judged.")
        )
    bounds = [c for c in here if BOUND & {*c.flags}]
    if closed and bounds:
        yield (
            f"Generator-bound: {names(bounds)}; the load generator could do no more, so "
            "these requests/s are lower bounds that win nothing: CPU per request is judged."
        )
    late = [c for c in here if DELAYED & {*c.flags}]
    if late and not closed:
        yield (
            f"Late: {names(late)}; the load generator was late itself, so these "
            "latencies are upper bounds that are not judged."
        )
    asked = [metric for metric in metrics if metric in (*EVERY, *CHEAP)]
    if not asked:
        return
    few = [
        c for c in here if c not in late and c not in shared and not asked[0].known(c)
    ]
    if few:
        yield f"Too few requests for a {asked[0].name}: {names(few)}."
    if asked[0] not in (EVERY[0], CHEAP[0]):
        yield (
            f"The {asked[0].name} stands for the p99, which needs 10,000 requests in a "
            "repetition."
        )


def lost(group: Group) -> str | None:
    """Requests without a right answer, of all that were sent."""
    each = []
    for cell in (*group.cells, *group.peers):
        sent = sum(cell.http_values("sent"))
        bad = sum(one.errors or 0 for one in cell.ok)
        if sent and bad / sent > 0.001:
            each.append(f"{group.names[cell.name]} {bad:,.0f} of {sent:,.0f}")
    if not each:
        return None
    return f"Not answered, or wrongly (more than 1 in 1,000): {words.listed(each)}."
