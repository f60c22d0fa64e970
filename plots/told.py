"""The sentence of a figure: what the verdicts say of the first and the others.

One for all figures. Every comparison comes from a verdict; of what is not
judged it gives the medians and no more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median

from plots.formats import few, on_cores, times
from plots.measure import Measure
from plots.points import Point
from plots.view import View
from reports.data import targets, words
from reports.data.cells import CLOSED, Cell
from reports.data.metrics import CPU, Metric
from reports.judge.standing import Standing
from reports.judge.verdict import EQUAL, UNDECIDED


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
        for cell in there
    ]
    name = f"{measure.panel} {measure.name}".strip()
    text = f"{where} the medians of the {name} go from {ends[0]} to {ends[-1]}."
    if len(there) == 1:
        text = f"{where} the median of the {name} is {ends[0]}."
    unknown = [cell for cell in group.comparable if cell.name not in fair]
    if unknown:
        text += f" Not known of {few([view.label(cell) for cell in unknown])}."
    return text


def verdicts(view: View, standing: Standing, measure: Measure, where: str) -> str:
    """Of one standing: who is first, and what is decided beside it."""
    if standing.bound:
        who = few([view.label(cell) for cell in standing.bound])
        return f"{where} nobody wins: what was measured of {who} is only a bound."
    first, others = standing.order[0], standing.order[1:]
    value = measure.form.write(median(first.values(standing.metric.key)))
    text = f"{where} {view.label(first)} {measure.says.format(value)}"
    if standing.winner:
        text += " and wins"
    return f"{text}{beside(view, first, others, standing.metric)}."


def beside(view: View, first: Cell, others: Sequence[Cell], metric: Metric) -> str:
    """', equal to prefork within 1.2 %; undecided against fork-ipc; 2.00 times
    event-loop, the lowest'."""
    if not others:
        return "; there is no other model to compare it with"
    asked = [view.judged.between(first, cell, metric) for cell in others]
    found = [v for v in asked if v]
    if not any(v.known for v in found):
        return f"; {undecided(view)}"
    text = ""
    equal = [v for v in found if v.word == EQUAL]
    if equal:
        share = within(max(v.within for v in equal))
        text += f", equal to {few([view.label(v.b) for v in equal])} within {share}"
    unsure = [v for v in found if v.word == UNDECIDED]
    if unsure:
        text += f"; undecided against {few([view.label(v.b) for v in unsure])}"
        if len(unsure) == 1:
            text += f" ({words.between(unsure[0].low, unsure[0].high)})"
    beaten = [v for v in found if v.winner is first]
    if not beaten:
        return text
    last = max(beaten, key=lambda v: abs(math.log(v.ratio)))
    factor, name = times(max(last.ratio, 1 / last.ratio)), view.label(last.b)
    if metric.lower:
        much = "as much" if metric is CPU else "as long"
        return f"{text}; {name} takes {factor} times {much}"
    text += f"; {factor} times {name}"
    return text + (", the lowest" if len(beaten) > 1 else "")


def within(share: float) -> str:
    """'1.2 %', never less than it is."""
    return f"{math.ceil(round(share * 1000, 6)) / 10:.3g} %"


def undecided(view: View) -> str:
    """Why nothing is decided at all."""
    run = view.judged.run
    if not run.released:
        return "a debug build decides nothing"
    if run.crowded:
        return "others took part in most repetitions, so nothing is decided"
    return "nothing is decided with so few rounds"
