"""Figure: CPU time per job against jobs in flight, over its floor.

Throughput may be bounded by the waiting; the CPU time of a job is the model's
own price. Under it lies a floor: a bare client that does the same exchanges.
"""

from __future__ import annotations

from collections.abc import Mapping

from plots import along, cuts
from plots.chart import Chart, Column, Point, Table, caption, level
from plots.chart import on_cores, seconds, spelled, tick_seconds
from plots.view import View
from reports.data import words
from reports.data.run import Cell


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
    title = f"{view.title}: CPU time per job, against jobs in flight"
    form = along.form(cuts.LIMIT, panels, title, "CPU time per job", tick_seconds)
    return along.chart(
        view,
        "cpu-per-job",
        panels,
        form,
        along.note(view, "all processes"),
        question="What does a job cost when more of them are in flight?",
        so_what=so_what(view, points),
        table=table(view, points),
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
        over = point.middle / under if under > 0 else None
        rows.append(along.row(view, cell, point, over, cell.first.compute_seconds))
    return Table(
        along.columns(
            "CPU per job, median",
            "seconds",
            Column("times the floor", "ratio"),
            Column("compute in it", "seconds"),
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
