"""Figure: throughput over the share of compute, relative to the event loop.

Along the axis a job's life stays the same while waiting turns into compute.
The shaded stretch is where the loop is first overtaken: reports/crossover.py
estimates it, and says that it interpolates between the measured shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from plots import along, cuts, lines
from plots.chart import Chart, Column, Point, Table, caption, level
from plots.chart import on_cores, relative, tick_plain, tick_rate
from plots.over_cores import LOG_FROM
from plots.panels import Band, Panel
from plots.view import View
from reports import contests, questions, words
from reports.answers import Answer
from reports.crossover import ALWAYS, AT_MOST, MEASURED, NEVER, Crossover
from reports.run import Cell
from reports.statistics import tolerance

RATE = "jobs_per_second"


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
    found = crossovers(view) if over else {}
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
        key=[(lines.band_mark(), "loop overtaken: 95 % interval")] if bands else (),
    )


def _highest(panels: Sequence[Panel]) -> float:
    return max(point.middle for panel in panels for point in panel.points)


def _value(value: float, over: bool) -> str:
    return f"{words.ratio(value)} ×" if over else words.rate(value)


def _over_loop(view: View) -> dict[str, Point]:
    """Each cell over the event loop on the same cores at the same share; the
    loop itself over its own median. Empty without the loop."""
    loops = {
        (cell.cores, cell.share): cell
        for cell in view.cells
        if cell.label == contests.LOOP
    }
    found = {}
    for cell in view.cells:
        loop = loops.get((cell.cores, cell.share))
        if loop is None:
            continue
        values = cell.values(RATE)
        point = relative(values, loop.values(RATE))
        if cell is loop:
            point = _over_itself(values)
        if point:
            found[cell.name] = point
    return found


def _over_itself(values: list[float]) -> Point | None:
    point = level(values)
    if point is None:
        return None
    return replace(
        point,
        values=tuple(value / point.middle for value in point.values),
        middle=1.0,
        low=None,
        high=None,
    )


def crossovers(view: View) -> dict[int, Answer]:
    """Per core count, the verdict on where the loop is overtaken."""
    d = tolerance(view.context.get("noise_floor"))
    load = view.workload
    asked = [a for group in load.groups for a in contests.against_loop(group, d)]
    return {a.cores: a for a in questions.crossovers(load, asked, d)}


def _told(view: View, panel: Panel, answer: Answer | None) -> Panel:
    """The panel with what is known of the crossover."""
    if answer is None or answer.crossover is None:
        return panel
    found = answer.crossover
    if found.bound == MEASURED:
        text = f"overtaken: {words.share(found.share)}"
        if found.low is not None and found.high is not None:
            text += f" ({found.low:.3g} to {found.high:.3g})"
        low = found.share if found.low is None else found.low
        high = found.share if found.high is None else found.high
        band = Band(low, high, found.share, text, view.look(answer.cell))
        return replace(panel, bands=(band,))
    return replace(
        panel,
        remark={
            NEVER: "nobody overtakes the loop",
            ALWAYS: _from_the_first(found),
            AT_MOST: f"overtaken at {found.after or 0:g} % at the latest",
        }.get(found.bound, "too few repetitions to tell"),
    )


def _from_the_first(found: Crossover) -> str:
    """The loop is beaten at the first share, but perhaps not at all."""
    if found.again:
        return f"overtaken at {found.after or 0:g} %, but not everywhere"
    return "overtaken at every share"


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
        "The ratio is the Hodges-Lehmann estimate at the same share on the same "
        f"cores. {caption(points.values(), of)}",
    )


def so_what(
    view: View,
    points: Mapping[str, Point],
    found: Mapping[int, Answer],
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
    if value <= 1.03:
        return f"{text} {most} nobody finishes more than the loop does.".strip()
    gain = f"{words.ratio(value)} times as many jobs as the loop"
    there = "There" if text and best.cores in found else most
    why = ": waiting needs no second core, computing does" if best.cores > 1 else ""
    text = f"{text} {there} {view.label(best)} gains the most, {gain} with {share}"
    return f"{text}{why}.".strip()


def _sentence(view: View, cores: int, answer: Answer) -> str:
    found, where = answer.crossover, on_cores(cores)
    if found.bound == MEASURED:
        span = ""
        if found.low is not None and found.high is not None:
            span = f" (95 % interval {found.low:.3g} to {found.high:.3g} %)"
        return (
            f"{where} {view.label(answer.cell)} overtakes the loop at about "
            f"{words.share(found.share)} compute{span}"
        )
    return where + {
        NEVER: " nobody overtakes the loop at any share",
        ALWAYS: f" the loop is beaten at {found.after or 0:g} % compute already",
        AT_MOST: f" the loop is beaten at {found.after or 0:g} % compute at the latest",
    }.get(found.bound, " it cannot be told whether the loop is overtaken")


def _best(view: View, points: Mapping[str, Point]) -> Cell | None:
    most = view.cores[-1]
    there = [c for c in view.fair if c.cores == most and c.name in points]
    return max(there, key=lambda c: points[c.name].middle, default=None)
