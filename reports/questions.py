"""The questions that a run answers, and the answers as figures.

Who compares with whom on which metric is decided here, the arithmetic in
statistics.py, the wording in sentences.py. Pure functions of a Run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Callable, Mapping, Sequence

from reports import statistics, words
from reports.run import Cell, Group, Run, Workload
from reports.statistics import CANNOT_TELL, WINS, Ratio

AGAINST_SEQUENTIAL = "against-sequential"
WHO_WINS = "who-wins"
VARIANT = "variant"
SCALING = "scaling"
FLOOR = "floor"

THROUGHPUT = "jobs_per_second"
CPU = "cpu_seconds_per_job"
LOWER_IS_BETTER = frozenset({CPU})

# With this flag the rate belongs to the load generator, not to the model.
GENERATOR_BOUND = "generator-bound"


@dataclass(frozen=True, eq=False)
class Answer:
    """One comparison: `cell` against `rival`; ratio is cell over rival.

    `comparisons` is how many share Holm's alpha. winner is one of the two
    cells when the word is "wins". `ratio` is None when there is nothing to
    divide (CPU time below what the clock resolves).
    """

    question: str
    scenario: str
    params: Mapping[str, Any]
    cores: int
    metric: str
    cell: Cell
    rival: Cell
    ratio: Ratio | None
    p_adjusted: float | None
    comparisons: int
    word: str
    winner: Cell | None
    more: int | None

    @property
    def repetitions(self) -> int:
        return self.ratio.n if self.ratio else 0


def ask(run: Run) -> tuple[Answer, ...]:
    """Every answer of a run, in the order of its workloads and core counts.

    A debug or sanitizer build answers nothing: its times are no results.
    """
    if not run.judged:
        return ()
    d = statistics.tolerance(run.context.get("noise_floor"))
    answers: list[Answer] = []
    for workload in run.workloads:
        if workload.scenario == "primitives":
            # Floors are measured to be stood on, not to compete.
            continue
        for group in workload.groups:
            answers += against_sequential(group, d)
            answers += who_wins(group, d)
            answers += variants(group, d)
            answers += scaling(workload, group, d)
            answers += floors(run, group, d)
    return tuple(answers)


def metric_of(*cells: Cell) -> str:
    """What these cells are compared on.

    `null` jobs do no work, so their price is CPU time and not wall time
    divided by cores; a cell whose load generator was the bottleneck may not
    win on throughput and is judged on CPU per job instead.
    """
    if cells[0].scenario == "null" or any(GENERATOR_BOUND in c.flags for c in cells):
        return CPU
    return THROUGHPUT


def against_sequential(group: Group, d: float) -> list[Answer]:
    """(a) Each model against `sequential` on the same cores."""
    fit = comparable(group)
    base = next((c for c in fit if c.model == "sequential" and not c.variant), None)
    if base is None:
        return []
    pairs = [(cell, base) for cell in fit if cell is not base]
    return family(AGAINST_SEQUENTIAL, group, pairs, d, metric_of)


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
    fit = contestants(group)
    able = [c for c in fit if GENERATOR_BOUND not in c.flags] or fit
    if len(fit) < 2:
        return []
    metric = metric_of(*able)
    able = [c for c in able if positive(c, metric)]
    if not able:
        return []
    sign = -1 if metric in LOWER_IS_BETTER else 1
    leader = max(able, key=lambda c: sign * statistics.median(c.values(metric)))
    pairs = [(leader, cell) for cell in fit if cell is not leader]
    return family(WHO_WINS, group, pairs, d, metric_of)


def contestants(group: Group) -> list[Cell]:
    """Models, and those variants whose plain model was not measured."""
    fit = comparable(group)
    plain = {c.model for c in fit if not c.variant}
    return [c for c in fit if not c.variant or c.model not in plain]


def variants(group: Group, d: float) -> list[Answer]:
    """Each variant against the model that it refines."""
    fit = comparable(group)
    pairs = []
    for cell in fit:
        plain = [c for c in fit if c.model == cell.model and not c.variant]
        like = [c for c in plain if c.workers == cell.workers] or plain
        if cell.variant and like:
            pairs.append((cell, like[0]))
    return family(VARIANT, group, pairs, d, metric_of)


def scaling(workload: Workload, group: Group, d: float) -> list[Answer]:
    """(c) Each model's throughput on N cores against its own on one core."""
    if group.cores == 1:
        return []
    ones = [c for c in workload.cells if c.cores == 1 and c.comparable]
    pairs = []
    for cell in comparable(group):
        own = [c for c in ones if c.id == cell.id]
        # Where several worker counts were asked for, like meets like.
        like = [c for c in own if c.workers * cell.cores == cell.workers] or [
            c for c in own if c.workers == cell.workers
        ]
        partner = (like or own)[:1] if len(own) == 1 or like else []
        bound = any(GENERATOR_BOUND in c.flags for c in (cell, *partner))
        if partner and not bound:
            pairs.append((cell, partner[0]))
    return family(SCALING, group, pairs, d, lambda *cells: THROUGHPUT)


