"""The form with one row per cell: model at the left, its cores beside it.

Rows of one model lie on one band, so that the eye finds them across several
panels. Values stand in words beside their marks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plots import layout, style
from plots.chart import Point
from plots.view import View
from reports.data import words
from reports.data.run import Cell

ROW = 0.36  # inches


def frame(
    view: View,
    cells: Sequence[Cell],
    title: str,
    note: str,
    *,
    panels: int = 1,
    row: float = ROW,
    right: float = 0.45,
    top: float = style.TOP,
    beside: Sequence[str] | None = None,
) -> tuple[Figure, list[Axes]]:
    """A figure with the rows named; row i is at y = i, the first on top.
    `beside` says what tells the rows of a model apart; cores, by default."""
    if beside is None:
        beside = [words.counted(cell.cores, "core") for cell in cells]
    several = len(set(beside)) > 1
    labels = [_name(view, cell) for cell in cells]
    wide = max(layout.width(label, style.LABEL) for label in labels)
    aside = 0.15
    if several:
        aside = max(0.95, *(layout.width(t, style.LABEL) + 0.2 for t in beside))
    height = top + style.BOTTOM + max(row * len(cells), 2.0) + 0.1
    figure, axes = style.frame(
        height,
        title,
        note,
        left=0.4 + wide + aside,
        right=right,
        panels=panels,
        top=top,
    )
    blocks: list[tuple[str, int, int]] = []  # label, first row, last row
    for i, label in enumerate(labels):
        if blocks and blocks[-1][0] == label and several:
            blocks[-1] = (label, blocks[-1][1], i)
        else:
            blocks.append((label, i, i))
    for axis in axes:
        axis.set_ylim(len(cells) - 0.5, -0.5)
        axis.set_yticks([])
        axis.spines["left"].set_visible(False)
        for k, (_, first, last) in enumerate(blocks):
            if k % 2 == 0:
                axis.axhspan(first - 0.5, last + 0.5, color="#f4f4f4", zorder=0)
    inches = axes[0].get_position().width * style.WIDTH
    for label, first, last in blocks:
        _text(axes[0], -(aside + 0.05) / inches, (first + last) / 2, label)
    if several:
        for i, text in enumerate(beside):
            _text(axes[0], -0.12 / inches, i, text, style.QUIET)
    return figure, axes


def _name(view: View, cell: Cell) -> str:
    failed = f" ({len(cell.failed)} failed)" if cell.failed else ""
    return view.label(cell) + failed


def _text(axes: Axes, x: float, y: float, text: str, colour: str = style.INK) -> None:
    axes.text(
        x,
        y,
        text,
        transform=axes.get_yaxis_transform(),
        fontsize=style.LABEL,
        color=colour,
        ha="right",
        va="center_baseline",
    )


def scale(
    axes: Axes,
    shown: Sequence[Point | None],
    texts: Sequence[str],
    tick: Callable[[float], str],
    *,
    log: bool,
    unit: float = 1.0,
    span: tuple[float, float] | None = None,
) -> None:
    """Sets the value axis so that every mark has room for its words at its
    right. Linear axes begin at zero; logarithmic ones have a tick per decade
    (or every third). `span` is the least range of a logarithmic axis."""
    inches = axes.get_position().width * style.WIDTH
    pairs = [(beyond(p), t) for p, t in zip(shown, texts) if p is not None]
    values = [v for p in shown if p is not None for v in p.values if v > 0]
    axes.grid(axis="x")
    if not log:
        ends = [
            value / (1 - min(0.8, (layout.width(t, style.LABEL) + 0.2) / inches))
            for value, t in pairs
        ]
        axes.set_xlim(0, max(ends) or 1.0)
        axes.xaxis.set_major_formatter(lambda value, _: tick(value))
        layout.few_ticks(axes.xaxis, inches, unit)
        return
    low, high = span or (min(values), max(values))
    start = math.log10(low) - 0.12
    stop = max(
        start
        + (math.log10(max(value, low)) - start)
        / (1 - min(0.8, (layout.width(t, style.LABEL) + 0.2) / inches))
        for value, t in [*pairs, (high, "")]
    )
    axes.set_xscale("log")
    layout.log_ticks(axes.xaxis, 10**start, 10**stop, int(inches / 0.75), tick)
    axes.set_xlim(10**start, 10**stop)


def points(
    axes: Axes,
    view: View,
    cells: Sequence[Cell],
    shown: Sequence[Point | None],
    texts: Sequence[str],
    *,
    bars: bool,
    tag: str = "",
) -> None:
    """Dots, interval, median and words of every row; bars from zero only
    where the axis has a zero. REQUIRES: the limits are set."""
    for i, (cell, point, text) in enumerate(zip(cells, shown, texts)):
        if point is None:
            continue
        look = view.look(cell)
        if bars:
            bar(axes, i, 0, point.middle, look)
        mark(axes, i, point, look, f"repetitions{tag}-{i}")
        label(axes, beyond(point), i, text)


def bar(
    axes: Axes, y: float, start: float, length: float, look: style.Look, **more: Any
) -> None:
    """A bar behind dots and words, in a light shade of the model's colour."""
    looks = {
        "height": 0.7,
        "color": style.tint(look.colour),
        "edgecolor": look.colour,
        "linewidth": 1,
        "zorder": 2,
        **more,
    }
    axes.barh(y, length, left=start, **looks)


def mark(
    axes: Axes,
    y: float,
    point: Point,
    look: style.Look,
    gid: str,
    *,
    tall: float = 0.84,
) -> None:
    """One row: interval, median as an upright stroke, and a dot per
    repetition with the model's marker. A value that the axis cannot show (a
    zero on a logarithmic axis) stands at its left end."""
    floor = axes.get_xlim()[0]

    def on(value: float) -> float:
        return max(value, floor)

    if point.low is not None and point.high is not None:
        axes.plot(
            [on(point.low), on(point.high)],
            [y, y],
            color=look.colour,
            linewidth=2.5,
            zorder=4,
        )
    axes.plot(
        [on(point.middle)] * 2,
        [y - tall / 2, y + tall / 2],
        color=style.INK,
        linewidth=2.5,
        clip_on=False,
        zorder=5,
    )
    dots = axes.plot(
        [on(value) for value in point.values],
        [y + 0.8 * tall * layout.jitter(k, point.n) for k in range(point.n)],
        linestyle="",
        marker=look.marker,
        markersize=style.DOT + (2 if look.marker == "X" else 1),
        color=look.colour,
        markerfacecolor=look.face,
        markeredgecolor=look.edge,
        markeredgewidth=1.2 if look.hollow else 0.6,
        clip_on=False,
        zorder=6,
    )
    dots[0].set_gid(gid)


def beyond(point: Point) -> float:
    """Where the words of a row may begin: right of all its marks."""
    return max((*point.values, point.high or 0.0))


def label(axes: Axes, x: float, y: float, text: str) -> None:
    """Words at the right of a mark."""
    axes.annotate(
        text,
        (max(x, axes.get_xlim()[0]), y),
        xytext=(9, 0),
        textcoords="offset points",
        fontsize=style.LABEL,
        va="center_baseline",
        zorder=7,
    )


def key(middle: str, interval: str) -> list[tuple[Artist, str]]:
    """The marks that every chart of rows has."""
    marks = [(style.dot_mark(), "one repetition"), (style.tick_mark(), middle)]
    if interval:
        marks.append((style.interval_mark(), interval))
    return marks
