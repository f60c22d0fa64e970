"""Figure: throughput over that of `sequential`, against cores.

The label of a line also gives the speed-up over the model's own figure on
one core: a model may scale well and still be slow, or the reverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plots import over_cores, style
from plots.chart import Chart, Column, Point, Table, caption, few, on_cores
from plots.chart import relative, tick_plain
from plots.view import View
from reports import words
from reports.run import Cell
from reports.statistics import tolerance


@dataclass(frozen=True)
class Speedups:
    """Per cell: over sequential, and over the model itself on one core."""

    over_sequential: Mapping[str, Point]
    over_own: Mapping[str, Point]


def speedups(view: View) -> Speedups:
    base = view.baseline.values("jobs_per_second") if view.baseline else []
    ours: dict[str, Point] = {}
    owns: dict[str, Point] = {}
    for cell in view.cells:
        values = cell.values("jobs_per_second")
        point = relative(values, base)
        if point:
            ours[cell.name] = point
        own = view.own(cell)
        if own:
            point = relative(values, own.values("jobs_per_second"))
            if point:
                owns[cell.name] = point
    return Speedups(ours, owns)


def chart(view: View) -> Chart | None:
    """None when the run has no `sequential` to compare with."""
    found = speedups(view)
    points = found.over_sequential
    if not points or len(view.cells) < 2:
        return None
    most = view.cores[-1]
    form = over_cores.Form(
        title=f"{view.title}: speed-up over {view.baseline_words}",
        axis="speed-up (times)",
        text=lambda value: words.ratio(value) + " ×",
        tick=tick_plain,
        of="ratio",
        ideal=(lambda cores: cores) if view.cores != (1,) else None,
        ideal_label="ideal: one more per core",
        extra={
            cell.name: f" (own {words.ratio(found.over_own[cell.name].middle)})"
            for cell in view.cells
            if cell.cores > 1 and cell.name in found.over_own
        },
    )
    note = view.note()
    if form.extra:
        note = view.note("own: over the same model on one core")
    with style.context():
        return view.chart(
            "speedup",
            figure=over_cores.draw(view, points, form, note),
            question=f"How many times as fast as {view.baseline_words} is each model "
            f"{on_cores(most)}?"
            if most > 1
            else "Which model is as fast as sequential on the same core?",
            title=form.title,
            so_what=so_what(view, points),
            table=table(view, found),
            note=note,
        )


def table(view: View, found: Speedups) -> Table:
    rows = []
    for cell in view.ordered:
        point = found.over_sequential.get(cell.name)
        own = found.over_own.get(cell.name)
        if point is None:
            continue
        rows.append(
            (
                view.label(cell),
                cell.cores,
                point.middle,
                point.low,
                point.high,
                own.middle if own else None,
                own.low if own else None,
                own.high if own else None,
                point.n,
            )
        )
    return Table(
        (
            Column("model", "text"),
            Column("cores", "count"),
            Column(f"over {view.baseline_words}", "ratio"),
            Column("low", "ratio"),
            Column("high", "ratio"),
            Column("over its own one core", "ratio"),
            Column("low", "ratio"),
            Column("high", "ratio"),
            Column("n", "count"),
        ),
        tuple(rows),
        "Speed-up in times; the estimate is the Hodges-Lehmann ratio. "
        f"{caption(found.over_sequential.values(), 'ratio')}",
    )


def so_what(view: View, points: Mapping[str, Point]) -> str:
    """Sorts the models on the most cores into faster, no faster and slower,
    by the intervals where there are some."""
    most = view.cores[-1]
    d = tolerance(view.context.get("noise_floor"))
    faster: list[tuple[Cell, Point]] = []
    slower: list[tuple[Cell, Point]] = []
    level: list[tuple[Cell, Point]] = []
    for cell in view.fair:
        point = points.get(cell.name)
        if cell.cores != most or point is None:
            continue
        if view.baseline and cell.label == view.baseline.label:
            continue
        low = point.middle if point.low is None else point.low
        high = point.middle if point.high is None else point.high
        if point.middle > 1 + d and low > 1:
            faster.append((cell, point))
        elif point.middle < 1 / (1 + d) and high < 1:
            slower.append((cell, point))
        else:
            level.append((cell, point))
    if not faster + slower + level:
        return f"No other model finished all its repetitions {on_cores(most)}."
    base = view.baseline_words
    parts = []
    if faster:
        verb = "is" if len(faster) == 1 else "are"
        parts.append(f"{_listed(view, faster)} {verb} faster than {base}")
    if level:
        verb = "is" if len(level) == 1 else "are"
        near = f"within {d * 100:.0f} % of"
        if not all(_inside(point, d) for _, point in level):
            near = "not clearly different from"
        parts.append(
            f"{_listed(view, level)} {verb} {near} {base if not faster else 'it'}"
        )
    if slower:
        verb = "is" if len(slower) == 1 else "are"
        parts.append(f"{_listed(view, slower)} {verb} slower")
        if not faster and not level:
            parts[-1] += f" than {base}"
    text = f"{words.capital(on_cores(most))} {'; '.join(parts)}"
    if not faster and most > 1:
        text += f"; none is faster, even with {most} cores"
    if most > 1:
        text += f" (ideal: {most})"
    sure = all(p.low is not None for _, p in faster + slower + level)
    return text + ("." if sure else ". Too few repetitions to be sure.")


def _inside(point: Point, d: float) -> bool:
    if point.low is None or point.high is None:
        return False
    return 1 / (1 + d) <= point.low and point.high <= 1 + d


def _listed(view: View, members: list[tuple[Cell, Point]]) -> str:
    members.sort(key=lambda item: -item[1].middle)
    return few(
        [f"{view.label(cell)} ({words.ratio(p.middle)} ×)" for cell, p in members]
    )
