"""The one look of every chart: type, frame, axes and key.

Colour is never the only sign: marker, dash and a direct label say the same
again, for colour-blind readers, for print in grey and for weak projectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

from plots.formats import Unit
from plots.layout import FAMILY, fold, ticks, width

# For others, which take the look of a model from this file.
from plots.looks import INK as INK, QUIET as QUIET, RULE as RULE, look as look

_RC = {
    "font.family": "sans-serif",
    "font.sans-serif": FAMILY,
    "font.size": 15,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.linewidth": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "grid.color": RULE,
    "grid.linewidth": 1.0,
    "lines.solid_capstyle": "butt",
    "hatch.linewidth": 1.5,
    "path.simplify": False,
    # Text stays text: searchable, small, and sharp at every size.
    "svg.fonttype": "none",
    "svg.hashsalt": "bench",
}

WIDTH = 12.0  # inches; the page shows this about 1100 pixels wide
TOP, BOTTOM = 1.35, 1.1  # inches kept for title, key and heading, and for notes
LABEL = 14  # points: labels and values inside a chart


def context() -> AbstractContextManager[None]:
    """The settings under which a figure is made and rendered. The user's own
    matplotlibrc has no say: the same run gives the same bytes everywhere."""
    defaults = {
        key: matplotlib.rcParamsDefault[key]
        for key in matplotlib.rcParamsDefault
        if key != "backend"  # no figure here needs one
    }
    return matplotlib.rc_context({**defaults, **_RC})


def frame(
    title: str,
    note: str,
    tall: float,
    *,
    left: float,
    right: float,
    columns: int = 1,
    rows: int = 1,
    between: float = 1.0,
) -> tuple[Figure, list[Axes]]:
    """A figure with its title, its note in the corner and a grid of axes in
    reading order, each `tall` inches high. Margins are in inches, so type keeps
    its room at every height."""
    height = TOP + BOTTOM + tall * rows + between * (rows - 1)
    figure = Figure(figsize=(WIDTH, height))
    size = min(19.0, 19 * (WIDTH - 0.4) / (1.12 * width(title, 19)))
    up = 1 - 0.16 / height
    figure.text(0.2 / WIDTH, up, title, fontsize=size, fontweight="bold", va="top")
    small = {"fontsize": 11, "linespacing": 1.3, "color": QUIET}
    place = (1 - 0.2 / WIDTH, 0.1 / height)
    figure.text(*place, fold(note, 11, WIDTH - 0.5), ha="right", va="bottom", **small)
    gap = 0.3
    wide = (WIDTH - left - right - gap * (columns - 1)) / columns
    axes = []
    for i in range(rows * columns):
        low = BOTTOM + (rows - 1 - i // columns) * (tall + between)
        start = left + (i % columns) * (wide + gap)
        box = (start / WIDTH, low / height, wide / WIDTH, tall / height)
        axes.append(figure.add_axes(box))
    return figure, axes


def inches(axes: Axes) -> tuple[float, float]:
    """How wide and how high the axes are."""
    box = axes.get_position()
    return box.width * WIDTH, box.height * axes.figure.get_figheight()


def heading(axes: Axes, title: str, name: str = "", left: float = 0.0) -> None:
    """Above the axes: the title of the panel and the name of the values, from
    `left` inches before the axes on."""
    wide, high = inches(axes)
    start, up = -left / wide, 1 + 0.14 / high
    place = {"transform": axes.transAxes, "va": "bottom"}
    if title:
        axes.text(start, up, title, fontsize=15, fontweight="bold", **place)
        start += (1.15 * width(title, 15) + 0.15) / wide
    # Where there is no room for it the title of the figure has to do.
    if start + width(name, 13) / wide <= 1 or not title:
        axes.text(start, up, name, fontsize=13, color=QUIET, **place)


def below(axes: Sequence[Axes], name: str) -> None:
    """One name for the axes of several panels, below their middle."""
    start, stop = axes[0].get_position(), axes[-1].get_position()
    middle = ((start.x0 + stop.x1) / 2 - start.x0) / start.width
    axes[0].set_xlabel(name, x=middle)


def scale(
    axes: Axes, which: str, low: float, high: float, log: bool, unit: Unit
) -> None:
    """The axis of values, "x" or "y", with its grid. A name at the very end
    would run into the next panel's."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    long = inches(axes)[0 if which == "x" else 1]
    axes.set(
        **{f"{which}scale": "log" if log else "linear", f"{which}lim": (low, high)}
    )
    marks = ticks(low, high, int(long / (1.1 if which == "x" else 0.5)), log, unit.base)
    if which == "x":
        place = axes.transData + axes.transAxes.inverted()
        ends = [place.transform((mark, 0))[0] * long for mark in marks]
        texts = [width(unit.tick(mark), 15) for mark in marks]
        marks = [m for m, e, t in zip(marks, ends, texts) if e + t / 2 < long + 0.1]
    axis.set_ticks(marks, [unit.tick(mark) for mark in marks])
    axis.set_ticks([], minor=True)
    axes.grid(axis=which)


def key(figure: Figure, parts: Sequence[tuple[Artist, str]]) -> None:
    """One line below the title that says what the marks mean. Each part is a
    mark, made for a place of 0.3 x 0.2 inches at the origin, and its words."""
    height, size, gap = figure.get_figheight(), 13.0, 0.35
    while size > 9 and WIDTH - 0.4 < sum(0.38 + width(t, size) + gap for _, t in parts):
        size, gap = size - 0.5, max(0.15, gap - 0.05)
    x, y = 0.2, height - 0.7
    for mark, text in parts:
        mark.set_transform(Affine2D().translate(x, y) + figure.dpi_scale_trans)
        figure.add_artist(mark)
        place = ((x + 0.38) / WIDTH, (y + 0.1) / height)
        figure.text(*place, text, fontsize=size, va="center_baseline")
        x += 0.38 + width(text, size) + gap
