"""The headline of requests: what a class should remember of a run of servers."""

from __future__ import annotations

from typing import Sequence

from reports import words
from reports.answers import CHEAP, CPU, EVERY, SHARED, THROUGHPUT, Answer
from reports.answers import comparable, labels
from reports.cells import CLOSED, HEAD_OF_LINE
from reports.targets import COMMON
from reports.contests import AGAINST_LOOP, of_group
from reports.leads import cheapest, contest, outcome, undecided
from reports.questions_http import PEER, judged
from reports.run import Group, Workload
from reports.sentences import figure, part, where
from reports.statistics import FEWEST_REPETITIONS, WINS

# More workloads than this would make the headline a table.
MOST = 3


def told(workloads: Sequence[Workload], answers: Sequence[Answer]) -> str:
    """A sentence per workload."""
    write = queue if workloads[0].scenario == HEAD_OF_LINE else served
    found = [write(workload, answers) for workload in workloads[:MOST]]
    left = len(workloads) - MOST
    if left > 0:
        found.append(f"{words.counted(left, 'more workload')} below.")
    return " ".join(found)


def served(workload: Workload, answers: Sequence[Answer]) -> str:
    """Who serves most, who pays least, how that is beside a well-known server,
    and who answers soonest near his limit; on as many cores as left the load
    generator a CPU of its own, if there were such."""
    cores = apart(workload)
    closed = workload.group(cores, load=CLOSED)
    loads = judged(workload, cores)
    near = workload.group(cores, load=loads[-1]) if loads else None
    group = closed or near or workload.groups[-1]
    asked = contest(group, answers, CPU)
    rates = contest(group, answers, THROUGHPUT)
    told_ = [*asked, *rates]
    if not told_:
        alone = words.listed(labels(group.cells)[c.name] for c in comparable(group))
        who = f"only {alone} can" if alone else "nobody can"
        return f"On {where(cores)} {who} be judged at {workload.title}."
    if all(a.repetitions < FEWEST_REPETITIONS for a in told_):
        return undecided(workload, group, told_)
    parts = [outcome(group, rates, workload.title)] if rates else []
    price = cheapest(group, asked)
    if price and not parts:
        price[0] += f" at {workload.title}"
    parts += price
    parts += beside(group, asked, answers)
    if near:
        soonest = [a for m in EVERY for a in contest(near, answers, m)]
        best = cheapest(near, soonest)
        share = f"at {near.load} % of its capacity "
        if near.load in COMMON:
            share = f"at 70 % of the {near.load} capacity "
        elif near.load.endswith("/s"):
            share = ""
        parts += [f"{share}{text}" for text in best]
    return f"On {where(cores)} {'; '.join(parts)}."


def apart(workload: Workload) -> int:
    """The most cores on which the load generator took nothing of them."""
    free = [
        count
        for count in workload.cores
        if not all(SHARED in c.flags for c in workload.cells if c.cores == count)
    ]
    return (free or workload.cores)[-1]


def beside(
    group: Group, asked: Sequence[Answer], answers: Sequence[Answer]
) -> list[str]:
    """The cheapest model beside the cheapest peer."""
    if not asked:
        return []
    leader = asked[0].cell
    found = [
        a
        for a in answers
        if (a.question, a.metric, a.cell) == (PEER, CPU, leader)
        and of_group(a, group)
        and a.ratio
    ]
    if not found:
        return []
    best = max(found, key=lambda a: a.ratio.estimate)
    name = labels(group.cells)[leader.name]
    return [
        f"{name} needs {figure(best)} times the CPU per request of {best.rival.label}"
    ]


def queue(workload: Workload, answers: Sequence[Answer]) -> str:
    """How much longer the cheap requests take under the loop than elsewhere."""
    group = next(g for g in workload.groups if g.cores == apart(workload))
    asked = [
        a
        for a in answers
        if a.question == AGAINST_LOOP and a.ratio and of_group(a, group)
    ]
    names = labels(group.cells)
    at = f"On {where(group.cores)} "
    if not asked:
        leads = [a for m in CHEAP for a in contest(group, answers, m)]
        best = cheapest(group, leads)
        if leads and all(a.repetitions < FEWEST_REPETITIONS for a in leads):
            return undecided(workload, group, leads)
        return f"{at}{best[0] if best else 'nobody can be judged'} at {workload.title}."
    if all(a.repetitions < FEWEST_REPETITIONS for a in asked):
        return undecided(workload, group, asked)
    loop, of = names[asked[0].rival.name], part(asked[0].metric)
    better = [a for a in asked if a.word == WINS and a.winner is a.cell]
    if not better:
        return f"{at}nobody is seen to answer {workload.title} sooner than {loop}."
    better.sort(key=lambda a: a.ratio.estimate)
    each = words.listed(
        f"{figure(a, True)} times that of {names[a.cell.name]}" for a in better[:MOST]
    )
    return f"{at}the {of} of {workload.title} under {loop} is {each}."
