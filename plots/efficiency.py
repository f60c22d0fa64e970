"""Figure: the share of the ideal speed that each core delivers."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from plots import cuts, over_cores, style
from plots.chart import Chart, Column, Point, Table, caption, few, on_cores
from plots.chart import percent, tick_percent
from plots.speedup import speedups
from plots.view import View
from reports.data import words


def chart(view: View) -> Chart | None:
    """None without `sequential`; on one core, where efficiency is the
    speed-up again; for empty jobs, which leave no core any work; and for jobs
    that wait, which leave it idle on purpose."""
    if view.cores[-1] == 1 or view.scenario == "null" or cuts.waits(view):
        return None
    points = efficiencies(view)
    if not points:
        return None
    form = over_cores.Form(
        title=f"{view.title}: how much of every core becomes finished jobs",
        axis="efficiency (speed-up / cores)",
        text=percent,
        tick=tick_percent,
        of="ratio",
        ideal=lambda cores: 1.0,
        ideal_label="ideal",
        extra={},
        curve=False,
        reached=reached(view),
    )
    note = view.note(f"100 %: as much per core as {view.baseline_words}")
    with style.context():
        return view.chart(
            "efficiency",
            figure=over_cores.draw(view, points, form, note),
            question="How much of every core do the models make use of?",
            title=form.title,
            so_what=so_what(view, points),
            table=table(view, points),
            note=note,
        )


def efficiencies(view: View) -> dict[str, Point]:
    found = speedups(view).over_sequential
    return {
        cell.name: _divided(found[cell.name], cell.cores)
        for cell in view.cells
        if cell.name in found
    }


def reached(view: View) -> dict[int, float]:
    """The same of independent processes."""
    if view.baseline is None:
        return {}
    one = median(view.baseline.values("jobs_per_second"))
    return {c: rate / one / c for c, rate in view.workload.reached.items()}


def _divided(point: Point, cores: int) -> Point:
    return Point(
        tuple(value / cores for value in point.values),
        point.middle / cores,
        None if point.low is None else point.low / cores,
        None if point.high is None else point.high / cores,
        point.confidence,
    )


def table(view: View, points: Mapping[str, Point]) -> Table:
    return Table(
        (
            Column("model", "text"),
            Column("cores", "count"),
            Column("efficiency", "percent"),
            Column("low", "percent"),
            Column("high", "percent"),
            Column("n", "count"),
        ),
        tuple(
            (
                view.label(cell),
                cell.cores,
                points[cell.name].middle,
                points[cell.name].low,
                points[cell.name].high,
                points[cell.name].n,
            )
            for cell in view.ordered
            if cell.name in points
        ),
        f"Speed-up over {view.baseline_words}, divided by cores. "
        f"{caption(points.values(), 'ratio')}",
    )


def so_what(view: View, points: Mapping[str, Point]) -> str:
    most = view.cores[-1]
    there = sorted(
        (c for c in view.fair if c.cores == most and c.name in points),
        key=lambda cell: -points[cell.name].middle,
    )
    if not there:
        return f"No model finished all its repetitions {on_cores(most)}."
    where = words.capital(on_cores(most))
    if len(there) == 1:
        share = percent(points[there[0].name].middle)
        return f"{where} {view.label(there[0])} reaches {share} of the ideal."
    full = [c for c in there if points[c.name].middle >= 0.9]
    worst = points[there[-1].name].middle
    if len(full) == len(there):
        return (
            f"{where} every model turns at least {percent(worst)} of the cores "
            "into finished jobs."
        )
    lost = (1 - worst) * most
    last = [c for c in there if percent(points[c.name].middle) == percent(worst)]
    verb = "reaches" if len(last) == 1 else "reach"
    text = (
        f"{few([view.label(c) for c in last])} {verb} {percent(worst)}: the "
        f"work of {words.number(lost, 2)} of {most} cores is missing"
    )
    if not full:
        best = points[there[0].name].middle
        start = f"{where} no model reaches 90 % of the ideal"
        if len(last) == len(there):
            return f"{start}: {text}."
        return (
            f"{start}; the best, {view.label(there[0])}, reaches "
            f"{percent(best)}, and {text}."
        )
    verb = "reaches" if len(full) == 1 else "reach"
    names = few([view.label(c) for c in full])
    return f"{where} {names} {verb} 90 % of the ideal or more; {text}."
