"""What the figures with lines over a setting consist of, and where it stands.

A setting is an in-flight limit, a share of compute or a number of workers.
There is a panel per core count (or per other setting), all with the same
axes. lines.py draws what is described here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from plots import layout, style
from plots.chart import Point

Value = TypeVar("Value")

MOST = 4  # panels; more would be too small to read
BETWEEN = 0.95  # inches from one row of panels to the next
BAND_ROW = 0.3  # inches that the words of a band take
NARROW = 0.045  # inches: lanes below this would only blur


@dataclass(frozen=True)
class Line:
    """One model in one panel. `places` is the setting as it was asked for."""

    name: str
    look: style.Look
    places: tuple[float, ...]
    points: tuple[Point, ...]
    words: str  # what stands after the name at its end
    alone: bool = False  # a single point, named where it stands
    strokes: tuple[float | None, ...] = ()  # the most that each point could be
    ring: float | None = None  # the place of a point that stands out

    @property
    def text(self) -> str:
        return f"{self.name}  {self.words}" if self.words else self.name


@dataclass(frozen=True)
class Reference:
    """What would be, as opposed to what was measured."""

    label: str
    places: tuple[float, ...]
    values: tuple[float, ...]
    flat: bool = False  # level across a lane: all of it has one setting


@dataclass(frozen=True)
class Band:
    """A stretch of the setting, from low to high: a bracket."""

    low: float
    high: float
    text: str
    look: style.Look


@dataclass(frozen=True)
class Mark:
    """One place of the setting that a panel points at."""

    place: float
    text: str


@dataclass(frozen=True)
class Panel:
    title: str
    lines: tuple[Line, ...]
    references: tuple[Reference, ...] = ()
    bands: tuple[Band, ...] = ()
    marks: tuple[Mark, ...] = ()
    remark: str = ""

    @property
    def points(self) -> list[Point]:
        return [point for line in self.lines for point in line.points]


@dataclass(frozen=True)
class Form:
    """What the figures differ in."""

    title: str
    across: str  # name of the setting
    axis: str  # name of the values, with unit
    place: Callable[[float], float]
    tick_across: Callable[[float], str]
    tick: Callable[[float], str]
    log: bool
    unit: float = 1.0  # ticks are round in multiples of it
    level: float | None = None  # a value that everything is compared with
    side_by_side: bool = True  # lanes, if there is room; else all at the place


def spread_of(panels: Sequence[Panel]) -> float:
    """How many times the lowest median the highest is."""
    middles = [p.middle for panel in panels for p in panel.points if p.middle > 0]
    return max(middles) / min(middles) if middles else 1.0


def thinned(values: Sequence[Value], most: int = MOST) -> tuple[Value, ...]:
    """At most so many of the values, first and last among them."""
    if len(values) <= most:
        return tuple(values)
    steps = (len(values) - 1) / (most - 1)
    return tuple(values[round(k * steps)] for k in range(most))


def bounds(panels: Sequence[Panel], form: Form, tall: float) -> tuple[float, float]:
    """The limits of the axis of values, with room for the words of bands."""
    found = [v for panel in panels for p in panel.points for v in p.values]
    for panel in panels:
        found += [p.high for p in panel.points if p.high is not None]
        found += [v for reference in panel.references for v in reference.values]
        found += [s for line in panel.lines for s in line.strokes if s is not None]
    if form.level is not None:
        found.append(form.level)
    rows = max(max(len(p.bands), len(p.marks), bool(p.remark)) for p in panels)
    below = 1 - rows * BAND_ROW / tall
    positive = [v for v in found if v > 0]
    if not form.log or not positive:
        return 0.0, (1.06 * max([*found, 0.0]) or 1.0) / below
    # A point that is named where it stands needs room for its name below.
    alone = any(line.alone for panel in panels for line in panel.lines)
    low, high = min(positive), max(positive) * 1.5
    low /= max(1.6, (high / low) ** (0.1 if alone else 0))
    return low, low * (high / low) ** (1 / below)


def ticks(low: float, high: float, form: Form) -> list[float]:
    if form.log and low > 0:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        return [10.0**d for d in range(first, last + 1)]
    locator = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10])
    found = locator.tick_values(0, high / form.unit)
    return [t * form.unit for t in found if 0 <= t * form.unit <= high]


def grid(
    form: Form,
    note: str,
    panels: int,
    tall: float,
    left: float,
    right: float,
    most: int = 2,
    between: float = BETWEEN,
) -> tuple[Figure, list[Axes]]:
    """Axes in reading order, `most` in a row, the last row perhaps shorter."""
    columns = min(panels, most)
    rows = -(-panels // columns)
    top = style.TOP + 0.2
    height = top + style.BOTTOM + tall * rows + between * (rows - 1)
    figure, bottom = style.frame(
        height, form.title, note, left=left, right=right, panels=columns, top=top
    )
    axes = []
    for i in range(panels):
        up = (rows - 1 - i // columns) * (tall + between)
        box = bottom[i % columns].get_position()
        place = (box.x0, (style.BOTTOM + up) / height, box.width, tall / height)
        axes.append(figure.add_axes(place))
    for axis in bottom:
        axis.remove()
    return figure, axes


@dataclass(frozen=True)
class Lanes:
    """Each line has a lane of its own at every place, if there is room for
    lanes. Lengths are in units of the axis."""

    order: tuple[str, ...]
    width: float  # 0: all lines stand at the place itself
    half: float  # of the shaded stretch around a place
    inch: float
    limits: tuple[float, float]

    def shift(self, name: str) -> float:
        if not self.width or name not in self.order:
            return 0.0
        return (self.order.index(name) - (len(self.order) - 1) / 2) * self.width


def lanes(
    axes: Axes, form: Form, places: Sequence[float], order: Sequence[str]
) -> Lanes:
    """Lanes for the lines named in `order`; the others stand in the middle."""
    spots = [form.place(x) for x in places]
    gap = min((b - a for a, b in zip(spots, spots[1:])), default=1.0)
    room = axes.get_position().width * style.WIDTH
    # A marker with its dots needs a third of an inch at either end.
    reach = spots[-1] - spots[0]
    margin = max(0.45 * gap, 0.35 * reach / (room - 0.7))
    inch = (reach + 2 * margin) / room
    width = min(0.7 * gap / max(1, len(order)), 0.2 * gap)
    if not form.side_by_side or len(spots) == 1 or width < NARROW * inch:
        width = 0.0
    half = max(len(order) / 2 * width, 0.06 * gap)
    limits = (spots[0] - margin, spots[-1] + margin)
    return Lanes(tuple(order), width, half, inch, limits)


def across(axes: Axes, form: Form, places: Sequence[float], lanes: Lanes) -> None:
    """A tick at every setting that was measured and nowhere else; where they
    stand too close, some go without words."""
    spots = [form.place(x) for x in places]
    texts = [form.tick_across(x) for x in places]
    kept = layout.apart(
        [spot / lanes.inch for spot in spots],
        [layout.width(text, 15) for text in texts],
    )
    axes.set_xlim(*lanes.limits)
    axes.set_xticks([spots[k] for k in kept], [texts[k] for k in kept])
    axes.set_xticks(spots, minor=True)
    axes.tick_params(axis="x", which="minor", size=4, color=style.QUIET)


def name_across(axes: Sequence[Axes], form: Form) -> None:
    """One name for the settings, below the middle of the last row."""
    columns = min(len(axes), 2)
    row = axes[len(axes) - 1 - (len(axes) - 1) % columns :]
    start, stop = row[0].get_position(), row[-1].get_position()
    middle = ((start.x0 + stop.x1) / 2 - start.x0) / start.width
    row[0].set_xlabel(form.across, x=middle)


def upwards(axes: Axes, form: Form, low: float, high: float, *, named: bool) -> None:
    """The axis of values; only the first panel of a row has its words."""
    if form.log and low > 0:
        axes.set_yscale("log")
        layout.log_ticks(axes.yaxis, low, high, 8, form.tick)
    else:
        axes.set_yticks(ticks(low, high, form))
        axes.yaxis.set_major_formatter(lambda value, _: form.tick(value))
        axes.grid(axis="y")
    axes.set_ylim(low, high)
    axes.spines["left"].set_visible(False)
    if named:
        axes.set_ylabel(form.axis)
    else:
        axes.tick_params(axis="y", labelleft=False)
