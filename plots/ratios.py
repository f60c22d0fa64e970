"""Figures of ratios with the interval that decides: forest, and one change.

A dot per round. In the shaded band a difference is no reason to choose one; an
interval that lies in it is equal, one that lies outside of 1 wins or loses, and
what is neither is undecided. The words say which.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes

from plots import marks, measure, rows, style
from plots.chart import Table, columns
from plots.figure import Figure, Sheet
from plots.formats import UNITS, on_cores, times
from plots.looks import INK, RULE, Look
from plots.points import Point, over
from plots.told import verdict_words, verdicts
from plots.view import View
from reports.data import words
from reports.data.cells import CLOSED, Cell
from reports.data.metrics import RATE, Metric
from reports.data.workloads import Group
from reports.judge.standing import Standing
from reports.judge.verdict import Verdict, family

COLUMNS = ", ratio ratio, low ratio, high ratio, verdict text, rounds count"
CAPTION = "Ratio of the same rounds; low to high is the interval that decides."
# What changes, from which model, to which one.
PAIRS = Path(__file__).with_name("changes.toml")


class Row(NamedTuple):
    look: Look
    point: Point | None
    words: str


def forest(figure: Figure, view: View) -> Sheet | None:
    """Each model over the best one, a panel per core count. None where nobody
    competes. With many core counts the fewest and the most are shown."""
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
    loop = "closed loop" if last.group.load == CLOSED else "open loop"
    table = Table(
        columns(f"model text, cores count, measure text{COLUMNS}"),
        tuple(_line(view, s, cell) for s in found for cell in s.group.contestants),
        CAPTION,
    )
    where = words.capital(on_cores(last.group.cores))
    sheet = _drawn(
        view,
        names,
        {
            words.capital(on_cores(s.group.cores)[3:]): [
                _row(view, s, n) for n in names
            ]
            for s in shown
        },
        "times the best",
        f"{view.title}: {what}, each over the best",
        verdicts(view, last, measure.of(wanted, requests), where),
        view.note(loop if requests else ""),
        table,
    )
    return sheet._replace(question=f"Who is best by {what}, and how sure is that?")


def _drawn(
    view: View,
    names: Sequence[str],
    panels: dict[str, Sequence[Row | None]],
    axis_name: str,
    title: str,
    said: str,
    note: str,
    table: Table,
) -> Sheet:
    """Panels by their titles, which have a row for each of the names."""
    drawn, axes = rows.frame(names, [""] * len(names), title, note, len(panels))
    for place, (axis, (heading, each)) in enumerate(zip(axes, panels.items())):
        style.heading(axis, heading)
        _panel(axis, view, each, axis_name, f"{place}")
    points = [
        row.point for each in panels.values() for row in each if row and row.point
    ]
    band = f"within {100 * view.judged.d:g} %: no reason to choose one"
    key = marks.key(points, marks.UPRIGHT, "ratio")
    style.key(drawn, [*key, (marks.area(facecolor=RULE), band)])
    return Sheet(drawn, title, said, note, table)


def _panel(axes: Axes, view: View, found: Sequence[Row | None], name: str, gid: str):
    """One row each; the words stand in one column, beyond whatever is drawn."""
    band = 1 + view.judged.d
    known = [row.point for row in found if row and row.point]
    values = [v for p in known for v in (*p.values, p.low or 1, p.high or 1)]
    low, right = min(*values, 1 / band), max([band, *(p.reach for p in known)])
    log = right / low > 4
    low = low / (right / low) ** 0.05 if log else low - 0.05 * (right - low)
    entries = [(right, row.words) for row in found if row]
    rows.scale(axes, entries, low, log, UNITS["ratio"])
    axes.set_xlabel(rows.logged(name, log))
    axes.axvspan(1 / band, band, color=RULE, alpha=0.8, zorder=1)
    axes.axvline(1, color=INK, linewidth=1.2, zorder=2)
    for i, row in enumerate(found):
        if row and row.point:
            marks.row(axes, i, row.point, row.look, f"{gid}-{i}")
        if row:
            rows.label(axes, right, i, row.words)


def _row(view: View, standing: Standing, name: str) -> Row | None:
    found = (c for c in standing.group.contestants if c.label == name)
    cell, best = next(found, None), standing.order[0]
    if cell is None:
        return None
    point = None
    if cell in standing.order:
        point = over(view.judged, cell, best, standing.metric)
    return Row(view.look(cell), point, _words(standing, cell))


def _words(standing: Standing, cell: Cell) -> str:
    best = standing.order[0]
    if cell not in standing.order:
        return "only a bound" if cell in standing.bound else "not compared"
    if cell is best:
        return "wins" if standing.winner is best else "best"
    return verdict_words(standing.between(cell, best))


def _line(view: View, standing: Standing, cell: Cell) -> tuple:
    best, what = standing.order[0], standing.metric.called(cell.requests)
    place = (view.label(cell), cell.cores, what)
    if cell is best:
        return (*place, 1.0, None, None, _words(standing, cell), None)
    return (*place, *_cells(standing.between(cell, best), _words(standing, cell)))


def _cells(verdict: Verdict | None, said: str) -> tuple:
    """The columns of the table."""
    if verdict is None:
        return (None, None, None, said, None)
    return (verdict.ratio, verdict.low, verdict.high, said, verdict.rounds)


# What one change costs.

Change = tuple[str, Cell, Cell, Verdict]


def changes(figure: Figure, view: View) -> Sheet | None:
    """Pairs of models that differ in one thing, on the most cores, on the measure
    that speaks for the workload."""
    headlines = [s for s in view.judged.headlines(view.whole) if s.order]
    asked = _asked(view, headlines[-1].group, headlines[-1].metric) if headlines else []
    if not asked:
        return None
    metric = headlines[-1].metric
    what = metric.called(view.whole.requests)
    pairs = [f"{a.label} → {b.label}" for _, a, b, _ in asked]
    each = []
    for _, a, b, verdict in asked:
        point = over(view.judged, b, a, metric)
        point = point and replace(point, low=verdict.low, high=verdict.high)
        each.append(Row(view.look(b), point, verdict_words(verdict)))
    table = Table(
        columns(f"change text, pair text{COLUMNS}"),
        tuple(
            (change, pair, *_cells(verdict, verdict_words(verdict)))
            for (change, _, _, verdict), pair in zip(asked, pairs)
        ),
        CAPTION,
    )
    better = "less is better" if metric.lower else "more is better"
    return _drawn(
        view,
        [f"{pair}\n{one[0]}" for pair, one in zip(pairs, asked)],
        {"": each},
        f"times the {what} of the first: {better}",
        figure.worded(figure.title, view),
        _so_what(asked, on_cores(headlines[-1].group.cores), what),
        view.note(),
        table,
    )


def _asked(view: View, group: Group, metric: Metric) -> list[Change]:
    """What was asked already has its verdict; the other pairs are a family of
    their own."""
    known = {cell.asked_for: cell for cell in group.comparable}
    listed = tomllib.loads(PAIRS.read_text(encoding="utf-8"))["pairs"]
    pairs = [(s, known[a], known[b]) for s, a, b in listed if {a, b} <= known.keys()]
    rest = [(b, a) for _, a, b in pairs if not view.judged.between(b, a, metric)]
    more: list[Verdict] = []
    if view.judged.run.judged:
        more = family("one change", group, rest, metric, view.judged.d)
    new = {(verdict.a, verdict.b): verdict for verdict in more}
    found = []
    for what, a, b in pairs:
        verdict = view.judged.between(b, a, metric) or new.get((b, a))
        found += [(what, a, b, verdict)] if verdict else []
    return found


def _so_what(asked: list[Change], where: str, measure: str) -> str:
    """The change that does most, and how many do nothing."""
    decided = [one for one in asked if one[3].winner]
    where, rest = words.capital(where), len(asked) - len(decided)
    if not decided:
        return f"{where} no change is shown to matter."
    what, a, b, v = max(decided, key=lambda one: abs(math.log(one[3].ratio)))
    text = f"{where} the change that does most is {what} ({a.label} → {b.label}):"
    text += f" {times(v.ratio)} times the {measure}"
    return f"{text}; {rest} of {len(asked)} are equal or undecided."
