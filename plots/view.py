"""One workload of a run as the charts see it.

A view holds the cells that may be compared with each other and what every
chart of them shares: the front of the file names, the corner note, the base
line. `whole` is the workload as it was measured, `workload` what is left of it
after a cut (cuts.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plots import looks
from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import SHARED
from reports.data.scenarios import PRIMITIVES
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

    scenario = property(lambda view: view.workload.scenario)

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

    # Core counts, in-flight limits and shares of compute with something to
    # draw, the lowest first.
    cores = cached_property(lambda view: view._found("cores"))
    limits = cached_property(lambda view: view._found("limit"))
    shares = cached_property(lambda view: view._found("share"))

    def _found(self, key: str) -> tuple[Any, ...]:
        return tuple(sorted({getattr(cell, key) for cell in self.cells} - {None}))

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
        """What cells are called among those that they are compared with."""
        groups = self.whole.groups
        return {name: text for group in groups for name, text in group.names.items()}

    def label(self, cell: Cell) -> str:
        text = self._labels.get(cell.name, cell.label)
        floor = cell.is_floor and cell.scenario != PRIMITIVES
        return words.printable(f"floor: {text}" if floor else text)

    def look(self, cell: Cell) -> looks.Look:
        if cell.is_floor:
            return looks.FLOOR
        if cell.is_peer:
            return looks.peer(cell.model)
        look = looks.look(cell.model, cell.variant)
        pool = cell.model_params.get("uv_pool")
        several = pool and self.label(cell) != cell.label
        return look.shifted(pool) if several else look

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
        flying = span([cell.in_flight for cell in self.cells])
        drawn = {cell.label for cell in self.cells}
        undrawn = dict.fromkeys(c.label for c in load.cells if c.label not in drawn)
        shared = " and ".join(map(str, sorted(self.shared if load.requests else ())))
        parts = (
            f"{span(good)} {noun} a repetition",
            # Clients are in the title.
            "" if load.requests else f"in flight: {flying}",
            machine(self.context),
            self.fixed,
            f"failed, not drawn: {words.listed(undrawn)}" if undrawn else "",
            f"the load generator shared the CPUs on {shared} cores" if shared else "",
            *more,
        )
        return " · ".join(part for part in parts if part)


def machine(context: Mapping[str, Any]) -> str:
    """The machine in a few words; what is not known is left out."""
    model = words.printable(str(context.get("cpu_model") or "")).strip()
    model = re.sub(r"\((R|TM)\)|( CPU| Processor)\b", "", model, flags=re.I)
    cpus = context.get("effective_cores") or context.get("num_cpus")
    count = words.counted(cpus, "CPU") if isinstance(cpus, int) else ""
    kinds = [f"{k['cores']} {k['kind']}" for k in context.get("core_kinds") or []]
    if count and kinds:
        count += f" ({words.listed(kinds)} cores)"
    model = f"({model.strip()})" if count and model.strip() else model.strip()
    return " ".join(part for part in (count, model) if part)


def span(values: Sequence[int]) -> str:
    """One number, or from which to which."""
    ends = sorted({min(values, default=0), max(values, default=0)})
    return " to ".join(f"{end:,}" for end in ends)
