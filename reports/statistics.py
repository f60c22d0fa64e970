"""The statistics of this suite, once: terminal, JSON and page all call these.

Pure functions over lists of numbers; the unit is one repetition. The exact
null distributions are counted in whole numbers, because scipy's exact
Mann-Whitney test takes no ties and gives no interval, and because importing
scipy.stats would cost more than everything else here; the tests hold these
functions against scipy. scipy fits the curve and gives normal quantiles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Sequence

# Two models closer than this are a tie, however small the noise is.
SMALLEST_DIFFERENCE = 0.03
# With fewer, a test could "win" on the luck of a single bad moment.
FEWEST_REPETITIONS = 5
ALPHA = 0.05
WINS, TIES, CANNOT_TELL = "wins", "ties", "can't tell"


@dataclass(frozen=True)
class Interval:
    """A median with its interval.

    low and high are None when n is too small for the confidence asked for;
    `confidence` is then what the whole range, lowest to highest, reaches.
    Otherwise it is what low to high reaches: at least what was asked for.
    """

    median: float
    low: float | None
    high: float | None
    confidence: float
    lowest: float
    highest: float
    n: int


@dataclass(frozen=True)
class Ratio:
    """A over B: the Hodges-Lehmann estimate, its 95 and 90 % intervals and
    the two-sided exact p. Bounds are None where n is too small for them."""

    estimate: float
    low: float | None
    high: float | None
    low90: float | None
    high90: float | None
    p: float
    n_a: int
    n_b: int

    @property
    def n(self) -> int:
        return min(self.n_a, self.n_b)


def _finite(values: Sequence[float], positive: bool = False) -> list[float]:
    numbers = [float(value) for value in values]
    if not numbers:
        raise ValueError("no values")
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError("a value is not finite")
    if positive and min(numbers) <= 0:
        raise ValueError("a ratio needs positive values")
    return numbers


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two middle values."""
    ordered = sorted(_finite(values))
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank: the smallest value that `share` of all do not exceed.

    No interpolation: the answer is a value that was measured. (Hyndman and
    Fan 1996, "Sample Quantiles in Statistical Packages", definition 1.)
    REQUIRES: 0 < share <= 1.
    """
    if not 0 < share <= 1:
        raise ValueError("share is not in (0, 1]")
    ordered = sorted(_finite(values))
    # Rounding first, or 0.07 * 100 = 7.000000000000001 would ask for the 8th.
    rank = math.ceil(round(share * len(ordered), 9))
    return ordered[max(1, rank) - 1]


def median_interval(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """The median with its exact order-statistic interval.

    The interval from the r-th smallest to the r-th largest value covers the
    median with probability 1 - 2 P(Binomial(n, 1/2) < r), whatever the
    distribution; r is the largest that keeps the confidence. With n < 6 not
    even the whole range reaches 95 %. (David and Nagaraja 2003, "Order
    Statistics", 7.1; Thompson 1936.)
    """
    ordered = sorted(_finite(values))
    n = len(ordered)
    asked = Fraction(str(confidence))
    rank, reached, below = 0, Fraction(1), 0
    while 2 * (rank + 1) <= n:
        below += math.comb(n, rank)
        covered = 1 - Fraction(2 * below, 2**n)
        if rank > 0 and covered < asked:
            break
        rank, reached = rank + 1, covered
    # A single value has a range of probability 0.
    reached = reached if rank else Fraction(0)
    enough = rank > 0 and reached >= asked
    return Interval(
        median=median(ordered),
        low=ordered[rank - 1] if enough else None,
        high=ordered[n - rank] if enough else None,
        confidence=float(reached),
        lowest=ordered[0],
        highest=ordered[-1],
        n=n,
    )


@lru_cache(maxsize=64)
def _orderings(m: int, n: int) -> tuple[int, ...]:
    """How many of the C(m+n, m) orderings have U = 0, 1, 2, ... m*n.

    The coefficients of the Gaussian binomial, multiplied out one factor
    (1 - q^(n+i)) / (1 - q^i) at a time. (Mann and Whitney 1947 give the
    same counts by recursion.)
    """
    counts = [1] + [0] * (m * n)
    for i in range(1, m + 1):
        for u in range(m * n, n + i - 1, -1):
            counts[u] -= counts[u - n - i]
        for u in range(i, m * n + 1):
            counts[u] += counts[u - i]
    return tuple(counts)


def mann_whitney(a: Sequence[float], b: Sequence[float]) -> float:
    """The two-sided p of the exact Mann-Whitney test: 2 P(U <= u), at most 1.

    U counts the pairs in which a exceeds b. A tied pair counts against the
    difference, whichever way it points: that is the worst way of breaking
    the tie, so the test keeps its level, and p < 0.05 exactly when the 95 %
    interval of compare() excludes 1. (Mann and Whitney 1947.)
    """
    above = sum(x > y for x in a for y in b)
    below = sum(x < y for x in a for y in b)
    pairs = len(a) * len(b)
    u = pairs - max(above, below)
    counts = _orderings(len(a), len(b))
    total = math.comb(len(a) + len(b), len(a))
    return min(1.0, float(Fraction(2 * sum(counts[: u + 1]), total)))


def _cut(m: int, n: int, confidence: Fraction) -> int:
    """The largest k with P(U <= k - 1) <= alpha / 2; 0 where there is none."""
    total = math.comb(m + n, m)
    below, k = 0, 0
    for count in _orderings(m, n):
        below += count
        if Fraction(2 * below, total) > 1 - confidence:
            break
        k += 1
    return k


def compare(a: Sequence[float], b: Sequence[float]) -> Ratio:
    """The ratio of a to b: Hodges-Lehmann on logarithms.

    The estimate is the median of all len(a) * len(b) ratios. Its interval
    inverts the exact Mann-Whitney test: from the k-th smallest to the k-th
    largest ratio, k the largest with P(U < k) <= alpha / 2. Closed
    intervals keep their confidence when there are ties. (Hodges and Lehmann
    1963; Hollander, Wolfe and Chicken 2014, 4.2 and 4.3.)
    Raises ValueError for no values, or values that are not above zero.
    """
    a, b = _finite(a, positive=True), _finite(b, positive=True)
    shifts = sorted(math.log(x) - math.log(y) for x in a for y in b)
    estimate = math.exp(median(shifts))
    ends = [
        None if end is None else math.exp(end)
        for confidence in ("0.95", "0.90")
        for end in _bounds(shifts, len(a), len(b), confidence)
    ]
    return Ratio(estimate, *ends, mann_whitney(a, b), len(a), len(b))


def difference(
    a: Sequence[float], b: Sequence[float]
) -> tuple[float, float | None, float | None]:
    """How much more a is than b: Hodges-Lehmann with its 95 % interval, as in
    compare(), of the values themselves."""
    shifts = sorted(x - y for x in _finite(a) for y in _finite(b))
    return median(shifts), *_bounds(shifts, len(a), len(b), "0.95")


def _bounds(
    shifts: Sequence[float], m: int, n: int, confidence: str
) -> tuple[float | None, float | None]:
    k = _cut(m, n, Fraction(confidence))
    return (shifts[k - 1], shifts[-k]) if k else (None, None)


def holm(p: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment: the chance of any false rejection among
    these tests stays below alpha, however they depend on one another.

    The i-th smallest of k is multiplied by k - i + 1, then made monotone.
    (Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure".)
    """
    adjusted = [1.0] * len(p)
    largest = 0.0
    order = sorted(range(len(p)), key=lambda i: p[i])
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, p[i] * (len(p) - rank)))
        adjusted[i] = largest
    return adjusted


