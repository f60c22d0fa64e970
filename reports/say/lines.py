"""What is said of one group: a line per question, from its verdicts."""

from __future__ import annotations

from statistics import median
from typing import Iterator, Sequence

from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import BACKEND_BOUND, CPU, CPU_OF_BOTH, RATE, Metric
from reports.data.scenarios import MIXED, NULL
from reports.data.workloads import Group
from reports.judge import questions
from reports.judge.judgement import Judgement
from reports.judge.standing import Standing
from reports.judge.verdict import EQUAL, UNDECIDED, Verdict
from reports.say import requests
from reports.say.phrases import cores, costlier, figure, measured_by, name_of
from reports.say.phrases import series, span, within

# A spread that is worth a word: so wide, and so many times another.
WIDE, WIDER = 0.05, 3


def lines(judged: Judgement, group: Group) -> tuple[str, ...]:
    """The metrics first, then each against the base, its variant, its one core,
    the rule, its floor and the peers; then who is left out, and how sure."""
    told = [v for v in judged.verdicts if v.group is group and not v.control]
    metrics = judged.metrics(group) if judged.run.judged else ()
    found: list[str | None] = [not_yet(told)] if told else []
    found += requests.before(group, metrics)
    decided = [v for v in told if v.known]
    for metric in metrics:
        standing = judged.standing(group, metric)
        found += [standing_line(standing), spread_line(standing)]
        if metric is CPU and group.requests:
            found.append(standing_line(judged.standing(group, CPU_OF_BOTH)))
    for write in (against_base, over_another, worker_lines, peer_lines):
        found += write(group, decided)
    found.append(backend_line(group) if metrics else None)
    found += requests.after(group, metrics) if told or metrics else []
    found += [unclear(group, metrics) if told else None, absent(group)]
    found.append(too_few(told) if decided else None)
    return tuple(line for line in found if line)


def not_yet(told: Sequence[Verdict]) -> str | None:
    """What stands first where there are too few rounds for any interval."""
    if any(v.known for v in told):
        return None
    most = max(told, key=lambda v: v.pairs)
    return (
        f"This run only shows: {words.counted(most.pairs, 'comparison')} at once need "
        f"{most.needed} rounds to be decided, and it has {most.rounds}."
    )


def too_few(told: Sequence[Verdict]) -> str | None:
    """Larger families need more rounds than smaller ones: what is shown only."""
    short = {v.question: v for v in told if not v.known}
    each = [
        f"{question} ({v.pairs:,} comparisons at once need {v.needed} rounds)"
        for question, v in short.items()
    ]
    return f"Not decided with so few rounds: {words.listed(each)}." if each else None


def standing_line(standing: Standing) -> str | None:
    """Who wins, who is equal, what is undecided, on one metric."""
    group, metric = standing.group, standing.metric
    head = f"{measured_by(metric, group)}: "

    def name(cell: Cell) -> str:
        return name_of(cell, group)

    if standing.bound:
        who = words.listed(map(name, standing.bound))
        which = "an upper" if metric.lower else "a lower"
        return f"{head}nobody wins; the figure of {who} is only {which} bound."
    if not standing.decided:
        return None
    lead, ahead = standing.lead, ""
    if lead:
        near = name(lead.b)
        ahead = f"; {figure(lead)} times the next, {near}"
        if metric.lower:
            ahead = f"; the next, {near}, {costlier(lead.seen_from(lead.b))}"
    if standing.winner:
        return f"{head}{name(standing.winner)} wins{ahead}."
    if standing.equal:
        who = words.listed(map(name, standing.shown))
        return f"{head}{who} equal within {within(standing.within)}{ahead}."
    return f"{head}{undecided(standing)}."


def undecided(standing: Standing) -> str:
    """'undecided between prefork and thread-pool (0.97 to 1.06), which beat the
    rest'; of more than two, how the first of them stands to each."""
    names = standing.group.names
    first, *others = standing.top or standing.order
    beside = [v for v in (standing.between(first, c) for c in others) if v]
    each = [f"{names[v.b.name]} {span(v)}" for v in beside if v.word == UNDECIDED]
    equal = [v for v in beside if v.word == EQUAL]
    text = f"undecided; {names[first.name]} over {words.listed(each)}"
    if len(others) == 1:
        text = f"undecided between {names[first.name]} and {each[0]}"
    if equal:
        who = words.listed(names[v.b.name] for v in equal)
        text += f"; equal to {who} within {within(max(v.within for v in equal))}"
    return text + (", which beat the rest" if standing.apart else "")


def spread_line(standing: Standing) -> str | None:
    """Equal in the middle and yet not alike: by the middle half of the repetitions
    over the median."""
    widths = []
    for cell in standing.top if standing.equal else ():
        values = sorted(cell.values(standing.metric.key))
        quarter = len(values) // 4
        width = (values[-1 - quarter] - values[quarter]) / median(values)
        widths.append((width, name_of(cell, standing.group)))
    if not widths or max(widths)[0] < max(WIDE, WIDER * min(widths)[0]):
        return None
    (low, steady), (high, wild) = min(widths), max(widths)
    return (
        f"Medians equal, spread not: the middle half of {wild} is {within(high)} wide, "
        f"of {steady} {within(low)}."
    )


