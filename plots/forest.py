"""Figure: each model over the best one, with the interval that decides.

A panel per core count, a row per model.
"""

from __future__ import annotations

from plots import measure, ratios, rows, style
from plots.chart import Table, columns
from plots.figure import Figure, Sheet
from plots.formats import on_cores
from plots.points import Point, over
from plots.told import verdicts
from plots.view import View
from reports.data import words
from reports.data.cells import CLOSED, Cell
from reports.data.metrics import RATE
from reports.judge.standing import Standing


def sheet(_: Figure, view: View) -> Sheet | None:
    """None where nobody competes. With many core counts the fewest and the most
    are shown."""
    found = [s for s in view.judged.headlines(view.whole) if s.order]
    if not found:
        return None
    shown = found if len(found) < 3 else [found[0], found[-1]]
    # Of requests the rate is somebody's own only where the generator is apart.
    wanted = RATE if any(s.metric is RATE for s in shown) else shown[-1].metric
    shown = [s for s in shown if s.metric is wanted]
    last, requests = shown[-1], view.whole.requests
    what = wanted.called(requests)
    names = [*dict.fromkeys(c.label for s in shown for c in s.group.contestants)]
    title = f"{view.title}: {what}, each over the best"
    loop = "closed loop" if last.group.load == CLOSED else "open loop"
    note = view.note(loop if requests else "")
    drawn, axes = rows.frame(names, [""] * len(names), title, note, len(shown))
    points = []
    for place, (axis, standing) in enumerate(zip(axes, shown)):
        each = [_row(view, standing, name) for name in names]
        style.heading(axis, words.capital(on_cores(standing.group.cores)[3:]))
        ratios.panel(axis, view, each, "times the best", f"{place}")
        points += [row.point for row in each if row and row.point]
    style.key(drawn, ratios.key(view, points))
    table = Table(
        (*columns("model text, cores count, measure text"), *ratios.COLUMNS),
        tuple(_line(view, s, cell) for s in found for cell in s.group.contestants),
        ratios.CAPTION,
    )
    where = words.capital(on_cores(last.group.cores))
    said = verdicts(view, last, measure.of(wanted, requests), where)
    question = f"Who is best by {what}, and how sure is that?"
    return Sheet(drawn, said, note, table, title, question)


def _row(view: View, standing: Standing, name: str) -> ratios.Row | None:
    found = (c for c in standing.group.contestants if c.label == name)
    cell, best = next(found, None), standing.order[0]
    if cell is None:
        return None
    point = None
    if cell in standing.order:
        point = over(view.judged, cell, best, standing.metric)
    if point and cell is best:
        point = Point((), 1.0)  # over itself, without an interval
    return ratios.Row(view.look(cell), point, _words(standing, cell))


def _words(standing: Standing, cell: Cell) -> str:
    best = standing.order[0]
    if cell not in standing.order:
        return "only a bound" if cell in standing.bound else "not compared"
    if cell is best:
        return "wins" if standing.winner is best else "best"
    return ratios.verdict_words(standing.between(cell, best))


def _line(view: View, standing: Standing, cell: Cell) -> tuple:
    best, what = standing.order[0], standing.metric.called(cell.requests)
    place = (view.label(cell), cell.cores, what)
    if cell is best:
        return (*place, 1.0, None, None, _words(standing, cell), None)
    verdict = standing.between(cell, best)
    return (*place, *ratios.cells(verdict, _words(standing, cell)))
