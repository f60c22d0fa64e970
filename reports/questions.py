"""The questions that a run answers, and the answers as figures.

Who compares with whom on which metric is decided here, the arithmetic in
statistics.py, the wording in sentences.py. Pure functions of a Run.
"""

from __future__ import annotations

from reports import crossover, questions_http, statistics
from reports.answers import THROUGHPUT, Answer, bound, comparable
from reports.answers import contestants, family
from reports.cells import MIXED, PRIMITIVES
from reports.contests import AGAINST_LOOP, against_loop, against_sequential, floors
from reports.contests import of_group, variants, who_wins, workers
from reports.run import Cell, Group, Run, Workload

SCALING = "scaling"
CROSSOVER = "mix-crossover"

# From this share of its cap on a model has nothing left to scale.
AT_THE_CAP = 0.9


def ask(run: Run) -> tuple[Answer, ...]:
    """Every answer of a run, in the order of its workloads and core counts.

    A debug or sanitizer build answers nothing: its times are no results.
    """
    if not run.judged:
        return ()
    d = statistics.tolerance(run.context.get("noise_floor"))
    primitives = [c for c in run.cells if c.scenario == PRIMITIVES]
    answers: list[Answer] = []
    for workload in run.workloads:
        if workload.scenario == PRIMITIVES:
            # Floors are measured to be stood on, not to compete.
            continue
        if workload.requests:
            answers += questions_http.ask(workload, d)
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
            # Those of `null` jobs are a scenario of their own.
            bare = primitives if group.scenario == "null" else group.floors
            answers += floors(group, bare, d)
            answers += workers(group, d)
        if workload.shares:
            answers += crossovers(workload, answers, d)
    return tuple(answers)


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
        own = [c for c in ones if (c.id, c.pinned) == (cell.id, cell.pinned)]
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
