"""All that is judged of a run, worked out once; and where the models of a group
stand on one metric: first, equal, undecided."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import attrgetter
from statistics import median
from typing import Any, Sequence

from reports.data import Cell, Group, Metric, Run, Workload
from reports.data.metrics import CPU, RESOURCES, STARTUP, kind
from reports.data.workloads import axes
from reports.judge import brackets, intervals, questions, verdict
from reports.judge.verdict import EQUAL, SMALLEST_DIFFERENCE, UNDECIDED, Verdict


@dataclass(frozen=True, eq=False)
class Standing:
    """`order` are those whose figure is their own, the best median first;
    `verdicts` are on all pairs of them. `bound` are cells of which only a bound is
    known and that may be the best of all, so beside them nobody is said to win;
    `unknown` those without a figure in some repetition.
    `top` are those whom nobody beats, the best first, `shown` the same in the order
    of everywhere; `inner` are the verdicts among them, `unsure` the undecided."""

    group: Group
    metric: Metric
    order: tuple[Cell, ...]
    bound: tuple[Cell, ...]
    unknown: tuple[Cell, ...]
    verdicts: tuple[Verdict, ...]

    # How far apart the top may be. REQUIRES: equal.
    within = property(lambda s: max(v.within for v in s.inner))
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

    def may_be_first(cell: Cell) -> bool:
        """A bound that may be no worse than the best figure that is somebody's own, or
        nearer to it than what counts as a difference (the least CPU time of a job bounds
        rates from above); or who alone shared its CPUs, so that nobody knows it."""
        bounds = metric.bound & {*cell.flags}
        if not own or not bounds:
            return bool(own or bounds)
        best = loss(cell)
        if not metric.lower and CPU.known(cell):
            most = cell.cores / min(cell.values(CPU.key))
            best = min(best, -min(most, cell.cap or most))
        return (best / loss(own[0])) ** sign <= 1 + SMALLEST_DIFFERENCE

    rest = (c for c in compete if metric.known(c) and c not in own)
    bound = tuple(filter(may_be_first, rest))
    unknown = tuple(c for c in compete if not metric.known(c))
    return Standing(group, metric, tuple(own), bound, unknown, mine)


@dataclass(frozen=True, eq=False)
class Judgement:
    run: Run
    verdicts: tuple[Verdict, ...]

    # How far apart two may be and still be called equal.
    d = property(lambda j: verdict.tolerance(j.run.context.get("noise_floor")))

    def asked(self, question: str, group: Any = None, metric: Any = None) -> list:
        found = (v for v in self.verdicts if v.question == question)
        found = (v for v in found if group in (None, v.group))
        return [v for v in found if metric in (None, v.metric)]

    def metrics(self, group: Group) -> tuple[Metric, ...]:
        """What the group's models were compared on, or should have been."""
        (workload,) = (load for load in self.run.workloads if group in load.groups)
        return questions.compared_on(workload, group)

    def headlines(self, workload: Workload) -> list[Standing]:
        """Per core count the standing that speaks for the workload: with the most in
        flight, in the closed loop or, of policies, under the last load, on the most
        telling metric of somebody's own."""
        found = []
        said = workload.kind
        for cores in workload.cores:
            here = [g for g in workload.groups if g.cores == cores]
            group = here[0] if said.requests and not said.policies else here[-1]
            each = [self.standing(group, metric) for metric in self.metrics(group)]
            found += [s for s in each if len(s.order) + len(s.bound) > 1][:1]
        return found

    def standing(self, group: Group, metric: Metric) -> Standing:
        family = questions.RESOURCE if metric in RESOURCES else questions.MODELS
        return stand(group, metric, self.asked(family, group, metric))

    def between(self, a: Cell, b: Cell, metric: Metric) -> Verdict | None:
        """The one verdict on these two, seen from a."""
        found = self._pairs.get(frozenset((a.name, b.name, metric.key)))
        return found.seen_from(a) if found else None

    def ratio(self, a: Cell, b: Cell, metric: Metric) -> float | None:
        """a over b, also where nobody asked who wins; no interval then."""
        if found := self.between(a, b, metric):
            return found.ratio
        ratios = verdict.shared(a, b, metric)
        return verdict.estimate(ratios, intervals.LEVEL)[0] if ratios else None

    @cached_property
    def _pairs(self) -> dict[frozenset[str], Verdict]:
        return {frozenset((v.a.name, v.b.name, v.metric.key)): v for v in self.verdicts}

    @cached_property
    def changes(self) -> tuple[brackets.Change, ...]:
        """Where the winner changes along an axis."""
        models, found = self.asked(questions.MODELS), []
        for axis in axes(self.run.workloads) if self.verdicts else ():
            group = axis.groups[0]
            # Of variants it is asked how they speed up.
            more = self.asked(questions.SPEEDUP) if kind(group.scenario).each else ()
            # Where more workers start, nobody changes places.
            for metric in self.metrics(group)[:1] if group.scenario != STARTUP else ():
                found += brackets.changes(axis, (*models, *more), metric)
        return tuple(found)

    @cached_property
    def shortest(self) -> tuple[brackets.Shortest, ...]:
        return tuple(brackets.shortest_jobs(self.run)) if self.run.judged else ()

    def half(self, cell: Cell) -> brackets.Shortest | None:
        """Where the line of a cell reaches half of the ideal."""
        of = attrgetter("scenario", "cores", "label", "workers")
        return next((one for one in self.shortest if of(one.cell) == of(cell)), None)


@lru_cache(maxsize=8)
def judge(run: Run) -> Judgement:
    return Judgement(run, questions.ask(run))
