"""The one look of every chart: who looks how, type, frame, axes and key.

Colour is never the only sign: marker, dash and a direct label say the same again.
What is chosen for a model, and all settings, are in style.toml.
"""

import math
import zlib
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, Iterable, NamedTuple, Sequence

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

from plots.chart import Unit
from reports.data import files

INK = "#1a1a1a"  # text
QUIET = "#595959"  # notes; still 7:1 on white
RULE = "#d9d9d9"  # grid
IDEAL = "#767676"  # what would be, as opposed to what was measured
CHOSEN = files.beside(__file__)

WIDTH = 10.0  # inches; the page shows this about 840 pixels wide, a projector 1,250
TOP, BOTTOM = 0.62, 0.95  # inches kept below the key, and for notes
LABEL = 14  # points: the least inside a chart, but for the note; 24 pixels projected


def context() -> AbstractContextManager[None]:
    """The settings under which a figure is made and rendered. The user's own
    matplotlibrc has no say: the same run gives the same bytes everywhere."""
    plain = {**matplotlib.rcParamsDefault, **CHOSEN["settings"]}
    del plain["backend"]  # no figure here needs one
    return matplotlib.rc_context(plain)


@lru_cache(maxsize=None)
def width(text: str, size: float) -> float:
    """How many inches a text takes."""
    font = FontProperties(family=["DejaVu Sans"], size=72)
    long, *_ = text_to_path.get_text_width_height_descent(text, font, False)
    return long / 72 * size / 72


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
    """About `most` values from low to high, if not log round in multiples of `base`."""
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


# Marks and what they mean.
Key = Sequence[tuple[Artist, str]]


class Look(NamedTuple):
    """Colour, marker and dash of one model or variant, everywhere."""

    colour: str
    marker: str
    dash: tuple[int, tuple[float, ...] | None]
    hollow: bool
    name: str = ""  # the class of its marks in a page

    ink = property(lambda look: {"color": look.colour, "gid": look.name})

    @property
    def faces(self) -> dict[str, object]:
        """How its marker is filled: variants are hollow."""
        face, edge, wide = self.colour, "#ffffff", 0.8
        if self.hollow:
            face, edge, wide = edge, face, 2.0
        colours = {"markerfacecolor": face, "markeredgecolor": edge}
        return {**self.ink, "markeredgewidth": wide, **colours}


def look(model: str, variant: str | None = None) -> Look:
    """thread-pool is blue in every chart of every run, and so are its variants,
    which are hollow. What is not listed depends on the name alone."""
    others, name = CHOSEN["others"], f"{model}/{variant or ''}"

    def hashed(kind: str, name: str) -> Any:
        return others[kind][zlib.crc32(name.encode()) % len(others[kind])]

    own = CHOSEN["models"].get(model, (hashed("colours", model),))
    plain = own[1:] if len(own) > 1 and not variant else ()
    plain = plain or (hashed("markers", name), hashed("dashes", name))
    marker, dash = CHOSEN["variants"].get(name, plain)
    return Look(own[0], marker, dashed(*dash), bool(variant))


def dashed(*lengths: float) -> tuple[int, tuple[float, ...] | None]:
    """A line style of strokes and gaps; none is a solid line."""
    return (0, lengths or None)


# The bare mechanisms of the primitives scenario are no models.
FLOOR = Look(QUIET, "o", dashed(), hollow=False)


def peer(model: str) -> Look:
    """The look of a well-known server."""
    marker, lengths = CHOSEN["peers"].get(model, (look(model).marker, [1, 2]))
    return Look(IDEAL, marker, dashed(*lengths), hollow=True)


