"""Figure: how long cheap requests take beside a few that compute for long.

A row per model; how many times the event loop's p99 that is stands in words.
A model that computes where it also reads and answers holds everybody up.
"""

from __future__ import annotations

from collections.abc import Mapping

from plots import loads, rows, style
from plots.chart import Chart, Column, Point, Table, caption, interval_words, level
from plots.chart import on_cores, seconds, spelled, tick_seconds
from plots.view import View
from reports.data import words
from reports.data.cells import HEAD_OF_LINE, Cell
from reports.data.metrics import CHEAP, METRICS
from reports.data.scenarios import LOOP


def chart(view: View) -> Chart | None:
    """None where no percentile of the cheap requests is known."""
    if view.scenario != HEAD_OF_LINE:
        return None
    metric = _metric(view)
    if metric is None:
        return None
    points = {c.name: p for c in view.cells if (p := level(c.values(metric)))}
    cells = [cell for cell in view.rows if cell.name in points]
    of = part(metric)
    title = f"{view.title}: their {of}"
    note = loads.note(view, "open loop, from the intended send", view.omitted)
    with style.context():
        figure, (axes,) = rows.frame(view, cells, title, note)
        shown = [points[cell.name] for cell in cells]
        texts = [_text(view, cell, points, metric) for cell in cells]
        axes.set_xlabel(f"{of} of the cheap requests (logarithmic)")
        rows.scale(axes, shown, texts, tick_seconds, log=True)
        rows.points(axes, view, cells, shown, texts, bars=False)
        style.key(figure, rows.key("median", interval_words(shown)))
        return view.chart(
            "cheap",
            figure=figure,
            question="How long do cheap requests wait behind one that computes?",
            title=title,
            so_what=so_what(view, points, of),
            table=table(view, points, metric),
            note=note,
        )


def _metric(view: View) -> str | None:
    """The farthest percentile that most cells know."""
    for metric in CHEAP:
        if 2 * sum(bool(c.values(metric.key)) for c in view.cells) > len(view.cells):
            return metric.key
    return None


def _loop(view: View, cell: Cell) -> Cell | None:
    for one in view.cells:
        if one.label == LOOP and one.cores == cell.cores:
            return one
    return None


def _over(view: View, cell: Cell, metric: str) -> float | None:
    """Times the event loop's on the same cores."""
    loop = _loop(view, cell)
    return view.judged.ratio(cell, loop, METRICS[metric]) if loop else None


def part(metric: str) -> str:
    """'p99'."""
    return metric.split("_")[1]


def _text(view: View, cell: Cell, points: Mapping[str, Point], metric: str) -> str:
    """ "4.3 ms, 0.045 × event-loop"."""
    text = seconds(points[cell.name].middle)
    over = _over(view, cell, metric)
    if over is not None and cell.label != LOOP:
        text += f", {words.number(over, 2)} × {LOOP}"
    return text + loads.flagged(cell)


def table(view: View, points: Mapping[str, Point], metric: str) -> Table:
    found = []
    for cell in view.ordered:
        if cell.name not in points:
            continue
        point = points[cell.name]
        p50 = level(cell.values("cheap_p50_seconds"))
        found.append(
            (
                view.label(cell),
                cell.cores,
                p50.middle if p50 else None,
                point.middle,
                point.low,
                point.high,
                _over(view, cell, metric),
                ", ".join(cell.flags),
                point.n,
            )
        )
    return Table(
        (
            Column("model", "text"),
            Column("cores", "count"),
            Column("p50, median", "seconds"),
            Column(f"{part(metric)}, median", "seconds"),
            Column("low", "seconds"),
            Column("high", "seconds"),
            Column("times event-loop", "number"),
            Column("flags", "text"),
            Column("n", "count"),
        ),
        tuple(found),
        f"Cheap requests only, open loop. {caption(points.values())}",
    )


def so_what(view: View, points: Mapping[str, Point], of: str) -> str:
    """Shortest and longest on as many cores as left the generator its own."""
    cores = loads.apart(view)
    there = [c for c in view.fair if c.cores == cores and c.name in points]
    where = words.capital(on_cores(cores))
    if not there:
        return f"{where} no model finished all its repetitions."
    there.sort(key=lambda c: points[c.name].middle)
    best, worst = there[0], there[-1]
    low, high = points[best.name].middle, points[worst.name].middle
    text = f"{where} the {of} of cheap requests is {seconds(low)} under"
    text += f" {view.label(best)}"
    if best is worst:
        return f"{text}."
    return (
        f"{text} and {seconds(high)} under {view.label(worst)}, {spelled(high / low)} "
        "times as long: computing on the I/O thread blocks all other requests "
        "(head-of-line blocking)."
    )
