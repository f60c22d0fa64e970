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
    them nobody is said to win."""

    group: Group
    metric: Metric
    order: tuple[Cell, ...]
    bound: tuple[Cell, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def decided(self) -> bool:
        """Whether there are rounds enough to decide anything."""
        return any(verdict.known for verdict in self.verdicts)

    def between(self, a: Cell, b: Cell) -> Verdict | None:
        for one in self.verdicts:
            if {one.a, one.b} == {a, b}:
                return one.seen_from(a)
        return None

    @cached_property
    def top(self) -> tuple[Cell, ...]:
        """Whom nobody beats, the best first."""
        beaten = {verdict.loser for verdict in self.verdicts}
        return tuple(cell for cell in self.order if cell not in beaten)

    @property
    def shown(self) -> tuple[Cell, ...]:
        """The top in the order in which models stand everywhere."""
        return tuple(cell for cell in self.group.contestants if cell in self.top)

    @property
    def winner(self) -> Cell | None:
        """Who beats each of the others."""
        alone = len(self.top) == 1 and not self.bound
        return self.top[0] if alone and self.apart else None

    @cached_property
    def inner(self) -> tuple[Verdict, ...]:
        """The verdicts among the top."""
        return tuple(v for v in self.verdicts if v.a in self.top and v.b in self.top)

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
        rest = [cell for cell in self.order if cell not in self.top]
        every = [self.between(one, other) for one in self.top for other in rest]
        return bool(every) and all(v and v.winner is v.a for v in every)

    @property
    def lead(self) -> Verdict | None:
        """Over the next, of a top each of which beats it: seen from the one that
        is nearest to it. None where one of them does not."""
        rest = [cell for cell in self.order if cell not in self.top]
        found = [self.between(cell, rest[0]) for cell in self.top if rest]
        if not all(v and v.winner is v.a for v in found):
            return None
        return min(found, key=lambda v: abs(1 - v.ratio), default=None)

    @property
    def unsure(self) -> tuple[Verdict, ...]:
        """What is undecided among the top."""
        return tuple(v for v in self.inner if v.word == UNDECIDED)


def stand(group: Group, metric: Metric, verdicts: Sequence[Verdict]) -> Standing:
    """From the verdicts on all pairs of the group's contestants."""
    compete = list(group.contestants)
    if group.requests or group.waits:
        # One client or one job at a time, while others have a hundred at once, is
        # no rival: it is cheap and quick for it does something else.
        compete = [cell for cell in compete if cell.in_flight > 1] or compete
    own = [cell for cell in compete if metric.own(cell)]
    sign = 1 if metric.lower else -1
    own.sort(key=lambda cell: sign * median(cell.values(metric.key)))
    mine = tuple(v for v in verdicts if v.a in own and v.b in own)
    return Standing(group, metric, tuple(own), hidden(compete, own, metric), mine)


def hidden(
    compete: Sequence[Cell], own: Sequence[Cell], metric: Metric
) -> tuple[Cell, ...]:
    """Who may be the best of all: bounds that are no worse than the best figure
    that is somebody's own, or nearer to it than what counts as a difference; and
    who alone of them shared its CPUs, so that nobody knows its figure."""
    foreign = [c for c in compete if metric.known(c) and c not in own]
    bounds = [c for c in foreign if metric.bounded(c)]
    if not own:
        return tuple(bounds)
    best = median(own[0].values(metric.key))

    def near(cell: Cell) -> bool:
        value = median(cell.values(metric.key))
        ratio = best / value if metric.lower else value / best
        return cell not in bounds or ratio >= 1 / (1 + SMALLEST_DIFFERENCE)

    return tuple(cell for cell in foreign if near(cell))
