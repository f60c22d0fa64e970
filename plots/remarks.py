"""What single figures add to what is declared: references, labels, remarks.

Small functions of a view, each named by figures.py. They state facts; who is
better is said by told.py, from the verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

from plots import measure
from plots.figure import Bracket, Points, Reference
from plots.formats import exact, on_cores, percent, times
from plots.told import verdict_words
from plots.view import View
from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import CPU, RATE
from reports.data.scenarios import NULL
from reports.judge import questions
from reports.judge.brackets import Change
from reports.judge.waits import memory_slopes

# Scaling: throughput, speed-up and efficiency in one figure.


def baseline(view: View) -> Cell | None:
    """`sequential`, where speed-up means anything: jobs that wait need no core
    to wait on, and empty jobs leave cores no work."""
    apart = view.whole.waits or view.scenario == NULL or view.cores[-1] == 1
    return None if apart else view.baseline


def speedup(view: View, cell: Cell) -> float | None:
    base = baseline(view)
    if base is None or cell is base:
        return base and 1.0
    return view.judged.ratio(cell, base, RATE)


def efficiency(view: View, cell: Cell) -> float | None:
    found = speedup(view, cell)
    return None if found is None else found / cell.cores


def scaled(view: View, cell: Cell) -> str:
    found = speedup(view, cell)
    if found is None or cell.cores == 1:
        return ""
    return f" (speed-up {times(found)}, {percent(found / cell.cores)})"


def ceilings(view: View, _: int) -> Iterator[Reference]:
    """What sequential x cores would be, and what independent processes reach;
    for jobs that wait the cap of Little's law."""
    full = [c for c in view.cells if c.cap and c.in_flight == c.limit]
    if full:
        life = exact(full[0].life_seconds or 0)
        label = f"cap: {full[0].in_flight:,} in flight / {life}"
        yield Reference(label, {count: full[0].cap or 0 for count in view.cores})
    base = baseline(view)
    if base:
        one = median(base.values(RATE.key)) / base.cores
        yield Reference("ideal: sequential × cores", {c: one * c for c in view.cores})
        reached = {c: r for c, r in view.whole.reached.items() if c in view.cores}
        if reached:
            yield Reference("reachable: independent processes", reached, True)


# Along in-flight limits.


def has(_: View, cell: Cell) -> str:
    """Of a model with fewer in flight than was asked for."""
    less = cell.limit is not None and cell.in_flight < cell.limit
    return f" (has {cell.in_flight:,})" if less else ""


def caps(view: View, cores: int) -> Iterator[Reference]:
    """The cap of every limit, and that of the CPUs if jobs compute."""
    first = next((c for c in view.cells if c.life_seconds and c.waits), None)
    if first is None:
        return
    life, compute = first.life_seconds or 0.0, first.first.compute_seconds
    places = sorted({c.limit or 1 for c in view.cells if c.cores == cores})
    label = f"cap: in flight / {exact(life)}"
    yield Reference(label, {place: place / life for place in places})
    if compute:
        yield Reference("cap: CPUs / compute", {p: cores / compute for p in places})


def one_more(view: View, cell: Cell) -> float | None:
    """Bytes that one more job in flight takes."""
    for slope in memory_slopes(view.workload) if cell.limit else ():
        if (slope.most.label, slope.most.cores) == (cell.label, cell.cores):
            return slope.bytes if slope.measured or slope.low is None else 0.0
    return None


def a_job(view: View, cell: Cell) -> str:
    slope = one_more(view, cell)
    if slope == 0:
        return " · +0 a job, or below the noise"
    return "" if slope is None else f" · +{words.size(slope)} a job"


# A mix of waiting and computing.


def change(view: View, cores: int) -> Change | None:
    """Where the loop is overtaken."""
    for found in view.judged.changes:
        first = found.axis.groups[0]
        if found.of_base and first in view.whole.groups and first.cores == cores:
            return found
    return None


def overtaken(view: View, cores: int) -> Bracket | None:
    found = change(view, cores)
    if found is None:
        return None
    where = found.where
    if where.first is None:
        unsure = "undecided whether the loop is overtaken"
        return Bracket(unsure if where.undecided else "nobody overtakes the loop")
    if where.last is None:
        return Bracket(f"the loop is overtaken at {where.first:g} % at the latest")
    by = f" by {view.label(found.decides.a)}" if found.decides else ""
    text = f"between {where.last:g} and {words.share(where.first)}"
    return Bracket(f"the loop is overtaken {text}{by}", where.last, where.first)


def where_overtaken(view: View, _: Points) -> str:
    """On the fewest and on the most cores."""
    told = [
        f"{on_cores(cores)} {bracket.text.replace('undecided', 'it is undecided')}"
        for cores in dict.fromkeys((view.cores[0], view.cores[-1]))
        if (bracket := overtaken(view, cores))
    ]
    if not told:
        return "This run does not decide where the loop is overtaken."
    return f"{words.capital('; '.join(told))}."


# Workers.


def rule_holds(view: View, _: Points) -> str:
    """The number of workers that does best against the rule's, in the words of
    its verdict."""
    drawn = {c.name for c in view.fair if c.cores == view.cores[-1]}
    asked = [v for v in view.judged.asked(questions.WORKERS) if v.b.name in drawn]
    told = []
    for ruled in dict.fromkeys(v.b for v in asked):
        best = max((v for v in asked if v.b is ruled), key=lambda v: v.ratio)
        over = f"{best.a.workers:,} over these: {verdict_words(best)}"
        told.append(f"{ruled.workers:,} workers for {ruled.label} ({over})")
    where = words.capital(on_cores(view.cores[-1]))
    return f"{where} the rule asks for {words.listed(told) or 'what is marked'}."


def ends(cell: Cell) -> tuple[float, ...]:
    one = measure.middle(cell)
    return (one.job_end_seconds or ()) if one else ()


def together(_: View, cell: Cell) -> int:
    """How many jobs end together at first."""
    known = ends(cell)
    return sum(1 for end in known if end < 1.5 * known[0])


def at_once(view: View, _: Points) -> str:
    told = [
        f"{view.label(c)} {together(view, c)}"
        for c in view.ordered
        if c.comparable and ends(c)
    ]
    where = words.capital(on_cores(view.cores[-1]))
    return f"{where} so many of the jobs end together at first: {words.listed(told)}."


# Floors and requests.


def floor(view: View, cell: Cell) -> Cell | None:
    """The bare mechanism on the same cores, with as many in flight: with more
    cores a queue is contended, and its uncontended price would be no floor."""
    for one in (*view.floors, *view.workload.floors):
        same = one.cores == cell.cores and one.limit in (cell.limit, None)
        if one.model == cell.first.floor and same and not cell.is_floor and one.ok:
            return one
    return None


def times_floor(view: View, cell: Cell) -> float | None:
    under = floor(view, cell)
    return view.judged.ratio(cell, under, CPU) if under else None


def of_floor(view: View, cell: Cell) -> str:
    found = times_floor(view, cell)
    return "" if found is None else f", {times(found)} × {cell.first.floor}"


def of_http(key: str) -> Callable[[View, Cell], float | None]:
    return lambda _, cell: words.middle(cell.http_values(key))


def of_capacity(_: View, cell: Cell) -> str:
    rate = words.middle(cell.http_values("capacity_per_second"))
    return f" · capacity {words.rate(rate)}" if rate else ""
