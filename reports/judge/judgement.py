"""All that is judged of a run, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from reports.data.axes import axes
from reports.data.cells import Cell
from reports.data.metrics import Metric
from reports.data.run import Run
from reports.data.scenarios import kind
from reports.data.workloads import Group, Workload
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
        some = [v for v in self.verdicts if v.question == question]
        some = [v for v in some if group is None or v.group is group]
        return [v for v in some if metric is None or v.metric is metric]

    def metrics(self, group: Group) -> tuple[Metric, ...]:
        """What the group's models were compared on, or should have been."""
        every = (load for load in self.run.workloads if group in load.groups)
        return next((questions.metrics(load, group) for load in every), ())

    def headlines(self, workload: Workload) -> list[Standing]:
        """Per core count the standing that speaks for the workload: with the
        most in flight or in the closed loop, on the most telling metric that
        is somebody's own."""
        found = []
        for cores in workload.cores:
            here = [g for g in workload.groups if g.cores == cores]
            group = here[0] if workload.requests else here[-1]
            each = [self.standing(group, metric) for metric in self.metrics(group)]
            known = [s for s in each if len(s.order) + len(s.bound) > 1]
            found += known[:1]
        return found

    def standing(self, group: Group, metric: Metric) -> Standing:
        asked = self.asked(questions.MODELS, group, metric)
        return stand(group, metric, asked)

    def between(self, a: Cell, b: Cell, metric: Metric) -> Verdict | None:
        """The one verdict on these two, seen from a."""
        found = self._pairs.get(frozenset((a.name, b.name, metric.key)))
        return found.seen_from(a) if found else None

    def ratio(self, a: Cell, b: Cell, metric: Metric) -> float | None:
        """a over b, also where nobody asked who wins; no interval then."""
        found = self.between(a, b, metric)
        if found:
            return found.ratio
        ratios = verdict.shared(a, b, metric)
        return verdict.estimate(ratios, verdict.intervals.LEVEL)[0] if ratios else None

    @cached_property
    def _pairs(self) -> dict[frozenset[str], Verdict]:
        found: dict[frozenset[str], Verdict] = {}
        for v in self.verdicts:
            found.setdefault(frozenset((v.a.name, v.b.name, v.metric.key)), v)
        return found

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Where the winner changes along an axis."""
        found: list[Change | None] = []
        among = self.asked(questions.MODELS)
        for axis in axes(self.run.workloads) if self.verdicts else ():
            known = kind(axis.groups[0].scenario)
            if axis.key in known.axis:
                found.append(brackets.of_base(axis, among, known.metrics[0]))
                continue
            for metric in self.metrics(axis.groups[0])[:1]:
                found += brackets.of_pairs(axis, among, metric)
        return tuple(change for change in found if change)

    @cached_property
    def shortest(self) -> tuple[Shortest, ...]:
        return tuple(brackets.shortest_jobs(self.run)) if self.run.judged else ()


@lru_cache(maxsize=8)
def judge(run: Run) -> Judgement:
    return Judgement(run, questions.ask(run))
