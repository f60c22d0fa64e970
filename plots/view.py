"""One workload of a run as the charts see it.

A view holds the cells that may be compared with each other and what every
chart of them shares: the front of the file names, the corner note, the base
line. `whole` is the workload as it was measured, `workload` what is left of it
after a cut (cuts.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plots import looks, names
from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import SHARED
from reports.data.workloads import Workload
from reports.judge.judgement import Judgement


@dataclass(frozen=True)
class View:
    workload: Workload
    slug: str
    floors: tuple[Cell, ...]  # the run's bare mechanisms
    context: Mapping[str, Any]
    judged: Judgement
    whole: Workload
    fixed: str = ""  # what was left out on purpose, for the note

    @property
    def scenario(self) -> str:
        return self.workload.scenario

    @property
    def title(self) -> str:
        text = words.capital(self.workload.title)
        if len(self.shares) == 1:
            text += f" ({words.share(self.shares[0])} compute)"
        return text

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Cells with something to draw. One of which only some repetitions
        failed is drawn too, and marked."""
        return tuple(cell for cell in self.workload.cells if cell.ok)

    @cached_property
    def fair(self) -> tuple[Cell, ...]:
        """Cells about which a sentence may speak: no repetition failed."""
        return tuple(cell for cell in self.cells if cell.comparable)

    @cached_property
    def beside(self) -> tuple[Cell, ...]:
        """Floors and well-known servers that were given the same jobs."""
        both = (*self.workload.floors, *self.workload.peers)
        return tuple(cell for cell in both if cell.comparable)

    @cached_property
    def cores(self) -> tuple[int, ...]:
        return tuple(sorted({cell.cores for cell in self.cells}))

    @cached_property
    def limits(self) -> tuple[int, ...]:
        """In-flight limits with something to draw, the lowest first."""
        return tuple(sorted({c.limit for c in self.cells if c.limit is not None}))

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """Shares of compute with something to draw; () but for mixed."""
        return tuple(sorted({c.share for c in self.cells if c.share is not None}))

    @cached_property
    def shared(self) -> frozenset[int]:
        """Core counts on which the load generator shared the CPUs of a model."""
        return frozenset(c.cores for c in self.cells if SHARED in c.flags)

    @property
    def apart(self) -> int:
        """The most cores that left the load generator a CPU of its own, or the
        most there are."""
        free = [count for count in self.cores if count not in self.shared]
        return (free or self.cores)[-1]

    @cached_property
    def baseline(self) -> Cell | None:
        """`sequential` on the fewest cores: it has one thread and uses one."""
        plain = [cell for cell in self.fair if cell.label == "sequential"]
        return min(plain, key=lambda cell: cell.cores, default=None)

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        """What splits a model somewhere is named everywhere."""
        twins: dict[tuple, list[Cell]] = {}
        for cell in self.cells:
            twins.setdefault(names.place(cell), []).append(cell)
        parts: dict[str, set[str]] = {}
        for some in twins.values():
            parts.setdefault(some[0].label, set()).update(names.differs(some))
        return {c.name: names.named(c, parts[c.label]) for c in self.cells}

    def label(self, cell: Cell) -> str:
        return self._labels.get(cell.name) or names.named(cell, set())

    def look(self, cell: Cell) -> looks.Look:
        if cell.is_floor:
            return looks.FLOOR
        if cell.is_peer:
            return looks.peer(cell.model)
        look = looks.look(cell.model, cell.variant)
        if "pool of" not in self.label(cell):
            return look
        return looks.shifted(look, cell.model_params.get("uv_pool") or 0)

    @cached_property
    def ordered(self) -> tuple[Cell, ...]:
        """By model first, then cores: the order of rows and lines. The run
        itself has cores first."""
        place: dict[str, int] = {}
        for cell in self.cells:
            place.setdefault(cell.model, len(place))

        def key(cell: Cell) -> tuple:
            setting = (cell.cores, cell.limit or 0, cell.share or 0, cell.workers)
            return (place[cell.model], cell.variant or "", *setting, cell.in_flight)

        return tuple(sorted(self.cells, key=key))

    def note(self, *more: str) -> str:
        """What stands small in the corner of every chart."""
        load = self.workload
        good = [one.jobs for cell in self.cells for one in cell.ok if one.jobs]
        noun = "requests" if load.requests else "jobs"
        flying = names.span([cell.in_flight for cell in self.cells])
        drawn = {cell.label for cell in self.cells}
        undrawn = dict.fromkeys(c.label for c in load.cells if c.label not in drawn)
        shared = " and ".join(map(str, sorted(self.shared if load.requests else ())))
        parts = (
            f"{names.span(good)} {noun} a repetition",
            # Clients are in the title.
            "" if load.requests else f"in flight: {flying}",
            names.machine(self.context),
            self.fixed,
            f"failed, not drawn: {words.listed(undrawn)}" if undrawn else "",
            f"the load generator shared the CPUs on {shared} cores" if shared else "",
            *more,
        )
        return " · ".join(part for part in parts if part)
