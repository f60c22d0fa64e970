"""Where along a mix of waiting and computing the loop's lead ends.

The curve is the throughput of the best other model over that of the loop, at
each measured share of compute. Between the shares nothing was measured: the
place of the change is interpolated, and said to be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Sequence

from reports import statistics
from reports.answers import Answer
from reports.cells import SHARE
from reports.statistics import CANNOT_TELL, WINS, Ratio
from reports.workloads import Workload

MEASURED, NEVER, ALWAYS, AT_MOST, UNSURE = (
    "measured",
    "never",
    "always",
    "at most",
    "can't tell",
)


@dataclass(frozen=True)
class Point:
    """At one share (per cent): the best other model over the loop."""

    share: float
    ratio: Ratio
    word: str

    @property
    def beaten(self) -> bool:
        """The other model wins, as the verdicts say it."""
        return self.word == WINS and self.ratio.estimate > 1


@dataclass(frozen=True)
class Crossover:
    """Where the loop is overtaken; all shares in per cent.

    bound is "measured" (at `share`, with 95 % interval low to high, between
    the measured shares before and after), "never" (nobody overtakes it),
    "always" (it is beaten at the lowest share already), "at most" (beaten at
    `after`, and below that the verdicts can't tell) or "can't tell" (nobody
    is seen to overtake it, but not every share is decided). `unsure` are the
    shares that can't be told, `again` those above the change where the loop
    is not beaten after all.
    """

    bound: str
    share: float | None = None
    low: float | None = None
    high: float | None = None
    before: float | None = None
    after: float | None = None
    unsure: tuple[float, ...] = ()
    again: tuple[float, ...] = ()


def crossing(points: Sequence[Point], d: float) -> Crossover | None:
    """The change, from points at two shares or more; else None.

    It lies where log ratio passes log(1 + d), the edge of a tie, linear
    between neighbouring shares. The interval is where the upper and the lower
    ends of the ratios' 95 % intervals pass it, kept between the last share at
    which the loop is known not to be beaten and the first at which it is.
    A straight line between two shares is an assumption: where a limit sets in
    between them the true change lies later or earlier than the line says, but
    not outside of these two shares.
    """
    points = sorted(points, key=lambda p: p.share)
    if len(points) < 2:
        return None
    unsure = tuple(p.share for p in points if p.word == CANNOT_TELL)
    # A lead within the edge of a tie is no change of the winner, however sure.
    beaten = [p.beaten and p.ratio.estimate > 1 + d for p in points]
    first = beaten.index(True) if True in beaten else None
    if first is None:
        return Crossover(UNSURE if unsure else NEVER, unsure=unsure)
    after = points[first].share
    again = tuple(
        p.share
        for p, lost in zip(points[first:], beaten[first:])
        if not lost and p.word != CANNOT_TELL
    )
    if first == 0:
        return Crossover(ALWAYS, after=after, unsure=unsure, again=again)
    known = [i for i in range(first) if points[i].word != CANNOT_TELL]
    if not known:
        return Crossover(AT_MOST, after=after, unsure=unsure, again=again)
    between = points[known[-1] : first + 1]
    # What too few repetitions leave without an interval bounds nothing.
    bounded = [p for p in between if None not in (p.ratio.low, p.ratio.high)]
    edge = math.log1p(d)

    def passes(some: Sequence[Point], side: str) -> float:
        return _passes(
            [(p.share, math.log(getattr(p.ratio, side))) for p in some], edge
        )

    share = passes(between, "estimate")
    return Crossover(
        MEASURED,
        share=share,
        low=min(share, passes(bounded, "high")),
        high=max(share, passes(bounded, "low")),
        before=between[0].share,
        after=after,
        unsure=unsure,
        again=again,
    )


def _passes(curve: Sequence[tuple[float, float]], edge: float) -> float:
    """Where a curve first reaches the edge: its first share if it begins
    above, its last if it does not reach it."""
    (x0, y0) = curve[0]
    if y0 >= edge:
        return x0
    for x1, y1 in curve[1:]:
        if y1 >= edge:
            return x0 + (x1 - x0) * (edge - y0) / (y1 - y0)
        x0, y0 = x1, y1
    return curve[-1][0]


def answer(
    question: str, workload: Workload, asked: Sequence[Answer], d: float
) -> list[Answer]:
    """At most one answer: the comparison at the share that decides, with the
    crossover. `asked` are the models against the loop at every share."""
    best = leaders(asked)
    points = [Point(a.params[SHARE], a.ratio, a.word) for a in best]
    found = crossing(points, d)
    if found is None:
        return []
    decides = next((a for a in best if a.params[SHARE] == found.after), best[-1])
    return [
        replace(decides, question=question, params=workload.params, crossover=found)
    ]


def leaders(asked: Sequence[Answer]) -> list[Answer]:
    """Per share, rising, the model with the best median against the loop."""
    told = sorted((a for a in asked if a.ratio), key=lambda a: a.params[SHARE])
    return [
        max(some, key=lambda a: statistics.median(a.cell.values(a.metric)))
        for _, some in groupby(told, key=lambda a: a.params[SHARE])
    ]
