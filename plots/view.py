"""One workload of a run as the charts see it.

`whole` is the workload as it was measured, `workload` what is left of it after a
cut: a chart shows one setting along its axis, at most one more as panels, and says
what it holds fixed.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from plots import style
from reports.data import words
from reports.data.cells import CLOSED, Cell
from reports.data.metrics import (
    BALANCE,
    BARE,
    GRAIN,
    LOOP,
    MESSAGES,
    MIXED,
    SHARED,
    STARTS,
    STARTUP,
    kind,
)
from reports.data.workloads import Workload
from reports.judge.judgement import Judgement


@dataclass(frozen=True)
class View:
    workload: Workload
    slug: str  # the front of the names of its files
    judged: Judgement
    whole: Workload
    fixed: str = ""  # what was left out on purpose, for the note

    scenario = property(lambda view: view.workload.scenario)

    @property
    def title(self) -> str:
        text = words.capital(self.workload.title)
        if len(self.steps) == 1:
            text += f" ({kind(self.scenario).place(self.steps[0])})"
        return text

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Cells with something to draw. One of which only some repetitions
        failed is drawn too, and marked; sentences speak of `fair` ones."""
        return tuple(cell for cell in self.workload.cells if cell.ok)

    @cached_property
    def fair(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.comparable)

    @cached_property
    def beside(self) -> tuple[Cell, ...]:
        """Floors and well-known servers that were given the same jobs."""
        both = (*self.workload.floors, *self.workload.peers)
        return tuple(cell for cell in both if cell.comparable)

    # Core counts, in-flight limits and steps with something to draw, the lowest
    # first.
    cores = cached_property(lambda view: view._found("cores"))
    limits = cached_property(lambda view: view._found("limit"))
    steps = cached_property(lambda view: view._found("step"))

    def _found(self, key: str) -> tuple[Any, ...]:
        return tuple(sorted({getattr(cell, key) for cell in self.cells} - {None}))

    # Core counts on which the load generator shared the CPUs of a model.
    shared = cached_property(lambda v: {c.cores for c in v.cells if SHARED in c.flags})

    @property
    def apart(self) -> int:
        """The most cores that left the load generator a CPU, or the most there are."""
        free = [count for count in self.cores if count not in self.shared]
        return (free or self.cores)[-1]

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        """What cells are called among those that they are compared with."""
        groups = self.whole.groups
        return {name: text for group in groups for name, text in group.names.items()}

    def label(self, cell: Cell) -> str:
        text = self._labels.get(cell.name, cell.label)
        floor = cell.is_floor and cell.scenario not in BARE
        return words.printable(f"floor: {text}" if floor else text)

    def look(self, cell: Cell) -> style.Look:
        floor = cell.is_floor and cell.scenario not in (MESSAGES, STARTS)
        found = style.FLOOR if floor else style.look(cell.model, cell.variant)
        found = style.peer(cell.model) if cell.is_peer else found
        return found._replace(name=f"is-{words.slug(cell.label)}")

    @cached_property
    def ordered(self) -> tuple[Cell, ...]:
        """By model first, then cores: the order of rows and lines."""
        models = [*dict.fromkeys(cell.model for cell in self.cells)]

        def key(cell: Cell) -> tuple:
            setting = (cell.cores, cell.limit or 0, cell.step or 0, cell.workers)
            place = models.index(cell.model)
            return (place, cell.variant or "", *setting, cell.in_flight)

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
            machine(self.judged.run.context),
            self.fixed,
            f"failed, not drawn: {words.listed(undrawn)}" if undrawn else "",
            f"the load generator shared the CPUs on {shared} cores" if shared else "",
            *more,
        )
        return " · ".join(part for part in parts if part)


def machine(context: Mapping[str, Any]) -> str:
    """The machine in a few words; what is not known is left out."""
    model = words.printable(str(context.get("cpu_model") or "")).strip()
    model = re.sub(r"\((R|TM)\)|( CPU| Processor)\b", "", model, flags=re.I).strip()
    cpus = context.get("effective_cores") or context.get("num_cpus")
    if not isinstance(cpus, int):
        return model
    kinds = [f"{k['cores']} {k['kind']}" for k in context.get("core_kinds") or []]
    notes = (f"{words.listed(kinds)} cores" if kinds else "", model)
    return " ".join([words.counted(cpus, "CPU"), *(f"({n})" for n in notes if n)])


def span(values: Sequence[int]) -> str:
    """One number, or from which to which."""
    ends = sorted({min(values, default=0), max(values, default=0)})
    return " to ".join(f"{end:,}" for end in ends)


# Cuts: what a figure shows, or None if it has nothing to say of this workload.

Cut = Callable[[View], View | None]


