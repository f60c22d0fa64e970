"""Figures of slow requests: latency by percentile, and as time goes by.

Percentiles stand by nines: what happens to one request in a hundred happens to a
page of a hundred requests every time. Histograms of repetitions are added up, and
a percentile is drawn only as far as 100 samples lie beyond it.
"""

import math
from operator import attrgetter
from typing import NamedTuple

import numpy
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn

from plots import marks, measure, style
from plots.chart import UNITS, exact, on_cores, percent, seconds, times
from plots.figure import Figure, Head, Sheet
from plots.style import INK, QUIET
from plots.told import ends
from plots.view import View
from reports.data import Cell, Repetition, histograms, words
from reports.data.metrics import HEAD_OF_LINE

SHARES = (0.5, 0.9, 0.99, 0.999, 0.9999)
STEP = 0.04  # nines from one point of a curve to the next
TURN = 6  # points from one server's marker to the next one's
LIE = 1.5  # a naive curve is shown if it is so many times too low
NAIVE = {"color": QUIET, "linewidth": 1.8, "linestyle": style.dashed(4, 2)}


class Curve(NamedTuple):
    """One server under one load."""

    cell: Cell
    found: histograms.Histogram
    naive: histograms.Histogram | None

    @property
    def lie(self) -> float:
        """How many times too low the naive curve is at its end."""
        share = min(one.farthest for one in self[1:] if one)
        return self.found.quantile(share) / (self.naive or self.found).quantile(share)


def spectrum(figure: Figure, view: View) -> Sheet | None:
    """On the most cores that left the generator a CPU; of cheap requests on the
    fewest, where they have nowhere to go. All else is in the table."""
    cheap = view.scenario == HEAD_OF_LINE
    key = "cheap_histogram" if cheap else "http_histogram"
    every = [
        Curve(cell, found, histograms.of(cell, "http_naive_histogram"))
        for cell in view.ordered
        if (found := histograms.of(cell, key)) and found.count > 2 * histograms.BEYOND
    ]
    cores = view.cores[0] if cheap else view.apart
    load = view.workload.loads[-1] if view.workload.loads else None
    here = [c for c in every if (c.cell.cores, c.cell.load) == (cores, load)]
    if not here:
        return None
    liar = max(here, key=lambda curve: curve.lie)
    naive = liar.naive if liar.lie >= LIE else None
    names = [view.label(curve.cell) for curve in here]
    names += [f"naive: {view.label(liar.cell)}"] if naive else []
    where = words.capital(on_cores(cores)) + (f", {words.loaded(load)}" if load else "")
    tall, right = max(3.4, marks.APART * len(names) + 0.1), marks.room(names)
    key = [(marks.line(**NAIVE), "naive: counted from the actual send")]
    head = figure.head(view, key if naive else (), "all loads: in the table")
    drawn, (axis,) = style.frame(*head, tall, left=1.2, right=right)
    lines = [_points(curve.found) for curve in here]
    lines += [_points(naive)] if naive else []
    low, high = min(ys[0] for _, ys in lines), max(ys[-1] for _, ys in lines)
    style.scale(axis, "y", low / 1.6, 1.5 * high, True, UNITS["seconds"])
    style.heading(axis, where, "latency (logarithmic)", left=0.25)
    far = max(xs[-1] for xs, _ in lines)
    spots = {_nines(s): f"{100 * s:g}" for s in SHARES if _nines(s) <= far + 0.01}
    axis.set_xlim(_nines(SHARES[0]) - 0.12, far + 0.1)
    axis.set_xticks([*spots], [*spots.values()])
    axis.grid(axis="x")
    found = []
    for k, (curve, (xs, ys)) in enumerate(zip(here, lines)):
        look = view.look(curve.cell)
        looks = {**look.ink, "linestyle": look.dash, "linewidth": 2}
        marks.plot(axis, xs, ys, **looks, zorder=3)
        # Markers take turns along the curves, so that none is hidden.
        marks.medians(axis, xs, ys, look, 8, markevery=(k * TURN, len(here) * TURN))
        found.append(marks.End(look, xs[-1], ys[-1]))
    said = _slowest(view, here, where)
    if naive:
        marks.plot(axis, *lines[-1], **NAIVE)
        found.append(marks.End(None, *(some[-1] for some in lines[-1])))
        said += " A client that waits for answers would report a latency "
        said += f"{times(liar.lie)} times too low (coordinated omission)."
    marks.names(axis, found, names)
    axis.set_xlabel("percentile")
    rows = [
        (view.label(cell), cell.cores, cell.load and words.brief(cell.load))
        + (found.count, *(_at(found, share) for share in SHARES))
        + (found.seconds[-1], naive and _at(naive, 0.99))
        for cell, found, naive in every
    ]
    return Sheet(drawn, head, said, figure.tabled(rows))


