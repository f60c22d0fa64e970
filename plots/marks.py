"""The marks of all figures: repetitions, intervals, medians, bars; and their key.

A dot is a repetition. It is hollow if it was set aside or flagged, and its tool
tip says why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from plots.layout import jitter
from plots.looks import INK, Look
from plots.points import Dot, Point, interval_words

DOT = 4.5  # points
BAND = "#f4f4f4"  # behind what belongs together
Key = list[tuple[Artist, str]]
SOLID, HOLLOW = "repetitions", "repetitions-hollow"


def tint(colour: str) -> str:
    """A light shade of a colour, for areas behind dots and words."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - 0.3 * (255 - p)):02x}" for p in parts)


def plot(axes: Axes, xs: Sequence[float], ys: Sequence[float], **looks: Any) -> Line2D:
    """As axes.plot, which also looks for limits: here they are set before."""
    drawn = Line2D(xs, ys, **looks)
    axes.add_artist(drawn)
    return drawn


def dots(
    axes: Axes,
    xs: Sequence[float],
    ys: Sequence[float],
    each: Sequence[Dot],
    look: Look,
    gid: str,
    size: float = DOT,
    marker: str = "o",
) -> None:
    """A dot per repetition; `gid` names them in the file."""
    for hollow, name in ((False, SOLID), (True, HOLLOW)):
        some = [k for k, dot in enumerate(each) if bool(dot.why) is hollow]
        if not some:
            continue
        drawn = plot(
            axes,
            [xs[k] for k in some],
            [ys[k] for k in some],
            linestyle="",
            marker=marker,
            markersize=size,
            color=look.colour,
            markerfacecolor="#ffffff" if hollow else look.colour,
            markeredgecolor=look.colour if hollow else "#ffffff",
            markeredgewidth=0.9 if hollow else 0.5,
            clip_on=False,
            zorder=6,
        )
        drawn.set_gid(f"{name}-{gid}")
        if hollow:
            tips = getattr(axes.figure, "tips", {})
            tips[f"{name}-{gid}"] = [each[k].why for k in some]
            axes.figure.tips = tips


def strokes(
    axes: Axes, ends: Iterable[tuple[tuple[float, float], tuple[float, float]]], **looks
) -> None:
    """Straight strokes, each from one (x, y) to another, as one line."""
    xs: list[float] = []
    ys: list[float] = []
    for (x, y), (x2, y2) in ends:
        xs += [x, x2, math.nan]
        ys += [y, y2, math.nan]
    if xs:
        plot(axes, xs, ys, **looks)


def medians(
    axes: Axes,
    xs: Sequence[float],
    ys: Sequence[float],
    look: Look,
    size: float = 10,
    **more: Any,
) -> None:
    """The model's own marker at each."""
    looks = {
        "linestyle": "",
        "marker": look.marker,
        "markersize": size,
        "color": look.colour,
        "markerfacecolor": look.face,
        "markeredgecolor": look.edge,
        "markeredgewidth": look.edge_width,
        "clip_on": False,
        "zorder": 5,
    }
    plot(axes, xs, ys, **{**looks, **more})


def swatch(axes: Axes, x: float, y: float, look: Look) -> None:
    """The model's marker beside its name, in coordinates of the axes."""
    medians(axes, [x], [y], look, transform=axes.transAxes)


def bar(axes: Axes, y: float, length: float, look: Look) -> None:
    """A bar behind dots and words, in a light shade of the model's colour."""
    looks = {"facecolor": tint(look.colour), "edgecolor": look.colour}
    axes.add_patch(Rectangle((0, y - 0.35), length, 0.7, zorder=2, **looks))


def row(
    axes: Axes, y: float, point: Point, look: Look, gid: str, tall: float = 0.36
) -> None:
    """A row: interval, middle as an upright stroke, and a dot per repetition.
    What the axis cannot show (a zero, if logarithmic) stands at its left end."""
    floor = axes.get_xlim()[0]

    def on(value: float) -> float:
        return max(value, floor)

    if point.low is not None and point.high is not None:
        ends = [((on(point.low), y), (on(point.high), y))]
        strokes(axes, ends, color=look.colour, linewidth=2.5, zorder=4)
    upright = [((on(point.middle), y - 0.42), (on(point.middle), y + 0.42))]
    strokes(axes, upright, color=INK, linewidth=2.5, clip_on=False, zorder=5)
    ys = [y + 0.66 * way for way in jitter(len(point.dots))]
    size = DOT + (2 if look.marker == "X" else 1)
    size = min(size, max(3.5, 75 * tall / len(ys))) if ys else size
    xs = [on(value) for value in point.values]
    dots(axes, xs, ys, point.dots, look, gid, size, look.marker)


# Marks for the key, made for a place of 0.3 x 0.2 inches. An artist belongs to
# one figure, so here they are made when they are asked for.


def line(**looks: Any) -> Artist:
    return Line2D([0, 0.3], [0.1, 0.1], **{"color": INK, "linewidth": 2.5, **looks})


def area(**looks: Any) -> Artist:
    return Rectangle((0.02, 0.02), 0.28, 0.16, **looks)


def spot(marker: Any, size: float, face: str = INK, edge: float = 1.0) -> Artist:
    looks = {"linestyle": "", "marker": marker, "markersize": size, "color": INK}
    edges = {"markerfacecolor": face, "markeredgewidth": edge}
    return Line2D([0.15], [0.1], **looks, **edges)


MEDIAN = {"marker": "D", "size": 9, "face": "#ffffff"}
UPRIGHT = {"marker": "|", "size": 15, "edge": 2.5}
# What a dot is, if it is no repetition, by what the middle of its point is.
DOTS = {"ratio": "one round", "end of the last": "one job"}


def key(points: Iterable[Point], middle: dict[str, Any], of: str = "median") -> Key:
    """The marks that every chart of repetitions has."""
    points = list(points)
    found: Key = [(spot("o", 5), DOTS.get(of, "one repetition"))]
    if any(dot.why for point in points for dot in point.dots):
        found.append((spot("o", 5, "#ffffff"), "flagged or set aside"))
    found.append((spot(**middle), of))
    interval = interval_words(points, of)
    return [*found, (line(), interval)] if interval else found
