"""Two runs, cell by cell: B over A on each metric that is compared.

Rounds of two runs have nothing in common, so nothing is paired: the estimate is
the median of all ln(b_j / a_i), and its interval inverts the exact test of
Mann and Whitney. The words follow from it as in verdict.py, at the level
1 - 0.05 / m for the m cells of a metric.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp
from statistics import NormalDist, median
from typing import Iterator

import numpy

from reports.data.cells import Cell
from reports.data.metrics import CPU, RATE, Metric
from reports.data.run import Run
from reports.judge.verdict import ALPHA, WINS, tolerance, word

COMPARED = (RATE, CPU)
# What makes another machine or another build of it.
MACHINE = ("cpu_model", "num_cpus", "memory_bytes", "kernel", "governor", "smt")
BUILD = ("build_type", "compiler")
# Above so many pairs the normal approximation is as good, and faster.
EXACT = 3600


@lru_cache(maxsize=64)
def cut(m: int, n: int, level: float) -> int:
    """The largest k with P(U < k) <= (1 - level) / 2 for U of m and n values
    that come from one distribution; 0 where there is none."""
    tail = (1 - level) / 2 * (1 + 1e-12)
    if m * n > EXACT:
        deviation = (m * n * (m + n + 1) / 12) ** 0.5
        return max(0, int(m * n / 2 + 0.5 + NormalDist().inv_cdf(tail) * deviation))
    # By the sample that has the largest value. (Mann and Whitney 1947.)
    row = [numpy.eye(1, m * n + 1)[0]] * (n + 1)
    for i in range(1, m + 1):
        row[0] = numpy.eye(1, m * n + 1)[0]
        for j in range(1, n + 1):
            above = numpy.concatenate((numpy.zeros(j), row[j][: m * n + 1 - j]))
            row[j] = (i * above + j * row[j - 1]) / (i + j)
    return int(numpy.searchsorted(numpy.cumsum(row[n]), tail, side="right"))


def shift(a: list[float], b: list[float], level: float) -> tuple[float, ...] | None:
    """The median of all b_j - a_i and the ends of its interval, closed; None
    where so few values have none. (Hodges and Lehmann 1963.)"""
    differences = numpy.sort(numpy.subtract.outer(b, a).ravel())
    k = cut(len(a), len(b), level)
    if not k:
        return None
    ends = differences[k - 1], differences[-k]
    return tuple(float(x) for x in (numpy.median(differences), *ends))


@dataclass(frozen=True, eq=False)
class Difference:
    """One cell on one metric; ratio is B over A, its ends None where there are
    too few repetitions for the level."""

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
        if self.word != WINS:
            return None
        return (self.ratio < 1) == self.metric.lower

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

    @property
    def judged(self) -> bool:
        return self.a.judged and self.b.judged


def compare(a: Run, b: Run) -> Comparison:
    mine, other = ({c.name: c for c in run.cells if not c.is_control} for run in (a, b))
    both = [name for name in mine if name in other]
    found: list[Difference] = []
    out: list[tuple[Metric, str]] = []
    d = max(tolerance(run.context.get("noise_floor")) for run in (a, b))
    for metric in COMPARED:
        fit = [n for n in both if metric.own(mine[n]) and metric.own(other[n])]
        out += [(metric, name) for name in both if name not in fit]
        pairs = [(mine[name], other[name]) for name in fit]
        found += differences(metric, pairs, d, a.judged and b.judged)
    contexts = (a.context, b.context)
    different = [
        k for k in (*MACHINE, *BUILD) if contexts[0].get(k) != contexts[1].get(k)
    ]
    only = (
        tuple(n for n in x if n not in y) for x, y in ((mine, other), (other, mine))
    )
    return Comparison(a, b, tuple(found), tuple(different), *only, tuple(out))


def differences(
    metric: Metric, pairs: list[tuple[Cell, Cell]], d: float, judged: bool
) -> Iterator[Difference]:
    for one, two in pairs:
        level = 1 - ALPHA / len(pairs)
        values = one.values(metric.key), two.values(metric.key)
        known = shift(*(list(numpy.log(some)) for some in values), level)
        low = high = None
        ratio = median(values[1]) / median(values[0])
        if judged and known:
            ratio, low, high = map(exp, known)
        yield Difference(metric, one, two, ratio, low, high, word(low, high, d), level)