def of(question: str, told: Sequence[Verdict]) -> dict[Metric, list[Verdict]]:
    found: dict[Metric, list[Verdict]] = {}
    for v in told:
        if v.question == question:
            found.setdefault(v.metric, []).append(v)
    return found


def against_base(group: Group, told: Sequence[Verdict]) -> Iterator[str]:
    """Each against the model by which they are told. Of the requests that an
    expensive one holds up it is the base that is many times the others."""
    base = group.base()
    if base is None or group.scenario in (MIXED, NULL) or (group.limit and group.waits):
        # How much more is in flight says that better; see the column of the cap.
        return
    name = name_of(base, group)
    for metric, some in of(questions.MODELS, told).items():
        mine = [v for v in some if base in (v.a, v.b)]
        if mine and group.requests:
            each = series([v.seen_from(base) for v in mine], lambda v: f"{v.b.label}")
            yield f"{measured_by(metric, group)}, {name} over the others: {each}."
        elif mine:
            other = [v.seen_from(v.b if v.a is base else v.a) for v in mine]
            each = series(other, lambda v: name_of(v.a, group), metric.times)
            yield f"Against {name}: {each}."


def over_another(group: Group, told: Sequence[Verdict]) -> Iterator[str]:
    """Variants over their models, more cores over one, models over their floors."""
    for question in (questions.VARIANT, questions.SCALING, questions.FLOOR):
        for metric, some in of(question, told).items():
            others = {v.b.label for v in some}
            alone = others.pop() if len(others) == 1 else None
            head = {
                questions.VARIANT: f"of variants over {alone or 'their models'}",
                questions.SCALING: f"Speed-up from 1 to {cores(group.cores)}",
                questions.FLOOR: f"over the bare {alone or 'primitive'}",
            }[question]
            if question != questions.SCALING:
                head = f"{measured_by(metric, group)} {head}"
            beside = question == questions.FLOOR and not alone

            def name(v: Verdict) -> str:
                return name_of(v.a, group) + (f" over {v.b.label}" if beside else "")

            yield f"{head}: {series(some, name)}."


def worker_lines(group: Group, told: Sequence[Verdict]) -> Iterator[str]:
    """What the rule for the number of workers is worth, model by model."""
    asked = [v for v in told if v.question == questions.WORKERS]
    for ruled in dict.fromkeys(v.b for v in asked):
        mine = [v for v in asked if v.b is ruled]
        better = [v for v in mine if v.winner is v.a]
        share = "" if ruled.share is None else f" at {words.share(ruled.share)}"
        count = words.counted(ruled.workers, "worker")
        text = f"{ruled.label}{share}: the rule says {count}; "
        unsure = [f"{v.a.workers:,} {span(v)}" for v in mine if v.word == UNDECIDED]
        if better:
            best = max(better, key=lambda v: v.ratio)
            text += f"{best.a.workers:,} win, {figure(best)} times as fast"
        else:
            text += "no other number wins"
        yield text + (f"; undecided: {words.listed(unsure)}." if unsure else ".")


def peer_lines(group: Group, told: Sequence[Verdict]) -> Iterator[str]:
    """CPU per request first: it does not depend on who was the bottleneck."""
    found = of(questions.PEER, told)
    for peer in group.peers:
        for metric in (CPU, RATE):
            some = [v for v in found.get(metric, ()) if v.b is peer]
            if some:
                each = series(some, lambda v: name_of(v.a, group), metric.times)
                yield f"Against {group.names[peer.name]}: {each}."


def backend_line(group: Group) -> str | None:
    who = [c for c in group.comparable if BACKEND_BOUND in c.flags]
    if not who:
        return None
    names = words.listed(name_of(c, group) for c in who)
    return (
        f"Backend-bound: {names}; the backend was the limit, so jobs per second are "
        "lower bounds that win nothing, and CPU per job is judged."
    )


def unclear(group: Group, metrics: Sequence[Metric]) -> str | None:
    """Whose price is not known, or below what the clock resolves."""
    out = [name_of(c, group) for c in group.contestants if not CPU.known(c)]
    if CPU not in metrics or not out:
        return None
    return f"{CPU.called(group.requests)} is not known of {words.listed(out)}."


def absent(group: Group) -> str | None:
    """Why a cell failed stands below its table."""
    out = [
        f"{name_of(cell, group)} ({'failed' if cell.failed else 'skipped'})"
        for cell in (*group.cells, *group.peers)
        if not cell.comparable
    ]
    return f"Not compared: {words.listed(out)}." if out else None


def outcome(standing: Standing) -> str:
    """'prefork wins', 'all 5 equal', 'thread-pool and prefork equal',
    'undecided', for a few words elsewhere."""
    if standing.bound:
        return "nobody wins beside bounds"
    if standing.winner:
        return f"{name_of(standing.winner, standing.group)} wins"
    if standing.equal:
        if len(standing.top) == len(standing.order):
            return f"all {len(standing.top)} equal"
        names = words.listed(name_of(c, standing.group) for c in standing.shown)
        return f"{names} equal"
    return "undecided" if standing.decided else "too few rounds"
