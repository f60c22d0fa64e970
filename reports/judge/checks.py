"""What is asked of whole runs: two of them cell by cell, the noise of one, and what
it must hold (--fail-if 'cpu.thread-pool.jobs_per_second<1000', --strict).

Rounds of two runs have nothing in common, so nothing is paired; the level is
1 - 0.05 / m for the m cells of a metric."""

import math
import operator
import re
from collections import namedtuple
from fnmatch import fnmatchcase
from typing import Iterator, NamedTuple

from reports.data import Cell, Metric, Run, words
from reports.data.metrics import CPU, METRICS, RATE
from reports.judge import questions
from reports.judge.intervals import LEVEL, shift_unpaired
from reports.judge.judgement import judge
from reports.judge.verdict import ALPHA, Verdict, estimate, shared, tolerance, word

COMPARED = (RATE, CPU)
# What makes another machine, and another build.
MACHINE = ("cpu_model", "num_cpus", "memory_bytes", "kernel", "governor", "smt")
BUILD = ("build_type", "compiler")
Pair = namedtuple("Pair", "scenario params model cores metric ratio low high d rounds")


class Comparison(NamedTuple):
    """`differences` are of the cells of B over those of A; `different` are keys of
    the context, `left_out` cells without own figures."""

    a: Run
    b: Run
    differences: tuple[Verdict, ...]
    different: tuple[str, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    left_out: tuple[tuple[Metric, str], ...]


def compare(a: Run, b: Run) -> Comparison:
    mine, other = ({c.name: c for c in run.cells if not c.is_control} for run in (a, b))
    d = max(tolerance(run.context.get("noise_floor")) for run in (a, b))
    found: list[Verdict] = []
    out: list[tuple[Metric, str]] = []
    for metric in COMPARED:
        pairs = [(mine[name], other[name]) for name in mine if name in other]
        fit = [pair for pair in pairs if all(map(metric.own, pair))]
        out += [(metric, pair[0].name) for pair in pairs if pair not in fit]
        level = 1 - ALPHA / max(1, len(fit))
        for pair in fit:
            logs = [[math.log(x) for x in c.values(metric.key)] for c in pair]
            known = shift_unpaired(*logs, level)
            ends = (known.low, known.high) if a.judged and b.judged else (None, None)
            ends = [None if end is None else math.exp(end) for end in ends]
            said = (word(*ends, d), math.exp(known.middle), *ends, level, len(fit), ())
            found.append(Verdict("compare", None, metric, *reversed(pair), *said))
    keys = (*MACHINE, *BUILD)
    different = tuple(k for k in keys if a.context.get(k) != b.context.get(k))
    only = (
        tuple(n for n in x if n not in y) for x, y in ((mine, other), (other, mine))
    )
    return Comparison(a, b, tuple(found), different, *only, tuple(out))


def worse_by(v: Verdict, share: float) -> bool:
    """The whole interval says that the first is worse by more than this share."""
    low, high = v.low or 0.0, v.high or math.inf
    return low > 1 + share if v.metric.lower else high < 1 - share


def pairs(run: Run) -> list[Pair]:
    """How far two copies of one model differ, of every control: jobs per second
    where that is the model's own figure, and CPU per job. `ratio` is the second
    over the first, each at 95 % for itself; d half of the interval's width: 0.01
    is 1 %, None where the rounds are too few. Nothing where nothing is judged."""
    found = []
    for cell, twin in run.twins if run.judged else ():
        for metric in (RATE, CPU):
            ratios = shared(twin, cell, metric)
            if metric.own(cell) and metric.own(twin) and ratios:
                ratio, low, high = estimate(ratios, LEVEL)
                d = None if low is None else math.sqrt(high / low) - 1
                about = (cell.scenario, dict(cell.params), cell.label, cell.cores)
                figures = (metric.key, ratio, low, high, d, len(ratios))
                found.append(Pair(*about, *figures))
    return found


SHAPE = re.compile(r"(.+\..+)\.(\w+)\s*(<=|>=|<|>)\s*(-?\d*\.?\d+(?:e[-+]?\d+)?)")
SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class UnknownName(ValueError):
    """One sentence that names what there is."""


def broken(run: Run, expression: str) -> Iterator[tuple[Cell, float | None]]:
    """Cells whose median meets the expression or is not known. Raises UnknownName."""
    match = SHAPE.fullmatch(expression.strip())
    if not match:
        raise UnknownName(
            f"--fail-if={expression}: takes SCENARIO.MODEL.METRIC, one of < <= > >=, "
            "and a number, as in 'cpu.thread-pool.jobs_per_second<1000'"
        )
    pattern, metric, sign, limit = match.groups()
    names = {c: f"{c.scenario}.{c.asked_for}" for c in run.cells if not c.is_control}
    chosen = [cell for cell, name in names.items() if fnmatchcase(name, pattern)]
    # Keys of results.json that are numbers in one of the cells, and ours.
    raw = (item for cell in chosen for one in cell.ok for item in one.raw.items())
    known = [key for key, value in raw if type(value) in (int, float)]
    known += [key for key in METRICS if any(cell.values(key) for cell in chosen)]
    if not chosen or metric not in known:
        asked, there = (metric, known) if chosen else (pattern, names.values())
        some = words.listed(dict.fromkeys(there)) or "nothing"
        raise UnknownName(f"--fail-if={expression}: no {asked!r}; the run has {some}")
    for cell in chosen:
        value = words.middle(cell.values(metric) if cell.comparable else [])
        if value is None or SIGNS[sign](value, float(limit)):
            yield cell, value


def unstable(run: Run) -> list[str]:
    """Why a run is not to be trusted: a control that wins, a cell mostly disturbed."""
    found = [] if run.judged else ["nothing is judged"]
    differ = (v for v in judge(run).asked(questions.CONTROL) if v.winner)
    found += [f"two copies of {v.a.label} differ ({v.a.name})" for v in differ]
    for cell, hit in disturbed(run).items():
        share = f"{hit} of {len(cell.repetitions)} repetitions"
        found.append(f"{share} of {cell.name} were disturbed")
    return found


def disturbed(run: Run) -> dict[Cell, int]:
    """In how many of its repetitions somebody else had a part, of the cells that
    speak for a workload and of which most are so."""
    told = [one for load in run.workloads for one in judge(run).headlines(load)]
    cells = dict.fromkeys(cell for one in told for cell in one.group.contestants)
    hits = {c: sum(r.foreign for r in c.repetitions) for c in cells}
    return {c: hit for c, hit in hits.items() if 2 * hit > len(c.repetitions)}
