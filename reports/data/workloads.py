"""Cells put together: what may be compared, and what belongs on one page.

A group holds the cells that may be compared; a workload holds the groups that
belong on one page. Run (run.py) makes them; nothing here is judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any, Mapping, Sequence

from reports.data import words
from reports.data.cells import CLOSED, SHARE, Cell
from reports.data.scenarios import MIXED, kind
from reports.data.targets import COMMON


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
        return kind(self.scenario).requests

    @property
    def load(self) -> str | None:
        return self.cells[0].load

    @property
    def share(self) -> float | None:
        """Per cent of compute, where the workload has that axis."""
        return self.params.get(SHARE) if self.scenario == MIXED else None

    @cached_property
    def standing_for(self) -> tuple[Cell, ...]:
        """The cells that stand for their models: where several worker counts
        were measured and one of them is what the rule gives, that one."""
        ruled = {c.id for c in self.cells if c.workers == c.workers_rule}
        return tuple(
            c for c in self.cells if c.id not in ruled or c.workers == c.workers_rule
        )

    @cached_property
    def comparable(self) -> tuple[Cell, ...]:
        """Of these, those without a failure: the others are named, not judged."""
        return tuple(cell for cell in self.standing_for if cell.comparable)

    @cached_property
    def contestants(self) -> tuple[Cell, ...]:
        """Models, and those variants whose plain model was not measured."""
        plain = {c.model for c in self.comparable if not c.variant}
        return tuple(
            c for c in self.comparable if not c.variant or c.model not in plain
        )

    def base(self) -> Cell | None:
        """The model by which the others are told."""
        wanted = kind(self.scenario).base
        return next((c for c in self.comparable if c.label == wanted), None)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """For people, per name of a cell."""
        sets = (self.cells, self.floors, self.peers)
        return {name: text for some in sets for name, text in labels(some).items()}

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
        return kind(self.scenario).requests

    @cached_property
    def reached(self) -> Mapping[int, float]:
        """Jobs per second of as many independent processes as cores."""
        return {
            cell.cores: median(cell.values("jobs_per_second"))
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


def labels(cells: Sequence[Cell]) -> dict[str, str]:
    """A name for people per cell name: the model, and its workers, its
    in-flight limit or its own parameters where there are several cells of
    that model. With as many workers as the rule gives it needs no more."""
    found: dict[str, str] = {}
    for cell in cells:
        twins = [c for c in cells if c.label == cell.label and c is not cell]
        notes = []
        ruled = cell.workers == cell.workers_rule
        if any(c.workers != cell.workers for c in twins) and not ruled:
            notes.append(words.counted(cell.workers, "worker"))
        closest = [c for c in twins if c.workers == cell.workers]
        if any(c.in_flight != cell.in_flight for c in closest):
            notes.append(f"{cell.in_flight} in flight")
        closest = [c for c in closest if c.in_flight == cell.in_flight]
        for key, value in cell.model_params.items():
            if key == "pin":
                continue  # the label says it
            if any(c.model_params.get(key) != value for c in closest):
                notes.append(f"{key.replace('_', ' ')} {value}")
        suffix = f" ({', '.join(notes)})" if notes else ""
        found[cell.name] = cell.label + suffix
    return found


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
    along = kind(cell.scenario).axis
    return {k: v for k, v in cell.params.items() if k not in along}
