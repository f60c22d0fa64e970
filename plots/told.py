"""What figures say: the sentence that most have, and what single ones add.

Every comparison comes from a verdict; of what is not judged there are medians
and facts, and no more. Small functions of a view, each named by figures.toml.
"""

from statistics import median
from typing import Any, Callable, Iterator, Mapping

from plots.chart import exact, on_cores, percent, seconds, times
from plots.figure import Bracket, Reference
from plots.measure import Measure, Point
from plots.view import View
from reports.data import words
from reports.data.cells import CLOSED, Cell
from reports.data.metrics import NULL, RATE, STARTUP, kind
from reports.judge import questions
from reports.judge.judgement import Standing
from reports.judge.prices import known, measured, per_gib
from reports.judge.scaling import memory_slopes
from reports.judge.verdict import EQUAL, UNDECIDED, Verdict


def sentence(view: View, measure: Measure, points: Mapping[str, Point]) -> str:
    """On the most cores, under the highest limit or load."""
    metric = measure.metric
    apart = metric and metric.foreign and view.whole.requests
    cores = view.apart if apart else view.cores[-1]
    groups = [g for g in view.whole.groups if g.cores == cores]
    group = [g for g in groups if {*g.cells} & {*view.cells}][-1]
    where = words.capital(on_cores(cores))
    if len(view.steps) > 1:
        where += f" at {kind(group.scenario).place(group.step)}"
    if group.limit and len(view.limits) > 1:
        where += f" with {group.limit:,} in flight"
    if group.load and group.load != CLOSED:
        where += f", {words.loaded(group.load)},"
    there = [cell for cell in view.fair if cell.name in points and cell in group.cells]
    there = [cell for cell in there if cell.limit == group.limit] or there
    if not there:
        return f"{where} no model finished all its repetitions."
    if metric and metric in view.judged.metrics(group):
        standing = view.judged.standing(group, metric)
        if standing.bound or standing.order and standing.order[0].name in points:
            return verdicts(view, standing, measure, where)
    name = f"{measure.panel} {measure.name}".strip()
    values = {view.label(cell): points[cell.name].middle for cell in there}
    return f"{where} the median of the {name}: {ends(values, measure.form.write)}."


def price(view: View, _: Measure, points: Mapping[str, Point]) -> str:
    """The cheapest and the costliest, of the largest size on the most cores."""
    cells = sorted(view.fair, key=lambda cell: (cell.step or 0, cell.cores))
    last = {view.label(cell): cell for cell in cells}
    if not last:
        return "Nothing finished all its repetitions."
    what, alike = f"one {view.scenario[:-1]}", {c.cores for c in last.values()}
    what = f"{on_cores(*alike)} {what}" if len(alike) == 1 else what
    if view.steps:
        what += f" of {kind(view.scenario).place(view.steps[-1])}"
    values = {name: points[cell.name].middle for name, cell in last.items()}
    return f"{words.capital(what)} takes {ends(values, seconds)}."


def ends(values: Mapping[str, float], write: Callable[[float], str]) -> str:
    """The lowest and the highest: '1.2 ms (prefork) to 3 ms (sequential)'."""
    first, *rest = sorted(values, key=values.__getitem__)
    return " to ".join(f"{write(values[n])} ({n})" for n in (first, *rest[-1:]))


def verdicts(view: View, standing: Standing, measure: Measure, where: str) -> str:
    """Of one standing: who is first, and what is decided beside it."""
    if standing.bound:
        who = words.listed(map(view.label, standing.bound))
        return f"{where} nobody wins: what was measured of {who} is only a bound."
    first, *others = standing.order
    value = measure.form.write(median(first.values(standing.metric.key)))
    text = f"{where} {view.label(first)} {measure.says.format(value)}"
    text += " and wins" if standing.winner else ""
    asked = [(standing.between(first, cell), cell) for cell in others]
    if not any(v and v.known for v, _ in asked):
        return f"{text}; nothing is decided."
    each = (f"{verdict_words(v)} over {view.label(cell)}" for v, cell in asked)
    return f"{text}: {words.listed(each)}."


def verdict_words(verdict: Verdict | None) -> str:
    """'equal within 1.2 %', '0.50 (0.49 to 0.51)', 'undecided (0.9 to 1.2)'."""
    if verdict is None:
        return "not compared"
    if not verdict.known:
        return f"{words.ratio(verdict.ratio)} so far"
    if verdict.word == EQUAL:
        return f"equal within {words.within(verdict.within)}"
    first = words.ratio(verdict.ratio) if verdict.word != UNDECIDED else UNDECIDED
    return f"{first} ({words.between(verdict.low, verdict.high)})"