def floors(run: Run, group: Group, d: float) -> list[Answer]:
    """(d) CPU per `null` job of each model over that of its bare primitive,
    both measured in this run on the same cores."""
    if group.scenario != "null":
        return []
    bare = {
        cell.model: cell
        for cell in run.cells
        if cell.scenario == "primitives"
        and cell.cores == group.cores
        and cell.comparable
    }
    pairs = [
        (cell, bare[cell.first.floor])
        for cell in comparable(group)
        if cell.first.floor in bare
    ]
    return family(FLOOR, group, pairs, d, lambda *cells: CPU)


def comparable(group: Group) -> list[Cell]:
    """Failed cells are named (sentences.py), not compared."""
    return [cell for cell in group.cells if cell.comparable]


def positive(cell: Cell, metric: str) -> bool:
    """Known in every ok repetition and above zero, so that a ratio exists."""
    found = cell.values(metric)
    return len(found) == len(cell.ok) > 0 and min(found) > 0


def ratio_of(cell: Cell, rival: Cell, metric: str) -> Ratio | None:
    """Cell over rival, or None where one of them has no such figure."""
    if not positive(cell, metric) or not positive(rival, metric):
        return None
    return statistics.compare(cell.values(metric), rival.values(metric))


def family(
    question: str,
    group: Group,
    pairs: Sequence[tuple[Cell, Cell]],
    d: float,
    choose: Callable[..., str],
) -> list[Answer]:
    """The answers to one question in one group.

    Models share one alpha, their variants another: asking about variants as
    well must not take away what five repetitions can say about models.
    """
    models = {id(cell) for cell in contestants(group)}
    split: dict[bool, list[tuple[Cell, Cell]]] = {True: [], False: []}
    for pair in pairs:
        split[id(pair[0]) in models].append(pair)
    answers: list[Answer] = []
    for some in split.values():
        answers += _family(question, group, some, d, choose)
    return answers


def _family(
    question: str,
    group: Group,
    pairs: Sequence[tuple[Cell, Cell]],
    d: float,
    choose: Callable[..., str],
) -> list[Answer]:
    metrics = [choose(cell, rival) for cell, rival in pairs]
    ratios = [ratio_of(*pair, metric) for pair, metric in zip(pairs, metrics)]
    adjusted = statistics.holm([r.p if r else 1.0 for r in ratios])
    answers = []
    for (cell, rival), metric, ratio, p in zip(pairs, metrics, ratios, adjusted):
        answer = Answer(
            question=question,
            scenario=group.scenario,
            params=group.params,
            cores=group.cores,
            metric=metric,
            cell=cell,
            rival=rival,
            ratio=ratio,
            p_adjusted=p if ratio else None,
            comparisons=len(pairs),
            word=CANNOT_TELL,
            winner=None,
            more=None,
        )
        answers.append(decide(answer, d) if ratio else answer)
    return answers


def decide(answer: Answer, d: float) -> Answer:
    """The answer with its word, and with the winner or the price of one."""
    ratio, metric = answer.ratio, answer.metric
    word = statistics.word(ratio, answer.p_adjusted, d)
    if word == WINS:
        better = (ratio.estimate > 1) != (metric in LOWER_IS_BETTER)
        return replace(
            answer, word=word, winner=answer.cell if better else answer.rival
        )
    if word == CANNOT_TELL:
        more = statistics.more_repetitions(
            answer.cell.values(metric),
            answer.rival.values(metric),
            d,
            answer.comparisons,
        )
        return replace(answer, word=word, more=more)
    return replace(answer, word=word)


def labels(cells: Sequence[Cell]) -> dict[str, str]:
    """A name for people per cell name: the model, and its workers or its
    in-flight limit where the group has several cells of that model."""
    found: dict[str, str] = {}
    for cell in cells:
        twins = [c for c in cells if c.id == cell.id and c is not cell]
        notes = []
        if any(c.workers != cell.workers for c in twins):
            notes.append(words.counted(cell.workers, "worker"))
        closest = [c for c in twins if c.workers == cell.workers]
        if any(c.in_flight != cell.in_flight for c in closest):
            notes.append(f"{cell.in_flight} in flight")
        suffix = f" ({', '.join(notes)})" if notes else ""
        found[cell.name] = cell.label + suffix
    return found
