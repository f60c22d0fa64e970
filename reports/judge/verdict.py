"""One comparison, and families of them that may be read at once.

A against B: ln(A / B) within each round that has both. One interval of its shift
decides (word()). Its level is 1 - 0.05 / m for the m pairs of a family (Bonferroni),
so all intervals of the family hold together at 95 %.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Iterable, Sequence

from reports.data import Cell, Group, Metric
from reports.judge import intervals

Pairs = Iterable[tuple[Cell, Cell]]
EQUAL, WINS, UNDECIDED = "equal", "wins", "undecided"
# A smaller difference between models is no reason to choose one.
SMALLEST_DIFFERENCE = 0.05
ALPHA = 0.05
# The question about two copies of one model.
CONTROL = "control"


def tolerance(noise_floor: float | None) -> float:
    """d: 5 %, or what `bench calibrate` found for the machine, if more."""
    return max(SMALLEST_DIFFERENCE, noise_floor or 0.0)


def word(low: float | None, high: float | None, d: float) -> str:
    """In this order: a difference that is too small to choose by is no victory."""
    if low is None or high is None:
        return UNDECIDED
    if 1 / (1 + d) <= low and high <= 1 + d:
        return EQUAL
    return WINS if low > 1 or high < 1 else UNDECIDED


@dataclass(frozen=True, eq=False)
class Verdict:
    """`a` against `b` on one metric; ratio is a over b, its ends None where there are
    too few rounds for the level. `ratios` has the ratio of each round, `pairs` how
    many comparisons share the 5 %, `needed` how many rounds they need for an
    interval; `set_aside` are repetitions of the two that were disturbed."""

    question: str
    group: Group | None  # of two runs there is none
    metric: Metric
    a: Cell
    b: Cell
    word: str
    ratio: float
    low: float | None
    high: float | None
    level: float
    pairs: int
    ratios: tuple[float, ...]

    control = property(lambda v: v.question == CONTROL)
    rounds = property(lambda v: len(v.ratios))
    needed = property(lambda v: intervals.fewest(v.level))
    known = property(lambda v: v.low is not None)
    loser = property(lambda v: v.winner and (v.b if v.winner is v.a else v.a))
    # x of "equal within x": the far end of the interval.
    within = property(lambda v: max(v.high, 1 / v.low) - 1)
    set_aside = property(lambda v: len(v.a.disturbed) + len(v.b.disturbed))

    @cached_property
    def winner(self) -> Cell | None:
        if self.word != WINS:
            return None
        return self.a if (self.ratio > 1) != self.metric.lower else self.b

    def seen_from(self, cell: Cell) -> "Verdict":
        """The same with `cell` as a."""
        if cell is self.a:
            return self
        turned = {"a": self.b, "b": self.a, "ratio": 1 / self.ratio}
        if self.known:
            turned |= {"low": 1 / self.high, "high": 1 / self.low}
        return replace(self, **turned, ratios=tuple(1 / one for one in self.ratios))


def shared(a: Cell, b: Cell, metric: Metric) -> tuple[float, ...]:
    """The ratio of each round in which both have a figure of their own, above zero."""
    first, second = (one.by_round(metric.key, metric.bound) for one in (a, b))
    both = ((first[one], second[one]) for one in sorted(first.keys() & second.keys()))
    return tuple(one / two for one, two in both if one > 0 and two > 0)


def estimate(ratios: Sequence[float], level: float) -> tuple[Any, Any, Any]:
    """Pseudo-median of the ratios, and the ends of its interval or None."""
    found = intervals.shift([math.log(ratio) for ratio in ratios], level)
    return tuple(None if end is None else math.exp(end) for end in found)


def family(
    question: str, group: Group, pairs: Pairs, metric: Metric, d: float, count: int = 0
) -> list[Verdict]:
    """The verdicts on pairs, or on some of `count` pairs, that are read at once."""
    own = (pair for pair in pairs if all(map(metric.own, pair)))
    known = [(pair, ratios) for pair in own if (ratios := shared(*pair, metric))]
    count = count or len(known)
    found, level = [], 1 - ALPHA / max(1, count)
    for pair, ratios in known:
        ratio, *ends = estimate(ratios, level)
        said = (word(*ends, d), ratio, *ends, level, count, ratios)
        found.append(Verdict(question, group, metric, *pair, *said))
    return found
