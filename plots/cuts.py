"""Cuts through a workload that has more settings than a chart has axes.

A chart shows one setting along its axis, at most one more as panels, and says
what it holds fixed. A cut gives what a figure shows, or None if it has nothing
to say of this workload.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from plots.view import View
from reports.data.cells import CLOSED, Cell
from reports.data.scenarios import LOOP

Cut = Callable[[View], View | None]


def keep(view: View, wanted: Callable[[Cell], bool], fixed: str = "") -> View:
    """Only the wanted cells, with a word for the note on what that leaves out."""
    load = view.workload
    kinds = (load.cells, load.floors, load.peers)
    cells, floors, peers = (tuple(filter(wanted, some)) for some in kinds)
    if (cells, floors, peers) == kinds:
        return view
    return replace(
        view,
        workload=replace(load, cells=cells, floors=floors, peers=peers),
        fixed=" · ".join(part for part in (view.fixed, fixed) if part),
    )


def ruled(view: View) -> View:
    """Only the workers that the rule gives, where several were measured."""

    def place(cell: Cell) -> tuple:
        return (cell.label, cell.cores, cell.limit, cell.step)

    cells = view.workload.cells
    kept = {c.name for c in cells if c.workers == c.workers_rule}
    several = {place(c) for c in cells if c.name in kept}
    return keep(view, lambda c: c.name in kept or place(c) not in several)


def focused(view: View) -> View:
    """The highest limit (and `sequential`, which has none), and workers by the
    rule."""
    view = ruled(view)
    if not view.limits:
        return view
    most = view.limits[-1]
    fixed = f"only at {most:,} in flight" if len(view.limits) > 1 else ""
    return keep(view, lambda cell: cell.limit in (most, None), fixed)


def on(view: View, cores: int, fixed: str = "") -> View:
    return keep(view, lambda cell: cell.cores == cores, fixed)


# What a figure needs to be drawn.


def over_cores(view: View) -> View | None:
    """Jobs whose throughput no other figure shows along another axis."""
    if view.workload.requests or view.scenario in ("primitives", "pool"):
        return None
    return None if along_limits(view) or along_shares(view) else focused(view)


def along_limits(view: View) -> View | None:
    several = len(view.limits) > 1 and len(view.shares) < 2
    return ruled(view) if several else None


def along_shares(view: View) -> View | None:
    return focused(view) if len(view.shares) > 1 else None


def cells(view: View) -> View | None:
    """A row per cell, where that tells anything: a mix has too many cells, and
    a batch of a few jobs is there for its staircase."""
    apart = view.scenario in ("pool", "primitives") or len(view.shares) > 1
    return None if apart or view.workload.requests else focused(view)


def waiting(view: View) -> View | None:
    """Jobs that wait, under every limit, on the most cores."""
    if not view.workload.waits or view.workload.requests or len(view.shares) > 1:
        return None
    several = "other core counts: not drawn" if len(view.cores) > 1 else ""
    return on(ruled(view), view.cores[-1], several)


def contest(view: View) -> View | None:
    """All but a mix, which has figures of its own."""
    return ruled(view) if len(view.shares) < 2 else None


def with_loop(view: View) -> View | None:
    here = any(cell.label == LOOP for cell in view.cells)
    return along_shares(view) if here else None


def several_workers(view: View) -> View | None:
    """Blocking models for which several numbers of workers were measured: at
    the highest limit, and of a mix at the share at which the rule asks most."""
    found: dict[tuple, list[Cell]] = {}
    for cell in view.cells:
        if cell.workers_rule is not None:
            place = (cell.label, cell.cores, cell.limit, cell.share)
            found.setdefault(place, []).append(cell)
    grids = [some for some in found.values() if len({c.workers for c in some}) > 1]
    if not grids:
        return None
    limit = max(some[0].limit or 0 for some in grids)
    names = [c for some in grids for c in some if (c.limit or 0) == limit]
    # Not simply all that the limit allows.
    share = max((c.workers_rule < limit, c.workers_rule, c.share or 0) for c in names)[
        2
    ]
    held = f"at {limit:,} in flight" if limit else ""
    held += f", {share:g} % compute" if share else ""
    return keep(view, lambda c: c in names and (c.share or 0) == share, held)


def closed(view: View) -> View | None:
    """The closed loop of HTTP, if there was one."""
    found = keep(view, lambda cell: cell.load == CLOSED)
    return found if view.workload.requests and found.cells else None


def opened(view: View) -> View | None:
    """HTTP's open loops at parts of each server's own capacity, if there were
    several, where the generator had CPUs of its own."""
    if not view.workload.loads:
        return None
    own = keep(on(view, view.apart), lambda c: (c.load or "").isdigit())
    return own if len({cell.load for cell in own.cells}) > 1 else None


def scenario(*names: str) -> Cut:
    return lambda view: view if view.scenario in names else None


def on_most(name: str) -> Cut:
    """One scenario, on the most cores."""
    return lambda view: on(view, view.cores[-1]) if view.scenario == name else None
