"""Figure: latency by percentile, of the last load or of the cheap requests.

The axis goes by nines, so that the slow tail has as much room as the rest:
what happens to one request in a hundred happens to a page of a hundred
requests every time. Repetitions are added up, for their histograms can be; a
percentile is drawn only as far as 100 samples lie beyond it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from plots import labels, marks, style
from plots.chart import Table, columns
from plots.figure import Figure, Sheet
from plots.formats import UNITS, on_cores, seconds, times
from plots.labels import End
from plots.looks import QUIET, RULE
from plots.view import View
from reports.data import histograms, targets, words
from reports.data.cells import HEAD_OF_LINE, Cell
from reports.data.histograms import Histogram

SHARES = (0.5, 0.9, 0.99, 0.999, 0.9999)
STEP = 0.04  # nines from one point of a curve to the next
TURN = 6  # points from one server's marker to the next one's
LIE = 1.5  # a naive curve is shown if it is so many times too low
NAIVE = {"color": QUIET, "linewidth": 1.8, "linestyle": (0, (4, 2))}
COLUMNS = columns(
    "model text, cores count, load text, requests count, p50 seconds, p90 seconds, "
    "p99 seconds, p99.9 seconds, p99.99 seconds, slowest seconds, naive p99 seconds"
)


class Curve(NamedTuple):
    """One server under one load."""

    cell: Cell
    found: Histogram
    naive: Histogram | None

    @property
    def lie(self) -> float:
        """How many times too low the naive curve is at its end."""
        if self.naive is None:
            return 0.0
        share = min(self.naive.farthest, self.found.farthest)
        return self.found.quantile(share) / self.naive.quantile(share)


def sheet(figure: Figure, view: View) -> Sheet | None:
    """On the most cores that left the generator a CPU; of cheap requests on the
    fewest, where they have nowhere to go. All else is in the table."""
    every = [curve for cell in view.ordered if (curve := _curve(cell))]
    cheap = view.scenario == HEAD_OF_LINE
    cores, load = (
        view.cores[0] if cheap else view.apart,
        (view.workload.loads or [None])[-1],
    )
    here = [c for c in every if (c.cell.cores, c.cell.load) == (cores, load)]
    if not here:
        return None
    liar = max(here, key=lambda curve: curve.lie)
    naive = liar.naive if liar.lie >= LIE else None
    names = [view.label(curve.cell) for curve in here]
    names += [f"naive: {view.label(liar.cell)}"] if naive else []
    where = words.capital(on_cores(cores)) + (f", {targets.load(load)}" if load else "")
    title = figure.worded(figure.title, view)
    note = view.note(figure.note, "all loads: in the table")
    tall = max(3.4, labels.APART * len(names) + 0.1)
    right = labels.room(names)
    drawn, (axis,) = style.frame(title, note, tall, left=1.2, right=right)
    curves = [_points(curve.found) for curve in here]
    low = min(ys[0] for _, ys in curves)
    low = min(low, naive.quantile(0.5)) / 1.6 if naive else low / 1.6
    high = 1.5 * max(ys[-1] for _, ys in curves)
    style.scale(axis, "y", low, high, True, UNITS["seconds"])
    style.heading(axis, where, "latency (logarithmic)", left=0.25)
    _across(axis, max(xs[-1] for xs, _ in curves))
    ends = []
    for k, (curve, (xs, ys)) in enumerate(zip(here, curves)):
        look = view.look(curve.cell)
        looks = {"color": look.colour, "linestyle": look.dash, "linewidth": 2}
        marks.plot(axis, xs, ys, **looks, zorder=3)
        # Markers take turns along the curves, so that none is hidden.
        marks.medians(axis, xs, ys, look, 8, markevery=(k * TURN, len(here) * TURN))
        ends.append(End(look, xs[-1], ys[-1]))
    if naive:
        xs, ys = _points(naive)
        marks.plot(axis, xs, ys, **NAIVE)
        ends.append(End(None, xs[-1], ys[-1]))
        style.key(drawn, [(marks.line(**NAIVE), "naive: counted from the actual send")])
    labels.draw(axis, ends, names)
    axis.set_xlabel("percentile")
    said = _so_what(view, here, where)
    if naive:
        said += " A client that waits for answers would report a latency "
        said += f"{times(liar.lie)} times too low (coordinated omission)."
    return Sheet(drawn, title, said, note, _table(view, every))


def _curve(cell: Cell) -> Curve | None:
    cheap = cell.scenario == HEAD_OF_LINE
    merged = histograms.of_cheap(cell) if cheap else histograms.of(cell)
    if merged is None or merged.count <= 2 * histograms.BEYOND:
        return None
    return Curve(cell, merged, histograms.of(cell, "naive_histogram"))


def _nines(share: float) -> float:
    return -math.log10(1 - share)


def _across(axes: Axes, far: float) -> None:
    shares = [share for share in SHARES if _nines(share) <= far + 0.01]
    spots = [_nines(share) for share in shares]
    axes.set_xlim(spots[0] - 0.12, far + 0.1)
    for spot in spots:
        axes.axvline(spot, color=RULE, linewidth=1, zorder=0.5)
    axes.set_xticks(spots, [f"{100 * share:g}" for share in shares])


def _points(found: Histogram) -> tuple[list[float], list[float]]:
    """As far as the curve is known."""
    first, last = _nines(0.5), _nines(found.farthest)
    xs = [first + STEP * k for k in range(int((last - first) / STEP) + 1)] + [last]
    return xs, [found.quantile(1 - 10**-x) for x in xs]


def _at(found: Histogram | None, share: float) -> float | None:
    known = found is not None and share <= found.farthest + 1e-9
    return found.quantile(share) if found and known else None


def _table(view: View, curves: Sequence[Curve]) -> Table:
    """All percentiles that are known; of open loops the naive p99 as well."""
    rows = [
        (view.label(cell), cell.cores, cell.load and targets.brief(cell.load))
        + (found.count, *(_at(found, share) for share in SHARES))
        + (found.seconds[-1], _at(naive, 0.99))
        for cell, found, naive in curves
    ]
    return Table(
        COLUMNS,
        tuple(rows),
        "All repetitions together. A percentile is given if at least 100 requests "
        "lie beyond it. Naive: from the actual send instead of the intended one.",
    )


def _so_what(view: View, curves: Sequence[Curve], where: str) -> str:
    fair = [curve for curve in curves if curve.cell.comparable]
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
    return f"{where}: {rare} {' to '.join(ends)}."
