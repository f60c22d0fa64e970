"""Contests: who of a group is compared with whom, on which metric.

The questions of questions.py and questions_http.py are made of these. Pure
functions of a group.
"""

from __future__ import annotations

from typing import Callable, Sequence

from reports import statistics
from reports.answers import BOUND, CPU, DELAYED, LATENCIES, LOWER_IS_BETTER
from reports.answers import THROUGHPUT, Answer
from reports.answers import bound, comparable, contestants, family, fits, positive
from reports.answers import together
from reports.cells import MIXED, Cell
from reports.workloads import Group

AGAINST_SEQUENTIAL = "against-sequential"
AGAINST_LOOP = "against-event-loop"
WHO_WINS = "who-wins"
VARIANT = "variant"
FLOOR = "floor"
WORKERS = "workers"

# Here models tie on throughput by construction wherever Little's law limits
# them, so what a job costs is a question of its own.
TWOFOLD = frozenset({"io", MIXED})
# The model whose lead over the mix axis is followed.
LOOP = "event-loop"


def metric_of(*cells: Cell) -> str:
    """What these cells are compared on.

    `null` jobs do no work, so their price is CPU time and not wall time
    divided by cores; a cell whose load generator or backend was the
    bottleneck may not win on throughput and is judged on CPU per job instead.
    """
    return CPU if cells[0].scenario == "null" or bound(*cells) else THROUGHPUT


def metrics(group: Group) -> tuple[str | None, ...]:
    """What the cells of a group are compared on: both metrics for all pairs,
    or (None) for each pair the one that fits it."""
    return (THROUGHPUT, CPU) if group.scenario in TWOFOLD else (None,)


def on(metric: str | None) -> Callable[..., str]:
    return metric_of if metric is None else lambda *cells: metric


def asked_on(
    question: str,
    group: Group,
    pairs: Sequence[tuple[Cell, Cell]],
    d: float,
    metric: str | None,
) -> list[Answer]:
    """A family; but where a metric is given, none of pairs to which it does
    not belong: whose rates are not the models' own, or latencies not theirs."""
    fit = [p for p in pairs if metric is None or all(fits(c, metric) for c in p)]
    return family(question, group, fit, d, on(metric))


def against(
    question: str,
    group: Group,
    model: str,
    d: float,
    chosen: Sequence[str | None] | None = None,
) -> list[Answer]:
    """Each model against the plain `model` of its group, on the metrics of
    the group or on those `chosen`."""
    fit = comparable(group)
    base = next((c for c in fit if c.model == model and not c.variant), None)
    if base is None:
        return []
    pairs = [(cell, base) for cell in fit if cell is not base]
    found: list[Answer] = []
    for metric in metrics(group) if chosen is None else chosen:
        found += asked_on(question, group, pairs, d, metric)
    return found


def against_sequential(group: Group, d: float) -> list[Answer]:
    """Each model against `sequential` on the same cores."""
    return against(AGAINST_SEQUENTIAL, group, "sequential", d)


def against_loop(group: Group, d: float) -> list[Answer]:
    """The same in mixed workloads, where the lesson is how long the loop keeps up
    and `sequential` is out of the race as soon as a job waits."""
    found = against(AGAINST_LOOP, group, LOOP, d)
    return [answer for answer in found if answer.metric == THROUGHPUT]


def who_wins(group: Group, d: float) -> list[Answer]:
    """The leader of a core count against each of the other models.

    This is a multiple comparison with the best (Hsu 1984, "Constrained
    Simultaneous Confidence Intervals for Multiple Comparisons with the
    Best"). The leader, the best median, was chosen by looking, so why is
    Holm over its k-1 pairs enough, and not over all k(k-1)/2? The error that
    matters is to declare the truly best model beaten. It stands in k-1 of
    all pairs only, so only they can commit that error, whichever model the
    data put in front; and each of them only by pointing the wrong way, which
    is half of a two-sided p. Tukey's k(k-1)/2 would pay for claims that
    nobody makes, such as who is third. What is not promised: if five models
    were exactly equal, the leader would be told from some straggler in 5 %
    of all groups with 5 repetitions, 6 % with 10 and 7 to 8 % with 20
    (test_simulation.py measures it), but never as the winner over all.
    With 5 v 5 repetitions the smallest p is 2/252 = 0.0079, and four times
    that is 0.032: `quick` can decide five models. Variants refine models, so
    they do not stand here but against their own model: variants().
    """
    found: list[Answer] = []
    for metric in metrics(group):
        found += leader(group, d, metric)
    return found