def _nines(share: float) -> float:
    return -math.log10(1 - share)


def _points(found: histograms.Histogram) -> tuple[list[float], list[float]]:
    """As far as the curve is known."""
    first, last = _nines(0.5), _nines(found.farthest)
    xs = [first + STEP * k for k in range(int((last - first) / STEP) + 1)] + [last]
    return xs, [found.quantile(1 - 10**-x) for x in xs]


def _at(found: histograms.Histogram, share: float) -> float | None:
    return found.quantile(share) if share <= found.farthest + 1e-9 else None


def _slowest(view: View, curves: list[Curve], where: str) -> str:
    fair = [curve for curve in curves if curve.cell.comparable]
    if not fair:
        return "No server finished all its repetitions."
    # The farthest that is known of all, or somebody would be left out.
    share = max(s for s in SHARES if all(s <= c.found.farthest for c in fair))
    values = {view.label(c.cell): c.found.quantile(share) for c in fair}
    rare = f"one request in {round(1 / (1 - share)):,} takes at least"
    return f"{where}: {rare} {ends(values, seconds)}."


TALL = 1.1  # inches of a panel
HELD = 10e-3  # seconds: a cheap request that takes longer was held up
PARTS = ("cheap_p50", "cheap_p90", "cheap_p99", "cheap_max")


class Line(NamedTuple):
    """One repetition: time, median and slowest of each bucket that has some."""

    cell: Cell
    one: Repetition
    buckets: list[tuple[float, float, float]]

    @property
    def held(self) -> float:
        """The share of the buckets in which somebody was held up."""
        return sum(top > HELD for *_, top in self.buckets) / len(self.buckets)


def _line(cell: Cell) -> Line | None:
    """The middle one by its p99."""
    one = measure.middle(cell, lambda one: one.cheap_p99 or one.cheap_max)
    if one is None or not one.http_timeline:
        return None
    found = one.http_timeline
    each = enumerate(zip(found["count"], found["p50"], found["max"]))
    step = found["bucket_seconds"]
    some = [((k + 0.5) * step, mid, top) for k, (n, mid, top) in each if n and mid]
    return Line(cell, one, some) if some else None


def _stacked(
    view: View, cells: dict[Cell, str], head: Head, left: float, scale: tuple
) -> tuple[Drawn, list[Axes]]:
    """A panel per cell, its name and a few words above, all along one time."""
    looks = {"left": left, "right": 0.3, "rows": len(cells), "between": 0.4}
    drawn, axes = style.frame(*head, TALL, **looks)
    for axis, (cell, text) in zip(axes, cells.items()):
        style.scale(axis, "y", *scale)
        style.heading(axis, "", view.label(cell) + text, left=-0.25)
        wide, tall = style.inches(axis)
        place, within = ([0.1 / wide], [1 + 0.22 / tall]), axis.transAxes
        marks.medians(axis, *place, view.look(cell), transform=within)
        axis.tick_params(axis="x", labelbottom=axis is axes[-1])
    return drawn, axes


