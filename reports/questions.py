"""The questions that a run answers, and the answers as figures.

Who compares with whom on which metric is decided here, the arithmetic in
statistics.py, the wording in sentences.py. Pure functions of a Run.
"""

from __future__ import annotations

from typing import Callable, Sequence

from reports import crossover, statistics
from reports.answers import CPU, THROUGHPUT, Answer, bound, comparable
from reports.answers import LOWER_IS_BETTER, contestants, family, positive, together
from reports.cells import MIXED, PRIMITIVES
from reports.run import Cell, Group, Run, Workload

AGAINST_SEQUENTIAL = "against-sequential"
AGAINST_LOOP = "against-event-loop"
WHO_WINS = "who-wins"
VARIANT = "variant"
SCALING = "scaling"
FLOOR = "floor"
WORKERS = "workers"
CROSSOVER = "mix-crossover"

# Here models tie on throughput by construction wherever Little's law limits
# them, so what a job costs is a question of its own.
TWOFOLD = frozenset({"io", MIXED})
# From this share of its cap on a model has nothing left to scale.
AT_THE_CAP = 0.9
# The model whose lead over the mix axis is followed.
LOOP = "event-loop"


def ask(run: Run) -> tuple[Answer, ...]:
    """Every answer of a run, in the order of its workloads and core counts.

    A debug or sanitizer build answers nothing: its times are no results.
    """
    if not run.judged:
        return ()
    d = statistics.tolerance(run.context.get("noise_floor"))
    answers: list[Answer] = []
    for workload in run.workloads:
        if workload.scenario == PRIMITIVES:
            # Floors are measured to be stood on, not to compete.
            continue
        for group in workload.groups:
            if workload.scenario == MIXED:
                answers += against_loop(group, d)
            else:
                answers += against_sequential(group, d)
            answers += who_wins(group, d)
            answers += variants(group, d)
            if workload.scenario != MIXED:
                answers += scaling(workload, group, d)
            answers += floors(run, group, d)
            answers += workers(group, d)
        if workload.shares:
            answers += crossovers(workload, answers, d)
    return tuple(answers)


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
    """A family; but where both metrics are asked for, none on throughput of
    pairs whose rates are not the models' own: the other one compares them."""
    fit = [p for p in pairs if metric != THROUGHPUT or not bound(*p)]
    return family(question, group, fit, d, on(metric))


def against(question: str, group: Group, model: str, d: float) -> list[Answer]:
    """Each model against the plain `model` of its group."""
    fit = comparable(group)
    base = next((c for c in fit if c.model == model and not c.variant), None)
    if base is None:
        return []
    pairs = [(cell, base) for cell in fit if cell is not base]
    found: list[Answer] = []
    for metric in metrics(group):
        found += asked_on(question, group, pairs, d, metric)
    return found


def against_sequential(group: Group, d: float) -> list[Answer]:
    """(a) Each model against `sequential` on the same cores."""
    return against(AGAINST_SEQUENTIAL, group, "sequential", d)


def against_loop(group: Group, d: float) -> list[Answer]:
    """(a) in mixed workloads, where the lesson is how long the loop keeps up
    and `sequential` is out of the race as soon as a job waits."""
    found = against(AGAINST_LOOP, group, LOOP, d)
    return [answer for answer in found if answer.metric == THROUGHPUT]


def who_wins(group: Group, d: float) -> list[Answer]:
    """(b) The leader of a core count against each of the other models.

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
        found += _who_wins(group, d, metric)
    return found


def _who_wins(group: Group, d: float, metric: str | None) -> list[Answer]:
    fit = contestants(group)
    able = [c for c in fit if not bound(c)] or fit
    if metric == THROUGHPUT:
        fit = able
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


def variants(group: Group, d: float) -> list[Answer]:
    """Each variant against the model that it refines."""
    fit = comparable(group)
    pairs = []
    for cell in fit:
        plain = [c for c in fit if c.model == cell.model and not c.variant]
        like = [c for c in plain if c.workers == cell.workers] or plain
        if cell.variant and like:
            pairs.append((cell, like[0]))
    found: list[Answer] = []
    for metric in metrics(group):
        found += asked_on(VARIANT, group, pairs, d, metric)
    return found


def shares_cpus(cell: Cell) -> bool:
    """Whether the backend ran on the CPUs of the model."""
    return "cpu-shared" in cell.flags


def scaling(workload: Workload, group: Group, d: float) -> list[Answer]:
    """(c) Each model's throughput on N cores against its own on one core.

    A model that reaches the cap of Little's law on one core has nothing to
    gain by a second one, and is not asked.
    """
    single = workload.group(1, group.limit, group.share)
    if group.cores == 1 or single is None:
        return []
    ones = comparable(single)
    pairs = []
    for cell in comparable(group):
        own = [c for c in ones if c.id == cell.id]
        # Where several worker counts were asked for, like meets like.
        like = [c for c in own if c.workers * cell.cores == cell.workers] or [
            c for c in own if c.workers == cell.workers
        ]
        partner = (like or own)[:1] if len(own) == 1 or like else []
        if not partner or bound(cell, *partner):
            continue
        if shares_cpus(cell) != shares_cpus(partner[0]):
            # The backend had a CPU of its own beside one core and none beside
            # more: the models would be told to have lost what it took.
            continue
        if (partner[0].of_cap or 0.0) < AT_THE_CAP:
            pairs.append((cell, partner[0]))
    return family(SCALING, group, pairs, d, lambda *cells: THROUGHPUT)


def floors(run: Run, group: Group, d: float) -> list[Answer]:
    """(d) CPU per job of each model over that of its bare primitive, both
    measured in this run on the same cores: of `null` jobs over the
    primitives, of `io` jobs over the bare client with as many in flight."""
    beside = list(group.floors)
    if group.scenario == "null":
        beside = [c for c in run.cells if c.scenario == PRIMITIVES]
    bare = {c.model: c for c in beside if c.cores == group.cores and c.comparable}
    pairs = [
        (cell, bare[cell.first.floor])
        for cell in comparable(group)
        if cell.first.floor in bare and cell.limit == bare[cell.first.floor].limit
    ]
    return family(FLOOR, group, pairs, d, lambda *cells: CPU)


def workers(group: Group, d: float) -> list[Answer]:
    """(e) Where a grid of worker counts was measured: the best of the grid
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
            if cell.id == ruled.id and cell is not ruled and cell.comparable
        ]
        if pairs and not any(bound(*pair) for pair in pairs):
            asked = together(WORKERS, group, pairs, d, lambda *cells: THROUGHPUT)
            found.append(max(asked, key=lambda a: a.ratio.estimate))
    return found


def crossovers(workload: Workload, answers: list[Answer], d: float) -> list[Answer]:
    """(f) On a mix axis: up to which share of compute no model overtakes the
    loop, per core count and limit. Variants refine models, so they are left
    out, as in who_wins()."""
    found: list[Answer] = []
    for cores in workload.cores:
        for limit in sorted({g.limit for g in workload.groups}, key=lambda x: x or 0):
            asked = [
                a
                for group in workload.groups
                if (group.cores, group.limit) == (cores, limit)
                for a in answers
                if a.question == AGAINST_LOOP
                and of_group(a, group)
                and a.cell in contestants(group)
            ]
            found += crossover.answer(CROSSOVER, workload, asked, d)
    return found


def of_group(answer: Answer, group: Group) -> bool:
    return (answer.scenario, answer.params, answer.cores, answer.limit) == (
        group.scenario,
        group.params,
        group.cores,
        group.limit,
    )
