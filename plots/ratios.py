"""Figures of ratios with the interval that decides: forest, and one change.

A dot per round. An interval within the shaded band is equal, one that lies
outside of 1 wins or loses, and what is neither is undecided. The words say which.
"""

import math
from typing import NamedTuple

from matplotlib.figure import Figure as Drawn

from plots import marks, measure, rows, style
from plots.chart import UNITS, times
from plots.figure import Figure, Head, Sheet
from plots.measure import Point, over
from plots.style import INK, QUIET, RULE, Look
from plots.told import verdict_words, verdicts
from plots.view import View
from reports.data import files, words
from reports.data.cells import CLOSED, Cell
from reports.data.metrics import RATE
from reports.judge.judgement import Standing
from reports.judge.verdict import Verdict, family

TALL = 0.504  # inches of a row: two lines of words
# What changes, from which model, to which one.
CHANGES = files.beside(__file__)["pairs"]


class Row(NamedTuple):
    look: Look
    point: Point | None
    words: str
    table: tuple
    level: str = ""  # the median itself

    def lines(self, i: int) -> list[tuple[float, str, Look, str]]:
        """Where they stand in row i, and their colours."""
        up = 0.21 if self.level else 0.0
        first = (i - up, self.words, self.look, INK)
        return [first, (i + up, self.level, self.look, QUIET)]


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
    each = {}
    for s in found:
        each[s] = {c.label: _over_best(view, s, c) for c in s.group.contestants}
    names = [*dict.fromkeys(name for s in shown for name in each[s])]
    panels = {_cores(s): [*map(each[s].get, names)] for s in shown}
    loop = "closed loop" if last.group.load == CLOSED else "open loop"
    said = verdicts(view, last, measure.of(wanted, requests), f"On {_cores(last)}")
    base = "the reference" if any(s.bound for s in shown) else "the best"
    about = f"{view.title}: {what}, each over {base}", view.note(loop * requests)
    drawn = _drawn(view, names, panels, f"times {base}", *about)
    table = figure.tabled(row.table for some in each.values() for row in some.values())
    return Sheet(*drawn, said, table, f"Who is best by {what}, and how sure is that?")


def _cores(standing: Standing) -> str:
    return words.counted(standing.group.cores, "core")


def _over_best(view: View, standing: Standing, cell: Cell) -> Row:
    best, metric, point = standing.order[0], standing.metric, None
    verdict = standing.between(cell, best)
    said = verdict_words(verdict)
    of = (verdict.ratio, verdict.low, verdict.high) if verdict else (None, None, None)
    if cell is best:
        first = "reference" if standing.bound else "best median"
        said, of = "wins" if standing.winner is best else first, (1.0, None, None)
    elif cell in standing.bound:
        said = "only a bound"
    elif not verdict and cell.in_flight == 1:
        said = "one at a time: no rival"
    if cell in (*standing.order, *standing.bound):
        point = over(view.judged, cell, best, metric)
    name = metric.called(cell.requests)
    write = measure.of(metric, cell.requests).form.write
    level = write(words.middle(cell.values(metric.key)))
    level += f" {name.split()[0]}/s" if metric is RATE else ""
    if metric.bound & {*cell.flags}:
        level = f"{'≤' if metric.lower else '≥'} {level}"
    place, rounds = (view.label(cell), cell.cores, name), verdict and verdict.rounds
    return Row(view.look(cell), point, said, (*place, *of, said, rounds), level)


