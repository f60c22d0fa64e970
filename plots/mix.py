"""Figure: throughput over the share of compute, relative to the event loop.

Along the axis a job's life stays the same while waiting turns into compute.
The shaded stretch is the bracket in which the loop is overtaken: between the
last share at which nobody beats it and the first at which somebody does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from plots import along, cuts, lines
from plots.chart import Chart, Column, Point, Table, caption, level
from plots.chart import on_cores, tick_plain, tick_rate
from plots.chart import over as ratio_over
from plots.over_cores import LOG_FROM
from plots.panels import Band, Panel
from plots.view import View
from reports.data import metrics, words
from reports.data.run import Cell
from reports.data.scenarios import LOOP
from reports.judge.brackets import Change
from reports.judge.verdict import SMALLEST_DIFFERENCE

RATE = metrics.RATE.key


def chart(view: View) -> Chart | None:
    """None with fewer than two shares of compute."""
    if cuts.setting(view) is not cuts.SHARE:
        return None
    view = cuts.focused(view)
    rates = {c.name: p for c in view.cells if (p := level(c.values(RATE)))}
    points = _over_loop(view)
    over = bool(points)
    if not over:
        points = rates
    panels = cuts.by_cores(
        view,
        cuts.SHARE,
        points,
        end=lambda cell: _value(points[cell.name].middle, over),
    )
    if not panels:
        return None
    found = changes(view) if over else {}
    panels = [
        _told(view, panel, found.get(cores))
        for panel, cores in zip(panels, cuts.panel_cores(view))
    ]
    # A line near zero says that it is far behind; only lines far above the
    # loop would press all others together.
    log = _highest(panels) > LOG_FROM if over else None
    than = " over event-loop's" if over else ""
    form = along.form(
        cuts.SHARE,
        panels,
        f"{view.title}: throughput{than}, from waiting to computing",
        "times event-loop" if over else "jobs per second",
        tick_plain if over else tick_rate,
        log,
        side_by_side=False,
    )
    bands = any(panel.bands for panel in panels)
    return along.chart(
        view,
        "mix",
        panels,
        form,
        along.note(view),
        question="From which share of compute on is one loop no longer enough?"
        if over
        else "Who finishes more jobs per second when jobs compute more?",
        so_what=so_what(view, points, found, over),
        table=table(view, points, rates, over),
        of="ratio" if over else "median",
        key=[(lines.band_mark(), "loop overtaken in here")] if bands else (),
    )


def _highest(panels: Sequence[Panel]) -> float:
    return max(point.middle for panel in panels for point in panel.points)


def _value(value: float, over: bool) -> str:
    return f"{words.ratio(value)} ×" if over else words.rate(value)


def _over_loop(view: View) -> dict[str, Point]:
    """Each cell over the event loop on the same cores at the same share; the
    loop itself over its own median. Empty without the loop."""
    loops = {
        (cell.cores, cell.share): cell for cell in view.cells if cell.label == LOOP
    }
    found = {}
    for cell in view.cells:
        loop = loops.get((cell.cores, cell.share))
        if loop is None:
            continue
        point = ratio_over(view.judged, cell, loop, metrics.RATE)
        if point:
            found[cell.name] = point
    return found


def changes(view: View) -> dict[int, Change]:
    """Per core count, where the loop is overtaken."""
    groups = view.workload.groups
    return {
        change.axis.groups[0].cores: change
        for change in view.judged.changes
        if change.of_base and change.axis.groups[0] in groups
    }


def _told(view: View, panel: Panel, change: Change | None) -> Panel:
    """The panel with what is known of the change."""
    if change is None:
        return panel
    where = change.where
    if where.first is None:
        said = "nobody overtakes the loop"
        if where.undecided:
            said = "undecided whether the loop is overtaken"
        return replace(panel, remark=said)
    if where.last is None:
        return replace(panel, remark=f"overtaken at {where.first:g} % at the latest")
    text = f"overtaken: {where.last:g} to {words.share(where.first)}"
    look = view.look(change.decides.a)
    return replace(panel, bands=(Band(where.last, where.first, text, look),))


def table(
    view: View, points: Mapping[str, Point], rates: Mapping[str, Point], over: bool
) -> Table:
    columns = (
        Column("model", "text"),
        Column("cores", "count"),
        Column("share of compute, %", "count"),
        Column("workers", "count"),
        Column("jobs per second, median", "rate"),
        Column("over event-loop", "ratio"),
        Column("low", "ratio"),
        Column("high", "ratio"),
        Column("n", "count"),
    )
    rows = []
    for cell in view.ordered:
        rate, point = rates.get(cell.name), points.get(cell.name)
        if rate is None:
            continue
        ratio = point if over else None
        rows.append(
            (
                view.label(cell),
                cell.cores,
                cell.share,
                cell.workers,
                rate.middle,
                ratio.middle if ratio else None,
                ratio.low if ratio else None,
                ratio.high if ratio else None,
                rate.n,
            )
        )
    of = "ratio" if over else "median"
    return Table(
        columns,
        tuple(rows),
        "The ratio is that of the same rounds, at the same share on the same "
        f"cores. {caption(points.values(), of)}",
    )


def so_what(
    view: View,
    points: Mapping[str, Point],
    found: Mapping[int, Change],
    over: bool,
) -> str:
    """Where the loop is overtaken on each core count, by whom, how far."""
    told = [_sentence(view, cores, answer) for cores, answer in sorted(found.items())]
    if len(told) > 3:
        told = [told[0], told[-1]]
    text = f"{words.capital('; '.join(told))}." if told else ""
    best = _best(view, points)
    if best is None:
        return text or "No model finished all its repetitions."
    most, share = words.capital(on_cores(best.cores)), f"{best.share:g} % compute"
    value = points[best.name].middle
    if not over:
        return (
            f"{most} with {share} {view.label(best)} finishes {words.rate(value)}"
            + (" jobs/s, the highest median.")
        )
    if value <= 1 + SMALLEST_DIFFERENCE:
        return f"{text} {most} nobody finishes more than the loop does.".strip()
    gain = f"{words.ratio(value)} times as many jobs as the loop"
    there = "There" if text and best.cores in found else most
    why = ": waiting needs no second core, computing does" if best.cores > 1 else ""
    text = f"{text} {there} {view.label(best)} gains the most, {gain} with {share}"
    return f"{text}{why}.".strip()


def _sentence(view: View, cores: int, change: Change) -> str:
    where, on = change.where, on_cores(cores)
    if where.first is None:
        if where.undecided:
            return f"{on} it is undecided whether the loop is overtaken"
        return f"{on} nobody overtakes the loop at any share"
    if where.last is None:
        latest = " at the latest" if where.undecided else " already"
        return f"{on} the loop is beaten at {where.first:g} % compute{latest}"
    other = view.label(change.decides.a)
    return (
        f"{on} {other} overtakes the loop between {where.last:g} and "
        f"{words.share(where.first)} compute"
    )


def _best(view: View, points: Mapping[str, Point]) -> Cell | None:
    most = view.cores[-1]
    there = [c for c in view.fair if c.cores == most and c.name in points]
    return max(there, key=lambda c: points[c.name].middle, default=None)
