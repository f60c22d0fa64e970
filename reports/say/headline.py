"""The answer of a run in at most 25 words."""

from __future__ import annotations

from itertools import product
from typing import Sequence

from reports.data import words
from reports.data.metrics import CPU, RATE, SHARED
from reports.data.run import Run
from reports.data.scenarios import MIXED, NULL, PRIMITIVES, kind
from reports.data.workloads import Workload
from reports.judge.judgement import Judgement, judge
from reports.judge.standing import Standing
from reports.say import notes
from reports.say.phrases import cores, name_of
from reports.say.summary import along, change_of

MOST = 25


def headline(run: Run) -> str:
    """About the most cores that left room for backend and generator."""
    if not run.repetitions:
        return "No repetition was finished, so there is nothing to judge."
    if not run.judged:
        return notes.not_judged(run)
    compete = [w for w in run.workloads if w.scenario != PRIMITIVES and w.cells]
    real = [w for w in compete if w.scenario != NULL] or compete
    if not real:
        return "Only primitives were measured: floors, and nobody to stand on them."
    failed = notes.failures(run)
    ending = f" {words.counted(len(failed), 'cell')} failed." if failed else ""
    judged = judge(run)
    shorter = product(range(len(real), 0, -1), (False, True), (True, False))
    for shown, short, lead in shorter:
        text = sentence(judged, real, shown, short, lead) + ending
        if len(text.split()) <= MOST:
            return text
    return text


def sentence(
    judged: Judgement, loads: Sequence[Workload], shown: int, short: bool, lead: bool
) -> str:
    counts = {telling(workload) for workload in loads}
    head = f"With {cores(*counts)}, " if len(counts) == 1 else ""
    each = []
    for workload in loads[:shown]:
        title = workload.title
        if short:
            name = kind(workload.scenario).short
            title = name if len(loads) > 1 else title.partition(" (")[0]
        at = "" if head else f" on {cores(telling(workload))}"
        each.append(f"{title}{at}: {answer(judged, workload, short, lead)}")
    left = len(loads) - shown
    more = f"; {words.counted(left, 'more workload')} below" if left else ""
    return f"{head}{'; '.join(each)}{more}."


def telling(workload: Workload) -> int:
    """The most cores on which nobody else took part of the models' CPUs."""
    free = [
        count
        for count in workload.cores
        if not any(SHARED in c.flags for c in workload.cells if c.cores == count)
    ]
    return (free or workload.cores)[-1]


def answer(judged: Judgement, workload: Workload, short: bool, lead: bool) -> str:
    here = [g for g in workload.groups if g.cores == telling(workload)]
    if workload.scenario == MIXED and workload.shares:
        for groups in along(workload):
            change = groups[0] in here and change_of(judged, groups)
            if change and None not in (change.where.first, change.where.last):
                where, other = change.where, change.decides.a.label
                return (
                    f"{other} overtakes {change.holder} between {where.last:g} and "
                    f"{words.share(where.first)} compute"
                )
    found = [
        judged.standing(group, metric)
        for group in (here if workload.requests else reversed(here))
        for metric in judged.metrics(group)
    ]
    found = [s for s in found if len(s.order) + len(s.bound) > 1]
    if not any(s.decided or s.bound for s in found):
        return "too few rounds to decide" if found else "nobody can be compared"
    # Where all are equal the price tells them apart.
    first = found[0].group
    mine = [s for s in found if s.group is first and (s.decided or s.bound)] or found
    if lead and len(mine) > 1:
        each = (clause(s, short, lead).partition(", ") for s in mine[:2])
        return ", ".join(f"{a} ({b})" if b else a for a, _, b in each)
    if lead:
        return clause(mine[0], short, lead)
    best = [s for s in mine if s.winner] or mine
    return clause(best[0], short, lead)


def clause(standing: Standing, short: bool, lead: bool) -> str:
    """'thread-pool and prefork equal, 1.96 times the next'; 'undecided between
    thread-pool and prefork, which beat the rest'."""
    group, metric, top = standing.group, standing.metric, standing.top
    name = metric.name.split()[0]
    what = {RATE: "", CPU: " in CPU"}.get(metric, f" in {name}")
    if standing.bound:
        return f"nobody wins{what}, {limit(standing)}"
    if standing.winner:
        best = {RATE: "wins", CPU: "needs least CPU"}.get(metric)
        best = best or f"has the lowest {name}"
        return f"{name_of(standing.winner, group)} {best}{ahead(standing, lead)}"
    if not standing.decided or (len(top) == len(standing.order) and not standing.equal):
        return f"undecided{what}"
    who = words.listed(name_of(cell, group) for cell in standing.shown)
    if len(top) == len(standing.order) > 2:
        who = f"all {len(top)}"
    elif short and len(top) > 2:
        who = f"{len(top)} of {len(standing.order)} models"
    if standing.equal:
        return f"{who} equal{what}{ahead(standing, lead)}"
    rest = ", which beat the rest" if lead and standing.apart else ""
    return f"undecided{what} between {who}{rest}"


def limit(standing: Standing) -> str:
    return (
        "the generator was the limit"
        if standing.group.requests
        else ("the backend was the limit")
    )


def ahead(standing: Standing, lead: bool) -> str:
    v = standing.lead
    if not lead or v is None:
        return ""
    if standing.metric.lower:
        return f", the next {words.ratio(v.seen_from(v.b).ratio)} times"
    return f", {words.ratio(v.ratio)} times the next"