def keep(view: View, wanted: Callable[[Cell], bool], fixed: str = "") -> View:
    """Only the wanted cells, with a word for the note on what that leaves out."""
    load = view.workload
    kinds = (load.cells, load.floors, load.peers)
    cells, floors, peers = (tuple(filter(wanted, some)) for some in kinds)
    if (cells, floors, peers) == kinds:
        return view
    fixed = " · ".join(part for part in (view.fixed, fixed) if part)
    left = replace(load, cells=cells, floors=floors, peers=peers)
    return replace(view, workload=left, fixed=fixed)


def ruled(view: View) -> View:
    """Only the workers that the rule gives, where several were measured."""

    def place(cell: Cell) -> tuple:
        return (cell.label, cell.cores, cell.limit, cell.step)

    cells = view.workload.cells
    several = {place(c) for c in cells if c.workers == c.workers_rule}
    return keep(view, lambda c: c.workers == c.workers_rule or place(c) not in several)


def focused(view: View) -> View:
    """The highest limit, and `sequential`, which has none; workers by the rule."""
    most = max(view.limits, default=None)
    fixed = f"only at {most:,} in flight" if len(view.limits) > 1 else ""
    return keep(ruled(view), lambda cell: cell.limit in (most, None), fixed)


def on(view: View, cores: int, fixed: str = "") -> View:
    return keep(view, lambda cell: cell.cores == cores, fixed)


def scenario(*names: str) -> Cut:
    return lambda view: view if view.scenario in names else None


def messages(which: str) -> Cut:
    """The least of them, or all to a "thread" or a "process"."""

    def cut(view: View) -> View | None:
        if view.scenario != MESSAGES:
            return None
        first = min(cell.step for cell in view.cells)
        if which == "least":
            size = f"messages of {words.counted(first, 'byte')}"
            return keep(view, lambda cell: cell.step == first, size)
        return keep(view, lambda cell: cell.model.startswith(which))

    return cut


def pool(view: View) -> View | None:
    return on(view, view.cores[-1]) if view.scenario == "pool" else None


def over_cores(view: View) -> View | None:
    """Jobs whose throughput no other figure shows along another axis."""
    return None if len(view.limits) > 1 else every_cell(view)


def along_limits(view: View) -> View | None:
    several = len(view.limits) > 1 and len(view.steps) < 2
    return ruled(view) if several else None


def along_shares(view: View) -> View | None:
    several = view.scenario == MIXED and len(view.steps) > 1
    return focused(view) if several else None


def along_lengths(view: View) -> View | None:
    """The same work in jobs of several lengths, on the most cores."""
    several = view.scenario == GRAIN and len(view.steps) > 1
    return on(view, view.cores[-1]) if several else None


def along_workers(view: View) -> View | None:
    several = view.scenario == STARTUP and len(view.steps) > 1
    return view if several else None


def every_cell(view: View) -> View | None:
    """A row per cell: not of a mix, which has too many, or a batch of a few jobs."""
    apart = view.scenario in ("pool", *BARE) or len(view.steps) > 1
    return None if apart or view.workload.requests else focused(view)


def waiting(view: View) -> View | None:
    """Jobs that wait, under every limit, on the most cores."""
    if not view.workload.waits or view.workload.requests or len(view.steps) > 1:
        return None
    several = "other core counts: not drawn" if len(view.cores) > 1 else ""
    return on(ruled(view), view.cores[-1], several)


def contest(view: View) -> View | None:
    """All but a mix, which has figures of its own."""
    return ruled(view) if len(view.steps) < 2 else None


def with_loop(view: View) -> View | None:
    here = any(cell.label == LOOP for cell in view.cells)
    return along_shares(view) if here else None


def several_workers(view: View) -> View | None:
    """Blocking models with several numbers of workers, at the highest limit."""
    most = max(view.limits, default=None)
    here = [c for c in view.cells if c.workers_rule is not None and c.limit == most]
    counts = Counter((c.label, c.cores) for c in here)
    several = [c for c in here if counts[c.label, c.cores] > 1]
    held = f"at {most:,} in flight" if most else ""
    known = several and len(view.steps) < 2
    return keep(view, several.__contains__, held) if known else None


def closed(view: View) -> View | None:
    """The closed loop of HTTP, if there was one."""
    found = keep(view, lambda cell: cell.load == CLOSED)
    return found if view.workload.requests and found.cells else None


def policies(view: View) -> View | None:
    """Who share a port, under the last load, where the generator was apart."""
    if view.scenario != BALANCE:
        return None
    load = view.workload.loads[-1]
    return keep(on(view, view.apart), lambda c: c.load == load, words.loaded(load))


def opened(view: View) -> View | None:
    """HTTP's open loops at parts of each server's own capacity, if there were
    several, where the generator had CPUs of its own."""
    own = keep(on(view, view.apart), lambda c: (c.load or "").isdigit())
    return own if len({cell.load for cell in own.cells}) > 1 else None
