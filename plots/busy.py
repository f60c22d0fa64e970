"""Figure: how busy the CPUs are over the share of compute.

It says why the lines of throughput part: a loop on one thread can keep one
CPU busy and no more, whatever else it was given.
"""

from __future__ import annotations

from collections.abc import Mapping

from plots import along, cuts
from plots.chart import Chart, Column, Point, Table, caption, few, level
from plots.chart import on_cores, percent, tick_percent
from plots.view import View
from reports.data import words
from reports.data.run import Cell

FULL = 0.9  # from here on a model uses what it was given


def chart(view: View) -> Chart | None:
    """None with fewer than two shares of compute."""
    if cuts.setting(view) is not cuts.SHARE:
        return None
    view = cuts.focused(view)
    points = {c.name: p for c in view.cells if (p := level(_busy(c)))}
    panels = cuts.by_cores(
        view, cuts.SHARE, points, end=lambda cell: percent(points[cell.name].middle)
    )
    if not panels:
        return None
    title = f"{view.title}: how busy the CPUs are, from waiting to computing"
    form = along.form(
        cuts.SHARE,
        panels,
        title,
        "CPU time / (cores × time)",
        tick_percent,
        log=False,
        level=1.0,
        side_by_side=False,
    )
    return along.chart(
        view,
        "busy",
        panels,
        form,
        along.note(view, "all processes of a model"),
        question="Do the models use the cores that they were given?",
        so_what=so_what(view, points),
        table=table(view, points),
    )


def _busy(cell: Cell) -> list[float]:
    """CPU time over what the cores had to give while the work lasted."""
    found = []
    for one in cell.ok:
        each, work = one.cpu_seconds_per_job, one.work_seconds
        if each is not None and work and one.jobs:
            found.append(each * one.jobs / (work * cell.cores))
    return found


def table(view: View, points: Mapping[str, Point]) -> Table:
    rows = []
    for cell in view.ordered:
        if cell.name not in points:
            continue
        point, cost = points[cell.name], level(cell.cpu_per_job())
        rows.append(
            (
                view.label(cell),
                cell.cores,
                cell.share,
                cell.workers,
                point.middle,
                point.low,
                point.high,
                cost.middle if cost else None,
                cell.first.compute_seconds,
                point.n,
            )
        )
    return Table(
        (
            Column("model", "text"),
            Column("cores", "count"),
            Column("share of compute, %", "count"),
            Column("workers", "count"),
            Column("busy, median", "percent"),
            Column("low", "percent"),
            Column("high", "percent"),
            Column("CPU per job", "seconds"),
            Column("compute ordered", "seconds"),
            Column("n", "count"),
        ),
        tuple(rows),
        f"CPU time of the whole process tree. {caption(points.values())}",
    )


def so_what(view: View, points: Mapping[str, Point]) -> str:
    """Who fills the cores at the highest share, and who cannot."""
    most = view.cores[-1]
    fair = [c for c in view.fair if c.cores == most and c.name in points]
    if not fair:
        return f"No model finished all its repetitions {on_cores(most)}."
    share = max(c.share or 0 for c in fair)
    there = [c for c in fair if (c.share or 0) == share]
    full = [c for c in there if points[c.name].middle >= FULL]
    idle = [c for c in there if c not in full]
    where = f"{words.capital(on_cores(most))} with {cuts.SHARE.at(share)}"
    if not idle:
        return f"{where} every model keeps the CPUs at least {percent(FULL)} busy."
    worst = min(idle, key=lambda c: points[c.name].middle)
    left = percent(points[worst.name].middle)
    text = f"{few([view.label(c) for c in idle])} cannot use all of them"
    if most > 1:
        text += f" ({view.label(worst)}: {left}, the work of "
        text += f"{words.number(points[worst.name].middle * most, 2)} of {most} cores)"
    else:
        text += f" ({view.label(worst)}: {left})"
    if not full:
        return f"{where} no model fills the CPUs: {text}."
    verb = "fills" if len(full) == 1 else "fill"
    return f"{where} {few([view.label(c) for c in full])} {verb} the CPUs; {text}."
