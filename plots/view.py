"""One workload of a run as the charts see it.

`whole` is the workload as it was measured, `workload` what is left of it after a
cut: a chart shows one setting along its axis, at most one more as panels, and says
what it holds fixed.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any, Callable, Mapping, Sequence

from plots import style
from reports.data import words
from reports.data.cells import CLOSED, Cell
from reports.data.metrics import BARE, LOOP, MESSAGES, SHARED, STARTS, kind
from reports.data.workloads import Workload, apart, rising
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
            place = kind(self.scenario).place(self.steps[0])
            text = f"{text[:-1]}, {place})" if text[-1] == ")" else f"{text} ({place})"
        return text

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Cells with something to draw. One of which only some repetitions
        failed is drawn too, and marked; sentences speak of `fair` ones."""
        return tuple(cell for cell in self.workload.cells if cell.ok)

    fair = cached_property(lambda v: tuple(c for c in v.cells if c.comparable))

    @cached_property
    def beside(self) -> tuple[Cell, ...]:
        """Floors and well-known servers that were given the same jobs."""
        both = (*self.workload.floors, *self.workload.peers)
        return tuple(cell for cell in both if cell.comparable)

    # Core counts, limits and steps with something to draw, the lowest first.
    cores = cached_property(lambda view: rising(view.cells, "cores"))
    limits = cached_property(lambda view: rising(view.cells, "limit"))
    steps = cached_property(lambda view: rising(view.cells, "step"))
    # The most cores that left the load generator a CPU, or the most there are.
    apart = cached_property(lambda view: apart(view.cells))

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
        models = sorted(models) if self.scenario in BARE else models

        def key(cell: Cell) -> tuple:
            setting = (cell.cores, cell.limit or 0, cell.step or 0, cell.workers)
            place = models.index(cell.model)
            return (place, cell.variant or "", *setting, cell.in_flight)

        return tuple(sorted(self.cells, key=key))

    def note(self, *more: str) -> str:
        """What stands small in the corner of every chart."""
        load = self.workload
        good = [one.jobs for cell in self.cells for one in cell.ok if one.jobs]
        bare = self.scenario in BARE
        noun = "requests" if load.requests else "calls" if bare else "jobs"
        flying = span([cell.in_flight for cell in self.cells])
        drawn = {cell.label for cell in self.cells}
        undrawn = dict.fromkeys(c.label for c in load.cells if c.label not in drawn)
        taken = [c for c in self.cells if SHARED in c.flags and load.requests]
        shared = " and ".join(map(str, rising(taken, "cores")))
        parts = (
            f"{span(good)} {noun} a repetition",
            # Clients are in the title.
            "" if load.requests or bare else f"in flight: {flying}",
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
    place = attrgetter("label", "cores", "limit", "step")
    several = {place(c) for c in view.workload.cells if c.workers == c.workers_rule}
    return keep(view, lambda c: c.workers == c.workers_rule or place(c) not in several)


def focused(view: View) -> View:
    """The highest limit, and `sequential`, which has none; workers by the rule."""
    most = max(view.limits, default=None)
    fixed = f"only at {most:,} in flight" if len(view.limits) > 1 else ""
    return keep(ruled(view), lambda cell: cell.limit in (most, None), fixed)


def tuned(view: View) -> View:
    """Blocking models with several numbers of workers, at the highest limit."""
    most = max(view.limits, default=None)
    here = [c for c in view.cells if c.workers_rule is not None and c.limit == most]
    counts = Counter((c.label, c.cores) for c in here)
    several = [c for c in here if counts[c.label, c.cores] > 1]
    return keep(view, several.__contains__, f"at {most:,} in flight" if most else "")


def least(view: View) -> View:
    first = min(cell.step for cell in view.cells)
    size = f"messages of {words.counted(first, 'byte')}"
    return keep(view, lambda cell: cell.step == first, size)


def last_load(view: View) -> View:
    load = view.whole.loads[-1]
    return keep(view, lambda c: c.load == load, words.loaded(load))


def most(view: View, fixed: str = "") -> View:
    return keep(view, lambda cell: cell.cores == view.cores[-1], fixed)


def most_alone(view: View) -> View:
    return most(view, "other core counts: not drawn" if view.cores[1:] else "")


# What a figure may want of a workload, and what it may keep of one.
WANTED: dict[str, Callable[[View], bool]] = {
    "steps": lambda view: len(view.steps) > 1,
    "no-steps": lambda view: len(view.steps) < 2,
    "limits": lambda view: len(view.limits) > 1,
    "no-limits": lambda view: len(view.limits) < 2,
    "loads": lambda view: len(view.workload.loads) > 1,
    "loop": lambda view: any(cell.label == LOOP for cell in view.cells),
    "jobs": lambda view: not view.workload.requests,
    # Not of bare mechanisms, or a batch of a few jobs.
    "many": lambda view: view.scenario not in ("pool", *BARE),
    "waits": lambda view: view.workload.waits,
}
KEPT: dict[str, Callable[[View], View]] = {
    "ruled": ruled,
    "focused": focused,
    "tuned": tuned,
    "least": least,
    "last-load": last_load,
    "most": most,
    "most-alone": most_alone,
    "apart": lambda view: keep(view, lambda cell: cell.cores == view.apart),
    "closed": lambda view: keep(view, lambda cell: cell.load == CLOSED),
    # Open loops at parts of each server's own capacity.
    "own-loads": lambda view: keep(view, lambda c: (c.load or "").isdigit()),
    "threads": lambda view: keep(view, lambda c: c.model.startswith("thread")),
    "processes": lambda view: keep(view, lambda c: c.model.startswith("process")),
}


def cut(view: View, cuts: Sequence[str]) -> View | None:
    """What a figure shows of a workload, or None if it has nothing to say of it."""
    for one in cuts:
        view = KEPT[one](view) if one in KEPT else view
        if not view.cells or (one in WANTED and not WANTED[one](view)):
            return None
    return view
