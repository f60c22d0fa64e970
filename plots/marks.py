"""The marks of all figures: repetitions, intervals, medians, names; their key.

A dot is a repetition: hollow if set aside or flagged, and its tool tip says why.
In place of a legend names stand at the right ends of their lines.
"""

import math
from typing import Any, Iterable, NamedTuple, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from plots import style
from plots.measure import Dot, Point, interval_words
from plots.style import IDEAL, INK, LABEL, QUIET, Key, Look

DOT = 4.5  # points
BAND = "#f4f4f4"  # behind what belongs together
ROOM = 0.65  # inches right of the axes, beside the names themselves
APART = 0.29  # inches from one name to the next
Values, Place = Sequence[float], tuple[float, float]
Spots = Iterable[tuple[float, float, Dot]]


def tint(colour: str) -> str:
    """A light shade of a colour, for areas behind dots and words."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - 0.3 * (255 - p)):02x}" for p in parts)


def plot(axes: Axes, xs: Values, ys: Values, **looks: Any) -> Line2D:
    """As axes.plot, which also looks for limits: here they are set before."""
    drawn = Line2D(xs, ys, **looks)
    axes.add_artist(drawn)
    return drawn


def dots(
    axes: Axes, spots: Spots, look: Look, gid: str, size: float = DOT, marker: str = "o"
) -> None:
    """A dot per repetition, at x and y; `gid` names them in the file."""
    spots, colour = [*spots], look.colour
    for hollow, name in ((False, "repetitions"), (True, "repetitions-hollow")):
        some = [spot for spot in spots if bool(spot[2].why) is hollow]
        if not some:
            continue
        xs, ys, each = zip(*some)
        face, edge = ("#ffffff", colour) if hollow else (colour, "#ffffff")
        looks = {"markerfacecolor": face, "markeredgecolor": edge, "clip_on": False}
        looks |= {"markeredgewidth": 0.9 if hollow else 0.5, "linestyle": ""}
        looks |= {"marker": marker, "markersize": size, "color": colour}
        both = f"{name}-{gid} {look.name}"
        plot(axes, xs, ys, **looks, zorder=6).set_gid(both)
        if hollow:
            tips = getattr(axes.figure, "tips", {})
            axes.figure.tips = tips | {both: [dot.why for dot in each]}


def strokes(axes: Axes, ends: Iterable[tuple[Place, Place]], **looks: Any) -> None:
    """Straight strokes, each from one (x, y) to another, as one line."""
    gap = (math.nan, math.nan)
    places = [place for one, other in ends for place in (one, other, gap)]
    if places:
        plot(axes, *zip(*places), **looks)


def medians(
    axes: Axes, xs: Values, ys: Values, look: Look, size: float = 10, **more: Any
) -> None:
    """The model's own marker at each."""
    looks = {"linestyle": "", "marker": look.marker, "markersize": size, **look.faces}
    plot(axes, xs, ys, **looks, clip_on=False, **{"zorder": 5, **more})


def row(
    axes: Axes, y: float, point: Point, look: Look, gid: str, tall: float = 0.36
) -> None:
    """A row: interval, middle as an upright stroke, and a dot per repetition.
    What the axis cannot show (a zero, if logarithmic) stands at its left end."""
    floor = axes.get_xlim()[0]
    middle = max(point.middle, floor)
    if point.low is not None:
        ends = [((max(point.low, floor), y), (max(point.high, floor), y))]
        strokes(axes, ends, **look.ink, linewidth=2.5, zorder=4)
    looks = {**look.ink, "color": INK, "linewidth": 2.5, "clip_on": False}
    strokes(axes, [((middle, y - 0.42), (middle, y + 0.42))], **looks, zorder=5)
    count, size = len(point.dots), DOT + (2 if look.marker == "X" else 1)
    size = min(size, max(3.5, 400 * tall / max(1, count)))
    spots = (
        (max(dot.value, floor), y + 0.66 * way, dot)
        for dot, way in zip(point.dots, style.jitter(count))
    )
    dots(axes, spots, look, gid, size, look.marker)


class End(NamedTuple):
    """Where a line ends, in data. No look: a reference; no x: before the last place."""

    look: Look | None
    x: float | None
    y: float


def room(texts: Sequence[str]) -> float:
    """Inches that names need at the right of the axes."""
    return ROOM + style.widest(texts, LABEL)


def names(axes: Axes, ends: Sequence[End], texts: Sequence[str]) -> None:
    """Each beside the end of its line if there is room, and otherwise as near as
    may be, with a thin line to show the way. REQUIRES: the limits are set."""
    wide, high = style.inches(axes)
    place = axes.transData + axes.transAxes.inverted()
    starts = [place.transform((end.x or 0, end.y)) for end in ends]
    spots = style.spread([y * high for _, y in starts], APART, -0.1, high + 0.05)
    for end, start, spot, text in zip(ends, starts, spots, texts):
        # Axes coordinates: 1 is the right end, the names stand beyond it.
        mark, y, within = 1 + 0.28 / wide, spot / high, axes.transAxes
        if end.x is not None:
            looks = end.look.ink if end.look else {"color": IDEAL}
            looks = {**looks, "linewidth": 0.9, "alpha": 0.7, "zorder": 2}
            way = [(start, (mark - 0.16 / wide, y))]
            strokes(axes, way, transform=within, clip_on=False, **looks)
        if end.look:
            medians(axes, [mark], [y], end.look, transform=within)
        x = mark + (0.16 if end.look else -0.1) / wide
        own = {**end.look.ink, "color": INK} if end.look else {"color": QUIET}
        looks = {"fontsize": LABEL, "va": "center", **own}
        axes.text(x, y, text, transform=within, **looks)


# Marks for the key, made for a place of 0.3 x 0.2 inches.
def line(**looks: Any) -> Artist:
    return Line2D([0, 0.3], [0.1, 0.1], **{"color": INK, "linewidth": 2.5, **looks})


def area(**looks: Any) -> Artist:
    return Rectangle((0.02, 0.02), 0.28, 0.16, **looks)


def spot(marker: Any, size: float, face: str = INK, edge: float = 1.0) -> Artist:
    looks = {"linestyle": "", "marker": marker, "markersize": size, "color": INK}
    return Line2D([0.15], [0.1], **looks, markerfacecolor=face, markeredgewidth=edge)


MEDIAN = {"marker": "D", "size": 9, "face": "#ffffff"}
UPRIGHT = {"marker": "|", "size": 15, "edge": 2.5}
# What a dot is, if it is no repetition, by what the middle of its point is.
DOTS = {"ratio": "one round", "end of the last": "one job"}


def key(points: Sequence[Point], middle: dict[str, Any], of: str = "median") -> Key:
    """The marks that every chart of repetitions has."""
    found = [(spot("o", 5), DOTS.get(of, "one repetition"))]
    if any(dot.why for point in points for dot in point.dots):
        found.append((spot("o", 5, "#ffffff"), "flagged or set aside"))
    found.append((spot(**middle), of))
    interval = interval_words(points, of)
    return [*found, (line(), interval)] if interval else found
