"""One sentence or two for the whole run: what a class should remember."""

from __future__ import annotations

from typing import Sequence

from reports import notes, words
from reports.questions import (
    AGAINST_SEQUENTIAL,
    CPU,
    WHO_WINS,
    Answer,
    contestants,
    labels,
)
from reports.run import Group, Run, Workload
from reports.sentences import ONE_THREAD, more, one_thread, where
from reports.statistics import CANNOT_TELL, FEWEST_REPETITIONS, TIES, WINS
from reports.summary import of_group

# More workloads than this would make the headline a table.
MOST = 3


def headline(run: Run, answers: Sequence[Answer]) -> str:
    """About the largest core count, for there the models differ most.

    It opens with a model's name or with "On 2 cores": names keep their case.
    """
    if not run.repetitions:
        return "No repetition was finished, so there is nothing to judge."
    if not run.judged:
        return notes.not_judged(run)
    compete = [w for w in run.workloads if w.scenario != "primitives"]
    real = [w for w in compete if w.scenario != "null"] or compete
    if not real:
        return "Only primitives were measured: floors, and nobody to stand on them."
    text = whole(real[0], answers) if len(real) == 1 else several(real, answers)
    failed = notes.failures(run)
    if failed:
        names = words.listed(dict.fromkeys(cell.label for cell in failed))
        text += f" {words.counted(len(failed), 'cell')} failed: {names}."
    return text


def whole(workload: Workload, answers: Sequence[Answer]) -> str:
    """All models of one workload against sequential, in one sentence;
    variants are left to the lines below it."""
    group = workload.groups[-1]
    names = labels(group.cells)
    models = contestants(group)
    asked = [
        a
        for a in answers
        if a.question == AGAINST_SEQUENTIAL
        and a.ratio
        and of_group(a, group)
        and a.cell in models
    ]
    if not asked:
        return several([workload], answers)
    if all(a.repetitions < FEWEST_REPETITIONS for a in asked):
        return undecided(workload, group, asked)
    base = names[asked[0].rival.name]
    cost = all(a.metric == CPU for a in asked)
    asked = [a for a in asked if cost or a.metric != CPU]
    up = [a for a in asked if a.word == WINS and a.ratio.estimate > 1]
    down = [a for a in asked if a.word == WINS and a.ratio.estimate < 1]
    ties = [a for a in asked if a.word == TIES]
    unsure = [a for a in asked if a.word == CANNOT_TELL]
    parts = []
    for some in (up, down):
        if some:
            parts.append(together(some, names, workload.title, base, cost))
    if ties:
        verb = "ties" if len(ties) == 1 else "tie"
        because = f": {ONE_THREAD}" if all(map(one_thread, ties)) else ""
        who = words.listed(names[a.cell.name] for a in ties)
        at = "" if parts else f" at {workload.title}"
        parts.append(f"{who} {verb} with {base}{at}{because}")
    if unsure:
        who = words.listed(names[a.cell.name] for a in unsure)
        at = "" if parts else f" at {workload.title}"
        parts.append(f"for {who} against {base}{at} we can't tell")
    return f"On {where(group.cores)} {'; '.join(parts)}."


def together(
    some: Sequence[Answer],
    names: dict[str, str],
    work: str,
    base: str,
    cost: bool,
) -> str:
    """'thread-pool, prefork and fork-ipc do 1 ms cpu jobs 1.97, 1.98 and
    1.95 times as fast as sequential'."""
    who = words.listed(names[a.cell.name] for a in some)
    times = words.listed(words.ratio(a.ratio.estimate) for a in some)
    if cost:
        verb = "needs" if len(some) == 1 else "need"
        return f"{who} {verb} {times} times the CPU time of {base} for {work}"
    verb = "does" if len(some) == 1 else "do"
    return f"{who} {verb} {work} {times} times as fast as {base}"


def undecided(workload: Workload, group: Group, asked: Sequence[Answer]) -> str:
    most = max(asked, key=lambda a: a.more or 0)
    count = words.counted(most.repetitions, "repetition")
    verb = "is" if most.repetitions == 1 else "are"
    return (
        f"On {where(group.cores)} we can't tell yet who is best at "
        f"{workload.title}: {count} {verb} fewer than {FEWEST_REPETITIONS} "
        f"({more(most)})."
    )


def several(workloads: Sequence[Workload], answers: Sequence[Answer]) -> str:
    """Workloads with the same outcome share a clause."""
    found: dict[str, list[str]] = {}
    for workload in workloads:
        cores = where(workload.groups[-1].cores)
        outcome = f"{brief(workload, answers)} on {cores}"
        found.setdefault(outcome, []).append(workload.title)
    parts = [
        f"{outcome} at {words.listed(titles)}" for outcome, titles in found.items()
    ]
    if len(parts) > MOST:
        left = words.counted(len(parts) - MOST, "more outcome")
        parts = [*parts[:MOST], f"{left} below"]
    return "; ".join(parts) + "."


def brief(workload: Workload, answers: Sequence[Answer]) -> str:
    """Who wins or leads one workload on its largest core count."""
    group = workload.groups[-1]
    names = labels(group.cells)
    asked = [
        a for a in answers if a.question == WHO_WINS and a.ratio and of_group(a, group)
    ]
    if not asked:
        alone = words.listed(names[c.name] for c in contestants(group))
        return f"only {alone} can be judged" if alone else "nobody can be judged"
    leader = names[asked[0].cell.name]
    if all(a.winner is a.cell for a in asked):
        return f"{leader} wins"
    if all(a.repetitions < FEWEST_REPETITIONS for a in asked):
        return f"{leader} leads, but we can't tell yet,"
    ties = [names[a.rival.name] for a in asked if a.word == TIES]
    unsure = [names[a.rival.name] for a in asked if a.word == CANNOT_TELL]
    parts = [f"{leader} leads"]
    if ties:
        parts.append(f"ties with {words.listed(ties)}")
    if unsure:
        parts.append(f"we can't tell it from {words.listed(unsure)}")
    return ", ".join(parts)
