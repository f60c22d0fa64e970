"""A verdict in words: its figure, its word, and the whole sentence.

Every sentence takes its verb from the verdict; the interval that decided is
the one that is told.
"""

from __future__ import annotations

import math
from typing import Callable, Mapping, Sequence

from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import CPU, EVERY, RATE, Metric
from reports.data.workloads import Group
from reports.judge.questions import CONTROL, FLOOR, SCALING, WORKERS
from reports.judge.verdict import EQUAL, UNDECIDED, WINS, Verdict

Names = Mapping[str, str]
ONE_THREAD = "one thread uses one core"


def cores(count: int) -> str:
    return words.counted(count, "core")


def place(group: Group) -> str:
    """'2 cores with 100 in flight', or the cores alone where no limit is."""
    limit = "" if group.limit is None else f" with {group.limit:,} in flight"
    return cores(group.cores) + limit


def within(share: float) -> str:
    """'0.9 %': rounded up, for it is a bound."""
    return f"{math.ceil(round(share * 1000, 6)) / 10:.3g} %"


def span(v: Verdict) -> str:
    return f"({words.between(v.low, v.high)})"


def figure(v: Verdict) -> str:
    """'1.97 (1.95 to 1.99)'."""
    return f"{words.ratio(v.ratio)} {span(v)}" if v.known else words.ratio(v.ratio)


def conclusion(v: Verdict) -> str:
    """'equal within 0.8 %', 'undecided (0.97 to 1.06)', '1.97 (1.95 to 1.99)'."""
    if v.word == EQUAL:
        return f"equal within {within(v.within)}"
    if v.word == UNDECIDED:
        return f"undecided {span(v)}" if v.known else f"{figure(v)} so far, undecided"
    return figure(v)


def series(
    verdicts: Sequence[Verdict], name: Callable[[Verdict], str], times: str = ""
) -> str:
    """Wins with their figures, the largest first; then who is equal, within
    what the loosest of them is; then what is undecided. `times` follows the
    figures: 'prefork 1.98 (1.96 to 2.00) times as fast'."""
    ordered = sorted(verdicts, key=lambda v: -v.ratio)
    won = [f"{name(v)} {figure(v)}" for v in ordered if v.word == WINS]
    equal = [v for v in ordered if v.word == EQUAL]
    parts = []
    if won:
        parts.append(f"{words.listed(won)} {times}".rstrip())
    if equal:
        who = words.listed(name(v) for v in equal)
        text = f"{who} equal within {within(max(v.within for v in equal))}"
        parts.append(text + (f": {ONE_THREAD}" if all(map(one_thread, equal)) else ""))
    unsure = [f"{name(v)} {span(v)}" for v in ordered if v.word == UNDECIDED]
    if unsure:
        parts.append(f"undecided: {words.listed(unsure)}")
    return "; ".join(parts)


def one_thread(v: Verdict) -> bool:
    """Equal for a plain reason: there is no second thread to gain by."""
    alone = v.a.workers == 1 and v.a.cores > 1 and v.metric is RATE
    return v.word == EQUAL and alone and v.b.workers == 1


def costlier(v: Verdict) -> str:
    """The figure with what it is of: 'needs 1.21 (1.18 to 1.24) times as much',
    'takes 3.1 (2.9 to 3.3) times as long'."""
    if v.metric is CPU:
        return f"needs {figure(v)} times as much"
    return f"takes {figure(v)} times as long"


def name_of(cell: Cell, group: Group) -> str:
    return group.names.get(cell.name, cell.label)


def of_pair(v: Verdict) -> tuple[str, str]:
    """What the two of a comparison are called in a sentence of their own."""
    if v.question == SCALING:
        return (
            f"{v.a.label} on {cores(v.a.cores)}",
            f"{v.b.label} on {cores(v.b.cores)}",
        )
    if v.question == WORKERS:
        each = (
            f"{c.label} with {words.counted(c.workers, 'worker')}" for c in (v.a, v.b)
        )
        return tuple(each)
    if v.question == CONTROL:
        return f"one copy of {v.a.label}", "the other"
    a, b = name_of(v.a, v.group), name_of(v.b, v.group)
    if v.a.cores != v.b.cores:
        b += f" on {cores(v.b.cores)}"
    return a, f"the bare {b}" if v.question == FLOOR else b


def sentence(v: Verdict) -> str:
    """The whole comparison, true and clear without its neighbours."""
    a, b = of_pair(v)
    group = v.group
    requests = group.requests
    where = f"{words.work(group.scenario, group.params)}, {place(group)}"
    # A cost is told from the dearer side.
    if v.metric.lower and v.known and v.ratio < 1:
        v, (a, b) = v.seen_from(v.b), (b, a)
    claim = {
        RATE: f"{a} is {words.ratio(v.ratio)} times as fast as {b}",
        CPU: f"{a} needs {words.ratio(v.ratio)} times the {CPU.called(requests)} of {b}",
    }.get(
        v.metric,
        f"the {v.metric.name} of {a} is {words.ratio(v.ratio)} times that of {b}",
    )
    rounds = words.counted(v.rounds, "round")
    if not v.known:
        return (
            f"{words.capital(where)}: {claim} so far; undecided, for {v.pairs:,} "
            f"comparisons at once need {v.needed} rounds and this one has {v.rounds}."
        )
    if v.word == EQUAL:
        what = v.metric.called(requests)
        return (
            f"{words.capital(where)}: {a} and {b} are equal within "
            f"{within(v.within)} in {what} ({rounds})."
        )
    if v.word == UNDECIDED:
        claim = claim.replace(
            f"{words.ratio(v.ratio)} times", f"{words.between(v.low, v.high)} times"
        )
        return f"{words.capital(where)}: undecided, {claim} ({rounds})."
    winner = a if v.winner is v.a else b
    return (
        f"{words.capital(where)}: {winner} wins, {claim} "
        f"({words.between(v.low, v.high)}; {rounds})."
    )


def measured_by(metric: Metric, group: Group) -> str:
    """'Jobs per second', 'CPU per request', 'P99' at the head of a line."""
    text = metric.called(group.requests)
    return text if metric in EVERY else words.capital(text)
