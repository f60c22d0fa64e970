"""Figure: context switches per job against jobs in flight.

A voluntary switch is a thread that went to sleep because it had to wait; an
involuntary one was taken off its CPU. A loop with much in flight finds several
answers each time it wakes, so its switches per job fall.
"""

from __future__ import annotations

from collections.abc import Mapping

from plots import along, cuts
from plots.chart import Chart, Column, Point, Table, about, caption, level
from plots.chart import on_cores, tick_plain
from plots.view import View
from reports.data import words
from reports.data.run import Cell


def chart(view: View) -> Chart | None:
    """None with fewer than two in-flight limits."""
    if cuts.setting(view) is not cuts.LIMIT:
        return None
    view = cuts.ruled(view)
    points = {c.name: p for c in view.cells if (p := level(_both(c)))}
    panels = cuts.by_cores(
        view, cuts.LIMIT, points, end=lambda cell: about(points[cell.name].middle)
    )
    if not panels or not any(p.middle > 0 for p in points.values()):
        return None
    title = f"{view.title}: context switches per job, against jobs in flight"
    form = along.form(cuts.LIMIT, panels, title, "switches per job", tick_plain)
    return along.chart(
        view,
        "switches",
        panels,
        form,
        along.note(view, "voluntary and involuntary, all processes"),
        question="How often does a job make the kernel change threads?",
        so_what=so_what(view, points),
        table=table(view, points),
    )


def _per_job(cell: Cell, *keys: str) -> list[float]:
    found = []
    for one in cell.ok:
        counts = [getattr(one, key) for key in keys]
        if one.jobs and None not in counts:
            found.append(sum(counts) / one.jobs)
    return found


def _both(cell: Cell) -> list[float]:
    return _per_job(cell, "voluntary_switches", "involuntary_switches")


def table(view: View, points: Mapping[str, Point]) -> Table:
    rows = []
    for cell in view.ordered:
        point = points.get(cell.name)
        if point is None:
            continue
        own = level(_per_job(cell, "voluntary_switches"))
        taken = level(_per_job(cell, "involuntary_switches"))
        parts = (part.middle if part else None for part in (own, taken))
        rows.append(along.row(view, cell, point, *parts))
    return Table(
        along.columns(
            "switches per job, median",
            "number",
            Column("voluntary", "number"),
            Column("involuntary", "number"),
        ),
        tuple(rows),
        f"Context switches per job of the whole process tree. "
        f"{caption(points.values())}",
    )


def so_what(view: View, points: Mapping[str, Point]) -> str:
    """Most and fewest at the highest limit, and whose fall with the limit."""
    most = view.cores[-1]
    fair = [c for c in view.fair if c.cores == most and c.limit and c.name in points]
    if not fair:
        return f"No model finished all its repetitions {on_cores(most)}."
    limits = sorted({c.limit for c in fair})
    top = sorted(
        (c for c in fair if c.limit == limits[-1]),
        key=lambda c: points[c.name].middle,
    )
    few, many = top[0], top[-1]
    where = f"{words.capital(on_cores(most))} with {limits[-1]:,} in flight"
    text = f"{where} a job makes {_times(view, many, points)}"
    if few is not many:
        text += f" and {_times(view, few, points)}"
    before = next(
        (c for c in fair if (c.label, c.limit) == (few.label, limits[0])), None
    )
    if before and len(limits) > 1:
        text += (
            f"; with {limits[0]:,} in flight it was "
            f"{about(points[before.name].middle)} under {view.label(few)}"
        )
    return text + "."


def _times(view: View, cell: Cell, points: Mapping[str, Point]) -> str:
    return f"{about(points[cell.name].middle)} switches under {view.label(cell)}"
