"""Cells put together: what may be compared, and what belongs on one page.

A group holds the cells that may be compared; a workload holds the groups that
belong on one page. Run (run.py) makes them; nothing here is judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Mapping

from reports import statistics, words
from reports.cells import CLOSED, HTTP, MIXED, REQUESTS, SHARE, Cell
from reports.targets import COMMON

# What changes along the axis of a workload that has one.
ALONG_THE_AXIS = {MIXED: (SHARE, "size"), HTTP: ("load", "rate")}


@dataclass(frozen=True, eq=False)
class Group:
    """The cells that may be compared: the very same jobs on the same cores
    and under the same in-flight limit or load. `sequential`, which has no
    limit, is in the groups of every limit. Floors and peers stand beside."""

    scenario: str
    params: Mapping[str, Any]
    cores: int
    cells: tuple[Cell, ...]
    limit: int | None = None
    floors: tuple[Cell, ...] = ()
    peers: tuple[Cell, ...] = ()

    @property
    def requests(self) -> bool:
        return self.scenario in REQUESTS

    @property
    def load(self) -> str | None:
        return self.cells[0].load

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
    every limit; a mixed workload with every share of compute, requests with
    every load.

    `cells` are the models (in scenario primitives: the primitives), `floors`
    the bare mechanisms, `peers` the well-known servers and `ideals` the
    independent processes that were measured with the same jobs.
    """

    scenario: str
    params: Mapping[str, Any]
    cells: tuple[Cell, ...]
    floors: tuple[Cell, ...] = ()
    peers: tuple[Cell, ...] = ()
    ideals: tuple[Cell, ...] = ()

    @property
    def requests(self) -> bool:
        return self.scenario in REQUESTS

    @cached_property
    def reached(self) -> Mapping[int, float]:
        """Jobs per second of as many independent processes as cores."""
        return {
            cell.cores: statistics.median(cell.values("jobs_per_second"))
            for cell in self.ideals
            if cell.comparable
        }

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

    @cached_property
    def loads(self) -> tuple[str, ...]:
        """How clients ask: the closed loop first, then rising rates; () where
        there is no choice."""
        return tuple(sorted({c.load for c in self.cells} - {None}, key=load_order))

    @property
    def waits(self) -> bool:
        return any(cell.waits for cell in self.cells)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """By cores, then share or load, then limit, each rising."""
        found = []
        for cores in self.cores:
            for step in self.shares or self.loads or (None,):
                cells = self._at(self.cells, cores, step)
                # Where only `sequential` is left there is no limit.
                limits = sorted({c.limit for c in cells} - {None}) or [None]
                found += [self._group(cores, step, limit) for limit in limits]
        return tuple(group for group in found if group.cells)

    def group(
        self,
        cores: int,
        limit: int | None = None,
        share: float | None = None,
        load: str | None = None,
    ) -> Group | None:
        """The group of exactly these, or None."""
        wanted = (cores, limit, share, load)
        for one in self.groups:
            if (one.cores, one.limit, one.share, one.load) == wanted:
                return one
        return None

    def _group(self, cores: int, step: float | str | None, limit: int | None) -> Group:
        def under(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
            here = self._at(cells, cores, step)
            return tuple(c for c in here if c.limit in (limit, None))

        cells = under(self.cells)
        params = cells[0].params if step is not None and cells else self.params
        beside = under(self.floors), under(self.peers)
        return Group(self.scenario, params, cores, cells, limit, *beside)

    @staticmethod
    def _at(
        cells: tuple[Cell, ...], cores: int, step: float | str | None
    ) -> tuple[Cell, ...]:
        return tuple(c for c in cells if (c.cores, c.step) == (cores, step))


def load_order(load: str) -> tuple[int, float]:
    """The closed loop first, then common rates, then per cents, then rates."""
    if load == CLOSED:
        return (0, 0.0)
    if load in COMMON:
        return (1, float(COMMON.index(load)))
    return (3 if load.endswith("/s") else 2, float(load.removesuffix("/s")))


def common(cell: Cell) -> Mapping[str, Any]:
    """The parameters that name the cell's workload: without what changes along
    its axis, because the workload is all of the axis."""
    along = ALONG_THE_AXIS.get(cell.scenario, ())
    return {k: v for k, v in cell.params.items() if k not in along}
