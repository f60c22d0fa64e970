"""Figure: jobs finished per second against jobs in flight, with Little's cap.

No model can finish more than (in flight) / (wait + compute) jobs per second:
Little's law with the shortest life that a job can have. What keeps a line
below its cap is the price of a job, or workers that are fewer than the limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from plots import along, cuts, lines
from plots.chart import Chart, Column, Point, Table, caption, exact, few, level
from plots.chart import on_cores, percent, tick_rate
from plots.panels import Panel, Reference
from plots.told import beside
from plots.view import View
from reports.data import words
from reports.data.metrics import RATE
from reports.data.run import Cell


def chart(view: View) -> Chart | None:
    """None with fewer than two in-flight limits."""
    if cuts.setting(view) is not cuts.LIMIT:
        return None
    view = cuts.ruled(view)
    points = _points(view)
    if not any(cell.limit for cell in view.cells if cell.name in points):
        return None
    panels = [
        replace(panel, references=tuple(_caps(view, panel, cores)))
        for panel, cores in zip(_panels(view, points), cuts.panel_cores(view))
    ]
    title = f"{view.title} finished per second, against jobs in flight"
    axis = "jobs per second"
    form = along.form(cuts.LIMIT, panels, title, axis, tick_rate, log=True)
    less = any(s for p in panels for line in p.lines for s in line.strokes)
    own = [(lines.stroke_mark(), "own cap: fewer in flight than asked")]
    return along.chart(
        view,
        "in-flight",
        panels,
        form,
        along.note(view),
        question="Who finishes more jobs per second when more may be in flight?",
        so_what=so_what(view, points),
        table=table(view, points),
        key=own if less else (),
    )


def _points(view: View) -> dict[str, Point]:
    found = {}
    for cell in view.cells:
        point = level(cell.values("jobs_per_second"))
        if point:
            found[cell.name] = point
    return found


def _panels(view: View, points: Mapping[str, Point]) -> list[Panel]:
    return cuts.by_cores(
        view,
        cuts.LIMIT,
        points,
        end=lambda cell: words.rate(points[cell.name].middle) + _stops(cell),
        stroke=lambda cell: cell.cap if _fewer(cell) else None,
    )


def _fewer(cell: Cell) -> bool:
    return cell.limit is not None and cell.in_flight < cell.limit


def _stops(cell: Cell) -> str:
    return f" (has {cell.in_flight:,})" if _fewer(cell) else ""


def _caps(view: View, panel: Panel, cores: int) -> list[Reference]:
    """The cap of every limit, and that of the CPUs if jobs compute."""
    first = next((c for c in view.cells if c.life_seconds), None)
    if first is None or not first.waits:
        return []
    places = sorted({x for line in panel.lines for x in line.places})
    values = tuple(x / first.life_seconds for x in places)
    found = [
        Reference(
            f"cap: in flight / {exact(first.life_seconds)}  {words.rate(values[-1])}",
            tuple(places),
            values,
            flat=True,
        )
    ]
    compute = first.first.compute_seconds
    if compute:
        most = cores / compute
        found.append(
            Reference(
                f"cap: CPUs / compute  {words.rate(most)}",
                (places[0], places[-1]),
                (most, most),
            )
        )
    return found


def table(view: View, points: Mapping[str, Point]) -> Table:
    return Table(
        along.columns(
            "median",
            "rate",
            Column("cap of what is in flight", "rate"),
            Column("share of it", "percent"),
        ),
        tuple(
            along.row(view, cell, points[cell.name], cell.cap, cell.of_cap)
            for cell in view.ordered
            if cell.name in points
        ),
        f"Jobs per second. {caption(points.values())} The cap is in flight / "
        "(wait + compute), by Little's law.",
    )


def so_what(view: View, points: Mapping[str, Point]) -> str:
    """Who is first at the highest limit, how near the cap it is, who is last,
    and which models stop growing because they have no more workers."""
    most, limit = view.cores[-1], view.limits[-1]
    where = f"{words.capital(on_cores(most))} with {limit:,} in flight"
    there = [
        c for c in view.fair if (c.cores, c.limit) == (most, limit) and c.name in points
    ]
    if not there:
        return f"{where} no model finished all its repetitions."
    there.sort(key=lambda cell: -points[cell.name].middle)
    first = there[0]
    text = f"{where} {view.label(first)} finishes "
    text += f"{words.rate(points[first.name].middle)} jobs/s"
    if first.of_cap:
        text += f", {percent(first.of_cap)} of what the waiting allows"
    if len(there) > 1:
        text += beside(view, first, there[1:], RATE)
    return f"{text}.{_short(view, there)}"


def _short(view: View, there: Sequence[Cell]) -> str:
    short = [c for c in there if _fewer(c)]
    if not short:
        return ""
    counts = sorted({c.in_flight for c in short})
    held = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    verb = "is" if held == "1" else "are"
    return (
        f" Only {held} {verb} in flight under {few([view.label(c) for c in short])}, "
        "because a worker that waits can do nothing else."
    )
