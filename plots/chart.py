"""What a figure hands back: its files, its table and its one sentence.

Also the words and figures that several charts share. Intervals and words are
those of reports/judge; nothing is estimated here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import Metric
from reports.judge import intervals
from reports.judge.judgement import Judgement
from reports.judge.verdict import shared


@dataclass(frozen=True)
class Column:
    """A column of a table: `kind` says how its values are written."""

    title: str
    kind: str  # text, count, number, rate, seconds, bytes, ratio, percent

    @property
    def right(self) -> bool:
        return self.kind != "text"

    def write(self, value: Any) -> str:
        if value is None:
            return "–"
        return _WRITERS[self.kind](value)


@dataclass(frozen=True)
class Table:
    """The figures behind a chart, in SI units; None where there is none."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    caption: str


@dataclass(frozen=True)
class Chart:
    """One drawn figure with all that the page says about it."""

    name: str  # "cpu-throughput", the stem of its files
    kind: str  # "throughput"
    question: str
    title: str
    so_what: str
    note: str
    table: Table
    svg: str = field(repr=False)
    png: bytes = field(repr=False)


@dataclass(frozen=True)
class Point:
    """The repetitions of one cell as one figure shows them."""

    values: tuple[float, ...]
    middle: float
    low: float | None
    high: float | None
    confidence: float
    ranged: bool = False  # low to high is the whole range of the values

    @property
    def n(self) -> int:
        return len(self.values)


def level(values: Sequence[float]) -> Point | None:
    """Median and interval. With too few repetitions for 95 % the interval is
    the whole range, and `confidence` says what that is worth."""
    if not values:
        return None
    found = intervals.level(values)
    if found.n == 1:
        return Point(tuple(values), found.median, None, None, 0.0)
    ends = (found.median, found.low, found.high, found.reached)
    return Point(tuple(values), *ends, ranged=not found.sure)


def over(judged: Judgement, cell: Cell, base: Cell, metric: Metric) -> Point | None:
    """A cell over another one, a dot per round; the interval is that of their
    verdict, and there is none where nobody asked who wins. A cell over itself
    shows its own noise."""
    if cell is base:
        own = level(cell.values(metric.key))
        if own is None:
            return None
        values = tuple(value / own.middle for value in own.values)
        return Point(values, 1.0, None, None, 0.0)
    verdict = judged.between(cell, base, metric)
    if verdict:
        ends = (verdict.ratio, verdict.low, verdict.high, verdict.level)
        return Point(verdict.ratios, *ends)
    ratios = shared(cell, base, metric)
    if not ratios:
        return None
    return Point(ratios, judged.ratio(cell, base, metric), None, None, 0.0)


def interval_words(points: Iterable[Point], of: str = "median") -> str:
    """What the bars of a chart are, in the words of its key; "" without."""
    found = [point for point in points if point.low is not None]
    if not found:
        return ""
    if of == "ratio":
        return "the interval of the ratio that decides"
    ranged = {point.ranged for point in found}
    worth = {point.confidence for point in found}
    if ranged == {True} and len(worth) == 1:
        share = percent(worth.pop())
        return f"lowest to highest: {share} interval of the {of}"
    if True in ranged:
        return f"95 % interval of the {of}, or lowest to highest where n < 6"
    return f"95 % interval of the {of}"


def caption(points: Iterable[Point], of: str = "median") -> str:
    """The same for a table."""
    interval = interval_words(points, of)
    if not interval:
        return f"Too few repetitions for an interval of the {of}."
    return f"From low to high: {interval}."


def seconds(value: float | None) -> str:
    """A time in the unit that suits it. The terminal writes "us"."""
    return words.seconds(value).replace(" us", " µs")


def exact(value: float) -> str:
    """A time that somebody asked for: "5 ms" and not "5.00 ms"."""
    return words.short_us(round(value * 1e6, 3)).replace(" us", " µs")


def percent(value: float) -> str:
    """A share, with the digits that small shares need."""
    points = value * 100
    if 0 < abs(points) < 9.95:
        return f"{words.number(points, 2)} %"
    return f"{points:.0f} %"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "text": str,
    "count": lambda value: f"{value:,}",
    "number": words.number,
    "rate": words.rate,
    "seconds": seconds,
    "bytes": words.size,
    "ratio": words.ratio,
    "percent": percent,
}


def tick_seconds(value: float) -> str:
    """Ticks are round, so they need no trailing zeros: "1 ms"."""
    text = words.short_us(value * 1e6).replace(" us", " µs")
    return text if value else "0"


def tick_rate(value: float) -> str:
    for factor, unit in ((1e9, " G"), (1e6, " M")):
        if abs(value) >= factor:
            return f"{value / factor:g}{unit}"
    return f"{value:,.0f}" if value >= 1 or not value else f"{value:g}"


def tick_size(value: float) -> str:
    for factor, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if value >= factor:
            return f"{value / factor:g} {unit}"
    return f"{value:g} B" if value else "0"


def tick_percent(value: float) -> str:
    return f"{value * 100:g} %"


def tick_plain(value: float) -> str:
    return f"{value:g}"


def about(count: float) -> str:
    """A number of jobs, to two digits: "0.53", "2.1", "32", "18,000"."""
    if count < 10:
        return words.number(count, 2)
    return f"{float(f'{count:.2g}'):,.0f}"


def spelled(value: float) -> str:
    """A factor in a sentence: "1.98", "150", "27,900"."""
    if value < 1000:
        return words.ratio(value)
    return f"{float(f'{value:.3g}'):,.0f}"


def on_cores(count: int) -> str:
    return "on 1 core" if count == 1 else f"on {count} cores"


def few(labels: Sequence[str], most: int = 5) -> str:
    """A list that stays readable: "a, b, c and 4 more"."""
    if len(labels) <= most:
        return words.listed(labels)
    return f"{', '.join(labels[:most - 1])} and {len(labels) - most + 1} more"
