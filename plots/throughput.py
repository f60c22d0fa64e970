"""Figure: jobs finished per second against cores, one line per model."""

from __future__ import annotations

from plots import cuts, over_cores, style
from plots.chart import Chart, Column, Point, Table, caption, exact, level
from plots.chart import on_cores, tick_rate
from plots.told import beside
from plots.view import View
from reports.data import words
from reports.data.run import Cell
from reports.data.metrics import RATE


def chart(view: View) -> Chart | None:
    """None for the primitives, whose figure is the CPU time per call, and
    where another figure shows throughput along more than cores."""
    if view.scenario in ("primitives", "pool") or cuts.setting(view):
        return None
    view = cuts.focused(view)
    points: dict[str, Point] = {}
    for cell in view.cells:
        point = level(cell.values("jobs_per_second"))
        if point:
            points[cell.name] = point
    if not points:
        return None
    base = view.baseline
    one = points[base.name].middle if base else 0.0
    scales = base is not None and view.cores != (1,)
    ideal = (lambda cores: one * cores) if scales else None
    cap = _cap(view) if cuts.waits(view) else None
    if cuts.waits(view):
        ideal = (lambda _: cap.cap) if cap else None
    form = over_cores.Form(
        title=f"{view.title} finished per second",
        axis="jobs per second",
        text=words.rate,
        tick=tick_rate,
        of="median",
        ideal=ideal,
        ideal_label=f"cap: {cap.in_flight:,} in flight / {exact(cap.life_seconds)}"
        if cap
        else "ideal: sequential × cores",
        extra={},
        curve=cap is None,
        reached=view.workload.reached,
    )
    most = view.cores[-1]
    question = "Which model finishes the most jobs per second?"
    if len(view.cores) > 1:
        question = f"Who finishes more jobs per second {on_cores(most)}?"
    with style.context():
        return view.chart(
            "throughput",
            figure=over_cores.draw(view, points, form),
            question=question,
            title=form.title,
            so_what=so_what(view, points),
            table=table(view, points),
            note=view.note(),
        )


def _cap(view: View) -> Cell | None:
    """A cell that has the whole limit in flight, and with it Little's cap."""
    for cell in view.cells:
        if cell.cap and cell.in_flight == cell.limit:
            return cell
    return None


def table(view: View, points: dict[str, Point]) -> Table:
    return Table(
        (
            Column("model", "text"),
            Column("cores", "count"),
            Column("workers", "count"),
            Column("median", "rate"),
            Column("low", "rate"),
            Column("high", "rate"),
            Column("n", "count"),
        ),
        tuple(
            (
                view.label(cell),
                cell.cores,
                cell.workers,
                points[cell.name].middle,
                points[cell.name].low,
                points[cell.name].high,
                points[cell.name].n,
            )
            for cell in view.ordered
            if cell.name in points
        ),
        f"Jobs per second. {caption(points.values())}",
    )


def so_what(view: View, points: dict[str, Point]) -> str:
    """Who is first on the most cores, and what the verdicts say beside it."""
    most = view.cores[-1]
    there = [c for c in view.fair if c.cores == most and c.name in points]
    if not there:
        return (
            f"No model finished all its repetitions {on_cores(most)}, "
            "so nothing is said about who is faster."
        )
    there.sort(key=lambda cell: -points[cell.name].middle)
    first = there[0]
    text = f"{words.capital(on_cores(most))} {view.label(first)} finishes "
    text += f"{words.rate(points[first.name].middle)} jobs/s"
    if len(there) == 1:
        return f"{text}; there is no other model to compare it with."
    return f"{text}{beside(view, first, there[1:], RATE)}."
