"""Figure: when each of a few long jobs ends, in the order of their ends.

A pool of four threads ends four jobs together; the fifth had to wait for a
thread and ends a step later. The line is the repetition in the middle.
"""

from __future__ import annotations

from collections.abc import Sequence

from plots import labels, marks, style
from plots.chart import Table, columns
from plots.figure import Figure, Sheet
from plots.formats import UNITS, seconds, times
from plots.labels import End
from plots.points import Dot, why
from plots.view import View
from reports.data import words
from reports.data.cells import Cell
from reports.data.entries import Repetition

TOGETHER = 1.5  # jobs that end before this many times the first end are one step
COLUMNS = columns(
    "model text, cores count, workers count, first job ends seconds, jobs that end "
    "with it count, the next one ends seconds, last job ends seconds, n count"
)


def sheet(figure: Figure, view: View) -> Sheet | None:
    """On the most cores; the others are in the table."""
    cells = [c for c in view.ordered if c.cores == view.cores[-1] and _known(c)]
    if not cells:
        return None
    every = [one.job_end_seconds for cell in cells for one in _known(cell)]
    texts = [f"{view.label(c)}  {seconds(_middle(c)[-1])}" for c in cells]
    note, tall = view.note(figure.note), max(3.4, labels.APART * len(cells) + 0.1)
    title, right = figure.worded(figure.title, view), labels.room(texts)
    drawn, (axis,) = style.frame(title, note, tall, left=1.2, right=right)
    high, count = 1.06 * max(ends[-1] for ends in every), max(map(len, every))
    style.scale(axis, "y", 0, high, False, UNITS["seconds"])
    style.heading(axis, "", "time since the start", left=0.25)
    axis.set_xlim(0.5, count + 0.5)
    axis.set_xticks(range(1, count + 1, max(1, count // 16)))
    axis.set_xlabel("jobs in the order in which they end")
    ends = []
    for k, cell in enumerate(cells):
        look, middle = view.look(cell), _middle(cell)
        xs = [0.5 + n for n in range(len(middle) + 1)]
        looks = {"color": look.colour, "linestyle": look.dash, "linewidth": 2}
        marks.plot(axis, xs, [middle[0], *middle], drawstyle="steps-pre", **looks)
        ends.append(End(look, xs[-1], middle[-1]))
        # The dots of each model have a lane on its treads.
        place = 0.6 + 0.8 * (k + 0.5) / len(cells)
        pairs = [
            (n + place, Dot(end, why(one)))
            for one in _known(cell)
            for n, end in enumerate(one.job_end_seconds or ())
        ]
        spots, dots = zip(*pairs)
        marks.dots(axis, spots, [d.value for d in dots], dots, look, f"{k}", 3.5)
    labels.draw(axis, ends, texts)
    key = [(marks.spot("o", 5), "a job of one repetition")]
    style.key(drawn, [*key, (marks.line(), "the repetition in the middle")])
    table = Table(
        COLUMNS,
        tuple(_row(view, cell) for cell in view.ordered if _known(cell)),
        "Of the repetition that takes the median time. Jobs end together that end "
        f"before {TOGETHER:g} times the first.",
    )
    return Sheet(drawn, _so_what(view, cells), note, table)


def _known(cell: Cell) -> list[Repetition]:
    """The repetitions, the quickest first."""
    known = [one for one in cell.ok if one.job_end_seconds]
    return sorted(known, key=lambda one: one.job_end_seconds[-1])


def _middle(cell: Cell) -> tuple[float, ...]:
    found = _known(cell)
    return found[(len(found) - 1) // 2].job_end_seconds or ()


def _together(ends: Sequence[float]) -> int:
    """How many jobs end together at first."""
    return sum(1 for end in ends if end < TOGETHER * ends[0])


def _row(view: View, cell: Cell) -> tuple:
    ends = _middle(cell)
    step, place = _together(ends), (view.label(cell), cell.cores, cell.workers)
    after = ends[step] if step < len(ends) else None
    return (*place, ends[0], step, after, ends[-1], len(_known(cell)))


def _so_what(view: View, cells: Sequence[Cell]) -> str:
    """The width of a step where a pool has one."""
    told, alone = [], []
    for cell in cells:
        ends = _middle(cell)
        step = _together(ends)
        if step == 1 and cell.comparable:
            alone.append(view.label(cell))
        elif step < len(ends) and cell.comparable:
            told.append(
                f"under {view.label(cell)} {step} jobs end together and the next one "
                f"after {times(ends[step] / ends[0])} times as long: it had to wait"
            )
    if alone:
        told.append(f"under {words.listed(alone)} the jobs end one after the other")
    return words.capital(f"{'; '.join(told) or 'all jobs end together'}.")
