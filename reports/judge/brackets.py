"""Where something changes along an axis: anywhere between two measured places."""

from dataclasses import dataclass
from typing import Any, Iterator, Sequence

from reports.data import Cell, Metric, Run, words
from reports.data.metrics import RATE, kind
from reports.data.workloads import Axis, axes, coordinates
from reports.judge import intervals
from reports.judge.verdict import UNDECIDED, Verdict


@dataclass(frozen=True)
class Bracket:
    """`last` is the last place at which it is known to hold before `first`, the first
    at which it is known not to (None: no such place). What is undecided belongs to
    it; `again` are places beyond `first` at which it holds after all."""

    last: float | None
    first: float | None
    undecided: tuple[float, ...] = ()
    again: tuple[float, ...] = ()


def bracket(points: Sequence[tuple[float, bool | None]]) -> Bracket:
    """From places in order and whether it holds there (None: undecided)."""
    unsure = tuple(place for place, holds in points if holds is None)
    broken = [i for i, (_, holds) in enumerate(points) if holds is False]
    end = broken[0] if broken else len(points)
    last = next((place for place, holds in reversed(points[:end]) if holds), None)
    again = tuple(place for place, holds in points[end:] if holds)
    return Bracket(last, points[end][0] if broken else None, unsure, again)


@dataclass(frozen=True, eq=False)
class Change:
    """On one axis: `holder` is ahead or equal up to `where.last`, and beaten from
    `where.first` on; `decides` is the comparison there, or at the last place."""

    axis: Axis
    metric: Metric
    holder: str
    where: Bracket
    decides: Verdict
    of_base: bool


Points = Sequence[tuple[float, Verdict]]


def changes(axis: Axis, among: Sequence[Verdict], metric: Metric) -> Iterator[Change]:
    """On a scenario's own axis of the model that it is about, elsewhere of all."""
    known = kind(axis.groups[0].scenario)
    mine = (v for v in among if v.group in axis.groups and v.metric is metric)
    at = ((coordinates(v.group)[axis.key], v) for v in mine)
    points = sorted(at, key=lambda point: point[0])
    if axis.key in known.axis:
        of = of_each if known.each else of_base
        return of(axis, points, metric, str(known.base))
    return of_pairs(axis, points, metric)


def of_each(axis: Axis, points: Points, metric: Metric, base: str) -> Iterator[Change]:
    """Where each of the others overtakes the base. Of a model with several cores and
    `sequential` that is its COST. (McSherry et al. 2015, "Scalability! But at what
    COST?", HotOS XV.)"""
    pairs = [({v.a.label, v.b.label}, (at, v)) for at, v in points]
    for rival in dict.fromkeys(label for both, _ in pairs for label in both):
        mine = [point for both, point in pairs if both == {base, rival}]
        yield from of_base(axis, mine, metric, base)


def of_base(axis: Axis, points: Points, metric: Metric, base: str) -> Iterator[Change]:
    """Where any other model overtakes the base. All pairs of a place hold at once,
    so the best rival may be picked by looking."""
    mine = ((at, v) for at, v in points if base in (v.a.label, v.b.label))
    others = ((at, v, v.b if v.a.label == base else v.a) for at, v in mine)
    rivals = words.gathered((at, v.seen_from(other)) for at, v, other in others)
    states, best = [], {}
    for place, pairs in rivals.items():
        beating = [v for v in pairs if v.winner is v.a]
        # Of a cost the smallest is the best.
        pick = min if metric.lower else max
        best[place] = pick(beating or pairs, key=lambda v: v.ratio)
        unsure = any(v.word == UNDECIDED for v in pairs)
        states.append((place, False if beating else None if unsure else True))
    if len(states) > 1:
        where = bracket(states)
        decides = best[states[-1][0] if where.first is None else where.first]
        yield Change(axis, metric, base, where, decides, True)


def of_pairs(axis: Axis, points: Points, metric: Metric) -> Iterator[Change]:
    """Every two models of which each wins somewhere."""
    pairs = (((v.a.label, v.b.label), (place, v)) for place, v in points)
    for line in map(dict, words.gathered(pairs).values()):
        winners = {p: v.winner and v.winner.label for p, v in line.items()}
        first = next(filter(None, winners.values()), None)
        if {*winners.values()} - {None, first}:
            where = bracket([(p, w and w == first) for p, w in winners.items()])
            yield Change(axis, metric, first, where, line[where.first], False)


@dataclass(frozen=True, eq=False)
class Shortest:
    """METG(50 %) of one model, in seconds: the shortest jobs with half of the ideal
    throughput lie between `where.first`, which misses it, and `where.last`."""

    cell: Cell
    where: Bracket


def shortest_jobs(run: Run, share: float = 0.5) -> Iterator[Shortest]:
    """Where several lengths of the same jobs were measured, by the whole interval of
    the level. A model with so few workers that it cannot pass half of the cores has
    no METG there; nor have jobs that are limited by how many may be in flight.
    (Slaughter et al. 2020, "Task Bench", SC20.)"""
    lines: dict[tuple[Any, ...], dict[float, Cell]] = {}
    for axis in (axis for axis in axes(run.workloads) if axis.key == "job_us"):
        for group in (g for g in axis.groups if g.limit is None and not g.waits):
            bare = (cell for cell in group.floors if cell.comparable)
            both = (*group.comparable, *bare)
            for cell in (c for c in both if 2 * c.workers > c.cores):
                line = lines.setdefault((axis, cell.label, cell.workers), {})
                line[job_seconds(run, cell)] = cell
    for cells in (some for some in lines.values() if len(some) > 1):
        states = []
        # From long jobs, which reach it, to short ones.
        for length, cell in sorted(cells.items(), reverse=True):
            known = intervals.level(cell.values(RATE.key))
            half = share * ideal(run, cell)
            missed = False if known.high < half else None
            states.append((length, True if known.low >= half else missed))
        yield Shortest(cell, bracket(states))


def ideal(run: Run, cell: Cell) -> float:
    """Jobs per second if its cores did nothing but compute."""
    return cell.cores / job_seconds(run, cell)


def job_seconds(run: Run, cell: Cell) -> float:
    """The calibrated length of the cell's jobs, or what was asked for."""
    same = {key: cell.params.get(key) for key in ("kernel", "job_us", "size")}
    same["scenario"] = cell.scenario
    for entry in run.context.get("calibration") or ():
        if same.items() <= entry.items():
            return float(entry["seconds"])
    return cell.params["job_us"] * 1e-6
