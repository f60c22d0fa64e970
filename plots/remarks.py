"""What single figures add to what is declared: references, labels, remarks.

Small functions of a view, each named by figures.py. They state facts; who is
better is said by told.py, from the verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from plots import cuts
from plots.figure import Bracket, Points, Reference
from plots.ratios import verdict_words
from plots.formats import exact, on_cores, percent, seconds, times
from plots.view import View
from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import CPU, RATE
from reports.data.scenarios import NULL
from reports.judge import questions
from reports.judge.brackets import Change
from reports.judge.waits import memory_slopes


def on_most(view: View, points: Points) -> list[Cell]:
    """Cells of which a sentence may speak, on the most cores."""
    here = [c for c in view.fair if c.cores == view.cores[-1] and c.name in points[0]]
    return sorted(here, key=lambda cell: points[0][cell.name].middle)


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


def fewer(cell: Cell) -> float | None:
    """The own cap of a model that has fewer in flight than was asked for."""
    less = cell.limit is not None and cell.in_flight < cell.limit
    return cell.cap if less else None


def has(_: View, cell: Cell) -> str:
    return f" (has {cell.in_flight:,})" if fewer(cell) else ""


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
    cells = [c for some in grids for c in some if (c.limit or 0) == limit]
    # Not simply all that the limit allows.
    rules = [(c.workers_rule < limit, c.workers_rule, c.share or 0) for c in cells]
    share = max(rules)[2]
    held = f"at {limit:,} in flight" if limit else ""
    held += f", {share:g} % compute" if share else ""
    names = {cell.name for cell in cells if (cell.share or 0) == share}
    return cuts.keep(view, lambda cell: cell.name in names, held)


def assumed(view: View, cores: int) -> Iterator[Reference]:
    """min(W / (wait + compute), cores / compute)."""
    cells = [cell for cell in view.cells if cell.cores == cores]
    life, compute = cells[0].life_seconds, cells[0].first.compute_seconds
    if life:
        full = cores / compute if compute else float("inf")
        places = sorted({cell.workers for cell in cells})
        values = {place: min(place / life, full) for place in places}
        yield Reference("assumed by the rule", values)


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


# Floors, and rows.


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


def undelayed(view: View) -> Reference | None:
    life = next((c.life_seconds for c in view.cells if c.life_seconds), None)
    return Reference(f"wait + compute: {exact(life)}", {0: life}) if life else None


def start_pays(view: View, points: Points) -> str:
    """The longest start-up, in the work that it precedes."""
    slow = on_most(view, points)[-1:]
    if not slow or slow[0].name not in points[1]:
        return ""
    start, work = (points[k][slow[0].name].middle for k in (0, 1))
    name, count = view.label(slow[0]), start / work * (slow[0].ok[0].jobs or 1)
    if start > work:
        text = f"longer than its work of {seconds(work)}: such a batch is too small"
        return f"The start-up of {name} takes {text} to pay for its workers."
    if count < 1:
        return "Start-up is negligible here: less than the time of one job."
    return f"The start-up of {name} takes as long as {times(count)} of its jobs."


def capacity(view: View, cell: Cell) -> float | None:
    """Requests per second of the closed loop, as the rates were fixed to it."""
    known = cell.http_values("capacity_per_second")
    return median(known) if known else None


def offered(_: View, cell: Cell) -> float | None:
    known = cell.http_values("offered_per_second")
    return median(known) if known else None


def of_capacity(view: View, cell: Cell) -> str:
    rate = capacity(view, cell)
    return f" · capacity {words.rate(rate)}" if rate else ""
