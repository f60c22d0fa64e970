"""Cuts through a workload of requests: by load, and by who shared the CPUs."""

from __future__ import annotations

from dataclasses import replace

from plots import cuts
from plots.view import View
from reports.data import targets
from reports.data.cells import CLOSED, Cell
from reports.data.metrics import BOUND, LATE, SHARED
from reports.data.targets import COMMON


def at(view: View, load: str | None) -> View:
    """Only the cells that were asked like this."""
    return cuts.keep(view, lambda cell: cell.load == load)


def closed(view: View) -> View:
    return at(view, CLOSED)


def opened(view: View) -> View:
    """Only open loops."""
    return cuts.keep(view, lambda cell: cell.load != CLOSED)


def of_own_capacity(view: View) -> View:
    """Only open loops, and of these none at a rate that is the same for all."""
    return cuts.keep(view, lambda cell: cell.load not in (CLOSED, *COMMON))


def on(view: View, cores: int) -> View:
    return cuts.keep(view, lambda cell: cell.cores == cores)


def with_others(view: View) -> View:
    """Floors and peers among the cells, for charts in which they are lines
    like the models; sentences are made from the view without them."""
    load = view.workload
    cells = (*load.cells, *view.beside, *view.peers)
    return replace(view, workload=replace(load, cells=cells, floors=(), peers=()))


def shared(view: View) -> frozenset[int]:
    """Core counts on which the load generator shared the CPUs of a model."""
    return frozenset(c.cores for c in view.cells if SHARED in c.flags)


def apart(view: View) -> int:
    """The most cores that left the load generator a CPU of its own, or the
    most there are."""
    free = [count for count in view.cores if count not in shared(view)]
    return (free or view.cores)[-1]


def note(view: View, *more: str) -> str:
    """What stands in the corner: also which part the generator has in it."""
    cores = " and ".join(map(str, sorted(shared(view))))
    on_them = f"the load generator shared the CPUs on {cores} cores" if cores else ""
    return view.note(" · ".join(filter(None, [*more, on_them])))


def flagged(cell: Cell) -> str:
    """Words for a label: what a reader must know of this cell's figures."""
    found = sorted((BOUND | {LATE}) & {*cell.flags})
    if cell.requests and cell.in_flight < (cell.params.get("connections") or 0):
        found.insert(0, "1 client")
    return f" ({', '.join(found)})" if found else ""


def loop(view: View) -> str:
    """'closed loop' or 'open loop', for the title of a chart."""
    found = {cell.load for cell in view.cells}
    if found == {CLOSED}:
        return "closed loop"
    if len(found) == 1 and None not in found:
        return targets.load(found.pop())
    return "open loop"
