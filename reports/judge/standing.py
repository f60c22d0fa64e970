"""Where the models of a group stand on one metric: first, equal, undecided."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Sequence

from reports.data.cells import Cell
from reports.data.metrics import Metric
from reports.data.workloads import Group
from reports.judge.verdict import EQUAL, SMALLEST_DIFFERENCE, UNDECIDED, Verdict


@dataclass(frozen=True, eq=False)
class Standing:
    """`order` are those whose figure is their own, the best median first;
    `verdicts` are on all pairs of them. `bound` are cells whose true figure may
    be the best of all: what was measured of them is only a bound, so beside
    them nobody is said to win. `top` are those whom nobody beats, the best
    first, `shown` the same in the order in which models stand everywhere;
    `inner` are the verdicts among them, `unsure` the undecided of these."""

    group: Group
    metric: Metric
    order: tuple[Cell, ...]
    bound: tuple[Cell, ...]
    verdicts: tuple[Verdict, ...]

    # Whether there are rounds enough to decide anything.
    decided = property(lambda s: any(v.known for v in s.verdicts))
    shown = property(lambda s: tuple(c for c in s.group.contestants if c in s.top))
    rest = property(lambda s: tuple(c for c in s.order if c not in s.top))
    inner = property(lambda s: tuple(v for v in s.verdicts if {v.a, v.b} <= {*s.top}))
    unsure = property(lambda s: tuple(v for v in s.inner if v.word == UNDECIDED))

    def between(self, a: Cell, b: Cell) -> Verdict | None:
        both = (v for v in self.verdicts if {v.a, v.b} == {a, b})
        return next((v.seen_from(a) for v in both), None)

    @cached_property
    def top(self) -> tuple[Cell, ...]:
        beaten = {verdict.loser for verdict in self.verdicts}
        return tuple(cell for cell in self.order if cell not in beaten)

    @property
    def winner(self) -> Cell | None:
        """Who beats each of the others."""
        alone = len(self.top) == 1 and not self.bound
        return self.top[0] if alone and self.apart else None

    @property
    def equal(self) -> bool:
        """Several share the top, and all of them are equal."""
        several = len(self.top) > 1 and not self.bound and bool(self.inner)
        return several and all(v.word == EQUAL for v in self.inner)

    @property
    def within(self) -> float:
        """How far apart they may be. REQUIRES: equal."""
        return max(v.within for v in self.inner)

    @property
    def apart(self) -> bool:
        """Some share the top, and each of them beats each of the rest."""
        return bool(self.top and self.rest) and all(map(self._beat, self.rest))

    @property
    def lead(self) -> Verdict | None:
        """Over the first of the rest whom each of the top beats: seen from the
        one that is nearest to it. None where there is nobody like that."""
        for other in filter(self._beat, self.rest if self.top else ()):
            found = (self.between(cell, other) for cell in self.top)
            return min(found, key=lambda v: abs(1 - v.ratio))
        return None

    def _beat(self, other: Cell) -> bool:
        every = (self.between(one, other) for one in self.top)
        return all(v and v.winner is v.a for v in every)


def stand(group: Group, metric: Metric, verdicts: Sequence[Verdict]) -> Standing:
    """From the verdicts on all pairs of the group's contestants."""
    compete = list(group.contestants)
    if group.requests or group.waits:
        # One client or one job at a time, while others have a hundred at once, is
        # no rival: it is cheap and quick for it does something else.
        compete = [cell for cell in compete if cell.in_flight > 1] or compete
    sign = 1 if metric.lower else -1

    def loss(cell: Cell) -> float:
        return sign * median(cell.values(metric.key))

    own = sorted(filter(metric.own, compete), key=loss)
    mine = tuple(v for v in verdicts if v.a in own and v.b in own)
    bound = []
    for cell in (c for c in compete if metric.known(c) and c not in own):
        # Bounds that are no worse than the best figure that is somebody's own, or
        # nearer to it than what counts as a difference; and who alone of them
        # shared its CPUs, so that nobody knows its figure.
        near = bool(own)
        if metric.bound & {*cell.flags}:
            times = (loss(cell) / loss(own[0])) ** sign if own else 1.0
            near = times <= 1 + SMALLEST_DIFFERENCE
        if near:
            bound.append(cell)
    return Standing(group, metric, tuple(own), tuple(bound), mine)