def tolerance(noise_floor: float | None) -> float:
    """d of the tie rule: 3 %, or the machine's own noise if that is more."""
    return max(SMALLEST_DIFFERENCE, noise_floor or 0.0)


def is_tie(ratio: Ratio, d: float) -> bool:
    """The 90 % interval lies inside [1/(1+d), 1+d].

    That is two one-sided tests at 5 % each: equal for all practical
    purposes, which is more than "no difference was found". (Schuirmann
    1987; Berger and Hsu 1996.)
    """
    if ratio.low90 is None or ratio.high90 is None:
        return False
    return 1 / (1 + d) <= ratio.low90 and ratio.high90 <= 1 + d


def word(ratio: Ratio, p_adjusted: float, d: float) -> str:
    """One of the three words. Fewer than 5 repetitions: always can't tell."""
    if ratio.n < FEWEST_REPETITIONS:
        return CANNOT_TELL
    if is_tie(ratio, d):
        return TIES
    return WINS if p_adjusted < ALPHA else CANNOT_TELL


def more_repetitions(
    a: Sequence[float],
    b: Sequence[float],
    d: float,
    comparisons: int = 1,
    power: float = 0.8,
) -> int:
    """About how many more repetitions each, until the word is known.

    If the ratio and the spread stay what they are, a difference delta of
    logarithms with standard deviation s is found with this power by
    n = 2 s^2 (z[1 - alpha/2] + z[power])^2 / delta^2 repetitions each, and a
    tie is shown by n = 2 s^2 (z[1 - 0.05] + z[power])^2 / (log(1+d) -
    |delta|)^2; the smaller of the two, times pi/3 for ranks instead of
    means (Lehmann 1975, "Nonparametrics", 2.4; Chow, Shao and Wang 2008,
    3.2). alpha is divided by the comparisons that share it. Never below
    what the exact test needs at all, and just that where a side has a single
    repetition, which has no spread.
    """
    a, b = _finite(a, positive=True), _finite(b, positive=True)
    have = min(len(a), len(b))
    alpha = ALPHA / max(1, comparisons)
    least = FEWEST_REPETITIONS
    while 2 / math.comb(2 * least, least) >= alpha:
        least += 1
    if have < 2:
        return max(1, least - have)
    from scipy.special import ndtri

    logs = [[math.log(value) for value in side] for side in (a, b)]
    squares = 0.0
    for side in logs:
        mean = math.fsum(side) / len(side)
        squares += math.fsum((value - mean) ** 2 for value in side)
    variance = squares / (len(a) + len(b) - 2)
    delta = abs(median([x - y for x in logs[0] for y in logs[1]]))
    needs = []
    for distance, tail in ((delta, alpha / 2), (math.log1p(d) - delta, ALPHA)):
        if distance > 0:
            z = ndtri(1 - tail) + ndtri(power)
            needs.append(2 * variance * (z / distance) ** 2 * math.pi / 3)
    need = max(least, math.ceil(min(needs))) if needs else least
    return max(1, need - have)
