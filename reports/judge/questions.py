"""The questions that a run answers: who is compared with whom, on what. Each list of
pairs is a family of its own, whose intervals hold together."""

from itertools import combinations, product
from operator import attrgetter
from typing import Iterable, Iterator

from reports.data import Cell, Group, Metric, Run, Workload, metrics
from reports.data.cells import CLOSED
from reports.data.metrics import CPU, CPU_OF_BOTH, NULL, RATE, SEQUENTIAL, kind
from reports.data.words import COMMON
from reports.judge.verdict import CONTROL as CONTROL, Verdict, family, tolerance

MODELS, VARIANT, SCALING, SPEEDUP = "models", "variant", "scaling", "speed-up"
FLOOR, WORKERS, PEER, CHANGE = "floor", "workers", "peer", "change"
RESOURCE = "resources"

Pairs = list[tuple[Cell, Cell]]

# From this share of its cap on a model has nothing left to scale.
AT_THE_CAP = 0.9
# Near the limit, but not at it; of several open loads this one is judged.
JUDGED = 70.0


def ask(run: Run) -> tuple[Verdict, ...]:
    """Every verdict of a run that is judged."""
    if not run.judged:
        return ()
    d = tolerance(run.context.get("noise_floor"))
    primitives = [c for c in run.cells if c.scenario == metrics.PRIMITIVES]
    found = controls(run, d)
    for workload in (w for w in run.workloads if w.scenario not in metrics.BARE):
        for group in workload.groups:
            # Those of `null` jobs are a scenario of their own.
            bare = primitives if group.scenario == NULL else group.floors
            for question, metric, pairs in asked(workload, group, bare):
                found += family(question, group, pairs, metric, d)
    return tuple(found)


def asked(
    workload: Workload, group: Group, bare: Iterable[Cell]
) -> Iterator[tuple[str, Metric, Pairs]]:
    chosen = compared_on(workload, group)
    priced, every = CPU in chosen, list(combinations(group.contestants, 2))
    both = (CPU_OF_BOTH,) if workload.requests and priced else ()
    for metric in both + chosen:
        yield RESOURCE if metric in metrics.RESOURCES else MODELS, metric, every
        if metric is not CPU_OF_BOTH:
            yield VARIANT, metric, variants(group)
    for metric in resources(group):
        yield RESOURCE, metric, every
    apart = group.step is not None and not workload.kind.each
    if not workload.requests and not apart and RATE in chosen:
        yield SCALING, RATE, scaling(workload, group)
        yield SPEEDUP, RATE, speedup(workload, group)
    if priced or not workload.requests:
        yield FLOOR, CPU, floors(group, bare)
        for pairs in workers(group):
            yield WORKERS, RATE, pairs
    for metric in (RATE, CPU) if priced else ():
        peers = filter(attrgetter("comparable"), group.peers)
        yield PEER, metric, list(product(group.contestants, peers))


def compared_on(workload: Workload, group: Group) -> tuple[Metric, ...]:
    """What the models of a group are compared on. A closed loop asks for the
    rate and its price, an open one for the latency at a load that leaves room."""
    if workload.scenario == metrics.HEAD_OF_LINE:
        return latency(group, metrics.CHEAP)
    if not workload.requests or group.load in (None, CLOSED):
        return kind(workload.scenario).metrics
    if group.load not in judged_loads(workload, group.cores):
        return ()
    # CPU per request is the closed loop's question, if there was one.
    alone = workload.group(group.cores, load=CLOSED) is None
    return (*latency(group, metrics.EVERY), *((CPU,) if alone else ()))


def resources(group: Group) -> tuple[Metric, ...]:
    """Beside those; along a mix, in open loops and beside a fault they say no more."""
    again = group.step is not None or group.load not in (None, CLOSED)
    return () if again or group.scenario == metrics.FAULTS else metrics.RESOURCES


