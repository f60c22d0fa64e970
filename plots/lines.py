"""The form of lines over a setting, drawn: see panels.py for its parts.

Every repetition is a dot, the median is the model's marker, and names stand
at the right end of the lines, in the last panel of each row. A line keeps
colour, marker and dash in every panel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plots import direct_labels, layout, marks, panels, style
from plots.chart import interval_words
from plots.direct_labels import End
from plots.panels import Band, Form, Lanes, Line, Mark, Panel, Reference

POINTING = (0, (4, 3))
TALL = 3.4  # inches of a panel, unless its labels need more


def draw(shown: Sequence[Panel], form: Form, note: str) -> Figure:
    """The figure, still without its key.

    Must be called inside `style.context()`."""
    columns = min(len(shown), 2)
    rows = [shown[i : i + columns] for i in range(0, len(shown), columns)]
    labels = [_labels(row) for row in rows]
    tall = max(TALL, direct_labels.APART * max(map(len, labels)) + 0.1)
    low, high = panels.bounds(shown, form, tall)
    ticks = [form.tick(tick) for tick in panels.ticks(low, high, form)]
    figure, axes = panels.grid(
        form,
        note,
        len(shown),
        tall,
        left=0.75 + max(layout.width(text, 15) for text in ticks),
        right=direct_labels.room(["", *(name for some in labels for name in some)]),
    )
    lines = [line for panel in shown for line in panel.lines]
    places = sorted({x for line in lines for x in line.places})
    order = list(dict.fromkeys(line.name for line in lines if not line.alone))
    lanes = panels.lanes(axes[0], form, places, order)
    for i, (axis, panel) in enumerate(zip(axes, shown)):
        panels.across(axis, form, places, lanes)
        panels.upwards(axis, form, low, high, named=i % columns == 0)
        axis.set_title(panel.title, fontsize=15, fontweight="bold", loc="left")
        if lanes.width:
            _shade(axis, form, places, lanes)
        for row, band in enumerate(panel.bands):
            _band(axis, form, band, row)
        for row, mark in enumerate(panel.marks):
            _mark(axis, form, mark, row)
        if panel.remark:
            _at_top(axis, lanes.limits[0], 0, panel.remark)
        ends = [
            _line(axis, form, line, lanes, f"{i}-{k}")
            for k, line in enumerate(panel.lines)
        ]
        ends += [_reference(axis, form, r, lanes) for r in panel.references]
        if i % columns == columns - 1 or i == len(shown) - 1:
            absent = _absent(rows[i // columns])
            direct_labels.draw(axis, [end for end in ends if end] + absent)
    panels.name_across(axes, form)
    return figure


def key(shown: Sequence[Panel], of: str = "median") -> list[tuple[Artist, str]]:
    """The marks that every chart of lines has."""
    middle = "median" if of == "median" else "estimate"
    found = [(style.dot_mark(), "one repetition"), (style.median_mark(), middle)]
    interval = interval_words([p for panel in shown for p in panel.points], of)
    if interval:
        found.append((style.interval_mark(), interval))
    return found


def _labels(row: Sequence[Panel]) -> list[str]:
    """All that stands at the right of a row of panels."""
    names = [line.text for line in row[-1].lines if not line.alone]
    names += [reference.label for reference in row[-1].references]
    return names + [end.text for end in _absent(row)]


def _absent(row: Sequence[Panel]) -> list[End]:
    """Lines of this row of panels that its last panel lacks: named, so that
    nothing in the row is without a name."""
    *before, last = row
    here = {line.name for line in last.lines}
    found = {
        line.name: End(f"{line.name}  ({other.title} only)", line.look, None, None)
        for other in before
        for line in other.lines
        if line.name not in here and not line.alone
    }
    return list(found.values())


def _shade(axes: Axes, form: Form, places: Sequence[float], lanes: Lanes) -> None:
    """All that stands on one stretch was measured at that setting."""
    for x in places:
        spot = form.place(x)
        axes.axvspan(spot - lanes.half, spot + lanes.half, color="#f4f4f4", zorder=0)


def _line(axes: Axes, form: Form, line: Line, lanes: Lanes, gid: str) -> End | None:
    """One model: line, dots, intervals, medians. Returns where it ends."""
    look = line.look
    floor = axes.get_ylim()[0]

    def on(value: float) -> float:
        """A zero on a logarithmic axis stands at its lower end."""
        return max(value, floor)

    # With lanes the marker stands left in its lane and the dots right of it:
    # a dot under a marker would be a repetition that nobody sees.
    back = 0.36 * lanes.width if not line.alone else 0.0
    xs = [form.place(x) + lanes.shift(line.name) - back for x in line.places]
    ys = [on(point.middle) for point in line.points]
    axes.plot(xs, ys, color=look.colour, linestyle=look.dash, linewidth=2, zorder=3)
    for k, (x, place, point) in enumerate(zip(xs, line.places, line.points)):
        marks.interval(axes, x, point, look, floor)
        start, wide = 0.1 * lanes.inch, 0.08 * lanes.inch
        if lanes.width and not line.alone:
            start, wide = 0.54 * lanes.width, 0.6 * lanes.width
        spots = [x + start + wide * layout.jitter(r, point.n) for r in range(point.n)]
        values = [on(value) for value in point.values]
        size = style.DOT - (0 if lanes.width else 1)
        marks.dots(axes, spots, values, look, f"repetitions-{gid}-{k}", size)
        stroke = line.strokes[k] if line.strokes else None
        if stroke is not None:
            _stroke(axes, x, stroke, max(0.5 * lanes.width, 0.07 * lanes.inch))
        if line.ring == place:
            _ring(axes, x, on(point.middle), look)
    marks.medians(axes, xs, ys, look, 10 if lanes.width > 0.12 * lanes.inch else 8)
    if not line.alone:
        return End(line.text, look, xs[-1], ys[-1])
    _beside(axes, line, [on(v) for v in (*line.points[0].values, ys[0])])
    return None


def _beside(axes: Axes, line: Line, values: Sequence[float]) -> None:
    """The name of a single point, at the left edge below its marks, or above
    them if there is no room below."""
    low, high = min(values), max(values)
    start = axes.transData.transform((0, low))[1]
    below = start - axes.transAxes.transform((0, 0))[1] > 0.3 * axes.figure.dpi
    axes.annotate(
        line.text,
        (0, low if below else high),
        xycoords=axes.get_yaxis_transform(),
        xytext=(3, -9 if below else 9),
        textcoords="offset points",
        fontsize=12,
        va="top" if below else "bottom",
        zorder=7,
    )


def _stroke(axes: Axes, x: float, y: float, half: float) -> None:
    axes.plot([x - half, x + half], [y, y], color=style.IDEAL, linewidth=3, zorder=2.5)


def stroke_mark() -> Artist:
    return style.Line2D([0.05, 0.25], [0.1, 0.1], color=style.IDEAL, linewidth=3)


def _ring(axes: Axes, x: float, y: float, look: style.Look) -> None:
    axes.plot(
        [x],
        [y],
        linestyle="",
        marker="o",
        markersize=18,
        markerfacecolor="none",
        markeredgecolor=look.colour,
        markeredgewidth=2.0,
        zorder=5,
    )


def ring_mark() -> Artist:
    return style.Line2D(
        [0.15],
        [0.1],
        linestyle="",
        marker="o",
        markersize=13,
        markerfacecolor="none",
        markeredgecolor=style.INK,
        markeredgewidth=2.0,
    )


def _reference(axes: Axes, form: Form, reference: Reference, lanes: Lanes) -> End:
    """With lanes it is a ceiling over each of the stretches: a slope between
    them would cross lines that stay below it."""
    xs, ys = [], []
    level = reference.flat and lanes.width
    for place, value in zip(reference.places, reference.values):
        spot = form.place(place)
        xs += [spot - lanes.half, spot + lanes.half, spot] if level else [spot]
        ys += [value, value, math.nan] if level else [value]
    axes.plot(
        xs,
        ys,
        color=style.IDEAL,
        linewidth=2 if level else 1.5,
        linestyle=style.DOTTED,
        zorder=2,
    )
    return End(reference.label, None, max(xs), reference.values[-1])


def _band(axes: Axes, form: Form, band: Band, row: int) -> None:
    """The stretch, shaded, and its words in a row of their own at the top."""
    low, high = form.place(band.low), form.place(band.high)
    axes.axvspan(low, high, color=style.tint(band.look.colour), alpha=0.6, zorder=0.5)
    _at_top(axes, (low + high) / 2, row, band.text)


def band_mark() -> Artist:
    return style.area_mark(facecolor=style.RULE)


def _mark(axes: Axes, form: Form, mark: Mark, row: int) -> None:
    spot = form.place(mark.place)
    axes.axvline(spot, color=style.INK, linewidth=1.2, linestyle=POINTING, zorder=1)
    _at_top(axes, spot, row, mark.text)


def mark_mark() -> Artist:
    return style.Line2D(
        [0.15, 0.15], [0, 0.2], color=style.INK, linewidth=1.2, linestyle=POINTING
    )


def _at_top(axes: Axes, x: float, row: int, text: str) -> None:
    """Words at the top of a panel, beside an upright line: on the side that
    has room for them."""
    left, right = axes.get_xlim()
    inches = axes.get_position().width * style.WIDTH
    spot = (x - left) / (right - left) * inches
    long = layout.width(text, 12) + 0.1
    after = spot + long <= inches or spot - long < 0
    start = min(spot, inches - long) if after else spot
    height = axes.get_position().height * axes.figure.get_figheight()
    axes.text(
        (start + (0.06 if after else -0.06)) / inches,
        1 - (row + 0.5) * panels.BAND_ROW / height,
        text,
        transform=axes.transAxes,
        fontsize=12,
        ha="left" if after else "right",
        va="center",
        zorder=7,
        # An upright line may have to pass behind words that have no room.
        bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 1},
    )
