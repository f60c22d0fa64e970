"""Names at the right end of their lines, in place of a legend.

Each name stands beside the end of its line if there is room, and otherwise
as near as may be, with a thin line to show the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from plots import layout, marks, style
from plots.looks import IDEAL, INK, QUIET, Look

ROOM = 0.65  # inches right of the axes, beside the words themselves
APART = 0.29  # inches from one label to the next


@dataclass(frozen=True)
class End:
    """Where a line ends, in data. No look: a reference; no x: it ends before the
    last place, and nothing leads there."""

    look: Look | None
    x: float | None
    y: float


def room(texts: Sequence[str]) -> float:
    """Inches that the labels need at the right of the axes."""
    return ROOM + layout.widest(texts, style.LABEL)


def draw(axes: Axes, ends: Sequence[End], texts: Sequence[str]) -> None:
    """REQUIRES: the limits are set."""
    wide, high = style.inches(axes)
    place = axes.transData + axes.transAxes.inverted()
    starts = [place.transform((end.x or 0, end.y)) for end in ends]
    wishes = [y * high for _, y in starts]
    spots = layout.spread(wishes, APART, -0.1, high + 0.15)
    for end, start, spot, text in zip(ends, starts, spots, texts):
        # Axes coordinates: 1 is the right end, the labels stand beyond it.
        mark, y = 1 + 0.28 / wide, spot / high
        if end.x is not None:
            colour = end.look.colour if end.look else IDEAL
            looks = {"color": colour, "linewidth": 0.9, "alpha": 0.7, "zorder": 2}
            way = [(start, (mark - 0.16 / wide, y))]
            marks.strokes(axes, way, transform=axes.transAxes, clip_on=False, **looks)
        if end.look:
            marks.swatch(axes, mark, y, end.look)
        axes.text(
            mark + (0.16 if end.look else -0.1) / wide,
            y,
            text,
            transform=axes.transAxes,
            fontsize=style.LABEL,
            color=INK if end.look else QUIET,
            va="center",
        )
