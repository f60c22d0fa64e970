"""Exact intervals from ranks: of paired differences, and of a level.

Pure functions of numbers; the unit is one repetition. scipy has the test but
not its interval, and importing scipy.stats would cost more than all else here;
the tests hold these functions against scipy's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Sequence

import numpy

LEVEL = 0.95


@lru_cache(maxsize=256)
def cut(n: int, level: float) -> int:
    """The largest k with P(T < k) <= (1 - level) / 2; 0 where there is none.

    T is the signed-rank statistic of n differences, a sum of ranks each of
    which is in it or not with probability 1/2. (Wilcoxon 1945.)
    """
    chances = numpy.zeros(n * (n + 1) // 2 + 1)
    chances[0] = 1.0
    for rank in range(1, n + 1):
        moved = numpy.zeros_like(chances)
        moved[rank:] = chances[:-rank]
        # Halves are exact, so that up to 53 differences nothing is rounded.
        chances = (chances + moved) / 2
    # Where alpha is a probability of T itself, it must not be missed by a bit.
    tail = (1 - level) / 2 * (1 + 1e-12)
    return int(numpy.searchsorted(numpy.cumsum(chances), tail, side="right"))


def fewest(level: float) -> int:
    """With fewer differences there is no interval at this level: even the
    widest one, from the lowest to the highest, has only 1 - 2 / 2^n."""
    return math.ceil(math.log2(2 / (1 - level)) - 1e-9)


@dataclass(frozen=True)
class Shift:
    """A pseudo-median with its interval; low and high are None where the
    exact distribution has none at the level asked for."""

    middle: float
    low: float | None
    high: float | None


def shift(differences: Sequence[float], level: float = LEVEL) -> Shift:
    """The median of the Walsh averages (x_i + x_j) / 2, i <= j, with the
    interval that inverts the exact signed-rank test: from the k-th smallest
    to the k-th largest average. Closed intervals keep their level when there
    are ties. Assumes that the differences are symmetric about the shift.
    (Hodges and Lehmann 1963; Hollander, Wolfe and Chicken 2014, 3.2 and 3.3.)
    Raises ValueError for no differences.
    """
    if not differences:
        raise ValueError("no differences")
    x = numpy.asarray(differences, dtype=float)
    first, second = numpy.triu_indices(len(x))
    averages = numpy.sort((x[first] + x[second]) / 2)
    k = cut(len(x), level)
    low, high = (averages[k - 1], averages[-k]) if k else (None, None)
    return Shift(
        float(numpy.median(averages)),
        None if low is None else float(low),
        None if high is None else float(high),
    )


@dataclass(frozen=True)
class Level:
    """A median with its interval, which is the whole range where n is too
    small for 95 %; `reached` is the confidence that it really has."""

    median: float
    low: float
    high: float
    reached: float
    n: int

    @property
    def sure(self) -> bool:
        return self.reached >= LEVEL


def level(values: Sequence[float]) -> Level:
    """The median with its exact order-statistic interval.

    From the r-th smallest to the r-th largest value lies the true median with
    probability 1 - 2 P(Binomial(n, 1/2) < r), whatever the distribution; r is
    the largest that keeps 95 %, and 1 with n < 6. (David and Nagaraja 2003,
    "Order Statistics", 7.1.) Raises ValueError for no values.
    """
    ordered = sorted(values)
    n = len(ordered)
    rank, below = 1, 1
    while True:
        more = below + math.comb(n, rank)
        if 2 * (rank + 1) > n or 1 - 2 * more / 2**n < LEVEL:
            break
        rank, below = rank + 1, more
    reached = 1 - 2 * below / 2**n if n > 1 else 0.0
    return Level(median(ordered), ordered[rank - 1], ordered[-rank], reached, n)
