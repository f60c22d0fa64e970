"""The answer of a run in at most 25 words."""

from __future__ import annotations

from typing import Sequence

from reports.data import words
from reports.data.metrics import CHEAP, CPU, EVERY, SHARED
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
    counts = {telling(workload) for workload in real}
    for shown in range(len(real), 0, -1):
        for short in (False, True):
            for lead in (True, False):
                text = sentence(judged, real, shown, counts, short, lead) + ending
                if len(text.split()) <= MOST:
                    return text
    return text


def sentence(
    judged: Judgement,
    loads: Sequence[Workload],
    shown: int,
    counts: set[int],
    short: bool,
    lead: bool,
) -> str:
    together = len(counts) == 1
    head = f"With {cores(*counts)}, " if together else ""
    each = []
    for workload in loads[:shown]:
        title = (
            kind(workload.scenario).short
            if short and len(loads) > 1
            else workload.title
        )
        title = title.partition(" (")[0] if short else title
        at = "" if together else f" on {cores(telling(workload))}"
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
            if (
                change
                and change.where.first is not None
                and change.where.last is not None
            ):
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
    clauses = [clause(s, short, lead) for s in mine]
    if len(clauses) > 1 and not lead:
        clauses = [c for s, c in zip(mine, clauses) if s.winner] or clauses
        return clauses[0]
    return ", ".join(clauses[:2])


def clause(standing: Standing, short: bool, lead: bool) -> str:
    """'thread-pool and prefork equal, 1.96 times the next'."""
    group, metric = standing.group, standing.metric
    what = ""
    if metric is CPU:
        what = " in CPU"
    elif metric in (*EVERY, *CHEAP):
        what = f" in {metric.name.partition(' ')[0]}"
    if standing.bound:
        return f"nobody wins{what}, the generator was the limit"
    if not standing.decided:
        return f"undecided{what}"
    if standing.winner:
        return f"{name_of(standing.winner, group)} wins{what}{ahead(standing, lead)}"
    if len(standing.top) == len(standing.order) > 2 and standing.equal:
        return f"all {len(standing.top)} equal{what}"
    who = words.listed(name_of(c, group) for c in standing.shown)
    if short and len(standing.top) > 2:
        who = f"{len(standing.top)} of {len(standing.order)} models"
    return f"{who} {'equal' if standing.equal else 'undecided'}{what}{ahead(standing, lead)}"


def ahead(standing: Standing, lead: bool) -> str:
    v = standing.lead
    if not lead or v is None:
        return ""
    if standing.metric.lower:
        v = v.seen_from(v.b)
        return f", the next {words.ratio(v.ratio)} times"
    return f", {words.ratio(v.ratio)} times the next"
