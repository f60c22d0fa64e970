"""Figure: the latency of cheap requests as time goes by, a panel per model.

Each panel shows one repetition, the middle one by its p99: from the median to
the slowest cheap request of every bucket of time. A heavy request that holds the
others up shows as a high stroke, and if they are many, as a high foot of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from plots import layout, marks, style
from plots.chart import Table, columns
from plots.figure import Figure, Sheet
from plots.formats import UNITS, on_cores, percent, seconds
from plots.looks import INK
from plots.view import View
from reports.data.cells import Cell
from reports.data.entries import Repetition

TALL = 1.1  # inches of a panel
HELD = 10e-3  # seconds: a cheap request that takes longer was held up
PARTS = ("p50", "p90", "p99", "max")
COLUMNS = columns(
    "model text, cores count, repetition count, p50 seconds, p90 seconds, "
    "p99 seconds, slowest seconds, held up percent"
)
CAPTION = (
    "The repetition that is drawn. Held up: buckets in which the slowest cheap "
    "request took over 10 ms."
)


class Line(NamedTuple):
    """One repetition: time, median and slowest of each bucket in seconds,
    without empty ones, and what is known of its cheap requests."""

    cell: Cell
    repetition: int
    buckets: list[tuple[float, float, float]]
    cheap: Mapping[str, Any]

    @property
    def held(self) -> float:
        """The share of the buckets in which somebody was held up."""
        return sum(top > HELD for *_, top in self.buckets) / len(self.buckets)


def _cheap(one: Repetition) -> Mapping[str, Any]:
    return ((one.http or {}).get("groups") or [{}])[0]


def _line(cell: Cell) -> Line | None:
    known = [one for one in cell.ok if (one.http or {}).get("timeline")]
    known.sort(key=lambda one: _cheap(one).get("p99") or _cheap(one).get("max") or 0.0)
    if not known:
        return None
    one = known[(len(known) - 1) // 2]
    found = one.http["timeline"]
    each = enumerate(zip(found["count"], found["p50"], found["max"]))
    step = found["bucket_seconds"]
    some = [((k + 0.5) * step, mid, top) for k, (n, mid, top) in each if n and mid]
    return Line(cell, one.repetition_index, some, _cheap(one)) if some else None


def sheet(figure: Figure, view: View) -> Sheet | None:
    """None where no time line was kept."""
    here = [cell for cell in view.ordered if cell.cores == view.apart]
    found = [line for cell in here if (line := _line(cell))]
    if not found:
        return None
    title = f"{figure.worded(figure.title, view)}, {on_cores(view.apart)}"
    note, left = view.note(figure.note), 0.6 + layout.width("100 ms", 15)
    low = min(mid for line in found for _, mid, _ in line.buckets) / 1.3
    high = max(top for line in found for *_, top in line.buckets) * 1.3
    drawn, axes = style.frame(
        title, note, TALL, left=left, right=0.3, rows=len(found), between=0.4
    )
    for axis, line in zip(axes, found):
        look, (wide, tall) = view.look(line.cell), style.inches(axis)
        style.scale(axis, "y", low, high, True, UNITS["seconds"])
        far = next((part for part in PARTS[2::-1] if line.cheap.get(part)), None)
        words = f": {far} {seconds(line.cheap[far])}" if far else ""
        style.heading(axis, "", view.label(line.cell) + words, left=-0.25)
        marks.swatch(axis, 0.1 / wide, 1 + 0.22 / tall, look)
        axis.set_xlim(0, 1.01 * max(line.buckets[-1][0] for line in found))
        axis.tick_params(axis="x", labelbottom=axis is axes[-1])
        ends = [((at, mid), (at, top)) for at, mid, top in line.buckets]
        width = max(1.5, 0.6 * 72 * wide / len(line.buckets))
        marks.strokes(axis, ends, color=look.colour, linewidth=width, zorder=3)
        feet = zip(*((at, mid) for at, mid, _ in line.buckets))
        looks = {"linestyle": "", "marker": "_", "markersize": width, "color": INK}
        marks.plot(axis, *feet, **looks, zorder=4)
    axes[-1].set_xlabel("time (s); latency is logarithmic")
    stroke = marks.area(facecolor=marks.tint(INK))
    key = [(stroke, "from the median to the slowest cheap request of a bucket")]
    style.key(drawn, [*key, (marks.line(linewidth=1.2), "median")])
    rows = [
        (view.label(line.cell), line.cell.cores, line.repetition)
        + (*(line.cheap.get(part) for part in PARTS), line.held)
        for line in found
    ]
    each = [
        f"{view.label(line.cell)} {percent(line.held)}"
        for line in sorted(found, key=lambda line: line.held)
        if line.cell.comparable
    ]
    said = "Part of the time in which some cheap request takes over 10 ms"
    said = f"{said}: {', '.join(each)}."
    return Sheet(drawn, title, said, note, Table(COLUMNS, tuple(rows), CAPTION))