def baseline(view: View) -> Cell | None:
    """`sequential` on the fewest cores, where speed-up means anything: jobs that
    wait need no core to wait on, and empty jobs leave cores no work."""
    apart = view.whole.waits or view.scenario == NULL or view.cores[-1] == 1
    plain = [c for c in view.fair if c.label == "sequential" and not apart]
    return min(plain, key=lambda cell: cell.cores, default=None)


def speedup(view: View, cell: Cell) -> float | None:
    base = baseline(view)
    return base and view.judged.ratio(cell, base, RATE)


def scaled(view: View, cell: Cell) -> str:
    found = speedup(view, cell) if cell.cores > 1 else None
    return f" (speed-up {times(found)}, {percent(found / cell.cores)})" if found else ""


def first_job(_: View, cell: Cell) -> float | None:
    return words.middle(cell.values("first_job_seconds"))


def ceilings(view: View, _: int) -> Iterator[Reference]:
    """Sequential x cores, what independent processes reach, and Little's cap."""
    full = [c for c in view.cells if c.cap and c.in_flight == c.limit]
    if full:
        label = f"cap: {full[0].in_flight:,} in flight / {exact(full[0].life_seconds)}"
        yield Reference(label, dict.fromkeys(view.cores, full[0].cap))
    if base := baseline(view):
        one = median(base.values(RATE.key)) / base.cores
        yield Reference("ideal: sequential × cores", {c: one * c for c in view.cores})
        if reached := {c: r for c, r in view.whole.reached.items() if c in view.cores}:
            yield Reference("reachable: independent processes", reached, True)


def has(_: View, cell: Cell) -> str:
    """Of a model with fewer in flight than was asked for."""
    return f" (has {cell.in_flight:,})" if cell.in_flight < (cell.limit or 0) else ""


def caps(view: View, cores: int) -> Iterator[Reference]:
    """The cap of every limit, and that of the CPUs if jobs compute."""
    first = next((c for c in view.cells if c.waits), None)
    if first is None:
        return
    life, compute = first.life_seconds, first.compute_seconds
    places = sorted({c.limit or 1 for c in view.cells if c.cores == cores})
    label = f"cap: in flight / {exact(life)}"
    yield Reference(label, {place: place / life for place in places})
    if compute:
        yield Reference("cap: CPUs / compute", {p: cores / compute for p in places})


def bare_starts(view: View, _: int) -> Iterator[Reference]:
    """Starting alone, one after the other, as this machine's prices have it."""
    places = sorted({cell.workers for cell in view.cells})
    for name in ("thread", "fork"):
        bare = (p for p in known(view.judged.run) if p.primitive == name)
        for price in [p for p in bare if not p.params.get("touched_mib")][:1]:
            label = f"{name} alone: {seconds(price.seconds)} each"
            yield Reference(label, {place: place * price.seconds for place in places})


def one_more(view: View, cell: Cell) -> float | None:
    """Bytes of one more job in flight, or one more worker; 0 if below the noise."""
    for slope in memory_slopes(view.workload):
        if (slope.most.label, slope.most.cores) == (cell.label, cell.cores):
            return slope.bytes if slope.measured or slope.low is None else 0.0
    return None


def per_worker(view: View, measure: Measure, points: Mapping[str, Point]) -> str:
    """The least and the most that one more takes, on the most cores."""
    wide = (s for s in memory_slopes(view.workload) if s.most.cores == view.cores[-1])
    each = {s.most.label: s.bytes for s in wide if s.measured or s.low is None}
    if not each:
        return sentence(view, measure, points)
    text = f"{on_cores(view.cores[-1])} one more worker takes"
    return f"{words.capital(text)} {ends(each, words.size)}."


def a_worker(view: View) -> list[tuple]:
    """What one more worker takes, and what the kernel keeps for it."""
    keys = ("own_memory_bytes", "page_table_bytes", "kernel_stack_bytes")
    found: dict[str, dict[str, float]] = {}
    for key in keys:
        for slope in memory_slopes(view.workload, key):
            found.setdefault(slope.most.label, {})[key] = slope.bytes
    return [(name, *map(each.get, keys)) for name, each in found.items()]


def a_job(view: View, cell: Cell) -> str:
    slope = one_more(view, cell)
    each = "worker" if view.scenario == STARTUP else "job"
    if slope == 0:
        return f" · +0 a {each}, or below the noise"
    return "" if slope is None else f" · +{words.size(slope)} a {each}"


def worth_it(view: View, *_: Any) -> str:
    """The first and the last model with half of the ideal."""
    cells = {view.label(cell): view.judged.half(cell) for cell in view.fair}
    known = {name: one.where.last for name, one in cells.items() if one}
    first, *others = sorted(filter(known.get, known), key=known.get) or [""]
    where = words.capital(on_cores(view.cores[-1]))
    if not first:
        return f"{where} no length of jobs is known to take half of the cores' time."
    each = [f"from {seconds(known[n])} on ({n})" for n in (first, *others[-1:])]
    return f"{where} half of the cores' time goes into jobs {', or only '.join(each)}."


