"""Cuts through a workload that has more settings than a chart has axes.

A workload of waiting jobs has cores, in-flight limits, shares of compute and
numbers of workers. A chart shows one of them along its axis, at most one more
as panels, and says what it holds fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import math

from plots.chart import Point, on_cores
from plots.panels import Line, Panel, thinned
from plots.view import View
from reports.data import words
from reports.data.run import Cell


@dataclass(frozen=True)
class Setting:
    """What stands along the axis of a chart of lines."""

    across: str
    of: Callable[[Cell], float]
    place: Callable[[float], float]
    tick: Callable[[float], str]
    at: Callable[[float], str]  # a value in a sentence or label


LIMIT = Setting(
    "jobs in flight, at most (logarithmic)",
    # `sequential` has one job in flight under any limit.
    lambda cell: cell.limit or 1,
    math.log10,
    lambda value: f"{value:,.0f}",
    lambda value: f"{value:,.0f} in flight",
)
SHARE = Setting(
    "share of compute in a job's life (%)",
    lambda cell: cell.share or 0.0,
    float,
    lambda value: f"{value:g}",
    lambda value: f"{value:g} % compute",
)


def setting(view: View) -> Setting | None:
    """What the workload was measured along, besides cores."""
    if len(view.shares) > 1:
        return SHARE
    return LIMIT if len(view.limits) > 1 else None


def waits(view: View) -> bool:
    """Whether throughput is bounded by what is in flight: then cores are no
    measure of what could be, and speed-up over one job at a time is no news."""
    return view.workload.waits or bool(view.workload.limits)


def rowless(view: View) -> bool:
    """Whether a row per cell would tell nothing: a mix has too many cells,
    and a batch of a few jobs is there for its staircase."""
    return setting(view) is SHARE or view.scenario == "pool"


def ruled(view: View) -> View:
    """Only the workers that the rule gives, where several were measured."""
    found: dict[tuple, list[Cell]] = {}
    for cell in view.workload.cells:
        pool = cell.model_params.get("uv_pool")
        place = (cell.label, cell.cores, cell.limit, cell.share, pool)
        found.setdefault(place, []).append(cell)
    kept = {cell.name for some in found.values() for cell in _by_rule(some)}
    return keep(view, lambda cell: cell.is_floor or cell.name in kept)


def _by_rule(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Without a rule every number of workers is a line of its own. The end of
    a mix, where nothing waits, is none: there the rule comes to W = cores."""
    wanted = cells[0].workers_rule
    if wanted is None and cells[0].share is not None and not cells[0].waits:
        wanted = cells[0].cores
    if wanted is None:
        return cells
    return [min(cells, key=lambda c: (abs(c.workers - wanted), c.workers))]


def at(view: View, limit: int) -> View:
    """One limit, and `sequential`, which has none."""
    fixed = f"only at {limit:,} in flight" if len(view.limits) > 1 else ""
    return keep(view, lambda cell: cell.limit in (limit, None), fixed)


def focused(view: View) -> View:
    """What charts with a row per cell show: the highest limit, and workers by
    the rule."""
    view = ruled(view)
    return at(view, view.limits[-1]) if view.limits else view


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


def panel_cores(view: View) -> tuple[int, ...]:
    return thinned(view.cores)


def omitted(view: View) -> str:
    """A sentence for the note when not every core count has a panel."""
    if len(panel_cores(view)) == len(view.cores):
        return ""
    return "the other core counts are in the table"


def by_cores(
    view: View,
    axis: Setting,
    points: Mapping[str, Point],
    end: Callable[[Cell], str],
    stroke: Callable[[Cell], float | None] = lambda _: None,
) -> list[Panel]:
    """A panel per core count with a line per model, and per floor.

    `points` is keyed by the names of the cells; `end` says what stands after
    the name at the end of a line."""
    found = []
    for cores in panel_cores(view):
        cells = [c for c in view.ordered if c.cores == cores and c.name in points]
        floors = [c for c in view.beside if c.cores == cores and c.name in points]
        last = max((axis.of(c) for c in cells), default=0)
        lines = []
        for name, some in _lines(view, [*cells, *floors], axis).items():
            lines.append(
                Line(
                    name,
                    view.look(some[0]),
                    tuple(axis.of(c) for c in some),
                    tuple(points[c.name] for c in some),
                    _end(axis, some, last, end),
                    axis is LIMIT and some[0].limit is None,
                    tuple(stroke(c) for c in some),
                )
            )
        if lines:
            title = words.capital(on_cores(cores).removeprefix("on "))
            found.append(Panel(title, tuple(lines)))
    return found


def _lines(view: View, cells: Iterable[Cell], axis: Setting) -> dict[str, list[Cell]]:
    lines: dict[str, list[Cell]] = {}
    for cell in sorted(cells, key=axis.of):
        lines.setdefault(view.label(cell), []).append(cell)
    order = list(dict.fromkeys(view.label(c) for c in (*view.ordered, *view.beside)))
    return {name: lines[name] for name in order if name in lines}


def _end(
    axis: Setting, cells: Sequence[Cell], last: float, end: Callable[[Cell], str]
) -> str:
    """The words of a line, with what to know of it: where it stops early, and
    how many repetitions failed."""
    text = end(cells[-1])
    if cells[-1].limit is None and axis is LIMIT:
        text = ""
    elif axis.of(cells[-1]) != last:
        text += f" (at {axis.tick(axis.of(cells[-1]))})"
    failed = sum(len(cell.failed) for cell in cells)
    if failed:
        text += f" ({failed} failed)"
    return text.strip()
