"""What a run must hold: --fail-if 'cpu.thread-pool.jobs_per_second<1000', and
--strict."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from statistics import median

from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import METRICS
from reports.data.run import FOREIGN, Run
from reports.judge import questions
from reports.judge.judgement import judge
from reports.judge.verdict import WINS

SHAPE = re.compile(r"([^.]+)\.(.+)\.(\w+)\s*(<=|>=|<|>)\s*(-?\d*\.?\d+(?:e[-+]?\d+)?)")
COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class UnknownName(ValueError):
    """One sentence that names what there is."""


@dataclass(frozen=True)
class Broken:
    """A cell that meets what it must not; value None: it has no figure."""

    expression: str
    cell: Cell
    value: float | None


def names_error(expression: str, what: str, asked: str, known) -> UnknownName:
    there = words.listed(dict.fromkeys(known)) or "none"
    return UnknownName(
        f"--fail-if={expression}: the run has no {what} {asked!r}; it has {there}"
    )


def broken(run: Run, expression: str) -> list[Broken]:
    """The cells whose median meets the expression, or is not known. Scenario
    and model may be patterns (cpu.*.jobs_per_second). Raises UnknownName."""
    match = SHAPE.fullmatch(expression.strip())
    if not match:
        raise UnknownName(
            f"--fail-if={expression}: takes SCENARIO.MODEL.METRIC, one of < <= > >=, "
            "and a number, as in 'cpu.thread-pool.jobs_per_second<1000'"
        )
    scenario, model, metric, sign, limit = match.groups()
    cells = [cell for cell in run.cells if not cell.is_control]
    here = [c for c in cells if fnmatchcase(c.scenario, scenario)]
    if not here:
        raise names_error(expression, "scenario", scenario, (c.scenario for c in cells))
    chosen = [c for c in here if fnmatchcase(c.asked_for, model)]
    if not chosen:
        raise names_error(expression, "model", model, (c.asked_for for c in here))
    if metric not in known_metrics(chosen):
        raise names_error(expression, "metric", metric, known_metrics(chosen))
    found = []
    for cell in chosen:
        values = cell.values(metric) if cell.comparable else []
        value = median(values) if values else None
        if value is None or COMPARE[sign](value, float(limit)):
            found.append(Broken(expression, cell, value))
    return found


def known_metrics(cells: list[Cell]) -> list[str]:
    """Keys of results.json that are numbers in one of the cells."""
    found = dict.fromkeys(
        key
        for cell in cells
        for one in cell.ok
        for key, value in one.raw.items()
        if isinstance(value, (int, float)) and hasattr(one, key)
    )
    derived = (key for key in METRICS if any(cell.values(key) for cell in cells))
    return list(found | dict.fromkeys(derived))


def unstable(run: Run) -> list[str]:
    """Why a run is not to be trusted, a sentence each: a control that wins, or
    a cell of the headline more than half of whose repetitions were disturbed."""
    judged = judge(run)
    found = [] if run.judged else ["nothing is judged"]
    for v in judged.asked(questions.CONTROL):
        if v.word == WINS:
            found.append(f"two copies of {v.a.label} differ ({v.a.name})")
    told = [one for load in run.workloads for one in judged.headlines(load)]
    cells = {cell.name: cell for one in told for cell in one.group.contestants}
    for name, cell in cells.items():
        hit = sum(1 for one in cell.repetitions if FOREIGN & {*one.flags})
        if 2 * hit > len(cell.repetitions):
            share = f"{hit} of {len(cell.repetitions)} repetitions"
            found.append(f"{share} of {name} were disturbed")
    return found