def _drawn(
    view: View, names: list[str], panels: dict[str, list], axis_name: str, *about: str
) -> tuple[Drawn, Head]:
    """Panels by their titles, a row for each of the names; `about`: title and note."""
    every = [row for each in panels.values() for row in each if row]
    key = marks.key([row.point for row in every if row.point], marks.UPRIGHT, "ratio")
    alike = f"within {100 * view.judged.d:g} %: no reason to choose one"
    key.append((marks.area(facecolor=RULE), alike))
    blank, head = [""] * len(names), (*about, key)
    drawn, axes = rows.frame(names, blank, head, len(panels), TALL)
    band = 1 + view.judged.d
    for k, (axis, (heading, each)) in enumerate(zip(axes, panels.items())):
        found = [(i, row) for i, row in enumerate(each) if row]
        known = [row.point for _, row in found if row.point]
        values = [v for p in known for v in (*p.values, p.low or 1, p.high or 1)]
        low, right = min(*values, 1 / band), max([band, *(p.reach for p in known)])
        log = right / low > 4
        low = low / (right / low) ** 0.05 if log else low - 0.05 * (right - low)
        # The words stand in one column, beyond whatever is drawn.
        texts = [line for i, row in found for line in row.lines(i)]
        rows.scale(axis, [(right, text[1]) for text in texts], low, log, UNITS["ratio"])
        ticks = style.ticks(low, right, 3, log)  # not under the words
        axis.set_xticks(ticks, [*map(UNITS["ratio"].tick, ticks)])
        levels = any(row.level for _, row in found)
        style.heading(axis, heading, "grey words: median" if levels else "")
        axis.set_xlabel(rows.logged(axis_name, log))
        axis.axvspan(1 / band, band, color=RULE, alpha=0.8, zorder=1)
        axis.axvline(1, color=INK, linewidth=1.2, zorder=2)
        for i, row in found:
            if row.point:
                marks.row(axis, i, row.point, row.look, f"{k}-{i}")
        for text in texts:
            rows.write(axis, right, *text)
    return drawn, head


def changes(figure: Figure, view: View) -> Sheet | None:
    """Pairs that differ in one thing, on the most cores, by the telling measure."""
    headlines = [s for s in view.judged.headlines(view.whole) if s.order]
    asked = _asked(view, headlines[-1]) if headlines else []
    if not asked:
        return None
    metric = headlines[-1].metric
    what, each = metric.called(view.whole.requests), {}
    where = _cores(headlines[-1])
    for change, v in asked:
        pair, said = f"{v.b.label} → {v.a.label}", verdict_words(v)
        point = over(view.judged, v.a, v.b, metric)
        point = point and point._replace(low=v.low, high=v.high)
        line = (change, pair, v.ratio, v.low, v.high, said, v.rounds)
        each[f"{pair}\n{change}"] = Row(view.look(v.a), point, said, line)
    better = "less is better" if metric.lower else "more is better"
    panel = {f"{where}: {better}": [*each.values()]}
    about = figure.worded(figure.title, view), view.note()
    drawn = _drawn(view, [*each], panel, f"times the {what}", *about)
    table = figure.tabled(row.table for row in each.values())
    return Sheet(*drawn, _so_what(asked, where, what), table)


def _asked(view: View, standing: Standing) -> list[tuple[str, Verdict]]:
    """What changes, with the verdict on the second over the first. What was asked
    already has its verdict; the other pairs are a family of their own."""
    group, metric, judged = standing.group, standing.metric, view.judged
    known = {cell.asked_for: cell for cell in group.comparable}
    pairs = [(s, known[b], known[a]) for s, a, b in CHANGES if {a, b} <= known.keys()]
    rest = [(b, a) for _, b, a in pairs if not judged.between(b, a, metric)]
    rest = rest if judged.run.judged else []
    new = {(v.a, v.b): v for v in family("one change", group, rest, metric, judged.d)}
    every = [(s, judged.between(b, a, metric) or new.get((b, a))) for s, b, a in pairs]
    return [(what, verdict) for what, verdict in every if verdict]


def _so_what(asked: list[tuple[str, Verdict]], where: str, measure: str) -> str:
    """The change that does most, and how many do nothing."""
    decided = [one for one in asked if one[1].winner]
    rest = len(asked) - len(decided)
    if not decided:
        return f"On {where} no change is shown to matter."
    what, v = max(decided, key=lambda one: abs(math.log(one[1].ratio)))
    text = f"On {where} the change that does most is {what} "
    text += f"({v.b.label} → {v.a.label}): {times(v.ratio)} times the {measure}"
    return f"{text}; {rest} of {len(asked)} are equal or undecided."
