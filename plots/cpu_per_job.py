"""Figure: CPU time per job against jobs in flight, over its floor.

Throughput may be bounded by the waiting; the CPU time of a job is the model's
own price. Under it lies a floor: a bare client that does the same exchanges.
"""

from __future__ import annotations

from collections.abc import Mapping

from plots import cuts, lines, style
from plots.chart import Chart, Column, Point, Table, caption, level
from plots.chart import on_cores, seconds, spelled, tick_seconds
from plots.over_cores import LOG_FROM
from plots.panels import Form, spread_of
from plots.view import View
from reports import words
from reports.run import Cell


def chart(view: View) -> Chart | None:
    """None with fewer than two in-flight limits."""
    if cuts.setting(view) is not cuts.LIMIT:
        return None
    view = cuts.ruled(view)
    points = _points(view)
    panels = cuts.by_cores(
        view, cuts.LIMIT, points, end=lambda cell: seconds(points[cell.name].middle)
    )
    if not panels:
        return None
    log = spread_of(panels) > LOG_FROM
    form = Form(
        title=f"{view.title}: CPU time per job, against jobs in flight",
        across=cuts.LIMIT.across,
        axis="CPU time per job" + (" (logarithmic)" if log else ""),
        place=cuts.LIMIT.place,
        tick_across=cuts.LIMIT.tick,
        tick=tick_seconds,
        log=log,
    )
    note = view.note(" · ".join(filter(None, ["all processes", cuts.omitted(view)])))
    with style.context():
        figure = lines.draw(panels, form, note)
        style.key(figure, lines.key(panels))
        return view.chart(
            "cpu-per-job",
            figure=figure,
            question="What does a job cost when more of them are in flight?",
            title=form.title,
            so_what=so_what(view, points),
            table=table(view, points),
            note=note,
        )


def _points(view: View) -> dict[str, Point]:
    found = {}
    for cell in (*view.cells, *view.beside):
        point = level(cell.cpu_per_job())
        if point:
            found[cell.name] = point
    return found


def _floor(view: View, cell: Cell) -> Cell | None:
    """The same exchanges by a bare client, on the same cores and with as many
    in flight."""
    for floor in view.beside:
        if (floor.cores, floor.limit) == (cell.cores, cell.limit):
            return floor
    return None


def table(view: View, points: Mapping[str, Point]) -> Table:
    rows = []
    for cell in (*view.ordered, *view.beside):
        if cell.name not in points:
            continue
        point = points[cell.name]
        floor = None if cell.is_floor else _floor(view, cell)
        under = points[floor.name].middle if floor else 0.0
        rows.append(
            (
                view.label(cell),
                cell.cores,
                cell.limit,
                cell.in_flight,
                cell.workers,
                point.middle,
                point.low,
                point.high,
                point.middle / under if under > 0 else None,
                cell.first.compute_seconds,
                point.n,
            )
        )
    return Table(
        (
            Column("model", "text"),
            Column("cores", "count"),
            Column("in flight, asked", "count"),
            Column("in flight", "count"),
            Column("workers", "count"),
            Column("CPU per job, median", "seconds"),
            Column("low", "seconds"),
            Column("high", "seconds"),
            Column("times the floor", "ratio"),
            Column("compute in it", "seconds"),
            Column("n", "count"),
        ),
        tuple(rows),
        f"CPU time per job of the whole process tree. {caption(points.values())}",
    )


def so_what(view: View, points: Mapping[str, Point]) -> str:
    """Cheapest and dearest at the highest limit, beside the floor."""
    most = view.cores[-1]
    fair = [c for c in view.fair if c.cores == most and c.limit and c.name in points]
    if not fair:
        return f"No model finished all its repetitions {on_cores(most)}."
    limit = max(c.limit for c in fair)
    there = [c for c in fair if c.limit == limit]
    there.sort(key=lambda cell: points[cell.name].middle)
    cheap, dear = there[0], there[-1]
    low, high = points[cheap.name].middle, points[dear.name].middle
    where = f"{words.capital(on_cores(most))} with {limit:,} in flight"
    text = f"{where} a job costs {seconds(low)} of CPU time under {view.label(cheap)}"
    if len(there) > 1:
        text += f" and {seconds(high)} under {view.label(dear)}"
        if low > 0:
            text += f", {spelled(high / low)} times as much"
    near = _near(view, limit, points)
    return f"{text}; {near}." if near else f"{text}."


def _near(view: View, limit: int, points: Mapping[str, Point]) -> str:
    """How near the cheapest model comes to the floor, where that is known."""
    known = [
        (floor, cell)
        for cell in view.fair
        if cell.limit == limit and cell.name in points
        if (floor := _floor(view, cell)) and points[floor.name].middle > 0
    ]
    if not known:
        return ""
    floor, cell = min(known, key=lambda pair: points[pair[1].name].middle)
    bare, own = points[floor.name].middle, points[cell.name].middle
    return (
        f"{on_cores(cell.cores)} a bare {floor.label} needs {seconds(bare)}, and "
        f"{view.label(cell)} {spelled(own / bare)} times that"
    )
