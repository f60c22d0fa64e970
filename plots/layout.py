"""Where things stand in a chart: room for words, places, ticks.

Pure functions of text and numbers, but for the ticks, which set an axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from matplotlib.axis import Axis
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedLocator, MaxNLocator, NullFormatter

# Verdana has the widths of DejaVu Sans, so that a label which fits here also
# fits on a machine that has only one of them.
FAMILY = ["DejaVu Sans", "Verdana", "sans-serif"]


def width(text: str, size: float) -> float:
    """How many inches a text takes."""
    font = FontProperties(family=FAMILY[:1], size=size)
    return text_to_path.get_text_width_height_descent(text, font, False)[0] / 72


def fold(note: str, size: float, room: float) -> str:
    """The note on as many lines as it needs, broken between its parts."""
    lines = [""]
    for part in note.split(" · "):
        longer = f"{lines[-1]} · {part}" if lines[-1] else part
        if lines[-1] and width(longer, size) > room:
            lines.append(part)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def jitter(k: int, n: int) -> float:
    """Where dot k of n stands across its lane, from -0.5 to 0.5: in the order
    measured, so that a drift during the run is seen as a slope."""
    return (k + 0.5) / n - 0.5


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels: as near as possible to where they want to be, at
    least `gap` apart, in the order of their wishes, inside [low, high].

    Labels that touch are merged into a block which stands at the mean of its
    wishes; that is the least-squares answer (pool adjacent violators)."""
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(1, len(wanted) - 1))
    indices = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    blocks: list[tuple[list[int], float]] = []  # members, place of the first
    for i in indices:
        members, first = [i], wanted[i]
        while True:
            first = min(max(first, low), high - gap * (len(members) - 1))
            if not blocks:
                break
            before, place = blocks[-1]
            if place + gap * len(before) <= first:
                break
            blocks.pop()
            members = before + members
            first = sum(wanted[m] - k * gap for k, m in enumerate(members))
            first /= len(members)
        blocks.append((members, first))
    places = [0.0] * len(wanted)
    for members, first in blocks:
        for k, member in enumerate(members):
            places[member] = first + k * gap
    return places


def apart(middles: list[float], widths: list[float], gap: float = 0.12) -> list[int]:
    """Which of the words in a row have room, in inches: first and last, then
    the others from left to right."""
    if len(middles) < 2:
        return list(range(len(middles)))

    def clear(a: int, b: int) -> bool:
        room = (widths[a] + widths[b]) / 2 + gap
        return middles[b] - middles[a] >= room

    last = len(middles) - 1
    kept = [0]
    for i in range(1, last):
        if clear(kept[-1], i) and clear(i, last):
            kept.append(i)
    return [*kept, last]


def few_ticks(axis: Axis, inches: float, unit: float = 1.0) -> None:
    """Round ticks of a linear axis that starts at zero, with room for their
    words; round in multiples of `unit` (a MiB is no round number of bytes).
    REQUIRES: the limits are set."""
    low, high = axis.get_view_interval()
    locator = MaxNLocator(max(2, int(inches / 1.2)), steps=[1, 2, 5, 10])
    ticks = locator.tick_values(low / unit, high / unit)
    axis.set_major_locator(FixedLocator([tick * unit for tick in ticks]))


def log_ticks(
    axis: Axis,
    low: float,
    high: float,
    most: int,
    text: Callable[[float], str],
) -> None:
    """A grid line per decade, at most `most` of them named; on a short axis
    also lines at 2 and 5."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = range(first, last + 1)
    if math.log10(high / low) < 2:
        named = [10.0**d * k for d in decades for k in (1, 2, 5)]
    else:
        step = 1
        while (last - first) / step > most:
            step += 2  # 1 or 3 decades: then the named ones are units
        named = [10.0**d for d in decades if d % step == 0]
    axis.set_major_locator(FixedLocator(named))
    axis.set_minor_locator(FixedLocator([10.0**d for d in decades]))
    axis.set_major_formatter(lambda value, _: text(value))
    axis.set_minor_formatter(NullFormatter())
    axis.grid(True, which="both")
