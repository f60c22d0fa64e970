"""A verdict in words: its figure, its word, and the whole sentence.

Every sentence takes its verb from the verdict; the interval that decided is
the one that is told.
"""

from __future__ import annotations

import math
from typing import Callable, Sequence

from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import CPU, CPU_OF_BOTH, RATE, Metric
from reports.data.workloads import Group
from reports.judge.questions import CONTROL, FLOOR, SCALING, WORKERS
from reports.judge.verdict import EQUAL, UNDECIDED, WINS, Verdict

ONE_THREAD = "one thread uses one core"
# In a longer list the figures stand without their intervals.
MANY = 6


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
    """'1.97 (1.95 to 1.99)'; '2.00' where its interval is no wider than that."""
    wide = v.known and len({*map(words.ratio, (v.low, v.ratio, v.high))}) > 1
    return f"{words.ratio(v.ratio)} {span(v)}" if wide else words.ratio(v.ratio)


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
    of = {w: [v for v in ordered if v.word == w] for w in (WINS, EQUAL, UNDECIDED)}
    parts = []
    if won := of[WINS]:
        write = figure if len(won) <= MANY else lambda v: words.ratio(v.ratio)
        each = words.listed(f"{name(v)} {write(v)}" for v in won)
        parts.append(f"{each} {times}".rstrip())
    if equal := of[EQUAL]:
        who = words.listed(map(name, equal))
        text = f"{who} equal within {within(max(v.within for v in equal))}"
        parts.append(text + (f": {ONE_THREAD}" if all(map(one_thread, equal)) else ""))
    if unsure := of[UNDECIDED]:
        each = words.listed(f"{name(v)} {span(v)}" for v in unsure)
        parts.append(f"{each} undecided")
    return "; ".join(parts)


def one_thread(v: Verdict) -> bool:
    """Equal for a plain reason: there is no second thread to gain by."""
    alone = v.a.workers == 1 and v.a.cores > 1 and v.metric is RATE
    return v.word == EQUAL and alone and v.b.workers == 1


def costlier(v: Verdict) -> str:
    """The figure with what it is of: 'needs 1.21 (1.18 to 1.24) times as much',
    'takes 3.1 (2.9 to 3.3) times as long'."""
    if v.metric in (CPU, CPU_OF_BOTH):
        return f"needs {figure(v)} times as much"
    return f"takes {figure(v)} times as long"


def name_of(cell: Cell, group: Group) -> str:
    return group.names.get(cell.name, cell.label)


def of_pair(v: Verdict) -> tuple[str, str]:
    """What the two of a comparison are called in a sentence of their own."""
    if v.question == SCALING:
        a, b = (f"{c.label} on {cores(c.cores)}" for c in (v.a, v.b))
        return a, b
    if v.question == WORKERS:
        count = words.counted
        a, b = (f"{c.label} with {count(c.workers, 'worker')}" for c in (v.a, v.b))
        return a, b
    if v.question == CONTROL:
        return f"one copy of {v.a.label}", "the other"
    a, b = name_of(v.a, v.group), name_of(v.b, v.group)
    if v.a.cores != v.b.cores:
        b += f" on {cores(v.b.cores)}"
    return a, f"the bare {b}" if v.question == FLOOR else b


def sentence(v: Verdict) -> str:
    """The whole comparison, true and clear without its neighbours."""
    a, b = of_pair(v)
    group, requests = v.group, v.group.requests
    head = words.capital(f"{words.work(group.scenario, group.params)}, {place(group)}")
    # A cost is told from the side that costs more.
    if v.metric.lower and v.known and v.ratio < 1:
        v, (a, b) = v.seen_from(v.b), (b, a)
    rounds = words.counted(v.rounds, "round")

    def claim(times: str) -> str:
        if v.metric is RATE:
            return f"{a} is {times} times as fast as {b}"
        if v.metric is CPU:
            return f"{a} needs {times} times the {CPU.called(requests)} of {b}"
        return f"the {v.metric.called(requests)} of {a} is {times} times that of {b}"

    if not v.known:
        return (
            f"{head}: {claim(words.ratio(v.ratio))} so far; undecided, for {v.pairs:,} "
            f"comparisons at once need {v.needed} rounds and this one has {v.rounds}."
        )
    if v.word == EQUAL:
        what = v.metric.called(requests)
        return (
            f"{head}: {a} and {b} are equal within {within(v.within)} in {what} "
            f"({rounds})."
        )
    if v.word == UNDECIDED:
        return f"{head}: undecided, {claim(words.between(v.low, v.high))} ({rounds})."
    winner = a if v.winner is v.a else b
    return (
        f"{head}: {winner} wins, {claim(words.ratio(v.ratio))} "
        f"({words.between(v.low, v.high)}; {rounds})."
    )


def measured_by(metric: Metric, group: Group) -> str:
    """'Jobs per second', 'CPU per request', 'p99' at the head of a line."""
    text = metric.called(group.requests)
    return text if text.startswith("p") else words.capital(text)
