"""The form with one row per cell: model at the left, its cores beside it.

A panel per measure, all on one axis. Rows of one model lie on one band, so that
the eye finds them across panels. Values stand in words beside their marks.
"""

import math
from itertools import groupby
from typing import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn
from matplotlib.patches import Rectangle

from plots import marks, style
from plots.chart import Unit
from plots.figure import Figure, Head, Sheet
from plots.measure import Point
from plots.style import INK, LABEL, QUIET, Look
from plots.view import View
from reports.data import Cell, words

MOST = 20  # rows; with more, only the fewest and the most cores are shown
# Above this ratio of highest to lowest an axis from zero would hide the lowest.
LOG_FROM = 40.0
Entries = Iterable[tuple[float, str]]  # where words begin


def sheet(figure: Figure, view: View) -> Sheet | None:
    points = figure.points(view)
    every = [c for c in view.ordered if any(c.name in some for some in points)]
    cells = every
    if len(cells) > MOST and len(view.cores) > 2:
        cells = [c for c in cells if c.cores in (view.cores[0], view.cores[-1])]
    panels = [k for k, some in enumerate(points) if any(c.name in some for c in cells)]
    if not any(v > 0 for some in points for p in some.values() for v in p.values):
        return None
    log = is_log(points[0].values()) if figure.log is None else figure.log
    left_out = "" if cells == every else "the other core counts are in the table"
    label = figure.label
    names = [
        view.label(c) + f" ({len(c.failed)} failed)" * bool(c.failed) for c in cells
    ]
    marked = [
        (k, i, point, figure.measures[k].form.write(point.middle) + label(view, cell))
        for k in panels
        for i, cell in enumerate(cells)
        if (point := points[k].get(cell.name))
    ]
    shown = [point for _, _, point, _ in marked]
    key = marks.key(shown, marks.UPRIGHT, figure.measures[0].of)
    head = figure.head(view, key, left_out)
    drawn, axes = frame(names, _beside(cells), head, len(panels), figure.row)
    entries = [(point.reach, text) for _, _, point, text in marked]
    # A shorter time than 1 ns is below what a clock can tell.
    least = min(v for point in shown for v in point.values if v > 0)
    low = max(least, 1e-9) / 1.4 if log else 0.0
    several, name = len(panels) > 1, logged(figure.measures[0].name, log)
    for axis, panel in zip(axes, panels):
        measure = figure.measures[panel]
        scale(axis, entries, low, log, measure.form)
        style.heading(axis, *((measure.panel or "both", "") if several else ("", name)))
        for k, i, point, text in marked:
            if k != panel:
                continue
            look, at = view.look(cells[i]), (0, i - 0.35)
            looks = {"facecolor": marks.tint(look.colour), "edgecolor": look.colour}
            looks["gid"] = look.name
            for piece in () if log else point.pieces or (point.middle,):
                axis.add_patch(Rectangle(at, piece, 0.7, zorder=2, **looks))
                at = (at[0] + piece, at[1])
            marks.row(axis, i, point, look, f"{k}-{i}", figure.row)
            write(axis, point.reach, i, text, look, INK)
    if several:
        start, stop = axes[0].get_position(), axes[-1].get_position()
        middle = (stop.x1 - start.x0) / 2 / start.width
        axes[0].set_xlabel(f"{name}, the same axis in all", x=middle)
    return figure.sheet(view, points, drawn, head)


def is_log(points: Iterable[Point]) -> bool:
    middles = [p.middle for p in points if p.middle > 0]
    return bool(middles) and max(middles) / min(middles) > LOG_FROM


def logged(name: str, log: bool) -> str:
    return f"{name} (logarithmic)" if log else name


def _beside(cells: Sequence[Cell]) -> list[str]:
    """What tells the rows of a model apart: its cores, or else what is in flight."""
    if len({cell.cores for cell in cells}) > 1 or not any(c.limit for c in cells):
        return [words.counted(cell.cores, "core") for cell in cells]
    return [f"{cell.limit or cell.in_flight:,} in flight" for cell in cells]


def frame(
    names: Sequence[str], beside: Sequence[str], head: Head, panels: int, row: float
) -> tuple[Drawn, list[Axes]]:
    """A figure with the rows named; row i is at y = i, the first on top, and
    `row` inches high. `beside` says what tells the rows of a model apart."""
    several = len(set(beside)) > 1
    aside = 0.35 + style.widest(beside, LABEL) if several else 0.15
    parts = (part for name in names for part in name.split("\n"))
    left, tall = 0.35 + style.widest(parts, LABEL) + aside, max(row * len(names), 1.6)
    drawn, axes = style.frame(*head, tall, left=left, right=0.3, columns=panels)
    by_name = groupby(range(len(names)), lambda i: names[i] if several else i)
    blocks = [[*some] for _, some in by_name]
    for axis in axes:
        axis.set_ylim(len(names) - 0.5, -0.5)
        axis.set_yticks([])
        for some in blocks[::2]:
            axis.axhspan(some[0] - 0.5, some[-1] + 0.5, color=marks.BAND, zorder=0)
    texts = [((b[0] + b[-1]) / 2, aside + 0.05, names[b[0]], INK) for b in blocks]
    if several:
        texts += [(i, 0.15, text, QUIET) for i, text in enumerate(beside)]
    looks = {"fontsize": LABEL, "ha": "right", "va": "center_baseline"}
    place, wide = axes[0].get_yaxis_transform(), style.inches(axes[0])[0]
    for y, far, text, colour in texts:
        axes[0].text(-far / wide, y, text, transform=place, color=colour, **looks)
    return drawn, axes


def scale(axes: Axes, entries: Entries, low: float, log: bool, unit: Unit) -> None:
    """The axis of values, long enough for words that begin where each of the
    entries says. Of amounts a linear axis begins at zero."""
    wide = style.inches(axes)[0]
    place = math.log10 if log else float
    start = stop = place(low)
    for reach, text in entries:
        room = 1 - min(0.8, (style.width(text, LABEL) + 0.25) / wide)
        stop = max(stop, start + (place(max(reach, low)) - start) / room)
    stop = stop if stop > start else start + 1
    style.scale(axes, "x", low, 10**stop if log else stop, log, unit)


def write(axes: Axes, x: float, y: float, text: str, look: Look, ink: str) -> None:
    """Words at the right of a mark."""
    looks = {"fontsize": LABEL, "va": "center_baseline", "zorder": 7, "color": ink}
    looks["gid"] = look.name
    at = (max(x, axes.get_xlim()[0]), y)
    axes.annotate(text, at, xytext=(9, 0), textcoords="offset points", **looks)
