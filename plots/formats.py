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
    if 0 < abs(points) < 9.95:
        return f"{words.number(points, 2)} %"
    return f"{points:.0f} %"


def number(value: float) -> str:
    """Three digits: "0.53", "2.1", "32", "18,000"."""
    if abs(value) < 1000:
        return words.number(value)
    return f"{float(f'{value:.3g}'):,.0f}"


def times(value: float) -> str:
    """A factor in a sentence: "1.98", "150", "27,900"."""
    return words.ratio(value) if value < 1000 else number(value)


def _tick(value: float) -> str:
    """Ticks are round, so they need no trailing zeros."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def _tick_rate(value: float) -> str:
    for factor, unit in ((1e9, " G"), (1e6, " M")):
        if value >= factor:
            return f"{value / factor:g}{unit}"
    return _tick(value)


def _tick_size(value: float) -> str:
    for factor, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if value >= factor:
            return f"{value / factor:g} {unit}"
    return f"{value:g} B" if value else "0"


def _tick_seconds(value: float) -> str:
    return exact(value) if value else "0"


@dataclass(frozen=True)
class Unit:
    """Ticks are round in multiples of `base`: a MiB is no round number of bytes."""

    write: Callable[[Any], str]
    tick: Callable[[float], str] = _tick
    base: float = 1.0


UNITS = {
    "text": Unit(str),
    "count": Unit(lambda value: f"{value:,}"),
    "number": Unit(number),
    "rate": Unit(words.rate, _tick_rate),
    "seconds": Unit(seconds, _tick_seconds),
    "bytes": Unit(words.size, _tick_size, 2.0**20),
    "ratio": Unit(words.ratio),
    "percent": Unit(percent, lambda value: f"{value * 100:g} %"),
}


def on_cores(count: int) -> str:
    return "on 1 core" if count == 1 else f"on {count} cores"


def few(labels: Sequence[str], most: int = 5) -> str:
    """A list that stays readable: "a, b, c and 4 more"."""
    if len(labels) <= most:
        return words.listed(labels)
    return f"{', '.join(labels[: most - 1])} and {len(labels) - most + 1} more"
