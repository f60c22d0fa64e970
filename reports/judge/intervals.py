"""Exact intervals from ranks: of paired and unpaired differences, and of a level.

scipy has the tests but not their intervals, and importing it would cost more than
all else here; the tests hold these functions against scipy's."""

import math
from functools import lru_cache
from itertools import accumulate
from statistics import NormalDist, median
from typing import NamedTuple, Sequence

import numpy

LEVEL = 0.95
# Above so many pairs of unpaired values the normal approximation is as good.
EXACT = 3600
Values = Sequence[float]


def _tail(chances: numpy.ndarray, level: float) -> int:
    """The largest k with P(T < k) <= (1 - level) / 2; 0 where there is none."""
    # Where alpha is a probability of T itself, it must not be missed by a bit.
    tail = (1 - level) / 2 * (1 + 1e-12)
    return int(numpy.searchsorted(numpy.cumsum(chances), tail, side="right"))


def _moved(chances: numpy.ndarray, by: int) -> numpy.ndarray:
    return numpy.concatenate((numpy.zeros(by), chances))[: len(chances)]


@lru_cache(maxsize=256)
def cut(n: int, level: float) -> int:
    """Of the signed-rank statistic of n differences, a sum of ranks each of
    which is in it or not with probability 1/2. (Wilcoxon 1945.)"""
    chances = numpy.eye(1, n * (n + 1) // 2 + 1)[0]
    for rank in range(1, n + 1):
        # Halves are exact, so that up to 53 differences nothing is rounded.
        chances = (chances + _moved(chances, rank)) / 2
    return _tail(chances, level)


@lru_cache(maxsize=256)
def cut_unpaired(m: int, n: int, level: float) -> int:
    """Of the pairs in which one of m values exceeds one of n, by the sample that
    has the largest value. (Mann and Whitney 1947.)"""
    if m * n > EXACT:
        deviation = math.sqrt(m * n * (m + n + 1) / 12)
        z = NormalDist().inv_cdf((1 - level) / 2)
        return max(0, math.floor(m * n / 2 + 0.5 + z * deviation))
    row = [numpy.eye(1, m * n + 1)[0]] * (n + 1)
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            row[j] = (i * _moved(row[j], j) + j * row[j - 1]) / (i + j)
    return _tail(row[n], level)


def fewest(level: float) -> int:
    """With fewer differences even the widest interval, of 1 - 2 / 2^n, is too sure."""
    return math.ceil(math.log2(2 / (1 - level)) - 1e-9)


class Shift(NamedTuple):
    """A pseudo-median with its interval: None where there is none at that level."""

    middle: float
    low: float | None
    high: float | None


def _shift(candidates: numpy.ndarray, k: int) -> Shift:
    ordered = numpy.sort(candidates, axis=None)
    ends = (float(ordered[k - 1]), float(ordered[-k])) if k else (None, None)
    return Shift(float(numpy.median(ordered)), *ends)


def shift(differences: Values, level: float = LEVEL) -> Shift:
    """The median of the Walsh averages (x_i + x_j) / 2, i <= j, with the interval that
    inverts the exact signed-rank test: from the k-th smallest to the k-th largest
    average. Closed intervals keep their level when there are ties. Assumes that the
    differences are symmetric about the shift. (Hodges and Lehmann 1963; Hollander,
    Wolfe and Chicken 2014, 3.2 and 3.3.)"""
    x = numpy.asarray(differences, dtype=float)
    first, second = numpy.triu_indices(len(x))
    return _shift((x[first] + x[second]) / 2, cut(len(x), level))


def shift_unpaired(a: Values, b: Values, level: float = LEVEL) -> Shift:
    """The same of b over a where nothing pairs them: the median of all b_j - a_i,
    with the interval that inverts the test of Mann and Whitney."""
    return _shift(numpy.subtract.outer(b, a), cut_unpaired(len(a), len(b), level))


class Level(NamedTuple):
    """A median with its interval, and the confidence that this really reaches."""

    median: float
    low: float
    high: float
    reached: float
    n: int


def level(values: Values) -> Level:
    """The median with its exact order-statistic interval: from the r-th smallest to
    the r-th largest value it lies with probability 1 - 2 P(Binomial(n, 1/2) < r); r
    is the largest that keeps 95 %, and 1 with n < 6. (David and Nagaraja 2003, "Order
    Statistics", 7.1.)"""
    ordered, n = sorted(values), len(values)
    below = list(accumulate(math.comb(n, k) / 2**n for k in range(n)))
    rank = max(1, sum(1 for chance in below if 1 - 2 * chance >= LEVEL))
    reached = 1 - 2 * below[rank - 1] if n > 1 else 0.0
    return Level(median(ordered), ordered[rank - 1], ordered[-rank], reached, n)
