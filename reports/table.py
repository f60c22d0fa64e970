"""A table of figures as text, and how its fields are written.

No layout here: terminal, markdown and page have their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from reports import statistics, targets, words
from reports.run import Cell
from reports.statistics import Interval


@dataclass(frozen=True)
class Table:
    """Rows of strings under headers; right[i] tells a column of figures.

    `failures` are lines about cells without figures; `note` says what the
    intervals are.
    """

    title: str
    headers: tuple[str, ...]
    right: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    failures: tuple[str, ...]
    note: str


def failure(cell: Cell, name: str) -> list[str]:
    """A line about a cell that is not compared, or none."""
    if not cell.reason:
        return []
    where = f"{name}, {words.counted(cell.cores, 'core')}, "
    if cell.share is not None:
        where += f"{words.share(cell.share)} compute, "
    if cell.load is not None:
        where += f"{targets.load(cell.load)}, "
    if cell.limit is not None:
        where += f"{cell.limit:,} in flight, "
    where += words.counted(cell.workers, "worker")
    return [f"{where}: {cell.reason}."]


def middle(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def spread(interval: Interval) -> str:
    """The interval, or the whole range where n is too small for one."""
    if interval.n < 2:
        return words.UNKNOWN
    low = interval.lowest if interval.low is None else interval.low
    high = interval.highest if interval.high is None else interval.high
    return words.rates(low, high)


def explain(intervals: Sequence[Interval]) -> str:
    """What `spread` shows, with the confidence that it really has."""
    known = [interval for interval in intervals if interval.n > 1]
    if not known:
        return "One repetition each: a median without an interval."
    least = min(known, key=lambda interval: interval.confidence)
    percent = f"{100 * least.confidence:.3g} %"
    if least.low is None:
        return (
            f"Median and range: {least.n} repetitions are too few for a 95 % "
            f"interval; the range covers the median with {percent} confidence."
        )
    return f"Median and order-statistic interval ({percent} confidence)."
