"""The sentence of a figure: what the verdicts say of the first and the others.

One for all figures. Every comparison comes from a verdict; of what is not
judged it gives the medians and no more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import median

from plots.formats import few, on_cores
from plots.measure import Measure
from plots.points import Point
from plots.view import View
from reports.data import targets, words
from reports.data.cells import CLOSED
from reports.judge.standing import Standing
from reports.judge.verdict import EQUAL, UNDECIDED, Verdict


def sentence(view: View, measure: Measure, points: Mapping[str, Point]) -> str:
    """On the most cores, under the highest limit or load."""
    metric, requests = measure.metric, view.whole.requests
    apart = metric and metric.foreign and requests
    cores = view.apart if apart else view.cores[-1]
    drawn = {cell.name for cell in view.cells}
    groups = [g for g in view.whole.groups if g.cores == cores]
    group = [g for g in groups if any(c.name in drawn for c in g.cells)][-1]
    where = words.capital(on_cores(cores))
    if group.limit and len(view.limits) > 1:
        where += f" with {group.limit:,} in flight"
    if group.load and group.load != CLOSED:
        where += f", {targets.load(group.load)},"
    fair = {cell.name for cell in view.fair} & {*points}
    there = [cell for cell in group.cells if cell.name in fair]
    there = [cell for cell in there if cell.limit == group.limit] or there
    if not there:
        return f"{where} no model finished all its repetitions."
    if metric and metric in view.judged.metrics(group):
        standing = view.judged.standing(group, metric)
        if standing.bound or standing.order and standing.order[0].name in points:
            return verdicts(view, standing, measure, where)
    there.sort(key=lambda cell: points[cell.name].middle)
    ends = [
        f"{measure.form.write(points[cell.name].middle)} ({view.label(cell)})"
        for cell in (there[0], *there[1:][-1:])
    ]
    name = f"{measure.panel} {measure.name}".strip()
    return f"{where} the median of the {name}: {' to '.join(ends)}."


def verdicts(view: View, standing: Standing, measure: Measure, where: str) -> str:
    """Of one standing: who is first, and what is decided beside it."""
    if standing.bound:
        who = few([view.label(cell) for cell in standing.bound])
        return f"{where} nobody wins: what was measured of {who} is only a bound."
    first, *others = standing.order
    value = measure.form.write(median(first.values(standing.metric.key)))
    text = f"{where} {view.label(first)} {measure.says.format(value)}"
    text += " and wins" if standing.winner else ""
    asked = [(standing.between(first, cell), cell) for cell in others]
    if not any(v and v.known for v, _ in asked):
        return f"{text}; nothing is decided."
    each = few([f"{verdict_words(v)} over {view.label(cell)}" for v, cell in asked])
    return f"{text}: {each}."


def verdict_words(verdict: Verdict | None) -> str:
    """'equal within 1.2 %', '0.50 (0.49 to 0.51)', 'undecided (0.9 to 1.2)'."""
    if verdict is None:
        return "not compared"
    if not verdict.known:
        return f"{words.ratio(verdict.ratio)} so far"
    if verdict.word == EQUAL:
        return f"equal within {within(verdict.within)}"
    ends = words.between(verdict.low, verdict.high)
    first = "undecided" if verdict.word == UNDECIDED else words.ratio(verdict.ratio)
    return f"{first} ({ends})"


def within(share: float) -> str:
    """'1.2 %', never less than it is."""
    return f"{math.ceil(round(share * 1000, 6)) / 10:.3g} %"