def lengths(view: View) -> list[tuple[str, str | None, str | None]]:
    """Of each the shortest jobs with half of the ideal, and that overtake one core."""
    since: dict[str, str] = {}
    for change in view.judged.changes:
        where, group = change.where, change.axis.groups[0]
        if change.of_base and where.first and group in view.whole.groups:
            places = (p for p in (where.last, where.first) if p)
            since[change.decides.a.label] = " to ".join(exact(p * 1e-6) for p in places)
    found = {}
    for cell in (*view.fair, *view.beside):
        one = view.judged.half(cell)
        found[view.label(cell)] = one and words.reached(one.where, seconds)
    return [(n, h, since.get(n)) for n, h in found.items() if h or n in since]


def overtaken(view: View, cores: int) -> Bracket | None:
    """Where the loop is, on so many cores."""
    for change in view.judged.changes:
        first, where = change.axis.groups[0], change.where
        if change.of_base and first in view.whole.groups and first.cores == cores:
            break
    else:
        return None
    if where.first is None:
        unsure = "undecided whether the loop is overtaken"
        return Bracket(unsure if where.undecided else "nobody overtakes the loop")
    if where.last is None:
        return Bracket(f"the loop is overtaken at {where.first:g} % at the latest")
    text = f"the loop is overtaken between {where.last:g} and "
    text += f"{words.share(where.first)} by {view.label(change.decides.a)}"
    return Bracket(text, where.last, where.first)


def where_overtaken(view: View, *_: Any) -> str:
    """On the fewest and on the most cores."""
    told = [
        f"{on_cores(cores)} {bracket.text.replace('undecided', 'it is undecided')}"
        for cores in dict.fromkeys((view.cores[0], view.cores[-1]))
        if (bracket := overtaken(view, cores))
    ]
    told = told or ["this run does not decide where the loop is overtaken"]
    return f"{words.capital('; '.join(told))}."


def rule_holds(view: View, *_: Any) -> str:
    """The best number of workers against the rule's, in the words of its verdict."""
    drawn = {c.name for c in view.fair if c.cores == view.cores[-1]}
    asked = [v for v in view.judged.asked(questions.WORKERS) if v.b.name in drawn]
    told = []
    for ruled in dict.fromkeys(v.b for v in asked):
        best = max((v for v in asked if v.b is ruled), key=lambda v: v.ratio)
        over = f"{best.a.workers:,} over these: {verdict_words(best)}"
        told.append(f"{ruled.workers:,} workers for {ruled.label} ({over})")
    where = words.capital(on_cores(view.cores[-1]))
    return f"{where} the rule asks for {words.listed(told) or 'what is marked'}."


def at_once(view: View, _: Measure, points: Mapping[str, Point]) -> str:
    """How many jobs end together at first."""
    fair = (c for c in view.ordered if c.comparable and c.name in points)
    ends = {view.label(c): points[c.name].values for c in fair}
    count = {n: sum(one < 1.5 * some[0] for one in some) for n, some in ends.items()}
    told = words.listed(f"{name} {n}" for name, n in count.items())
    where = words.capital(on_cores(view.cores[-1]))
    return f"{where} so many of the jobs end together at first: {told}."


def slopes(view: View) -> list[tuple[str, float, float]]:
    """What a GiB of the starter's memory adds to each start, and if a line fits."""
    prices = [p for p in measured(view.judged.run) if p.scenario == view.scenario]
    places = ((p.primitive, (p.params["touched_mib"], p.seconds)) for p in prices)
    found = {name: per_gib(some) for name, some in words.gathered(places).items()}
    # Less than 1 ns is below what a clock can tell.
    return [(n, round(s.seconds, 9), s.fit) for n, s in sorted(found.items()) if s]


def least_and_most(view: View, measure: Measure, points: Mapping[str, Point]) -> str:
    """That a GiB adds."""
    each = {name: added for name, added, _ in slopes(view)}
    if not each:
        return price(view, measure, points)
    return f"Each GiB that the starter has touched adds {ends(each, seconds)}."


def of_floor(view: View, cell: Cell) -> str:
    """Over the bare mechanism, on the same cores with as many in flight."""
    asked = (v for v in view.judged.asked(questions.FLOOR) if v.a is cell)
    return next((f", {times(v.ratio)} × {v.b.model}" for v in asked), "")


def of_capacity(_: View, cell: Cell) -> str:
    rate = words.middle(cell.values("http_capacity_per_second"))
    return f" · capacity {words.rate(rate)}" if rate else ""
