"""A mix axis in few words: where the loop's lead ends, who is cheapest
where, and one table instead of a block of sentences per share."""

from __future__ import annotations

import math
from typing import Sequence

from reports import crossover, statistics, words
from reports.answers import CPU, THROUGHPUT, Answer, comparable, contestants, labels
from reports.cells import SHARE, Cell
from reports.contests import AGAINST_LOOP, LOOP, WHO_WINS, WORKERS, of_group
from reports.questions import CROSSOVER
from reports.sentences import change, figure
from reports.statistics import (
    CANNOT_TELL,
    FEWEST_REPETITIONS,
    SMALLEST_DIFFERENCE,
    TIES,
    WINS,
)
from reports.workloads import Group, Workload

Axis = tuple[Group, ...]


def axes(workload: Workload) -> list[Axis]:
    """The groups of each core count and limit, the lowest share first."""
    found: dict[tuple[int, int], list[Group]] = {}
    for group in workload.groups:
        found.setdefault((group.cores, group.limit or 0), []).append(group)
    return [tuple(groups) for groups in found.values()]


def names(axis: Axis) -> dict[str, str]:
    found: dict[str, str] = {}
    for group in axis:
        found.update(labels(group.cells))
    return found


def asked(axis: Axis, answers: Sequence[Answer], question: str) -> list[Answer]:
    return [
        a
        for group in axis
        for a in answers
        if a.question == question and a.ratio and of_group(a, group)
    ]


def of_axis(axis: Axis, answers: Sequence[Answer]) -> Answer | None:
    """The answer that says where the lead changes."""
    for a in answers:
        same = (a.cores, a.limit) == (axis[0].cores, axis[0].limit)
        mine = any(a.cell in group.cells for group in axis)
        if a.question == CROSSOVER and same and mine:
            return a
    return None


def lines(axis: Axis, answers: Sequence[Answer]) -> tuple[str, ...]:
    called = names(axis)
    found = []
    answer = of_axis(axis, answers)
    if answer:
        found.append(change(answer, called, short=True))
        found += filter(None, [expected(axis)])
    found += filter(None, [at_the_end(axis, answers, called)])
    for metric in (THROUGHPUT, CPU):
        line = winners(axis, answers, metric, called)
        # Who has the most jobs/s is in the table if the loop is.
        if line and (metric == CPU or not answer):
            found.append(line)
    found += filter(None, [workers(axis, answers)])
    out = [
        f"{called[cell.name]} at {words.share(cell.share)} "
        f"({'failed' if cell.failed else 'skipped'})"
        for group in axis
        for cell in group.cells
        if not cell.comparable
    ]
    if out:
        found.append(f"Not compared: {words.listed(out)}.")
    return tuple(found)


def expected(axis: Axis) -> str | None:
    """Where arithmetic lets the loop's one core run full: below that share
    the limit on jobs in flight holds everybody back alike."""
    limit, cores = axis[0].limit, axis[0].cores
    if cores == 1 or not limit or limit < 2:
        return None
    full = words.share(100 / limit)
    return (
        f"Expected: {limit:,} in flight fill one core from 100 / {limit:,} = {full} "
        "compute on, and a loop has one."
    )


def at_the_end(
    axis: Axis, answers: Sequence[Answer], called: dict[str, str]
) -> str | None:
    """What the loop loses where compute is most: about the number of cores,
    because the others use all of them."""
    models = [c for group in axis for c in contestants(group)]
    against = asked(axis, answers, AGAINST_LOOP)
    best = crossover.leaders([a for a in against if a.cell in models])
    if not best:
        return None
    last = best[-1]
    if last.word != WINS or last.winner is not last.cell:
        return None
    loop, other = called[last.rival.name], called[last.cell.name]
    text = (
        f"At {words.share(last.params[SHARE])} compute {loop} loses by {figure(last)}"
    )
    if near(last, last.cores) and last.cores > 1:
        text += f", the number of cores ({last.cores})"
    return f"{text}, to {other}."


def near(answer: Answer, value: float) -> bool:
    """Whether the ratio is this value, within 3 % or within its interval."""
    ratio = answer.ratio
    if abs(math.log(ratio.estimate / value)) <= math.log1p(SMALLEST_DIFFERENCE):
        return True
    return None not in (ratio.low, ratio.high) and ratio.low <= value <= ratio.high


def winners(
    axis: Axis, answers: Sequence[Answer], metric: str, called: dict[str, str]
) -> str | None:
    """Shares with the same outcome in one clause."""
    outcomes: dict[str, list[float]] = {}
    for group in axis:
        pairs = [a for a in asked((group,), answers, WHO_WINS) if a.metric == metric]
        if all(a.repetitions < FEWEST_REPETITIONS for a in pairs):
            continue
        leader = called[pairs[0].cell.name].partition(" (")[0]
        verb = "nobody wins"
        if all(a.winner is a.cell for a in pairs):
            verb = f"{leader} wins"
        outcomes.setdefault(verb, []).append(group.share)
    if not outcomes:
        return None
    what = "CPU per job" if metric == CPU else "jobs/s"
    each = (
        f"{verb} at {words.shares(shares)} compute" for verb, shares in outcomes.items()
    )
    return f"By {what} {'; '.join(each)}."


def workers(axis: Axis, answers: Sequence[Answer]) -> str | None:
    """What the rule for the number of workers is worth along the axis."""
    grid = asked(axis, answers, WORKERS)
    if not grid:
        return None
    better = [a for a in grid if a.word == WINS and a.winner is a.cell]
    unsure = sum(1 for a in grid if a.word == CANNOT_TELL)
    count = words.counted(len(grid), "comparison")
    if not better:
        text = f"No other number of workers beats the rule's in {count}"
    else:
        each = (
            f"{a.cell.label} at {words.share(a.params[SHARE])} with "
            f"{a.cell.workers:,} instead of {a.rival.workers:,} ({figure(a)} x)"
            for a in better
        )
        text = f"Another number of workers beats the rule's: {words.listed(each)}"
    return text + (f"; in {unsure} we can't tell." if unsure else ".")


def base(axis: Axis) -> str | None:
    """The model by which the others are measured: the loop if it is there."""
    here = dict.fromkeys(c.id for g in axis for c in comparable(g))
    return LOOP if LOOP in here else next(iter(here), None)


def cells(group: Group) -> dict[str, Cell]:
    """A cell per model: the one that stands for it."""
    # Pinned twins stand in the table of all cells.
    return {
        c.id: c for c in sorted(comparable(group), key=lambda c: c.pinned, reverse=True)
    }


def entry(group: Group, model: str, by: str, answers: Sequence[Answer]) -> str:
    """A field of the table: the base's jobs/s, or a ratio to it, with '='
    for a tie and '?' for what can't be told."""
    here = cells(group)
    if model not in here or by not in here:
        return words.UNKNOWN
    cell, basis = here[model], here[by]
    if cell is basis:
        rate = statistics.median(cell.values(THROUGHPUT))
        return f"{words.rate(rate)}/s"
    ratio = statistics.compare(cell.values(THROUGHPUT), basis.values(THROUGHPUT))
    mark = ""
    for a in answers:
        if (a.question, a.cell, a.rival) == (AGAINST_LOOP, cell, basis):
            mark = {TIES: " =", CANNOT_TELL: " ?"}.get(a.word, "")
    return words.ratio(ratio.estimate) + mark
