"""Marks that figures with lines share: repetitions, their interval, medians."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from plots import style
from plots.chart import Point


def dots(
    axes: Axes,
    xs: Sequence[float],
    ys: Sequence[float],
    look: style.Look,
    gid: str,
    size: float = style.DOT,
) -> None:
    """A dot per repetition; `gid` names them in the file."""
    drawn = axes.plot(
        xs,
        ys,
        linestyle="",
        marker="o",
        markersize=size,
        color=look.colour,
        markeredgecolor="#ffffff",
        markeredgewidth=0.5,
        clip_on=False,
        zorder=6,
    )
    drawn[0].set_gid(gid)


def interval(
    axes: Axes, x: float, point: Point, look: style.Look, floor: float = 0.0
) -> None:
    """From low to high, if both are known; nothing stands below `floor`."""
    if point.low is None or point.high is None:
        return
    ends = [max(point.low, floor), max(point.high, floor)]
    axes.plot([x, x], ends, color=look.colour, linewidth=2.5, zorder=4)


def medians(
    axes: Axes,
    xs: Sequence[float],
    ys: Sequence[float],
    look: style.Look,
    size: float = 10,
) -> None:
    """The model's own marker at each."""
    axes.plot(
        xs,
        ys,
        linestyle="",
        marker=look.marker,
        markersize=size,
        color=look.colour,
        markerfacecolor=look.face,
        markeredgecolor=look.edge,
        markeredgewidth=look.edge_width,
        clip_on=False,
        zorder=5,
    )
