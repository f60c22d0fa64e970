"""Figure: throughput over that of `sequential`, against cores.

The label of a line also gives the speed-up over the model's own figure on
one core: a model may scale well and still be slow, or the reverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plots import cuts, over_cores, style
from plots.chart import Chart, Column, Point, Table, caption, few, on_cores
from plots.chart import relative, tick_plain
from plots.view import View
from reports import statistics, words
from reports.run import Cell
from reports.statistics import FEWEST_REPETITIONS, compare, is_tie, tolerance


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
    """None when the run has no `sequential` to compare with, and for jobs
    that wait; see cuts.waits()."""
    if cuts.waits(view):
        return None
    found = speedups(view)
    points = found.over_sequential
    if not points or len(view.cells) < 2:
        return None
    most = view.cores[-1]
    one = statistics.median(view.baseline.values("jobs_per_second"))
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
        "Speed-up in times; the estimate is the Hodges-Lehmann ratio. "
        f"{caption(found.over_sequential.values(), 'ratio')}",
    )


def so_what(view: View, points: Mapping[str, Point]) -> str:
    """Sorts the models on the most cores into faster, level and slower, by
    the intervals where there are some."""
    most, base = view.cores[-1], view.baseline
    assert base is not None
    d = tolerance(view.context.get("noise_floor"))
    groups: dict[str, list[Cell]] = {}
    for cell in view.fair:
        if cell.cores == most and cell.name in points and cell.label != base.label:
            groups.setdefault(_place(cell, base, points[cell.name], d), []).append(cell)
    if not groups:
        return f"No other model finished all its repetitions {on_cores(most)}."
    parts = []
    for place, singular, plural in (
        ("faster", "is faster than", "are faster than"),
        ("tied", "ties with", "tie with"),
        ("unsure", "is not told apart from", "are not told apart from"),
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
    sure = all(points[c.name].low is not None for some in groups.values() for c in some)
    return text + ("." if sure else ". Too few repetitions to be sure.")


def reached(view: View) -> str:
    """What the cores can give, where that was measured."""
    found = view.workload.reached.get(view.cores[-1])
    if not found or view.baseline is None:
        return ""
    one = statistics.median(view.baseline.values("jobs_per_second"))
    return f"; independent processes reach {words.ratio(found / one)}"


def _place(cell: Cell, base: Cell, point: Point, d: float) -> str:
    low = point.middle if point.low is None else point.low
    high = point.middle if point.high is None else point.high
    if point.middle > 1 + d and low > 1:
        return "faster"
    if point.middle < 1 / (1 + d) and high < 1:
        return "slower"
    key = "jobs_per_second"
    ratio = compare(cell.values(key), base.values(key))
    tied = ratio.n >= FEWEST_REPETITIONS and is_tie(ratio, d)
    return "tied" if tied else "unsure"
