"""What the verdicts say beside the first of a figure, in a clause."""

from __future__ import annotations

import math
from collections.abc import Sequence

from plots.chart import few, spelled
from plots.view import View
from reports.data.cells import Cell
from reports.data.metrics import CPU, Metric
from reports.judge.verdict import EQUAL, UNDECIDED


def beside(view: View, first: Cell, others: Sequence[Cell], metric: Metric) -> str:
    """', equal to prefork within 1.2 %; undecided beside fork-ipc; 2.00 times
    event-loop, the lowest'. Whom nobody compared is left out."""
    asked = [view.judged.between(first, cell, metric) for cell in others]
    found = [v for v in asked if v]
    if not any(v.known for v in found):
        return "; nothing is decided with so few rounds"
    text = ""
    equal = [v for v in found if v.word == EQUAL]
    if equal:
        within = math.ceil(round(max(v.within for v in equal) * 1000, 6)) / 10
        text += (
            f", equal to {few([view.label(v.b) for v in equal])} within {within:.3g} %"
        )
    unsure = [view.label(v.b) for v in found if v.word == UNDECIDED]
    if unsure:
        text += f"; undecided beside {few(unsure)}"
    beaten = [v for v in found if v.winner is first]
    if beaten:
        last = max(beaten, key=lambda v: abs(math.log(v.ratio)))
        times, name = spelled(max(last.ratio, 1 / last.ratio)), view.label(last.b)
        if metric.lower:
            much = "as much" if metric is CPU else "as long"
            return f"{text}; {name} takes {times} times {much}"
        text += f"; {times} times {name}"
        text += ", the lowest" if len(beaten) > 1 else ""
    return text
