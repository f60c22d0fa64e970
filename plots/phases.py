"""Figure: start-up, work and tear-down of every cell.

The three differ by orders of magnitude, so stacked bars would show only the
work. Here each phase has its own panel, and all three share one logarithmic
axis: equal places are equal times.
"""

from __future__ import annotations

from collections.abc import Mapping

from plots import cuts, rows, style
from plots.chart import Chart, Column, Point, Table, about, caption
from plots.chart import interval_words, level, on_cores, percent, seconds
from plots.chart import tick_seconds
from plots.view import View
from reports.data import words

PHASES = (
    ("start-up", "start_seconds"),
    ("work", "work_seconds"),
    ("tear-down", "teardown_seconds"),
)
SHORTEST = 1e-7  # seconds; a shorter phase is below what a clock call costs


def chart(view: View) -> Chart | None:
    """None for primitives, which have no phases; see also cuts.rowless()."""
    if cuts.rowless(view):
        return None
    view = cuts.focused(view)
    points = _points(view)
    if not any("start_seconds" in found for found in points.values()):
        return None
    title = f"{view.title}: time to start up, to work and to tear down"
    note = view.note(view.omitted)
    with style.context():
        figure, panels = rows.frame(
            view, view.rows, title, note, panels=3, top=style.TOP + 0.2
        )
        every = [
            v
            for found in points.values()
            for p in found.values()
            for v in p.values
            if v > 0
        ]
        span = (max(min(every), SHORTEST), max(every))
        for (phase, key), axes in zip(PHASES, panels):
            shown = [points[cell.name].get(key) for cell in view.rows]
            texts = [seconds(p.middle) if p else "" for p in shown]
            # Every panel gets the room that the widest words need.
            axes.set_title(phase, fontsize=15, fontweight="bold", loc="left")
            rows.scale(axes, shown, texts, tick_seconds, log=True, span=span)
            rows.points(
                axes, view, view.rows, shown, texts, bars=False, tag=f"-{phase}"
            )
        stop = max(axes.get_xlim()[1] for axes in panels)
        for axes in panels:
            axes.set_xlim(right=stop)
        panels[1].set_xlabel("time (logarithmic, the same axis in all three)")
        shown = [p for found in points.values() for p in found.values()]
        style.key(figure, rows.key("median", interval_words(shown)))
        return view.chart(
            "phases",
            figure=figure,
            question="How long do the models take to start up and to tear down?",
            title=title,
            so_what=so_what(view, points),
            table=table(view, points),
            note=note,
        )


def _points(view: View) -> dict[str, dict[str, Point]]:
    found: dict[str, dict[str, Point]] = {}
    for cell in view.cells:
        phases = {key: level(cell.values(key)) for _, key in PHASES}
        found[cell.name] = {k: p for k, p in phases.items() if p}
    return found


def table(view: View, points: Mapping[str, Mapping[str, Point]]) -> Table:
    columns = [Column("model", "text"), Column("cores", "count")]
    for phase, _ in PHASES:
        columns.append(Column(f"{phase}, median", "seconds"))
        columns.append(Column("low", "seconds"))
        columns.append(Column("high", "seconds"))
    rows_ = []
    for cell in view.ordered:
        row: list[object] = [view.label(cell), cell.cores]
        for _, key in PHASES:
            p = points[cell.name].get(key)
            row += [p.middle, p.low, p.high] if p else [None, None, None]
        rows_.append((*row, len(cell.ok)))
    every = [p for found in points.values() for p in found.values()]
    return Table(
        (*columns, Column("n", "count")),
        tuple(rows_),
        caption(every),
    )


def so_what(view: View, points: Mapping[str, Mapping[str, Point]]) -> str:
    """The longest start-up, measured in the work that it precedes."""
    most = view.cores[-1]
    there = [
        cell
        for cell in view.fair
        if cell.cores == most and "start_seconds" in points[cell.name]
    ]
    if not there:
        return f"No model finished all its repetitions {on_cores(most)}."
    slow = max(there, key=lambda c: points[c.name]["start_seconds"].middle)
    quick = min(there, key=lambda c: points[c.name]["start_seconds"].middle)
    start = points[slow.name]["start_seconds"].middle
    work = points[slow.name]["work_seconds"].middle
    job = work / (slow.ok[0].jobs or 1)
    text = (
        f"{words.capital(on_cores(most))} {view.label(slow)} takes longest to "
        f"start, {seconds(start)}"
    )
    if slow is not quick:
        least = seconds(points[quick.name]["start_seconds"].middle)
        text += f" ({view.label(quick)}: {least})"
    if start > work:
        return (
            f"{text}: longer than its work of {seconds(work)}, so a batch this "
            "small does not pay for its workers."
        )
    share = percent(start / work)
    jobs = f"the time of {about(start / job)} jobs"
    if start < job:
        jobs = "less than the time of one job"
    return f"{text}: {share} of its work, or {jobs}. Jobs per second do not count it."
