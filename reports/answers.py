"""Answers: one comparison of two cells as figures, and families of them.

The arithmetic is in statistics.py; who is compared with whom is decided in
questions.py, and how it is told in sentences.py and summary.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence

from reports import statistics, words
from reports.cells import Cell
from reports.statistics import CANNOT_TELL, WINS, Ratio
from reports.workloads import Group

if TYPE_CHECKING:
    from reports.crossover import Crossover

THROUGHPUT = "jobs_per_second"
CPU = "cpu_seconds_per_job"
# Of all requests, and of the cheap ones where others compute for long; the
# best known first.
PARTS = ("p99", "p90", "p50")
EVERY = tuple(f"latency_{part}_seconds" for part in PARTS)
CHEAP = tuple(f"cheap_{part}_seconds" for part in PARTS)
LATENCIES = frozenset({*EVERY, *CHEAP})
LOWER_IS_BETTER = frozenset({CPU}) | LATENCIES

# With these flags the rate belongs to what feeds the model, not to the model.
GENERATOR_BOUND = "generator-bound"
BACKEND_BOUND = "backend-bound"
BOUND = frozenset({GENERATOR_BOUND, BACKEND_BOUND})
SHARED, LATE = "cpu-shared", "late"
# With these the generator's own queue is in the latencies.
DELAYED = frozenset({LATE, GENERATOR_BOUND})


@dataclass(frozen=True, eq=False)
class Answer:
    """One comparison: `cell` against `rival`; ratio is cell over rival.

    `comparisons` is how many share Holm's alpha. winner is one of the two
    cells when the word is "wins". `ratio` is None when there is nothing to
    divide (CPU time below what the clock resolves). `crossover` is for the
    question of that name: this comparison is then where the lead changes.
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
    limit: int | None = None
    crossover: Crossover | None = None

    @property
    def repetitions(self) -> int:
        return self.ratio.n if self.ratio else 0


def comparable(group: Group) -> list[Cell]:
    """Failed cells are named (summary.py), not compared."""
    return [cell for cell in defaults(group) if cell.comparable]


def positive(cell: Cell, metric: str) -> bool:
    """Known in every ok repetition and above zero, so that a ratio exists."""
    found = cell.values(metric)
    return len(found) == len(cell.ok) > 0 and min(found) > 0


def ratio_of(cell: Cell, rival: Cell, metric: str) -> Ratio | None:
    """Cell over rival, or None where one of them has no such figure."""
    if not positive(cell, metric) or not positive(rival, metric):
        return None
    return statistics.compare(cell.values(metric), rival.values(metric))


def bound(*cells: Cell) -> bool:
    """Whether the rate of one of them belongs to the load generator or to
    the backend; CPU per job is then what can be compared. Of a generator on
    the server's own CPUs nobody can say what it took."""
    return any(
        BOUND & {*cell.flags} or (cell.requests and SHARED in cell.flags)
        for cell in cells
    )


def fits(cell: Cell, metric: str) -> bool:
    """Whether the metric is known of the cell and is the cell's own. What a
    heavy request does to the others is seen from the same CPUs as well."""
    if metric == THROUGHPUT:
        return not bound(cell)
    if metric not in LATENCIES:
        return True
    foreign = DELAYED if metric in CHEAP else DELAYED | {SHARED}
    return positive(cell, metric) and not foreign & {*cell.flags}


def defaults(group: Group) -> list[Cell]:
    """The cells that stand for their models: where several worker counts
    were measured and one of them is what the rule gives, that one."""
    ruled = {c.id for c in group.cells if c.workers == c.workers_rule}
    return [c for c in group.cells if c.id not in ruled or c.workers == c.workers_rule]


def contestants(group: Group) -> list[Cell]:
    """Models, and those variants whose plain model was not measured."""
    fit = comparable(group)
    plain = {c.model for c in fit if not c.variant}
    return [c for c in fit if not c.variant or c.model not in plain]


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
        answers += together(question, group, some, d, choose)
    return answers


def together(
    question: str,
    group: Group,
    pairs: Sequence[tuple[Cell, Cell]],
    d: float,
    choose: Callable[..., str],
) -> list[Answer]:
    """The answers to pairs that share one alpha."""
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
            limit=group.limit,
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
    """A name for people per cell name: the model, and its workers, its
    in-flight limit or its own parameters where the group has several cells
    of that model. With as many workers as the rule gives it needs no more."""
    found: dict[str, str] = {}
    for cell in cells:
        twins = [c for c in cells if c.id == cell.id and c is not cell]
        notes = []
        ruled = cell.workers == cell.workers_rule
        if any(c.workers != cell.workers for c in twins) and not ruled:
            notes.append(words.counted(cell.workers, "worker"))
        closest = [c for c in twins if c.workers == cell.workers]
        if any(c.in_flight != cell.in_flight for c in closest):
            notes.append(f"{cell.in_flight} in flight")
        closest = [c for c in closest if c.in_flight == cell.in_flight]
        for key, value in cell.model_params.items():
            if key == "pin":
                continue  # the label says it
            if any(c.model_params.get(key) != value for c in closest):
                notes.append(f"{key.replace('_', ' ')} {value}")
        suffix = f" ({', '.join(notes)})" if notes else ""
        found[cell.name] = cell.label + suffix
    return found
