"""A sentence for each kind of work: what a class should remember of a run."""

from __future__ import annotations

from typing import Sequence

from reports import headline_http, mix, notes, words
from reports.answers import CPU, THROUGHPUT, Answer, contestants, labels
from reports.contests import AGAINST_SEQUENTIAL, TWOFOLD, WHO_WINS, of_group
from reports.leads import at_the_cap, cheapest, contest, outcome, undecided
from reports.questions import shares_cpus
from reports.run import Run, Workload
from reports.sentences import ONE_THREAD, change, one_thread, place, where
from reports.statistics import CANNOT_TELL, FEWEST_REPETITIONS, TIES, WINS

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
    compete = [w for w in run.workloads if w.scenario != "primitives" and w.cells]
    real = [w for w in compete if w.scenario != "null"] or compete
    if not real:
        return "Only primitives were measured: floors, and nobody to stand on them."
    text = " ".join(told(some, answers) for some in kinds(real))
    failed = notes.failures(run)
    if failed:
        names = words.listed(dict.fromkeys(cell.label for cell in failed))
        text += f" {words.counted(len(failed), 'cell')} failed: {names}."
    return text


def kinds(workloads: Sequence[Workload]) -> list[list[Workload]]:
    """Work that waits, and requests, are told apart from work that only
    computes."""
    found: dict[str, list[Workload]] = {}
    for workload in workloads:
        apart = workload.requests or workload.scenario in TWOFOLD
        kind = workload.scenario if apart else ""
        found.setdefault(kind, []).append(workload)
    return list(found.values())


def told(workloads: Sequence[Workload], answers: Sequence[Answer]) -> str:
    first = workloads[0]
    if first.requests:
        return headline_http.told(workloads, answers)
    if len(workloads) > 1:
        return several(workloads, answers)
    if first.shares:
        return mixed(first, answers)
    return (waiting if first.scenario in TWOFOLD else whole)(first, answers)


def mixed(workload: Workload, answers: Sequence[Answer]) -> str:
    """Where the loop's lead ends, on the most and on the fewest cores."""
    axes = mix.axes(workload)
    found = []
    for axis in dict.fromkeys((axes[-1], axes[0])):
        answer = mix.of_axis(axis, answers)
        if answer is None:
            return several([workload], answers)
        if answer.repetitions < FEWEST_REPETITIONS:
            return undecided(workload, axis[-1], [answer])
        found.append(change(answer, mix.names(axis), short=True))
    return " ".join(found)


def waiting(workload: Workload, answers: Sequence[Answer]) -> str:
    """Who has the most jobs/s with the most in flight, who ties where Little's
    law is the limit, and who pays least for it."""
    # What a backend takes from the models' CPUs is no merit and no fault of
    # theirs: the headline is about as many cores as left it one of its own.
    apart = [
        count
        for count in workload.cores
        if not any(shares_cpus(c) for c in workload.cells if c.cores == count)
    ]
    cores = (apart or workload.cores)[-1]
    groups = [g for g in workload.groups if g.cores == cores]
    top = groups[-1]
    asked = contest(top, answers, THROUGHPUT)
    if not asked:
        return whole(workload, answers)
    if all(a.repetitions < FEWEST_REPETITIONS for a in asked):
        return undecided(workload, top, asked)
    parts = [f"On {place(cores, top.limit)} {outcome(top, asked, workload.title)}"]
    judged = top
    if not at_the_cap(top, asked):
        for group in reversed(groups[:-1]):
            fewer = contest(group, answers, THROUGHPUT)
            if fewer and at_the_cap(group, fewer):
                judged = group
                under = outcome(group, fewer, "")
                parts.append(f"with {group.limit:,} in flight {under}")
                break
    parts += cheapest(judged, contest(judged, answers, CPU))
    return "; ".join(parts) + "."


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
    return f"On {place(group.cores, group.limit)} {'; '.join(parts)}."


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
    if workload.scenario in TWOFOLD:
        asked = [a for a in asked if a.metric == THROUGHPUT]
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
