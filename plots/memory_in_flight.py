"""Figure: peak memory against jobs in flight, and what one more job takes.

PSS without the suite's own records, as reports/judge/waits.py counts it: RSS would
count what processes share once for each of them, and the records grow with
the number of jobs in every model alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from plots import along, cuts
from plots.chart import Chart, Column, Point, Table, caption, level
from plots.chart import on_cores, tick_size
from plots.memory import MIB
from plots.view import View
from reports.data import words
from reports.data.run import Cell
from reports.judge.waits import MemorySlope, memory_slopes, own_memory

SMALLEST = 1024.0  # bytes per job; below this words would claim too much


def chart(view: View) -> Chart | None:
    """None with fewer than two in-flight limits."""
    if cuts.setting(view) is not cuts.LIMIT:
        return None
    view = cuts.ruled(view)
    points = {c.name: p for c in view.cells if (p := level(_memory(c)))}
    slopes = {(s.most.label, s.most.cores): s for s in memory_slopes(view.workload)}
    panels = cuts.by_cores(
        view,
        cuts.LIMIT,
        points,
        end=lambda cell: _value(slopes.get((cell.label, cell.cores))) + _rss(cell),
    )
    if not panels:
        return None
    title = f"{view.title}: peak memory against jobs in flight"
    axis = "peak memory, all processes"
    form = along.form(cuts.LIMIT, panels, title, axis, tick_size)
    # A MiB is a round number on an axis that begins at zero.
    form = form if form.log else replace(form, unit=MIB)
    kept = "PSS without the suite's records; words: what one more job takes"
    return along.chart(
        view,
        "memory-in-flight",
        panels,
        form,
        along.note(view, kept),
        question="How much memory does one more job in flight take?",
        so_what=so_what(view, [*slopes.values()]),
        table=table(view, points, slopes),
    )


def _memory(cell: Cell) -> list[float]:
    return [*(own_memory(cell, "PSS") or own_memory(cell, "RSS")).values()]


def _rss(cell: Cell) -> str:
    return "" if own_memory(cell, "PSS") else " (RSS)"


def _value(slope: MemorySlope | None) -> str:
    """ "+1.3 KiB a job"; without words where noise hides it."""
    if slope is None:
        return ""
    if slope.low is not None and not slope.measured:
        return "+0, or below the noise"
    return f"+{words.size(slope.bytes)} a job"


def table(
    view: View,
    points: Mapping[str, Point],
    slopes: Mapping[tuple[str, int], MemorySlope],
) -> Table:
    rows = []
    for cell in view.ordered:
        point = points.get(cell.name)
        if point is None:
            continue
        slope = slopes.get((cell.label, cell.cores)) if cell.limit else None
        one_more = (slope.bytes, slope.low, slope.high) if slope else (None,) * 3
        measure = "RSS" if _rss(cell) else "PSS"
        rows.append(along.row(view, cell, point, *one_more, measure))
    return Table(
        along.columns(
            "peak, median",
            "bytes",
            Column("one more job", "bytes"),
            Column("low", "bytes"),
            Column("high", "bytes"),
            Column("measure", "text"),
        ),
        tuple(rows),
        f"Peak memory without the suite's records. {caption(points.values())} One "
        "more job: from the fewest to the most in flight, with a 95 % interval.",
    )


def so_what(view: View, slopes: Sequence[MemorySlope]) -> str:
    """The dearest and the cheapest job in flight on the most cores."""
    most = view.cores[-1]
    here = [s for s in slopes if s.most.cores == most]
    where = words.capital(on_cores(most))
    if not here:
        return f"{where} no model finished all its repetitions at two limits."
    seen = sorted((s for s in here if s.bytes >= SMALLEST), key=lambda s: s.bytes)
    if not seen:
        return f"{where} one more job in flight takes less than 1 KiB in every model."
    dear = seen[-1]
    text = f"{where} one more job in flight takes {_under(view, dear)}"
    rest = [s for s in here if s is not dear]
    if rest:
        cheap = min(rest, key=lambda s: s.bytes)
        if cheap.bytes < SMALLEST:
            text += f", and less than 1 KiB under {view.label(cheap.most)}"
        else:
            text += f", and {_under(view, cheap)}"
    if dear.most.in_flight == dear.most.workers:
        text += (
            "; a worker that waits holds on to what it has, a stack or a whole process"
        )
    return text + "."


def _under(view: View, slope: MemorySlope) -> str:
    return f"{words.size(slope.bytes)} under {view.label(slope.most)}"
