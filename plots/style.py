"""The one look of every chart: colours, markers, dashes, type and files.

Owned by plots/. Every figure module takes its look from here, so that a model
has the same colour, marker and dash wherever it is drawn. Colour is never the
only sign: marker, dash and a direct label say the same thing again, for
colour-blind readers, for print in grey and for weak projectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from plots.layout import FAMILY, fold, width
from plots.looks import DOTTED, IDEAL, INK, QUIET, RULE, Look

# For figures, which take all of their look from this file.
from plots.looks import FLOOR as FLOOR, look as look, peer as peer
from plots.looks import shifted as shifted

_RC = {
    "font.family": "sans-serif",
    "font.sans-serif": FAMILY,
    "font.size": 15,
    "axes.labelsize": 15,
    "xtick.labelsize": 15,
    "ytick.labelsize": 15,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.linewidth": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "grid.color": RULE,
    "grid.linewidth": 1.0,
    "lines.solid_capstyle": "butt",
    "hatch.linewidth": 1.5,
    "path.simplify": False,
    # Text stays text: searchable, small, and sharp at every size.
    "svg.fonttype": "none",
    "svg.hashsalt": "bench",
    "figure.facecolor": "#ffffff",
    "savefig.facecolor": "#ffffff",
}

WIDTH = 12.0  # inches; the page shows this about 1100 pixels wide
TOP, BOTTOM = 1.0, 1.1  # inches kept for title and key, axis label and note
DOT = 4.5  # points: one repetition
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
    height: float,
    title: str,
    note: str,
    *,
    left: float,
    right: float,
    panels: int = 1,
    top: float = TOP,
) -> tuple[Figure, list[Axes]]:
    """A figure with its title, its note in the corner and `panels` axes side
    by side. Margins are in inches, so type keeps its room at every height."""
    figure = Figure(figsize=(WIDTH, height))
    size = min(19.0, 19 * (WIDTH - 0.4) / (1.12 * width(title, 19)))
    figure.text(
        0.2 / WIDTH,
        1 - 0.16 / height,
        title,
        fontsize=size,
        fontweight="bold",
        va="top",
    )
    figure.text(
        1 - 0.2 / WIDTH,
        0.1 / height,
        fold(note, 11, WIDTH - 0.5),
        fontsize=11,
        linespacing=1.3,
        color=QUIET,
        ha="right",
        va="bottom",
    )
    gap = 0.25
    room = (WIDTH - left - right - gap * (panels - 1)) / panels
    axes = [
        figure.add_axes(
            (
                (left + i * (room + gap)) / WIDTH,
                BOTTOM / height,
                room / WIDTH,
                (height - top - BOTTOM) / height,
            )
        )
        for i in range(panels)
    ]
    return figure, axes


def key(figure: Figure, parts: Sequence[tuple[Artist, str]]) -> None:
    """One line below the title that says what the marks mean. Each part is a
    mark, made for a place of 0.3 x 0.2 inches at the origin, and its words."""
    height = figure.get_figheight()
    size, gap = 13.0, 0.35
    while size > 10:
        needs = sum(0.38 + width(words, size) + gap for _, words in parts)
        if needs - gap <= WIDTH - 0.4:
            break
        size, gap = size - 0.5, max(0.15, gap - 0.05)
    x, y = 0.2, height - 0.68
    for mark, words in parts:
        mark.set_transform(Affine2D().translate(x, y) + figure.dpi_scale_trans)
        figure.add_artist(mark)
        figure.text(
            (x + 0.38) / WIDTH,
            (y + 0.1) / height,
            words,
            fontsize=size,
            va="center_baseline",
        )
        x += 0.38 + width(words, size) + gap


def dot_mark() -> Artist:
    return Line2D([0.15], [0.1], marker="o", markersize=DOT, color=INK, linestyle="")


def interval_mark() -> Artist:
    return Line2D([0, 0.3], [0.1, 0.1], color=INK, linewidth=2.5)


def median_mark() -> Artist:
    """Over cores the median is the model's own marker."""
    return Line2D(
        [0.15],
        [0.1],
        marker="D",
        markersize=9,
        color=INK,
        markerfacecolor="#ffffff",
        linestyle="",
    )


def tick_mark() -> Artist:
    """In rows the median is an upright stroke."""
    return Line2D([0.15, 0.15], [0, 0.2], color=INK, linewidth=2.5)


def area_mark(**looks: Any) -> Artist:
    return Rectangle((0.02, 0.02), 0.28, 0.16, **looks)


def dotted_mark() -> Artist:
    return Line2D([0, 0.3], [0.1, 0.1], color=IDEAL, linewidth=1.5, linestyle=DOTTED)


def tint(colour: str) -> str:
    """A light shade of a colour, for areas behind dots and words."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - 0.3 * (255 - p)):02x}" for p in parts)


def marker(axes: Axes, x: float, y: float, shown: Look) -> None:
    """A model's marker in coordinates of the axes: the swatch of a label."""
    axes.plot(
        [x],
        [y],
        transform=axes.transAxes,
        linestyle="",
        marker=shown.marker,
        markersize=10,
        color=shown.colour,
        markerfacecolor=shown.face,
        markeredgecolor=shown.edge,
        markeredgewidth=shown.edge_width,
        clip_on=False,
    )
