"""Where the models of a group stand on one metric: a line, or a few words."""

from __future__ import annotations

from statistics import quantiles
from typing import Iterable

from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import CPU, RATE
from reports.judge.standing import Standing
from reports.say.phrases import conclusion, figure, measured_by, name_of, within

# A spread that is worth a word: so wide, and so many times another.
WIDE, WIDER = 0.05, 3


def names(standing: Standing, cells: Iterable[Cell]) -> str:
    return words.listed(name_of(cell, standing.group) for cell in cells)


def line(standing: Standing) -> str | None:
    """Who wins, who is equal, what is undecided; then how far the next is."""
    metric, v = standing.metric, standing.lead
    head = measured_by(metric, standing.group)
    if standing.bound:
        kind = "upper" if metric.lower else "lower"
        who = names(standing, standing.bound)
        return f"{head}: nobody wins; of {who} only {kind} bounds are known."
    if not standing.decided:
        return None
    if standing.winner:
        text = f"{names(standing, standing.top)} wins"
    elif standing.equal:
        text = f"{names(standing, standing.shown)} equal within "
        text += within(standing.within) + spread(standing)
    else:
        first, *others = standing.top or standing.order
        beside = filter(None, (standing.between(first, other) for other in others))
        each = (f"{names(standing, [v.b])} {conclusion(v)}" for v in beside)
        text = f"undecided; {names(standing, [first])} over {words.listed(each)}"
        text += ", which beat the rest" if standing.apart else ""
        return f"{head}: {text}."
    if v and metric.lower:
        text += (
            f"; the next, {names(standing, [v.b])}, {figure(v.seen_from(v.b))} times"
        )
    elif v:
        text += f"; {figure(v)} times the next, {names(standing, [v.b])}"
    return f"{head}: {text}."


def spread(standing: Standing) -> str:
    """Equal in the middle and yet not alike: by the middle half of the repetitions
    over their median."""
    widths = []
    for cell in standing.top:
        low, middle, high = quantiles(cell.values(standing.metric.key), n=4)
        widths.append(((high - low) / middle, names(standing, [cell])))
    (steady, a), (wild, b) = min(widths), max(widths)
    if wild < max(WIDE, WIDER * steady):
        return ""
    return f", but spread not: {b} {within(wild)}, {a} {within(steady)}"


def clause(standing: Standing, short: bool, lead: bool) -> str:
    """'thread-pool and prefork equal, 1.96 times the next'; 'undecided between
    thread-pool and prefork, which beat the rest'."""
    metric, top, every = standing.metric, standing.top, len(standing.order)
    name, ahead, v = metric.name.split()[0], "", standing.lead
    what = "" if metric is RATE else f" in {name}"
    if standing.bound:
        return f"nobody wins{what}, only bounds are known"
    if lead and v:
        ahead = f", {words.ratio(v.ratio)} times the next"
        if metric.lower:
            ahead = f", the next {words.ratio(1 / v.ratio)} times"
    if standing.winner:
        best = {RATE: "wins", CPU: "needs least CPU"}
        verb = best.get(metric, f"has the lowest {name}")
        return f"{names(standing, top)} {verb}{ahead}"
    if not standing.decided or (len(top) == every and not standing.equal):
        return f"undecided{what}"
    who = names(standing, standing.shown)
    if len(top) == every > 2:
        who = f"all {every}"
    elif short and len(top) > 2:
        who = f"{len(top)} of {every} models"
    if standing.equal:
        return f"{who} equal{what}{ahead}"
    rest = ", which beat the rest" if lead and standing.apart else ""
    return f"undecided{what} between {who}{rest}"
