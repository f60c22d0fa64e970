"""Cells put together: what may be compared, and what belongs on one page."""

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from statistics import median
from typing import Any, Iterable, Mapping, Sequence

from reports.data import words
from reports.data.cells import CLOSED, Cell
from reports.data.metrics import SHARED, kind


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

    requests = property(lambda g: kind(g.scenario).requests)
    load = property(lambda g: g.cells[0].load)
    step = property(lambda g: g.cells[0].step)
    waits = property(lambda g: any(cell.waits for cell in g.cells))
    # For people, per name of a cell.
    names = cached_property(lambda g: labels((*g.cells, *g.floors, *g.peers)))

    @cached_property
    def comparable(self) -> tuple[Cell, ...]:
        """Cells without a failure; of several worker counts the rule's, if there."""
        ruled = {c.asked_for for c in self.cells if c.workers == c.workers_rule}
        fit = (c for c in self.cells if c.comparable)
        return tuple(
            c for c in fit if c.workers == c.workers_rule or c.asked_for not in ruled
        )

    @cached_property
    def contestants(self) -> tuple[Cell, ...]:
        """Models, and those variants whose plain model was not measured, or all."""
        plain = {c.model for c in self.comparable if not c.variant}
        plain = set() if kind(self.scenario).policies else plain
        fit = (c for c in self.comparable if not c.variant or c.model not in plain)
        return tuple(fit)


@dataclass(frozen=True, eq=False)
class Workload:
    """One scenario with one set of parameters, on every core count and under every
    limit, with every step of its own axis or load. `cells` are the models (or the
    primitives), `floors` the bare mechanisms, `peers` the well-known servers and
    `ideals` the independent processes that were measured with the same jobs."""

    scenario: str
    params: Mapping[str, Any]
    cells: tuple[Cell, ...]
    floors: tuple[Cell, ...] = ()
    peers: tuple[Cell, ...] = ()
    ideals: tuple[Cell, ...] = ()

    kind = property(lambda w: kind(w.scenario))
    requests = property(lambda w: w.kind.requests)
    waits = property(lambda w: any(cell.waits for cell in w.cells))
    # '1 ms cpu jobs'.
    title = property(lambda w: words.work(w.scenario, w.params))

    # Steps of the axis as words, each rising.
    places = property(lambda w: [w.kind.place(s, words.STEPS) for s in w.steps])
    # Each rising, () where there is none; loads: closed, common, per cents, rates.
    cores = cached_property(lambda w: rising(w.cells, "cores"))
    limits = cached_property(lambda w: rising(w.cells, "limit"))
    steps = cached_property(lambda w: rising(w.cells, "step"))
    loads = cached_property(lambda w: rising(w.cells, "load", load_order))

    @cached_property
    def reached(self) -> Mapping[int, float]:
        """Jobs per second of as many independent processes as cores."""
        fit = (cell for cell in self.ideals if cell.comparable)
        return {cell.cores: median(cell.values("jobs_per_second")) for cell in fit}

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """By cores, then step or load, then limit, each rising."""
        found = []
        along = "step" if self.steps else "load"
        for place in product(self.cores, self.steps or self.loads or (None,)):
            every = [
                [c for c in some if (c.cores, getattr(c, along)) == place]
                for some in (self.cells, self.floors, self.peers)
            ]
            # Where only `sequential` is left there is no limit.
            limits = sorted({c.limit for c in every[0]} - {None}) or [None]
            for limit in limits if every[0] else ():
                cells, floors, peers = (
                    tuple(c for c in some if c.limit in (limit, None)) for some in every
                )
                params = self.params if place[1] is None else cells[0].params
                about = (self.scenario, params, place[0], cells)
                found.append(Group(*about, limit, floors, peers))
        return tuple(found)

    @cached_property
    def whole(self) -> tuple[Group, ...]:
        """Without those that were measured later for a few of the models alone."""
        most = max((len(g.cells) for g in self.groups), default=0)
        return tuple(g for g in self.groups if 2 * len(g.cells) > most)

    def group(
        self, cores: int, limit: Any = None, step: Any = None, load: Any = None
    ) -> Group | None:
        """The group of exactly these, or None."""
        asked = (cores, limit, step, load)
        same = (g for g in self.groups if (g.cores, g.limit, g.step, g.load) == asked)
        return next(same, None)


def labels(cells: Sequence[Cell]) -> dict[str, str]:
    """A name for people per cell name, with what sets cells of one model apart."""
    found: dict[str, str] = {}
    for cell in cells:
        twins = [c for c in cells if c.label == cell.label and c is not cell]
        notes, ruled = [], cell.workers == cell.workers_rule
        if any(c.workers != cell.workers for c in twins) and not ruled:
            notes.append(words.counted(cell.workers, "worker"))
        closest = [c for c in twins if c.workers == cell.workers]
        if any(c.in_flight != cell.in_flight for c in closest):
            notes.append(f"{cell.in_flight} in flight")
        closest = [c for c in closest if c.in_flight == cell.in_flight]
        for key, value in cell.model_params.items():
            others = {c.model_params.get(key) for c in closest} - {value}
            if others and key not in ("pin", "depth"):  # which are in the label
                notes.append(words.told(key, value))
        found[cell.name] = cell.label + (f" ({', '.join(notes)})" if notes else "")
    return found


def rising(cells: Iterable[Cell], key: str, order: Any = None) -> tuple[Any, ...]:
    return tuple(sorted({getattr(c, key) for c in cells} - {None}, key=order))


def apart(cells: Sequence[Cell]) -> int:
    """The most cores on which nobody else used the models' CPUs, or the most of all."""
    taken = {cell.cores for cell in cells if SHARED in cell.flags}
    free = [cell for cell in cells if cell.cores not in taken]
    return max(cell.cores for cell in free or cells)


def load_order(load: str) -> tuple[int, float]:
    if load in (known := (CLOSED, *words.COMMON)):
        return (0, known.index(load))
    return (2 if load.endswith("/s") else 1, float(load.removesuffix("/s")))


def common(cell: Cell) -> Mapping[str, Any]:
    """The parameters that name a workload, which is all of its axis."""
    axis = kind(cell.scenario).axis
    return {k: v for k, v in cell.params.items() if k not in axis}


@dataclass(frozen=True, eq=False)
class Axis:
    """Groups that differ in one number and in nothing else, by rising place."""

    key: str
    groups: tuple[Group, ...]

    def words(self, place: float) -> str:
        return words.told(self.key, place, words.PLACES)


def coordinates(group: Group) -> dict[str, Any]:
    """Where a group stands among the others of its scenario."""
    found = {**group.params, "in_flight": group.limit}
    if group.step is not None:
        found[kind(group.scenario).axis[0]] = group.step
    if group.step is not None or found.get("job_us") is not None:
        # The size follows from a length or a share.
        found.pop("size", None)
    return found


def axes(workloads: Iterable[Workload]) -> list[Axis]:
    found: dict[tuple[str, str], dict[float, Group]] = {}
    for group in (group for load in workloads for group in load.groups):
        at = coordinates(group)
        for key, value in at.items():
            if type(value) in (int, float):
                rest = {k: v for k, v in at.items() if k != key}
                where = json.dumps([group.scenario, group.cores, rest], sort_keys=True)
                found.setdefault((key, where), {})[value] = group
    several = ((key, some) for (key, _), some in found.items() if len(some) > 1)
    return [Axis(key, tuple(some[at] for at in sorted(some))) for key, some in several]
