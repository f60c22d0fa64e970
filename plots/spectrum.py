"""Figure: latency by percentile, up to the slowest request of all.

The axis goes by nines, so that the slow tail has as much room as the rest:
what happens to one request in a hundred happens to a page of a hundred
requests every time. Repetitions are added up, for their histograms can be; a
percentile is drawn only as far as 100 samples lie beyond it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from plots import labels, layout, marks, style
from plots.chart import Table, columns
from plots.figure import Figure, Sheet
from plots.formats import UNITS, on_cores, seconds, times
from plots.labels import End
from plots.looks import QUIET, RULE
from plots.points import Dot, why
from plots.view import View
from reports.data import histograms, targets, words
from reports.data.cells import HEAD_OF_LINE, Cell
from reports.data.histograms import Histogram

SHARES = (0.5, 0.9, 0.99, 0.999, 0.9999)
STEP = 0.04  # nines from one point of a curve to the next
TURN = 6  # points from one server's marker to the next one's
GAP, WIDE = 0.45, 0.5  # nines before the stretch of the slowest, and of it
LIE = 1.5  # a naive curve is shown if it is so many times too low
NAIVE = {"color": QUIET, "linewidth": 1.8, "linestyle": (0, (4, 2))}
COLUMNS = columns(
    "model text, cores count, load text, requests count, p50 seconds, p90 seconds, "
    "p99 seconds, p99.9 seconds, p99.99 seconds, slowest seconds, naive p99 seconds"
)


@dataclass(frozen=True)
class Curve:
    """One server under one load; `slowest` of each repetition."""

    cell: Cell
    found: Histogram
    naive: Histogram | None
    slowest: tuple[Dot, ...]

    @property
    def lie(self) -> float:
        """How many times too low the naive curve is at its end."""
        if self.naive is None:
            return 0.0
        share = min(self.naive.farthest, self.found.farthest)
        return self.found.quantile(share) / self.naive.quantile(share)


Part = tuple[str, Sequence[Curve]]  # a panel: its title, and servers


def _liar(part: Part) -> Curve | None:
    worst = max(part[1], key=lambda curve: curve.lie)
    return worst if worst.lie >= LIE else None


def _nines(share: float) -> float:
    return -math.log10(1 - share)


def sheet(figure: Figure, view: View) -> Sheet | None:
    """A panel for the first load and one for the last, on the most cores that
    left the generator a CPU; of cheap requests one per core count."""
    parts = [*_parts(view)]
    if not parts:
        return None
    every = [curve for _, curves in parts for curve in curves]
    liars = [liar for part in parts if (liar := _liar(part))]
    lows = [curve.found.quantile(0.5) for curve in every]
    lows += [liar.naive.quantile(0.5) / 1.5 for liar in liars if liar.naive]
    high = max(dot.value for curve in every for dot in curve.slowest)
    far = max(_nines(curve.found.farthest) for curve in every)
    tall = max(2.7, labels.APART * max(len(curves) for _, curves in parts) + 0.1)
    title = figure.worded(figure.title, view)
    note = view.note(figure.note, "all loads: in the table")
    right = labels.room([view.label(curve.cell) for curve in every])
    frame = {"left": 1.2, "right": right, "rows": len(parts)}
    drawn, axes = style.frame(title, note, tall, **frame)
    for axis, part in zip(axes, parts):
        style.scale(axis, "y", min(lows) / 1.6, high * 1.5, True, UNITS["seconds"])
        style.heading(axis, part[0], "latency (logarithmic)", left=0.25)
        _across(axis, far)
        ends = [_draw(axis, view, part[1], k, far) for k in range(len(part[1]))]
        liar = _liar(part)
        if liar and liar.naive:
            xs, ys = _points(liar.naive)
            marks.plot(axis, xs, ys, **NAIVE)
            spot = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
            text = f"naive: {view.label(liar.cell)}"
            axis.annotate(text, (xs[-1], ys[-1]), fontsize=12, color=QUIET, **spot)
        labels.draw(axis, ends, [view.label(curve.cell) for curve in part[1]])
    axes[-1].set_xlabel("percentile")
    key = [(marks.spot("o", 5), "slowest request of a repetition")]
    if liars:
        key.append((marks.line(**NAIVE), "naive: counted from the actual send"))
    style.key(drawn, key)
    return Sheet(drawn, _so_what(view, parts), note, _table(view), title)


def _parts(view: View) -> Iterator[Part]:
    cheap = view.scenario == HEAD_OF_LINE
    places = view.cores if cheap else view.workload.loads
    for place in dict.fromkeys((places[0], places[-1])):
        here = [c for c in view.ordered if c.cores == (place if cheap else view.apart)]
        here = [c for c in here if cheap or c.load == place]
        curves = [curve for cell in here if (curve := _curve(cell))]
        text = on_cores(place)[3:] if cheap else targets.load(place)
        if curves:
            yield words.capital(text), curves


def _curve(cell: Cell) -> Curve | None:
    cheap = cell.scenario == HEAD_OF_LINE
    merged = histograms.of_cheap(cell) if cheap else histograms.of(cell)
    if merged is None or merged.count <= 2 * histograms.BEYOND:
        return None
    dots = []
    for one in cell.ok:
        http: Mapping = one.http or {}
        group = (http.get("groups") or [{}])[0] if cheap else http
        own = histograms.summed([group.get("histogram")])
        dots += [Dot(own.seconds[-1], why(one))] if own else []
    return Curve(cell, merged, histograms.of(cell, "naive_histogram"), tuple(dots))


def _across(axes: Axes, far: float) -> None:
    shares = [share for share in SHARES if _nines(share) <= far + 0.01]
    spots, start = [_nines(share) for share in shares], far + GAP
    axes.set_xlim(spots[0] - 0.12, start + WIDE + 0.05)
    for spot in spots:
        axes.axvline(spot, color=RULE, linewidth=1, zorder=0.5)
    axes.axvspan(start, start + WIDE, color=marks.BAND, zorder=0)
    texts = [f"{100 * share:g}" for share in shares]
    axes.set_xticks([*spots, start + WIDE / 2], [*texts, "slowest"])


def _points(found: Histogram) -> tuple[list[float], list[float]]:
    first, last = _nines(0.5), _nines(found.farthest)
    xs = [first + STEP * k for k in range(int((last - first) / STEP) + 1)] + [last]
    return xs, [found.quantile(1 - 10**-x) for x in xs]


def _draw(axes: Axes, view: View, curves: Sequence[Curve], k: int, far: float) -> End:
    """The curve as far as it is known, and the slowest in a lane of its own. The
    markers of the servers take turns along their curves, so that none is hidden."""
    curve, count = curves[k], len(curves)
    look, (xs, ys) = view.look(curve.cell), _points(curve.found)
    marks.plot(
        axes, xs, ys, color=look.colour, linestyle=look.dash, linewidth=2, zorder=3
    )
    marks.medians(axes, xs, ys, look, 8, markevery=(k * TURN, count * TURN))
    lane, dots = WIDE / count, curve.slowest
    start = far + GAP + k * lane
    spots = [start + lane * (0.5 + 0.7 * way) for way in layout.jitter(len(dots))]
    values = [dot.value for dot in dots]
    marks.dots(axes, spots, values, dots, look, curve.cell.name, 3.5)
    return End(look, spots[-1], max(values))


def _at(found: Histogram | None, share: float) -> float | None:
    known = found is not None and share <= found.farthest + 1e-9
    return found.quantile(share) if found and known else None


def _table(view: View) -> Table:
    """All percentiles that are known; of open loops the naive p99 as well."""
    rows = [
        (view.label(curve.cell), cell.cores, cell.load and targets.brief(cell.load))
        + (curve.found.count, *(_at(curve.found, share) for share in SHARES))
        + (max(dot.value for dot in curve.slowest), _at(curve.naive, 0.99))
        for cell in view.ordered
        if (curve := _curve(cell))
    ]
    return Table(
        COLUMNS,
        tuple(rows),
        "All repetitions together. A percentile is given if at least 100 requests "
        "lie beyond it. Naive: from the actual send instead of the intended one.",
    )


def _so_what(view: View, parts: Sequence[Part]) -> str:
    """The tail of the last load, and the lie of the naive."""
    part = parts[0] if view.scenario == HEAD_OF_LINE else parts[-1]
    fair = [curve for curve in part[1] if curve.cell.comparable]
    if not fair:
        return "No server finished all its repetitions."
    # The farthest that is known of all, or somebody would be left out.
    share = max(s for s in SHARES if all(s <= c.found.farthest for c in fair))
    fair.sort(key=lambda curve: curve.found.quantile(share))
    ends = [
        f"{seconds(curve.found.quantile(share))} ({view.label(curve.cell)})"
        for curve in (fair[0], *fair[1:][-1:])
    ]
    rare = f"one request in {round(1 / (1 - share)):,} takes at least"
    text, liar = f"{part[0]}: {rare} {' to '.join(ends)}.", _liar(part)
    if liar is None:
        return text
    lie = f"{times(liar.lie)} times too low (coordinated omission)"
    return f"{text} A client that waits for answers would report a latency {lie}."
