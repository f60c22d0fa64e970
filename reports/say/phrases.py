"""A verdict in words: its figure, its word, and the whole sentence."""

from __future__ import annotations

import math
from typing import Callable, Sequence

from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import Metric
from reports.data.workloads import Group
from reports.judge.questions import CONTROL, FLOOR, WORKERS
from reports.judge.verdict import EQUAL, UNDECIDED, WINS, Verdict

# In a longer list the figures stand without their intervals.
MANY = 6


def cores(count: int) -> str:
    return words.counted(count, "core")


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


def series(verdicts: Sequence[Verdict], name: Callable[[Verdict], str]) -> str:
    """Wins with their figures, the largest first; then who is equal, within
    what the loosest of them is; then what is undecided."""
    ordered = sorted(verdicts, key=lambda v: -v.ratio)
    wins, equal, unsure = (
        [v for v in ordered if v.word == word] for word in (WINS, EQUAL, UNDECIDED)
    )
    write = figure if len(wins) <= MANY else lambda v: words.ratio(v.ratio)
    parts = [words.listed(f"{name(v)} {write(v)}" for v in wins)] if wins else []
    if equal:
        loosest = within(max(v.within for v in equal))
        parts.append(f"{words.listed(map(name, equal))} equal within {loosest}")
    if unsure:
        each = words.listed(f"{name(v)} {span(v)}" for v in unsure)
        parts.append(f"{each} undecided")
    return "; ".join(parts)


def name_of(cell: Cell, group: Group) -> str:
    return group.names.get(cell.name, cell.label)


def measured_by(metric: Metric, group: Group) -> str:
    """'Jobs per second', 'CPU per request', 'p99' at the head of a line."""
    text = metric.called(group.requests)
    return text if text.startswith("p") else words.capital(text)


def of_pair(v: Verdict) -> tuple[str, str]:
    """What the two of a comparison are called in a sentence of their own."""
    if v.question == CONTROL:
        return f"one copy of {v.a.label}", "the other"
    a, b = (name_of(cell, v.group) for cell in (v.a, v.b))
    if v.question == WORKERS:
        a, b = (f"{c.label} with {c.workers:,} workers" for c in (v.a, v.b))
    elif v.a.cores != v.b.cores:
        a, b = (f"{c.label} on {cores(c.cores)}" for c in (v.a, v.b))
    return a, f"the bare {b}" if v.question == FLOOR else b


def sentence(v: Verdict) -> str:
    """The whole comparison, true and clear without its neighbours."""
    a, b = of_pair(v)
    if v.metric.lower and v.ratio < 1:
        # A cost is told from the side that costs more.
        v, (a, b) = v.seen_from(v.b), (b, a)
    group, said = v.group, v.word
    if v.word == EQUAL:
        said = conclusion(v)
    elif v.winner:
        said = f"{a if v.winner is v.a else b} wins"
    elif not v.known:
        said = f"undecided, for {v.pairs:,} comparisons at once need {v.needed} rounds"
    under = "" if group.limit is None else f", {group.limit:,} in flight"
    work = words.capital(words.work(group.scenario, group.params))
    return (
        f"{work}, {cores(group.cores)}{under}: {said}; {a} has {words.ratio(v.ratio)} "
        f"times the {v.metric.called(group.requests)} of {b} "
        f"({words.between(v.low, v.high)}; {words.counted(v.rounds, 'round')})."
    )