def time_line(figure: Figure, view: View) -> Sheet | None:
    """A panel per model: from the median to the slowest cheap request of every
    bucket of time. A heavy request that holds the others up shows as a high
    stroke, and if they are many, as a high foot of it."""
    found = [line for cell in view.ordered if (line := _line(cell))]
    if not found:
        return None
    low = min(mid for line in found for _, mid, _ in line.buckets) / 1.3
    high = max(top for line in found for *_, top in line.buckets) * 1.3
    stroke = marks.area(facecolor=marks.tint(INK))
    key = [(stroke, "from the median to the slowest cheap request of a bucket")]
    key.append((marks.line(linewidth=1.2), "median"))
    cells, head = {}, figure.head(view, key)
    for cell, one, _ in found:
        far = next((part for part in PARTS[2::-1] if getattr(one, part)), None)
        cells[cell] = f": {far[6:]} {seconds(getattr(one, far))}" if far else ""
    left, scale = 0.6 + style.width("100 ms", 15), (low, high, True, UNITS["seconds"])
    drawn, axes = _stacked(view, cells, head, left, scale)
    for axis, (cell, _, buckets) in zip(axes, found):
        axis.set_xlim(0, 1.01 * max(line.buckets[-1][0] for line in found))
        strokes = [((at, mid), (at, top)) for at, mid, top in buckets]
        width = max(1.5, 0.6 * 72 * style.inches(axis)[0] / len(buckets))
        marks.strokes(axis, strokes, **view.look(cell).ink, linewidth=width, zorder=3)
        looks = {"linestyle": "", "marker": "_", "markersize": width, "color": INK}
        marks.plot(axis, *[*zip(*buckets)][:2], **looks, zorder=4)
    axes[-1].set_xlabel("time (s); latency is logarithmic")
    rows = [
        (view.label(line.cell), line.cell.cores, line.one.repetition_index)
        + (*attrgetter(*PARTS)(line.one), line.held)
        for line in found
    ]
    held = {view.label(f.cell): f.held for f in found if f.cell.comparable}
    each = (f"{name} {percent(held[name])}" for name in sorted(held, key=held.get))
    said = "Part of the time in which some cheap request takes over 10 ms: "
    said += f"{', '.join(each)}."
    return Sheet(drawn, head, said, figure.tabled(rows))


class Lane(NamedTuple):
    """Right answers per bucket of time, the mean of the repetitions as far as all
    of them reach; `before` buckets lie before the event."""

    cell: Cell
    counts: numpy.ndarray
    before: int
    step: float

    usual = property(lambda lane: float(numpy.median(lane.counts[: lane.before])))
    least = property(lambda lane: float(lane.counts[lane.before :].min()))


def _lane(cell: Cell) -> Lane | None:
    every = [found for one in cell.ok if (found := one.fault_answers)]
    if not (before := min((found["before"] for found in every), default=0)):
        return None
    rows = [found["count"][found["before"] - before :] for found in every]
    rows = [row[: min(map(len, rows))] for row in rows]
    return Lane(cell, numpy.mean(rows, axis=0), before, every[0]["bucket_seconds"])


def lanes(figure: Figure, view: View) -> Sheet | None:
    """A panel per model: right answers around the event."""
    found = [lane for cell in view.ordered if (lane := _lane(cell))]
    if not found:
        return None
    bucket, high = exact(found[0].step), 2 * max(lane.usual for lane in found)
    key = [(marks.area(facecolor=marks.tint(INK)), f"right answers per {bucket}")]
    key.append((marks.line(**NAIVE), "the event"))
    head, cells = figure.head(view, key), {lane.cell: "" for lane in found}
    drawn, axes = _stacked(view, cells, head, 1.2, (0, high, False, UNITS["number"]))
    for axis, (cell, counts, before, step) in zip(axes, found):
        at = (numpy.arange(len(counts)) - before + 0.5) * step
        axis.set_xlim(1.2 * at[0], at[-1])
        strokes = [((x, 0), (x, min(y, high))) for x, y in zip(at, counts)]
        width = max(1.5, 0.8 * 72 * style.inches(axis)[0] / len(at))
        marks.strokes(axis, strokes, **view.look(cell).ink, linewidth=width, zorder=3)
        marks.strokes(axis, [((0, 0), (0, high))], **NAIVE, zorder=4)
    axes[-1].set_xlabel("time since the event (s)")
    rows = [(view.label(f.cell), f.cell.cores, f.usual, f.least) for f in found]
    values = {view.label(f.cell): f.least / f.usual for f in found}
    said = f"Of the usual answers there are in the worst {bucket} after the event: "
    said += f"{ends(values, percent)}."
    return Sheet(drawn, head, said, figure.tabled(rows))
