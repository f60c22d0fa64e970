"""What a run must hold: --fail-if 'cpu.thread-pool.jobs_per_second<1000', and
--strict."""

from __future__ import annotations

import operator
import re
from fnmatch import fnmatchcase
from statistics import median
from typing import Iterable, Iterator

from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import METRICS
from reports.data.run import FOREIGN, Run
from reports.judge import questions
from reports.judge.judgement import judge
from reports.judge.verdict import WINS

SHAPE = re.compile(r"(.+\..+)\.(\w+)\s*(<=|>=|<|>)\s*(-?\d*\.?\d+(?:e[-+]?\d+)?)")
COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class UnknownName(ValueError):
    """One sentence that names what there is."""


def broken(run: Run, expression: str) -> Iterator[tuple[Cell, float | None]]:
    """The cells whose median meets the expression, or is not known (None). Scenario
    and model may be patterns (cpu.*.jobs_per_second). Raises UnknownName."""
    match = SHAPE.fullmatch(expression.strip())
    if not match:
        raise UnknownName(
            f"--fail-if={expression}: takes SCENARIO.MODEL.METRIC, one of < <= > >=, "
            "and a number, as in 'cpu.thread-pool.jobs_per_second<1000'"
        )
    pattern, metric, sign, limit = match.groups()
    names = {c: f"{c.scenario}.{c.asked_for}" for c in run.cells if not c.is_control}
    chosen = [cell for cell, name in names.items() if fnmatchcase(name, pattern)]
    need(expression, pattern, chosen, names.values())
    known = known_metrics(chosen)
    need(expression, metric, metric in known, known)
    for cell in chosen:
        values = cell.values(metric) if cell.comparable else []
        value = median(values) if values else None
        if value is None or COMPARE[sign](value, float(limit)):
            yield cell, value


def need(expression: str, asked: str, there: object, known: Iterable[str]) -> None:
    if not there:
        some = words.listed(dict.fromkeys(known)) or "nothing"
        raise UnknownName(f"--fail-if={expression}: no {asked!r}; the run has {some}")


def known_metrics(cells: list[Cell]) -> list[str]:
    """Keys of results.json that are numbers in one of the cells, and ours."""
    raw = (item for cell in cells for one in cell.ok for item in one.raw.items())
    found = (key for key, value in raw if type(value) in (int, float))
    derived = (key for key in METRICS if any(cell.values(key) for cell in cells))
    return list(dict.fromkeys((*found, *derived)))


def unstable(run: Run) -> list[str]:
    """Why a run is not to be trusted, a sentence each: a control that wins, or
    a cell of the headline more than half of whose repetitions were disturbed."""
    judged = judge(run)
    found = [] if run.judged else ["nothing is judged"]
    for v in judged.asked(questions.CONTROL):
        if v.word == WINS:
            found.append(f"two copies of {v.a.label} differ ({v.a.name})")
    told = [one for load in run.workloads for one in judged.headlines(load)]
    for cell in dict.fromkeys(cell for one in told for cell in one.group.contestants):
        hit = sum(1 for one in cell.repetitions if FOREIGN & {*one.flags})
        if 2 * hit > len(cell.repetitions):
            share = f"{hit} of {len(cell.repetitions)} repetitions"
            found.append(f"{share} of {cell.name} were disturbed")
    return found
