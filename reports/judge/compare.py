"""Two runs, cell by cell: B over A on each metric that is compared.

Rounds of two runs have nothing in common, so nothing is paired. The words
follow from the interval as in verdict.py, at the level 1 - 0.05 / m for the m
cells of a metric.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

from reports.data.cells import Cell
from reports.data.metrics import CPU, RATE, Metric
from reports.data.run import Run
from reports.judge.intervals import shift_unpaired
from reports.judge.verdict import ALPHA, WINS, tolerance, word

COMPARED = (RATE, CPU)
# What makes another machine, and another build.
MACHINE = ("cpu_model", "num_cpus", "memory_bytes", "kernel", "governor", "smt")
BUILD = ("build_type", "compiler")


@dataclass(frozen=True, eq=False)
class Difference:
    """One cell on one metric; ratio is B over A, its ends None where there are
    too few repetitions for the level, or a run is not judged."""

    metric: Metric
    a: Cell
    b: Cell
    ratio: float
    low: float | None
    high: float | None
    word: str
    level: float

    @property
    def better(self) -> bool | None:
        """Whether B is better; None unless one of them wins."""
        return (self.ratio < 1) == self.metric.lower if self.word == WINS else None

    def worse_by(self, share: float) -> bool:
        """The whole interval says that B is worse by more than this share."""
        if self.low is None or self.high is None:
            return False
        return self.low > 1 + share if self.metric.lower else self.high < 1 - share


@dataclass(frozen=True, eq=False)
class Comparison:
    """`different` are keys of the context, `left_out` cells that both have and
    that have no figure of their own on a metric."""

    a: Run
    b: Run
    differences: tuple[Difference, ...]
    different: tuple[str, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    left_out: tuple[tuple[Metric, str], ...]


def compare(a: Run, b: Run) -> Comparison:
    mine, other = ({c.name: c for c in run.cells if not c.is_control} for run in (a, b))
    d = max(tolerance(run.context.get("noise_floor")) for run in (a, b))
    found: list[Difference] = []
    out: list[tuple[Metric, str]] = []
    for metric in COMPARED:
        pairs = [(mine[name], other[name]) for name in mine if name in other]
        fit = [pair for pair in pairs if all(map(metric.own, pair))]
        out += [(metric, pair[0].name) for pair in pairs if pair not in fit]
        for one, two in fit:
            logs = [[log(x) for x in c.values(metric.key)] for c in (one, two)]
            level = 1 - ALPHA / len(fit)
            known = shift_unpaired(*logs, level)
            ends = (known.low, known.high) if a.judged and b.judged else (None, None)
            low, high = (None if x is None else exp(x) for x in ends)
            said = (exp(known.middle), low, high, word(low, high, d), level)
            found.append(Difference(metric, one, two, *said))
    keys = (*MACHINE, *BUILD)
    different = tuple(k for k in keys if a.context.get(k) != b.context.get(k))
    only_a = tuple(name for name in mine if name not in other)
    only_b = tuple(name for name in other if name not in mine)
    return Comparison(a, b, tuple(found), different, only_a, only_b, tuple(out))