def frame(
    title: str,
    note: str,
    key: Key,
    tall: float,
    *,
    left: float,
    right: float,
    columns: int = 1,
    rows: int = 1,
    between: float = 1.0,
) -> tuple[Figure, list[Axes]]:
    """A figure with title, key, note in the corner and a grid of axes in reading
    order, each `tall` inches high; margins are in inches too. A part of the key is a
    mark, made for a place of 0.3 x 0.2 inches at the origin, and its words."""
    x, line, places, note = 0.2, 0, [], fold(note, 11, WIDTH - 0.5)
    if width(title, 16) > WIDTH - 0.4:
        # On two lines.
        title = title.replace(": ", ":\n", 1)
    down = 0.7 + 0.28 * title.count("\n")
    for _, text in key:
        long = 0.38 + width(text, LABEL)
        if x + long > WIDTH - 0.2:
            x, line = 0.2, line + 1
        places.append((x, down + 0.28 * line))
        x += long + 0.35
    bottom = BOTTOM + 0.2 * note.count("\n")
    height = TOP + down + 0.28 * line + bottom + tall * rows + between * (rows - 1)
    figure = Figure(figsize=(WIDTH, height))
    size = min(19.0, 17 * (WIDTH - 0.4) / widest(title.split("\n"), 19))
    up = 1 - 0.16 / height
    figure.text(0.2 / WIDTH, up, title, fontsize=size, fontweight="bold", va="top")
    small = {"fontsize": 11, "linespacing": 1.3, "color": QUIET, "gid": "is-note"}
    figure.text(1 - 0.2 / WIDTH, 0.1 / height, note, ha="right", va="bottom", **small)
    for (mark, text), (x, down) in zip(key, places):
        y = height - down
        mark.set_transform(Affine2D().translate(x, y) + figure.dpi_scale_trans)
        figure.add_artist(mark)
        place = ((x + 0.38) / WIDTH, (y + 0.1) / height)
        figure.text(*place, text, fontsize=LABEL, va="center_baseline")
    gap = 0.3
    wide = (WIDTH - left - right - gap * (columns - 1)) / columns
    axes = []
    for i in range(rows * columns):
        low = bottom + (rows - 1 - i // columns) * (tall + between)
        start = left + (i % columns) * (wide + gap)
        box = (start / WIDTH, low / height, wide / WIDTH, tall / height)
        axes.append(figure.add_axes(box))
    return figure, axes


def inches(axes: Axes) -> tuple[float, float]:
    """How wide and how high the axes are."""
    box = axes.get_position()
    return box.width * WIDTH, box.height * axes.figure.get_figheight()


def heading(axes: Axes, title: str, name: str = "", left: float = 0.0) -> None:
    """The panel's title and the values' name above, from `left` inches before on."""
    wide, high = inches(axes)
    start, up = -left / wide, 1 + 0.14 / high
    place = {"transform": axes.transAxes, "va": "bottom"}
    if title:
        axes.text(start, up, title, fontsize=15, fontweight="bold", **place)
        start += (1.15 * width(title, 15) + 0.15) / wide
    # Beside a chart of lines there is room above their names.
    room = wide + (1.2 if left > 0 else 0.0)
    if start * wide + width(name, LABEL) <= room or not title:
        axes.text(start, up, name, fontsize=LABEL, color=QUIET, **place)


def scale(axes: Axes, way: str, low: float, high: float, log: bool, unit: Unit) -> None:
    """The axis of values with its grid; the very end of an x axis has no tick."""
    axis = axes.xaxis if way == "x" else axes.yaxis
    long = inches(axes)[0 if way == "x" else 1]
    kind = "log" if log else "linear"
    axes.set(**{f"{way}scale": kind, f"{way}lim": (low, high)})
    marks = ticks(low, high, int(long / (1.1 if way == "x" else 0.5)), log, unit.base)
    if way == "x":
        place = axes.transData + axes.transAxes.inverted()
        every, marks, edge = marks, [], -0.1
        for mark in every:
            # Each has its place, also where the axis is short.
            at = place.transform((mark, 0))[0] * long
            half = width(unit.tick(mark), 15) / 2
            if edge < at - half and at + half < long + 0.1:
                marks.append(mark)
                edge = at + half + 0.1
    axis.set_ticks(marks, [unit.tick(mark) for mark in marks])
    axis.set_ticks([], minor=True)
    axes.grid(axis=way)