def leader(group: Group, d: float, metric: str | None) -> list[Answer]:
    """The same on one metric; see metrics()."""
    fit = contestants(group)
    able = [c for c in fit if not bound(c)] or fit
    if metric == THROUGHPUT or metric in LATENCIES:
        if hidden(fit, metric):
            return []
        fit = able = [c for c in fit if fits(c, metric)]
    elif metric == CPU:
        # Cheap while others do a hundred times as much at once is no rival:
        # `sequential` is compared with each of them by against_sequential().
        fit = able = [c for c in fit if c.limit is not None] or fit
    if len(fit) < 2:
        return []
    chosen = on(metric)(*able)
    able = [c for c in able if positive(c, chosen)]
    if not able:
        return []
    sign = -1 if chosen in LOWER_IS_BETTER else 1
    leader = max(able, key=lambda c: sign * statistics.median(c.values(chosen)))
    pairs = [(leader, cell) for cell in fit if cell is not leader]
    return asked_on(WHO_WINS, group, pairs, d, metric)


def hidden(cells: Sequence[Cell], metric: str) -> list[Cell]:
    """Those whose true figure may be the best of all: the rate of a cell that
    its generator or backend held back is a lower bound, and the latency that a
    late generator saw is an upper one. Where one of them is at least as good as
    all others, nobody can be said to win."""
    sign = -1 if metric in LOWER_IS_BETTER else 1
    known = [c for c in cells if positive(c, metric)]
    best = {c.name: sign * statistics.median(c.values(metric)) for c in known}
    own = [best[c.name] for c in known if fits(c, metric)]
    if not own:
        return []
    marked = BOUND if metric == THROUGHPUT else DELAYED
    return [c for c in known if marked & {*c.flags} and best[c.name] >= max(own)]


def variants(
    group: Group, d: float, chosen: Sequence[str | None] | None = None
) -> list[Answer]:
    """Each variant against the model that it refines, on the metrics of the
    group or on those `chosen`."""
    fit = comparable(group)
    pairs = []
    for cell in fit:
        plain = [
            c
            for c in fit
            if (c.model, c.pinned) == (cell.model, cell.pinned) and not c.variant
        ]
        like = [c for c in plain if c.workers == cell.workers] or plain
        if cell.variant and like:
            pairs.append((cell, like[0]))
    found: list[Answer] = []
    for metric in metrics(group) if chosen is None else chosen:
        found += asked_on(VARIANT, group, pairs, d, metric)
    return found


def floors(group: Group, beside: Sequence[Cell], d: float) -> list[Answer]:
    """CPU per job of each model over that of its bare mechanism among those
    `beside`, both measured on the same cores and with as many in flight."""
    bare = {c.model: c for c in beside if c.cores == group.cores and c.comparable}
    pairs = [
        (cell, bare[cell.first.floor])
        for cell in comparable(group)
        if cell.first.floor in bare and cell.limit == bare[cell.first.floor].limit
    ]
    return family(FLOOR, group, pairs, d, lambda *cells: CPU)


def workers(group: Group, d: float) -> list[Answer]:
    """Where a grid of worker counts was measured: the best of the grid
    against the count that the rule gives, per model.

    The best was chosen by looking, so Holm counts every other count of the
    grid, although only the best is told.
    """
    found: list[Answer] = []
    for ruled in comparable(group):
        if ruled.workers != ruled.workers_rule:
            continue
        pairs = [
            (cell, ruled)
            for cell in group.cells
            if (cell.id, cell.pinned) == (ruled.id, ruled.pinned)
            and cell is not ruled
            and cell.comparable
        ]
        if pairs and not any(bound(*pair) for pair in pairs):
            asked = together(WORKERS, group, pairs, d, lambda *cells: THROUGHPUT)
            found.append(max(asked, key=lambda a: a.ratio.estimate))
    return found


def of_group(answer: Answer, group: Group) -> bool:
    return (answer.scenario, answer.params, answer.cores, answer.limit) == (
        group.scenario,
        group.params,
        group.cores,
        group.limit,
    )
