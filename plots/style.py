"""The one look of every chart: colours, markers, dashes, type and files.

Owned by plots/. Every figure module takes its look from here, so that a model
has the same colour, marker and dash wherever it is drawn. Colour is never the
only sign: marker, dash and a direct label say the same thing again, for
colour-blind readers, for print in grey and for weak projectors.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from plots.layout import FAMILY, fold, width

# Okabe and Ito's palette (2008) tells apart under every common colour
# blindness. The yellow is left out: on white it has a contrast of 1.3.
BLACK, ORANGE, SKY = "#000000", "#E69F00", "#56B4E9"
GREEN, BLUE, VERMILLION, PURPLE = "#009E73", "#0072B2", "#D55E00", "#CC79A7"

INK = "#1a1a1a"  # text
QUIET = "#595959"  # notes; still 7:1 on white
RULE = "#d9d9d9"  # grid
IDEAL = "#767676"  # what would be, as opposed to what was measured


@dataclass(frozen=True)
class Look:
    """Colour, marker and dash of one model or variant, everywhere."""

    colour: str
    marker: str
    dash: str | tuple[int, tuple[float, ...]]
    hollow: bool

    @property
    def face(self) -> str:
        """The fill of the marker: variants are hollow."""
        return "#ffffff" if self.hollow else self.colour

    @property
    def edge(self) -> str:
        return self.colour if self.hollow else "#ffffff"

    @property
    def edge_width(self) -> float:
        return 2.0 if self.hollow else 0.8


# The bare mechanisms of the primitives scenario are no models.
FLOOR = Look(QUIET, "o", "-", hollow=False)

_SOLID = "-"
_MODELS: dict[str, tuple[str, str, str | tuple[int, tuple[float, ...]]]] = {
    "sequential": (BLACK, "s", _SOLID),
    "event-loop": (VERMILLION, "o", (0, (6, 2))),
    "thread-pool": (BLUE, "^", _SOLID),
    "prefork": (GREEN, "D", (0, (4, 1.5, 1, 1.5))),
    "fork-ipc": (PURPLE, "X", (0, (8, 2, 2, 2))),
}
# Variants whose hashed looks would be hard to tell from a neighbour's.
_VARIANTS: dict[tuple[str, str], tuple[str, str | tuple[int, tuple[float, ...]]]] = {
    ("prefork", "threads"): ("<", (0, (1, 1.5))),
}
_OTHER_COLOURS = (ORANGE, SKY)
_OTHER_MARKERS = ("v", "P", "p", "h", "*", "<", ">")
_OTHER_DASHES = ((0, (2, 2)), (0, (1, 1.5)), (0, (5, 1, 1, 1, 1, 1)))


def look(model: str, variant: str | None = None) -> Look:
    """The look of a model. It depends on the names alone, never on what else
    is in the run: thread-pool is blue in every chart of every run."""
    stable = zlib.crc32(f"{model}/{variant or ''}".encode())
    colour, marker, dash = _MODELS.get(
        model,
        (
            _OTHER_COLOURS[zlib.crc32(model.encode()) % len(_OTHER_COLOURS)],
            _OTHER_MARKERS[stable % len(_OTHER_MARKERS)],
            _OTHER_DASHES[stable % len(_OTHER_DASHES)],
        ),
    )
    if variant is None:
        return Look(colour, marker, dash, hollow=False)
    hashed = (
        _OTHER_MARKERS[stable % len(_OTHER_MARKERS)],
        _OTHER_DASHES[stable % len(_OTHER_DASHES)],
    )
    return Look(colour, *_VARIANTS.get((model, variant), hashed), hollow=True)


def shifted(look: Look, size: int) -> Look:
    """The look of one of several sizes of a pool: sizes that are doubled or
    more differ in marker and dash."""
    steps = size.bit_length()
    start = (*_OTHER_MARKERS, look.marker).index(look.marker)
    return replace(
        look,
        marker=_OTHER_MARKERS[(start + steps) % len(_OTHER_MARKERS)],
        dash=_OTHER_DASHES[steps % len(_OTHER_DASHES)],
    )


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
DOTTED = (0, (1, 2))
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


def marker(axes: Axes, x: float, y: float, look: Look) -> None:
    """A model's marker in coordinates of the axes: the swatch of a label."""
    axes.plot(
        [x],
        [y],
        transform=axes.transAxes,
        linestyle="",
        marker=look.marker,
        markersize=10,
        color=look.colour,
        markerfacecolor=look.face,
        markeredgecolor=look.edge,
        markeredgewidth=look.edge_width,
        clip_on=False,
    )
