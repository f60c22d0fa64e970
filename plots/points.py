"""The repetitions of a cell as a figure shows them: dots, middle and interval.

Intervals are those of reports/judge; nothing is estimated here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reports.data.cells import Cell
from reports.data.entries import DISTURBED, Repetition
from reports.data.metrics import SHARED, Metric
from reports.judge import intervals
from reports.judge.judgement import Judgement

# These describe how a cell was set up and cast no doubt on a repetition.
DESCRIBING = frozenset({SHARED, "oversubscribed", "fewer-jobs", "mixed-cores"})


@dataclass(frozen=True)
class Dot:
    """One repetition, or one round of two; `why` says why it is hollow."""

    value: float
    why: str = ""


@dataclass(frozen=True)
class Point:
    dots: tuple[Dot, ...]
    middle: float
    low: float | None = None
    high: float | None = None

    @property
    def values(self) -> tuple[float, ...]:
        return tuple(dot.value for dot in self.dots)

    @property
    def reach(self) -> float:
        """The highest of all that is drawn."""
        return max((*self.values, self.middle, self.high or 0.0))


def why(*repetitions: Repetition) -> str:
    """What a reader must know of these: "" if nothing."""
    aside = [one.reason or DISTURBED for one in repetitions if one.status == DISTURBED]
    flags = {flag for one in repetitions for flag in one.flags} - DESCRIBING
    if aside:
        return f"set aside, {aside[0]}"
    return f"flagged: {', '.join(sorted(flags))}" if flags else ""


def level(cell: Cell, value: Callable[[Repetition], float | None]) -> Point | None:
    """Median and interval of what counts; dots also of what was set aside."""
    counted = [float(v) for one in cell.ok if (v := value(one)) is not None]
    if not counted:
        return None
    drawn = sorted((*cell.ok, *cell.disturbed), key=lambda one: one.turn)
    pairs = ((value(one), why(one)) for one in drawn)
    dots = tuple(Dot(float(v), reason) for v, reason in pairs if v is not None)
    found = intervals.level(counted)
    ends = (found.low, found.high) if found.n > 1 else (None, None)
    return Point(dots, found.median, *ends)


def over(judged: Judgement, cell: Cell, base: Cell, metric: Metric) -> Point | None:
    """A cell over another one, a dot per round; the interval is that of their
    verdict, and there is none where nobody asked who wins."""
    if cell is base:
        return Point((), 1.0)
    ratio = judged.ratio(cell, base, metric)
    if ratio is None:
        return None
    a, b = metric.by_round(cell), metric.by_round(base)
    known = {(one.turn, owner): one for owner in (cell, base) for one in owner.ok}
    dots = tuple(
        Dot(a[turn] / b[turn], why(known[turn, cell], known[turn, base]))
        for turn in sorted(a.keys() & b.keys())
        if a[turn] > 0 and b[turn] > 0
    )
    verdict = judged.between(cell, base, metric)
    return Point(dots, ratio, *((verdict.low, verdict.high) if verdict else ()))


def interval_words(points: Iterable[Point], of: str = "median") -> str:
    """What the bars of a chart are, in the words of its key; "" without."""
    known = [point for point in points if point.low is not None]
    if not known or of == "ratio":
        return "the interval that decides" if known else ""
    # Fewer than six do not reach 95 %.
    few = any(len(point.dots) < 6 for point in known)
    rest = ", or lowest to highest where n < 6" if few else ""
    return f"95 % interval of the {of}{rest}"