def judged_loads(workload: Workload, cores: int) -> list[str]:
    """Those at which all are asked alike, or the one nearest to 70 % or the middle."""
    here = [g.load for g in workload.groups if g.cores == cores and g.load != CLOSED]
    if alike := [load for load in COMMON if load in here]:
        return alike
    if shares := [load for load in here if not load.endswith("/s")]:
        return [min(shares, key=lambda load: abs(float(load) - JUDGED))]
    return here[len(here) // 2 :][:1]


def latency(group: Group, parts: tuple[Metric, ...]) -> tuple[Metric, ...]:
    """The farthest percentile that two cells know: p99 needs 10,000 samples."""
    return tuple(m for m in parts if sum(map(m.own, group.comparable)) > 1)[:1]


def variants(group: Group) -> Pairs:
    """Each variant against the model that it refines."""
    found = []
    for cell in (c for c in group.comparable if c not in group.contestants):
        key = (cell.model, None, cell.pinned)
        plain = [c for c in group.comparable if (c.model, c.variant, c.pinned) == key]
        like = [c for c in plain if c.workers == cell.workers] or plain
        found += [(cell, one) for one in like[:1]]
    return found


def scaling(workload: Workload, group: Group) -> Pairs:
    """Each model on N cores against itself on one. A model that reaches the
    cap of Little's law on one core has nothing to gain, and is not asked."""
    single = workload.group(1, group.limit, group.step)
    pairs = []
    for cell in group.comparable if group.cores > 1 and single else ():
        own = [c for c in single.comparable if c.label == cell.label]
        # Where several worker counts were asked for, like meets like.
        like = [c for c in own if c.workers * cell.cores == cell.workers]
        like = like or [c for c in own if c.workers == cell.workers]
        for one in (like or (own if len(own) == 1 else []))[:1]:
            # Where the backend had a CPU of its own beside one core and none beside
            # more, the models would be told to have lost what it took.
            alike = (metrics.SHARED in cell.flags) == (metrics.SHARED in one.flags)
            if alike and (one.of_cap or 0.0) < AT_THE_CAP:
                pairs.append((cell, one))
    return pairs


def speedup(workload: Workload, group: Group) -> Pairs:
    """Each model and variant against `sequential` on the fewest cores."""
    plain = (c for c in workload.cells if c.label == SEQUENTIAL and c.comparable)
    alike = (c for c in plain if c.step == group.step)
    base = min(alike, key=lambda c: c.cores, default=None)
    if base is None or group.waits:
        return []
    told = group.contestants if base.cores == group.cores else ()
    rest = (c for c in group.comparable if c not in told)
    return [(c, base) for c in rest if c.asked_for != SEQUENTIAL]


def floors(group: Group, beside: Iterable[Cell]) -> Pairs:
    """Each model against its bare mechanism with as many cores and in flight."""
    known = (c for c in beside if c.cores == group.cores and c.comparable)
    bare = {(c.model, c.limit): c for c in known}
    keys = {cell: (cell.floor, cell.limit) for cell in group.comparable}
    return [(cell, bare[key]) for cell, key in keys.items() if key in bare]


def workers(group: Group) -> Iterator[Pairs]:
    """Per model, every other number of workers against the rule's."""
    for ruled in (c for c in group.comparable if c.workers == c.workers_rule):
        same = (c for c in group.cells if c.label == ruled.label and c is not ruled)
        yield [(cell, ruled) for cell in same if cell.comparable]


def controls(run: Run, d: float) -> list[Verdict]:
    """Two copies of one model: whichever "wins", something else decides here.
    All controls of a run are one family, for one warning is one too many."""
    places = {cell.name: group for group in run.groups for cell in group.cells}
    twins = [pair for pair in run.twins if pair[0].name in places]
    found = []
    for pair in twins:
        chosen = {NULL: CPU, metrics.STARTUP: metrics.START}
        metric = chosen.get(pair[0].scenario, RATE)
        metric = metric if all(map(metric.own, pair)) else CPU
        about = (CONTROL, places[pair[0].name], [pair], metric)
        found += family(*about, d, len(twins))
    return found
