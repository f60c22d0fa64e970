"""Where something changes along an axis: between two measured places.

No line is drawn through a bracket: nothing was measured in it, and a limit
that sets in there would put the change anywhere between its ends.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Iterable, Sequence

from reports.data.axes import Axis
from reports.data.cells import Cell
from reports.data.metrics import RATE, Metric
from reports.data.run import Run
from reports.data.scenarios import kind
from reports.judge import intervals
from reports.judge.verdict import UNDECIDED, Verdict


@dataclass(frozen=True)
class Bracket:
    """`last` is the last place at which it is known to hold before `first`,
    the first at which it is known not to; None where there is no such place.
    What is undecided between belongs to the bracket. `again` are the places
    beyond `first` at which it holds after all."""

    last: float | None
    first: float | None
    undecided: tuple[float, ...] = ()
    again: tuple[float, ...] = ()


def bracket(points: Iterable[tuple[float, bool | None]]) -> Bracket:
    """From places in order and whether it holds there (None: undecided)."""
    points = list(points)
    unsure = tuple(place for place, holds in points if holds is None)
    broken = [i for i, (_, holds) in enumerate(points) if holds is False]
    before = points[: broken[0]] if broken else points
    last = next((place for place, holds in reversed(before) if holds), None)
    if not broken:
        return Bracket(last, None, unsure)
    after = points[broken[0] :]
    again = tuple(place for place, holds in after if holds)
    return Bracket(last, points[broken[0]][0], unsure, again)


@dataclass(frozen=True, eq=False)
class Change:
    """On one axis: `holder` is ahead or equal up to `where.last`, and beaten
    from `where.first` on, by the `decides.winner`. `decides` is the comparison
    at `first`, or the closest one at the last place if nobody beats it."""

    axis: Axis
    metric: Metric
    holder: str
    where: Bracket
    decides: Verdict
    of_base: bool


def of_base(axis: Axis, verdicts: Sequence[Verdict], metric: Metric) -> Change | None:
    """Where any other model overtakes the one that the scenario is about. All
    pairs of a place hold at once, so the best rival may be picked by looking."""
    base = kind(axis.groups[0].scenario).base
    found: list[tuple[float, bool | None, Verdict]] = []
    for group in axis.groups:
        pairs = [
            v.seen_from(v.b if v.a.label == base else v.a)
            for v in verdicts
            if v.group is group
            and v.metric is metric
            and base in (v.a.label, v.b.label)
        ]
        if not pairs:
            continue
        beating = [v for v in pairs if v.winner is v.a]
        # Of a cost the smallest is the best.
        best = (min if metric.lower else max)(beating or pairs, key=lambda v: v.ratio)
        unsure = any(v.word == UNDECIDED for v in pairs)
        state = False if beating else None if unsure else True
        found.append((axis.place(group), state, best))
    if len(found) < 2:
        return None
    where = bracket((place, state) for place, state, _ in found)
    decides = next((v for place, _, v in found if place == where.first), found[-1][2])
    return Change(axis, metric, base, where, decides, True)


def of_pairs(axis: Axis, verdicts: Sequence[Verdict], metric: Metric) -> list[Change]:
    """Every two models of which one wins at a lower and the other at a higher
    place."""
    lines: dict[tuple[str, str], list[tuple[float, Verdict]]] = {}
    for group in axis.groups:
        for v in verdicts:
            if v.group is group and v.metric is metric:
                point = axis.place(group), v
                lines.setdefault((v.a.label, v.b.label), []).append(point)
    found = []
    for points in lines.values():
        won = [v.winner.label for _, v in points if v.winner]
        if len({*won}) > 1:
            holds = {None: None, won[0]: True}
            where = bracket(
                (place, holds.get(v.winner and v.winner.label, False))
                for place, v in points
            )
            decides = next(v for place, v in points if place == where.first)
            found.append(Change(axis, metric, won[0], where, decides, False))
    return found


@dataclass(frozen=True, eq=False)
class Shortest:
    """METG(50 %) of one model: the shortest jobs with half of the ideal
    throughput lie between `where.first`, which misses it, and `where.last`,
    which reaches it (None: none does, or all do). Seconds."""

    cell: Cell
    where: Bracket


def shortest_jobs(run: Run, share: float = 0.5) -> list[Shortest]:
    """Where several lengths of the same jobs were measured. A length counts
    if the whole interval of its level is on one side. A model with so few
    workers that it cannot pass half of the cores has no METG there; nor have
    jobs that are limited by how many may be in flight.
    (Slaughter et al. 2020, "Task Bench", SC20.)
    """
    lines: dict[str, list[tuple[float, Cell]]] = {}
    for cell in run.cells:
        length = job_seconds(run, cell)
        limited = cell.waits or cell.limit is not None or cell.requests
        competes = not (cell.is_control or cell.is_ideal) and cell.comparable
        if length and competes and not limited and 2 * cell.workers > cell.cores:
            rest = {k: v for k, v in cell.params.items() if k not in ("job_us", "size")}
            who = (cell.label, cell.cores, cell.workers, cell.in_flight)
            key = json.dumps([cell.scenario, rest, *who], sort_keys=True)
            lines.setdefault(key, []).append((length, cell))
    found = []
    for points in lines.values():
        states = []
        # From long jobs, which reach it, to short ones.
        for length, cell in sorted(points, key=lambda p: -p[0]):
            known = intervals.level(cell.values(RATE.key))
            half = share * cell.cores / length
            missed = False if known.high < half else None
            states.append((length, True if known.low >= half else missed))
        if len({length for length, _ in points}) > 1:
            found.append(Shortest(points[0][1], bracket(states)))
    return found


def job_seconds(run: Run, cell: Cell) -> float | None:
    """The calibrated length of the cell's jobs, or what was asked for."""
    length = cell.params.get("job_us")
    same = {key: cell.params.get(key) for key in ("kernel", "job_us", "size")}
    same["scenario"] = cell.scenario
    for entry in run.context.get("calibration") or [] if length else ():
        if same.items() <= entry.items():
            return float(entry["seconds"])
    return length * 1e-6 if length else None
