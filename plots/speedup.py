"""Figure: throughput over that of `sequential`, against cores.

The label of a line also gives the speed-up over the model's own figure on
one core: a model may scale well and still be slow, or the reverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from plots import cuts, over_cores, style
from plots.chart import Chart, Column, Point, Table, caption, few, on_cores
from plots.chart import over, tick_plain
from plots.view import View
from reports.data import words
from reports.data.run import Cell
from reports.data.metrics import RATE
from reports.judge.verdict import EQUAL


@dataclass(frozen=True)
class Speedups:
    """Per cell: over sequential, and over the model itself on one core."""

    over_sequential: Mapping[str, Point]
    over_own: Mapping[str, Point]


def speedups(view: View) -> Speedups:
    base, judged = view.baseline, view.judged
    ours: dict[str, Point] = {}
    owns: dict[str, Point] = {}
    for cell in view.cells:
        point = over(judged, cell, base, RATE) if base else None
        if point:
            ours[cell.name] = point
        own = view.own(cell)
        point = over(judged, cell, own, RATE) if own else None
        if point:
            owns[cell.name] = point
    return Speedups(ours, owns)


def chart(view: View) -> Chart | None:
    """None when the run has no `sequential` to compare with, for jobs that
    wait (see cuts.waits()) and for empty jobs, which leave cores no work."""
    if cuts.waits(view) or view.scenario == "null":
        return None
    found = speedups(view)
    points = found.over_sequential
    if not points or len(view.cells) < 2:
        return None
    most = view.cores[-1]
    one = median(view.baseline.values("jobs_per_second"))
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
        reached={c: rate / one for c, rate in view.workload.reached.items()},
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
        "Speed-up in times, the pseudo-median over rounds. "
        f"{caption(found.over_sequential.values(), 'ratio')}",
    )


def so_what(view: View, points: Mapping[str, Point]) -> str:
    """Sorts the models on the most cores as their verdicts say."""
    most, base = view.cores[-1], view.baseline
    assert base is not None
    groups: dict[str, list[Cell]] = {}
    for cell in view.fair:
        if cell.cores == most and cell.name in points and cell.label != base.label:
            groups.setdefault(_place(view, cell, base), []).append(cell)
    if not groups:
        return f"No other model finished all its repetitions {on_cores(most)}."
    parts = []
    for place, singular, plural in (
        ("faster", "is faster than", "are faster than"),
        ("equal", "equals", "equal"),
        ("unsure", "is undecided beside", "are undecided beside"),
        ("slower", "is slower than", "are slower than"),
    ):
        members = groups.get(place, [])
        if members:
            members.sort(key=lambda cell: -points[cell.name].middle)
            each = [
                f"{view.label(c)} ({words.ratio(points[c.name].middle)} ×)"
                for c in members
            ]
            verb = singular if len(members) == 1 else plural
            rival = "it" if parts else view.baseline_words
            parts.append(f"{few(each)} {verb} {rival}")
    text = f"{words.capital(on_cores(most))} {'; '.join(parts)}"
    if "faster" not in groups and most > 1:
        text += f"; none is faster, even with {most} cores"
    if most > 1:
        text += f" (ideal: {most}{reached(view)})"
    return f"{text}."


def reached(view: View) -> str:
    """What the cores can give, where that was measured."""
    found = view.workload.reached.get(view.cores[-1])
    if not found or view.baseline is None:
        return ""
    one = median(view.baseline.values(RATE.key))
    return f"; independent processes reach {words.ratio(found / one)}"


def _place(view: View, cell: Cell, base: Cell) -> str:
    verdict = view.judged.between(cell, base, RATE)
    if verdict is None or verdict.winner is None:
        return "equal" if verdict and verdict.word == EQUAL else "unsure"
    return "faster" if verdict.winner is cell else "slower"
