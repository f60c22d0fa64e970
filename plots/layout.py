"""Where things stand in a chart: room for words, places, ticks.

Pure functions of text and numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

# Verdana has the widths of DejaVu Sans, so that a label which fits here also
# fits on a machine that has only one of them.
FAMILY = ["DejaVu Sans", "Verdana", "sans-serif"]


@lru_cache(maxsize=None)
def _width(text: str) -> float:
    font = FontProperties(family=FAMILY[:1], size=72)
    return text_to_path.get_text_width_height_descent(text, font, False)[0] / 72


def width(text: str, size: float) -> float:
    """How many inches a text takes."""
    return _width(text) * size / 72


def widest(texts: Iterable[str], size: float) -> float:
    return max((width(text, size) for text in texts), default=0.0)


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


def jitter(count: int) -> list[float]:
    """Where dots stand across their lane, from -0.5 to 0.5: in the order
    measured, so that a drift during the run is seen as a slope."""
    return [(k + 0.5) / count - 0.5 for k in range(count)]


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels: at or above where they want to be, at least `gap`
    apart, in the order of their wishes, and pushed down again from `high`."""
    gap = min(gap, (high - low) / max(1, len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    places = [0.0] * len(wanted)
    edge = low
    for i in order:
        places[i] = max(wanted[i], edge)
        edge = places[i] + gap
    edge = high
    for i in reversed(order):
        places[i] = min(places[i], edge)
        edge = places[i] - gap
    return places


def ticks(low: float, high: float, most: int, log: bool, base: float = 1) -> list:
    """At most about so many round values from low to high; round in multiples
    of `base`, but for logarithmic axes."""
    most = max(2, most)
    if not log:
        locator = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10])
        found = [tick * base for tick in locator.tick_values(low / base, high / base)]
        return [tick for tick in found if low <= tick <= high]
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    best: list[float] = []
    for each, step in (((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), 2), ((1,), 3)):
        found = [10.0**d * k for d in decades if d % step == 0 for k in each]
        found = [tick for tick in found if low <= tick <= high]
        if len(found) > 1:
            best = found
        if len(found) <= most:
            break
    # Within a decade a logarithmic axis is nearly linear.
    return best or ticks(low, high, most, False)
