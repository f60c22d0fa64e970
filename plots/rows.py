"""The form with one row per cell: model at the left, its cores beside it.

A panel per measure, all on one axis. Rows of one model lie on one band, so that
the eye finds them across panels. Values stand in words beside their marks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn

from plots import layout, marks, style
from plots.figure import Figure, Points, Sheet
from plots.formats import Unit
from plots.looks import INK, QUIET
from plots.points import Point
from plots.view import View
from reports.data import words
from reports.data.cells import Cell

ROW = 0.36  # inches
MOST = 20  # rows; with more, only the fewest and the most cores are shown
# Above this ratio of highest to lowest a zero baseline would press the low
# ones into the axis, so the axis becomes logarithmic and says so.
LOG_FROM = 40.0


def sheet(figure: Figure, view: View) -> Sheet | None:
    points = figure.points(view)
    every = [c for c in view.ordered if any(c.name in some for some in points)]
    cells = every
    if len(cells) > MOST and len(view.cores) > 2:
        cells = [c for c in cells if c.cores in (view.cores[0], view.cores[-1])]
    panels = [k for k, some in enumerate(points) if any(c.name in some for c in cells)]
    if not panels or not any(v > 0 for p in points[0].values() for v in p.values):
        return None
    log = is_log(points[0].values()) if figure.log is None else figure.log
    left_out = "" if cells == every else "the other core counts are in the table"
    note = view.note(figure.note, left_out)
    drawn, axes = frame(
        [_name(view, cell) for cell in cells],
        _beside(cells),
        figure.worded(figure.title, view),
        note,
        len(panels),
        figure.row,
    )
    marked = [
        (k, i, points[k][cell.name], _words(figure, view, cell, points, k))
        for k in panels
        for i, cell in enumerate(cells)
        if cell.name in points[k]
    ]
    shown = [point for _, _, point, _ in marked]
    # A shorter time than 1 ns is below what a clock can tell.
    least = min(v for point in shown for v in point.values if v > 0)
    low = max(least, 1e-9) / 1.4 if log else 0.0
    several, name = len(panels) > 1, logged(figure.measures[0].name, log)
    for axis, k in zip(axes, panels):
        measure = figure.measures[k]
        entries = [(point.reach, text) for _, _, point, text in marked]
        scale(axis, entries, low, log, measure.form)
        style.heading(axis, *((measure.panel or "both", "") if several else ("", name)))
        for at, i, point, text in marked:
            if at != k:
                continue
            look = view.look(cells[i])
            if not log:
                marks.bar(axis, i, point.middle, look)
            marks.row(axis, i, point, look, f"{k}-{i}", figure.row)
            label(axis, point.reach, i, text)
    if several:
        style.below(axes, f"{name}, the same axis in all")
    style.key(drawn, marks.key(shown, marks.UPRIGHT, figure.measures[0].of))
    return figure.sheet(view, points, drawn, note)


def is_log(points: Iterable[Point]) -> bool:
    middles = [p.middle for p in points if p.middle > 0]
    return bool(middles) and max(middles) / min(middles) > LOG_FROM


def logged(name: str, log: bool) -> str:
    return f"{name} (logarithmic)" if log else name


def _name(view: View, cell: Cell) -> str:
    failed = f" ({len(cell.failed)} failed)" if cell.failed else ""
    return view.label(cell) + failed


def _beside(cells: Sequence[Cell]) -> list[str]:
    """What tells the rows of a model apart: its cores, or else what is in flight."""
    if len({cell.cores for cell in cells}) > 1 or not any(c.limit for c in cells):
        return [words.counted(cell.cores, "core") for cell in cells]
    return [f"{cell.limit or cell.in_flight:,} in flight" for cell in cells]


def _words(figure: Figure, view: View, cell: Cell, points: Points, k: int) -> str:
    written = figure.measures[k].form.write(points[k][cell.name].middle)
    return written + figure.label(view, cell)


def frame(
    names: Sequence[str],
    beside: Sequence[str],
    title: str,
    note: str,
    panels: int = 1,
    row: float = ROW,
) -> tuple[Drawn, list[Axes]]:
    """A figure with the rows named; row i is at y = i, the first on top.
    `beside` says what tells the rows of a model apart."""
    several = len(set(beside)) > 1
    aside = 0.35 + layout.widest(beside, style.LABEL) if several else 0.15
    parts = [part for name in names for part in name.split("\n")]
    left = 0.35 + layout.widest(parts, style.LABEL) + aside
    row = 1.4 * row if any("\n" in name for name in names) else row
    tall = max(row * len(names), 1.6)
    drawn, axes = style.frame(title, note, tall, left=left, right=0.3, columns=panels)
    blocks: list[list[int]] = []  # rows of one name
    for i, name in enumerate(names):
        if blocks and several and names[blocks[-1][0]] == name:
            blocks[-1].append(i)
        else:
            blocks.append([i])
    for axis in axes:
        axis.set_ylim(len(names) - 0.5, -0.5)
        axis.set_yticks([])
        for some in blocks[::2]:
            axis.axhspan(some[0] - 0.5, some[-1] + 0.5, color=marks.BAND, zorder=0)
    texts = [((b[0] + b[-1]) / 2, aside + 0.05, names[b[0]], INK) for b in blocks]
    if several:
        texts += [(i, 0.15, text, QUIET) for i, text in enumerate(beside)]
    looks = {"fontsize": style.LABEL, "ha": "right", "va": "center_baseline"}
    place, wide = axes[0].get_yaxis_transform(), style.inches(axes[0])[0]
    for y, far, text, colour in texts:
        axes[0].text(-far / wide, y, text, transform=place, color=colour, **looks)
    return drawn, axes


def scale(
    axes: Axes, entries: Sequence[tuple[float, str]], low: float, log: bool, unit: Unit
) -> None:
    """The axis of values, long enough for words that begin where each of the
    entries says. Of amounts a linear axis begins at zero."""
    wide = style.inches(axes)[0]
    place = math.log10 if log else float
    start = stop = place(low)
    for reach, text in entries:
        room = 1 - min(0.8, (layout.width(text, style.LABEL) + 0.25) / wide)
        stop = max(stop, start + (place(max(reach, low)) - start) / room)
    stop = stop if stop > start else start + 1
    style.scale(axes, "x", low, 10**stop if log else stop, log, unit)


def label(axes: Axes, x: float, y: float, text: str) -> None:
    """Words at the right of a mark."""
    looks = {"fontsize": style.LABEL, "va": "center_baseline", "zorder": 7}
    at = (max(x, axes.get_xlim()[0]), y)
    axes.annotate(text, at, xytext=(9, 0), textcoords="offset points", **looks)
