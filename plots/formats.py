"""How values are written: in sentences and tables, and at ticks. The one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reports.data import words


def seconds(value: float | None) -> str:
    """A time in the unit that suits it. The terminal writes "us"."""
    return words.seconds(value).replace(" us", " µs")


def exact(value: float) -> str:
    """A time that somebody asked for: "5 ms" and not "5.00 ms"."""
    return words.short_us(round(value * 1e6, 3)).replace(" us", " µs")


def percent(value: float) -> str:
    """A share, with the digits that small shares need."""
    points = value * 100
    small = 0 < abs(points) < 9.95
    return f"{words.number(points, 2) if small else f'{points:.0f}'} %"


def number(value: float) -> str:
    """Three digits: "0.53", "2.1", "32", "18,000"."""
    if abs(value) < 1000:
        return words.number(value)
    return f"{float(f'{value:.3g}'):,.0f}"


def times(value: float) -> str:
    """A factor in a sentence: "1.98", "150", "27,900"."""
    return words.ratio(value) if value < 1000 else number(value)


def _ticks(*steps: tuple[float, str]) -> Callable[[float], str]:
    """Ticks are round, so they need no trailing zeros."""

    def tick(value: float) -> str:
        for factor, unit in steps:
            if value >= factor:
                return f"{value / factor:g}{unit}"
        return f"{value:,.0f}" if value >= 1000 else f"{value:g}"

    return tick


@dataclass(frozen=True)
class Unit:
    """Ticks are round in multiples of `base`: a MiB is no round number of bytes."""

    write: Callable[[Any], str]
    tick: Callable[[float], str] = _ticks()
    base: float = 1.0


_SIZES = _ticks((2**30, " GiB"), (2**20, " MiB"), (2**10, " KiB"))
UNITS = {
    "text": Unit(str),
    "count": Unit(lambda value: f"{value:,}"),
    "number": Unit(number),
    "rate": Unit(words.rate, _ticks((1e9, " G"), (1e6, " M"))),
    "seconds": Unit(seconds, lambda value: exact(value) if value else "0"),
    "bytes": Unit(words.size, _SIZES, 2.0**20),
    "ratio": Unit(words.ratio),
    "percent": Unit(percent, lambda value: f"{value * 100:g} %"),
}


def on_cores(count: int) -> str:
    return f"on {words.counted(count, 'core')}"


def few(labels: Sequence[str], most: int = 5) -> str:
    """A list that stays readable: "a, b, c and 4 more"."""
    if len(labels) <= most:
        return words.listed(labels)
    return f"{', '.join(labels[: most - 1])} and {len(labels) - most + 1} more"
