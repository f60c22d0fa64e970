"""Cells, and how they are put together for comparing.

A cell is one way of running one workload; a group holds the cells that may
be compared; a workload holds the groups that belong on one page. Run (run.py)
makes them from repetitions; nothing here is judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Mapping

from reports import statistics, words
from reports.entries import Repetition

MIXED = "mixed"
PRIMITIVES = "primitives"
# The axis of a mixed workload, and what follows from it.
SHARE = "cpu_share"
ALONG_THE_AXIS = (SHARE, "size")


@dataclass(frozen=True, eq=False)
class Cell:
    """Scenario x parameters x model/variant x cores x in flight x workers."""

    name: str
    repetitions: tuple[Repetition, ...]

    @property
    def first(self) -> Repetition:
        return self.repetitions[0]

    @property
    def scenario(self) -> str:
        return self.first.scenario

    @property
    def model(self) -> str:
        return self.first.model

    @property
    def variant(self) -> str | None:
        return self.first.variant

    @property
    def cores(self) -> int:
        return self.first.cores

    @property
    def workers(self) -> int:
        return self.first.workers

    @property
    def workers_rule(self) -> int | None:
        """What cores x (1 + wait / compute) gives here; None: no rule."""
        return self.first.workers_rule

    @property
    def in_flight(self) -> int:
        """What the model can really have begun and not finished."""
        return self.first.in_flight

    @property
    def limit(self) -> int | None:
        """The --in-flight of the cell. None where none was given, and for
        `sequential`, which has 1 in flight under any limit."""
        return self.first.in_flight_limit

    @property
    def kind(self) -> str:
        return self.first.kind

    @property
    def is_floor(self) -> bool:
        """A bare mechanism, which is stood on and never competes."""
        return self.kind == "floor" or self.scenario == PRIMITIVES

    @property
    def params(self) -> Mapping[str, Any]:
        return self.first.params

    @property
    def model_params(self) -> Mapping[str, Any]:
        return self.first.model_params

    @property
    def share(self) -> float | None:
        """Per cent of a job's life that is compute, in a mixed workload."""
        return self.params.get(SHARE) if self.scenario == MIXED else None

    @property
    def waits(self) -> bool:
        return bool(self.first.wait_seconds)

    @property
    def life_seconds(self) -> float | None:
        """What one job takes if nothing is in its way; None if unknown."""
        wait, compute = self.first.wait_seconds, self.first.compute_seconds
        return None if wait is None else wait + (compute or 0.0)

    @property
    def cap(self) -> float | None:
        """Jobs per second that no model with so many in flight can exceed:
        in flight / (wait + compute), by Little's law. None for jobs that do
        not wait, which the CPUs limit alone. (Little 1961.)"""
        return self.in_flight / self.life_seconds if self.waits else None

    @cached_property
    def of_cap(self) -> float | None:
        """Median throughput as a share of the cap."""
        rates = self.values("jobs_per_second")
        return statistics.median(rates) / self.cap if rates and self.cap else None

    @property
    def label(self) -> str:
        """For people: thread-pool/stealing."""
        return f"{self.model}/{self.variant}" if self.variant else self.model

    @property
    def id(self) -> str:
        """For files, where a slash separates levels: thread-pool+stealing."""
        return f"{self.model}+{self.variant}" if self.variant else self.model

    @cached_property
    def ok(self) -> tuple[Repetition, ...]:
        return tuple(r for r in self.repetitions if r.status == "ok")

    @cached_property
    def failed(self) -> tuple[Repetition, ...]:
        return tuple(r for r in self.repetitions if r.status == "failed")

    @cached_property
    def skipped(self) -> tuple[Repetition, ...]:
        return tuple(r for r in self.repetitions if r.status == "skipped")

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """Every flag that any repetition carries, in alphabetical order."""
        return tuple(sorted({flag for r in self.repetitions for flag in r.flags}))

    @cached_property
    def errnos(self) -> Mapping[str, int]:
        """How many jobs failed with which errno, over all repetitions."""
        found: dict[str, int] = {}
        for one in self.repetitions:
            for errno, count in (one.errnos or {}).items():
                found[errno] = found.get(errno, 0) + count
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def comparable(self) -> bool:
        """No repetition failed: survivors alone are not a fair sample."""
        return bool(self.ok) and not self.failed

    @property
    def reason(self) -> str | None:
        """Why the cell is not compared, or None."""
        if self.comparable:
            return None
        bad = self.failed or self.skipped
        reasons = dict.fromkeys(r.reason or "no reason was given" for r in bad)
        verb = "failed" if self.failed else "was skipped"
        share = f"{len(bad)} of {len(self.repetitions)} repetitions"
        return words.printable(f"{verb} in {share}: {'; '.join(reasons)}")

    def values(self, metric: str) -> list[float]:
        """One value per ok repetition that knows it, in recorded order."""
        known = (getattr(r, metric) for r in self.ok)
        return [float(value) for value in known if value is not None]

    def cpu_per_job(self) -> list[float]:
        """CPU seconds of the process tree per job, per ok repetition."""
        return self.values("cpu_seconds_per_job")


