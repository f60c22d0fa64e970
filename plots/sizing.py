"""Figure: throughput against the number of workers, with the rule's answer.

Workers that wait in place are wanted in the number W = cores x (1 + wait /
compute); capped by the in-flight limit. The dotted line is what the rule
assumes: W jobs at once, none faster than it can be, until the CPUs are full.
(Goetz 2006, "Java Concurrency in Practice", 8.2.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plots import lines, style
from plots.chart import Chart, Column, Point, Table, caption, level
from plots.chart import on_cores, percent, tick_rate
from plots.over_cores import LOG_FROM
from plots.panels import MOST, Form, Line, Mark, Panel, Reference, spread_of
from plots.panels import thinned
from plots.view import View
from reports.data import words
from reports.data.run import Cell, Group
from reports.judge import questions


@dataclass(frozen=True)
class Grid:
    """One model in one group, with several numbers of workers."""

    group: Group
    label: str
    cells: tuple[Cell, ...]

    @property
    def rule(self) -> int | None:
        return self.cells[0].workers_rule


def chart(view: View) -> Chart | None:
    """None unless blocking models were measured with several W."""
    points = {
        cell.name: point
        for cell in view.cells
        if (point := level(cell.values("jobs_per_second")))
    }
    grids = _grids(view, points)
    if not grids:
        return None
    shown, held = _shown(view, grids)
    panels = [_panel(view, group, grids, points) for group in shown]
    # Shares differ in how much they could bring: there a zero baseline would
    # soon press the low ones into the axis.
    log = spread_of(panels) > (5 if len(view.shares) > 1 else LOG_FROM)
    form = Form(
        title=f"{view.title}: throughput against the number of workers",
        across="workers W (logarithmic)",
        axis="jobs per second" + (" (logarithmic)" if log else ""),
        place=math.log2,
        tick_across=lambda value: f"{value:,.0f}",
        tick=tick_rate,
        log=log,
        side_by_side=False,
    )
    note = view.note(held)
    with style.context():
        figure = lines.draw(panels, form, note)
        marks = [
            *lines.key(panels),
            (lines.ring_mark(), "best"),
            (lines.mark_mark(), "rule"),
        ]
        style.key(figure, marks)
        return view.chart(
            "sizing",
            figure=figure,
            question="How many workers that wait in place are enough?",
            title=form.title,
            so_what=so_what(view, _telling(shown, grids), grids),
            table=table(view, grids, points),
            note=note,
        )


def _grids(view: View, points: Mapping[str, Point]) -> list[Grid]:
    found = []
    for group in view.workload.groups:
        some: dict[str, list[Cell]] = {}
        for cell in group.cells:
            if cell.name in points and cell.workers_rule is not None:
                some.setdefault(cell.label, []).append(cell)
        for label, cells in some.items():
            cells.sort(key=lambda c: c.workers)
            if len({c.workers for c in cells}) > 1:
                found.append(Grid(group, label, tuple(cells)))
    return found


def _shown(view: View, grids: Sequence[Grid]) -> tuple[list[Group], str]:
    """Which groups have a panel, and what the note says of the others: one
    per core count, or on a mix axis one per share on the most cores; always
    the highest limit."""
    groups = list(dict.fromkeys(grid.group for grid in grids))
    limit = max(group.limit or 0 for group in groups)
    some = [group for group in groups if (group.limit or 0) == limit]
    if len(view.shares) > 1:
        most = max(group.cores for group in some)
        some = [group for group in some if group.cores == most]
    kept = [some[k] for k in thinned(range(len(some)), MOST)]
    held = "" if len(kept) == len(groups) else "all others are in the table"
    if len({group.limit for group in groups}) > 1:
        held = f"here at {limit:,} in flight; {held}"
    return kept, held


def _telling(shown: Sequence[Group], grids: Sequence[Grid]) -> Group:
    """The group that a sentence is about: where the rule says most, for it
    asks for many workers and yet not simply for all that the limit allows."""

    def says(group: Group) -> tuple[bool, int, int]:
        rule = max(grid.rule or 0 for grid in grids if grid.group is group)
        return (rule < (group.limit or math.inf), group.cores, rule)

    return max(shown, key=says)


def _panel(
    view: View, group: Group, grids: Sequence[Grid], points: Mapping[str, Point]
) -> Panel:
    here = [grid for grid in grids if grid.group is group]
    found = []
    for grid in here:
        best = max(grid.cells, key=lambda c: points[c.name].middle)
        failed = sum(len(cell.failed) for cell in grid.cells)
        found.append(
            Line(
                words.printable(grid.label),
                view.look(grid.cells[0]),
                tuple(float(c.workers) for c in grid.cells),
                tuple(points[c.name] for c in grid.cells),
                f"best: {best.workers:,}" + (f" ({failed} failed)" if failed else ""),
                ring=float(best.workers),
            )
        )
    rules = sorted({grid.rule for grid in here if grid.rule})
    title = words.capital(on_cores(group.cores).removeprefix("on "))
    if group.share is not None:
        title += f", {group.share:g} % compute"
    return Panel(
        title,
        tuple(found),
        _predicted(here),
        marks=tuple(Mark(float(w), f"rule: {w:,}") for w in rules),
    )


def _predicted(grids: Sequence[Grid]) -> tuple[Reference, ...]:
    """min(W / (wait + compute), cores / compute), with its kink."""
    cell = grids[0].cells[0]
    life, compute = cell.life_seconds, cell.first.compute_seconds
    if not life:
        return ()
    counts = [float(c.workers) for grid in grids for c in grid.cells]
    full = cell.cores / compute if compute else math.inf
    places = {min(counts), max(counts)}
    if min(counts) < full * life < max(counts):
        places.add(full * life)
    places_ = tuple(sorted(places))
    values = tuple(min(w / life, full) for w in places_)
    # On a linear axis the slope is a curve, for workers are logarithmic.
    steps = [
        a * (b / a) ** (k / 32) for a, b in zip(places_, places_[1:]) for k in range(32)
    ]
    steps.append(places_[-1])
    return (
        Reference(
            f"assumed by the rule  {words.rate(values[-1])}",
            tuple(steps),
            tuple(min(w / life, full) for w in steps),
        ),
    )


def table(view: View, grids: Sequence[Grid], points: Mapping[str, Point]) -> Table:
    rows = []
    for grid in grids:
        best = max(points[c.name].middle for c in grid.cells)
        for cell in grid.cells:
            point = points[cell.name]
            rows.append(
                (
                    words.printable(grid.label),
                    cell.cores,
                    cell.limit,
                    cell.share,
                    cell.workers,
                    "rule" if cell.workers == grid.rule else None,
                    point.middle,
                    point.low,
                    point.high,
                    point.middle / best,
                    point.n,
                )
            )
    columns = (
        Column("model", "text"),
        Column("cores", "count"),
        Column("in flight, asked", "count"),
        Column("share of compute, %", "count"),
        Column("workers", "count"),
        Column("", "text"),
        Column("median", "rate"),
        Column("low", "rate"),
        Column("high", "rate"),
        Column("share of the best", "percent"),
        Column("n", "count"),
    )
    return Table(
        columns,
        tuple(rows),
        f"Jobs per second. {caption(points.values())} The best was found by "
        "looking at all of them.",
    )


def so_what(view: View, group: Group, grids: Sequence[Grid]) -> str:
    """How near the rule's W comes to the best that was measured."""
    here = [grid for grid in grids if grid.group is group]
    rules = sorted({grid.rule for grid in here if grid.rule})
    where = words.capital(on_cores(group.cores))
    if group.limit and len(view.limits) > 1:
        where += f" with {group.limit:,} in flight"
    if group.share is not None and len(view.shares) > 1:
        where += f" with {group.share:g} % compute"
    wanted = " or ".join(f"{w:,}" for w in rules)
    text = f"{where} the rule asks for {wanted} workers"
    asked = view.judged.asked(questions.WORKERS, group)
    told, fine = [], []
    for ruled in dict.fromkeys(v.b for v in asked):
        mine = [v for v in asked if v.b is ruled]
        name = words.printable(ruled.label)
        better = [v for v in mine if v.winner is v.a]
        maybe = [
            v for v in mine if v.winner is None and (v.high or 2) > 1 + view.judged.d
        ]
        if better:
            best = max(better, key=lambda v: v.ratio)
            share = percent(1 / best.ratio)
            told.append(f"{name} gets only {share} of what {best.a.workers:,} bring")
        elif maybe:
            best = max(maybe, key=lambda v: v.ratio)
            told.append(f"for {name} {best.a.workers:,} may be better (undecided)")
        else:
            fine.append(name)
    if fine:
        told.insert(0, f"no other number is better for {words.listed(fine)}")
    return f"{text}: {'; '.join(told)}." if told else f"{text}."
