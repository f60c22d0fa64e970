"""All that is judged of a run, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from reports.data.cells import Cell
from reports.data.metrics import Metric
from reports.data.run import Run
from reports.data.workloads import Group, Workload, axes
from reports.judge import brackets, questions, verdict
from reports.judge.brackets import Change, Shortest
from reports.judge.standing import Standing, stand
from reports.judge.verdict import Verdict


@dataclass(frozen=True, eq=False)
class Judgement:
    run: Run
    verdicts: tuple[Verdict, ...]

    @property
    def d(self) -> float:
        """How far apart two may be and still be called equal."""
        return verdict.tolerance(self.run.context.get("noise_floor"))

    def asked(
        self, question: str, group: Group | None = None, metric: Metric | None = None
    ) -> list[Verdict]:
        return [
            v
            for v in self.verdicts
            if v.question == question
            and group in (None, v.group)
            and metric in (None, v.metric)
        ]

    def metrics(self, group: Group) -> tuple[Metric, ...]:
        """What the group's models were compared on, or should have been."""
        (workload,) = (load for load in self.run.workloads if group in load.groups)
        return questions.metrics(workload, group)

    def headlines(self, workload: Workload) -> list[Standing]:
        """Per core count the standing that speaks for the workload: with the
        most in flight or in the closed loop, on the most telling metric that
        is somebody's own."""
        found = []
        for cores in workload.cores:
            here = [g for g in workload.groups if g.cores == cores]
            group = here[0] if workload.requests else here[-1]
            each = [self.standing(group, metric) for metric in self.metrics(group)]
            found += [s for s in each if len(s.order) + len(s.bound) > 1][:1]
        return found

    def standing(self, group: Group, metric: Metric) -> Standing:
        return stand(group, metric, self.asked(questions.MODELS, group, metric))

    def between(self, a: Cell, b: Cell, metric: Metric) -> Verdict | None:
        """The one verdict on these two, seen from a."""
        found = self._pairs.get(frozenset((a.name, b.name, metric.key)))
        return found.seen_from(a) if found else None

    def ratio(self, a: Cell, b: Cell, metric: Metric) -> float | None:
        """a over b, also where nobody asked who wins; no interval then."""
        if found := self.between(a, b, metric):
            return found.ratio
        ratios = verdict.shared(a, b, metric)
        return verdict.estimate(ratios, verdict.intervals.LEVEL)[0] if ratios else None

    @cached_property
    def _pairs(self) -> dict[frozenset[str], Verdict]:
        pairs = (frozenset((v.a.name, v.b.name, v.metric.key)) for v in self.verdicts)
        return dict(zip(pairs, self.verdicts))

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Where the winner changes along an axis."""
        among = self.asked(questions.MODELS)
        return tuple(
            change
            for axis in (axes(self.run.workloads) if self.verdicts else ())
            for metric in self.metrics(axis.groups[0])[:1]
            for change in brackets.changes(axis, among, metric)
        )

    @cached_property
    def shortest(self) -> tuple[Shortest, ...]:
        return tuple(brackets.shortest_jobs(self.run)) if self.run.judged else ()


@lru_cache(maxsize=8)
def judge(run: Run) -> Judgement:
    return Judgement(run, questions.ask(run))