@dataclass(frozen=True, eq=False)
class Group:
    """The cells that may be compared: the very same jobs on the same cores
    and under the same in-flight limit. `sequential`, which has no limit, is
    in the groups of every limit. Floors stand beside the cells."""

    scenario: str
    params: Mapping[str, Any]
    cores: int
    cells: tuple[Cell, ...]
    limit: int | None = None
    floors: tuple[Cell, ...] = ()

    @property
    def share(self) -> float | None:
        """Per cent of compute, where the workload has that axis."""
        return self.params.get(SHARE) if self.scenario == MIXED else None

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells this group from the others of its run."""
        params = tuple(sorted(self.params.items()))
        return (self.scenario, params, self.cores, self.limit)

    @property
    def waits(self) -> bool:
        return any(cell.waits for cell in self.cells)

    @property
    def cap(self) -> float | None:
        """Little's cap in jobs/s of a model that has the whole limit in
        flight; None where no job waits or no limit was given."""
        life = next((c.life_seconds for c in self.cells if c.waits), None)
        return self.limit / life if self.limit and life else None


@dataclass(frozen=True, eq=False)
class Workload:
    """One scenario with one set of parameters, on every core count and under
    every limit; a mixed workload with every share of compute.

    `cells` are the models (in scenario primitives: the primitives), `floors`
    the bare mechanisms that were measured with the same jobs.
    """

    scenario: str
    params: Mapping[str, Any]
    cells: tuple[Cell, ...]
    floors: tuple[Cell, ...] = ()

    @property
    def title(self) -> str:
        """'1 ms cpu jobs'."""
        return words.work(self.scenario, self.params)

    @property
    def cores(self) -> tuple[int, ...]:
        return tuple(sorted({cell.cores for cell in self.cells}))

    @cached_property
    def limits(self) -> tuple[int, ...]:
        """The in-flight limits, the lowest first; () where none was given."""
        return tuple(sorted({c.limit for c in self.cells if c.limit is not None}))

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """Per cents of compute, the lowest first; () but for mixed."""
        return tuple(sorted({c.share for c in self.cells if c.share is not None}))

    @property
    def waits(self) -> bool:
        return any(cell.waits for cell in self.cells)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """By cores, then share, then limit, each rising."""
        found = []
        for cores in self.cores:
            for share in self.shares or (None,):
                cells = self._at(self.cells, cores, share)
                # Where only `sequential` is left there is no limit.
                limits = sorted({c.limit for c in cells} - {None}) or [None]
                found += [self._group(cores, share, limit) for limit in limits]
        return tuple(group for group in found if group.cells)

    def group(
        self, cores: int, limit: int | None = None, share: float | None = None
    ) -> Group | None:
        """The group of exactly these, or None."""
        for one in self.groups:
            if (one.cores, one.limit, one.share) == (cores, limit, share):
                return one
        return None

    def _group(self, cores: int, share: float | None, limit: int | None) -> Group:
        def under(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
            here = self._at(cells, cores, share)
            return tuple(c for c in here if c.limit in (limit, None))

        cells = under(self.cells)
        params = cells[0].params if share is not None and cells else self.params
        return Group(self.scenario, params, cores, cells, limit, under(self.floors))

    @staticmethod
    def _at(
        cells: tuple[Cell, ...], cores: int, share: float | None
    ) -> tuple[Cell, ...]:
        return tuple(c for c in cells if (c.cores, c.share) == (cores, share))


def common(cell: Cell) -> Mapping[str, Any]:
    """The parameters that name the cell's workload. A mixed workload is all
    of its axis, so what changes along the axis is left out."""
    if cell.scenario != MIXED:
        return cell.params
    return {k: v for k, v in cell.params.items() if k not in ALONG_THE_AXIS}
