"""Names at the right end of their lines, in place of a legend.

Each name stands beside the end of its line if there is room, and otherwise
as near as may be, with a thin line to show the way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from plots import layout, style

ROOM = 0.65  # inches right of the axes, beside the words themselves
APART = 0.29  # inches from one label to the next


@dataclass(frozen=True)
class End:
    """Where a line ends, in data, and its label; no look: the ideal line; no
    place: a line of another panel, which is named here."""

    text: str
    look: style.Look | None
    x: float | None
    y: float | None


def room(texts: Sequence[str]) -> float:
    """Inches that the labels need at the right of the axes."""
    return ROOM + max(layout.width(text, style.LABEL) for text in texts)


def draw(axes: Axes, ends: Sequence[End]) -> None:
    """REQUIRES: the limits are set."""
    low, high = axes.get_ylim()
    left, right = axes.get_xlim()
    log = axes.get_yscale() == "log"
    inches = axes.get_position().height * axes.figure.get_figheight()
    across = axes.get_position().width * style.WIDTH

    def up(value: float) -> float:
        """Inches above the bottom of the axes."""
        if log:
            return math.log(value / low) / math.log(high / low) * inches
        return (value - low) / (high - low) * inches

    wishes = [0.0 if end.y is None else up(end.y) for end in ends]
    spots = layout.spread(wishes, APART, -0.1, inches + 0.15)
    for end, wish, spot in zip(ends, wishes, spots):
        # Axes coordinates: 1 is the right end, the labels stand beyond it.
        mark = 1 + 0.28 / across
        if end.x is not None:
            axes.add_line(
                Line2D(
                    [(end.x - left) / (right - left), mark - 0.16 / across],
                    [wish / inches, spot / inches],
                    transform=axes.transAxes,
                    color=end.look.colour if end.look else style.IDEAL,
                    linewidth=0.9,
                    alpha=0.7,
                    clip_on=False,
                    zorder=2,
                )
            )
        if end.look:
            style.marker(axes, mark, spot / inches, end.look)
        axes.text(
            mark + (0.16 if end.look else -0.1) / across,
            spot / inches,
            end.text,
            transform=axes.transAxes,
            fontsize=style.LABEL,
            color=style.INK if end.look else style.QUIET,
            va="center",
        )
