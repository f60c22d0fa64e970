"""The answer of a run in at most 25 words."""

from itertools import product
from typing import Sequence

from reports.data import Run, Workload, words
from reports.data.metrics import BARE, NULL, kind
from reports.data.workloads import apart
from reports.judge.judgement import Judgement, judge
from reports.judge.prices import measured
from reports.say import notes, prices
from reports.say.phrases import SAID, clause, cores

MOST = 25


def headline(run: Run) -> str:
    """About the most cores that left room for backend and generator."""
    if not run.repetitions:
        return SAID["nothing"]
    if not run.judged:
        return notes.not_judged(run)
    compete = [w for w in run.workloads if w.scenario not in BARE and w.cells]
    real = [w for w in compete if w.scenario != NULL] or compete
    if not real:
        return bare(run)
    failed = sum(1 for cell in run.cells if cell.failed)
    ending = f" {words.counted(failed, 'cell')} failed." if failed else ""

    def said(extents: Sequence[int], short: bool = True) -> str:
        return sentence(judge(run), real, extents, short) + ending

    for shown in range(len(real), 0, -1):
        # As much of each as there is room for, those first that stand first.
        extents = [0] * shown
        for extent, k in product((1, 2), range(shown)):
            more = [*extents[:k], extent, *extents[k + 1 :]]
            extents = more if fits(said(more)) else extents
        for text in (said(extents, short=False), said(extents)):
            if fits(text):
                return text
    return text


def fits(text: str) -> bool:
    return len(text.split()) <= MOST


def bare(run: Run) -> str:
    """As many of the prices as there is room for, where no model was measured."""
    said = ""
    # That of a GiB has no interval, and is no verb.
    for one in (p for p in prices.lines(run) if p.interval and measured(run)):
        more = f"{said}, " if said else "Here it takes "
        more += f"{one.here} to {one.what}"
        said = more if fits(more) else said
    return f"{said}." if said else SAID["primitives"]


def sentence(
    judged: Judgement, loads: Sequence[Workload], extents: Sequence[int], short: bool
) -> str:
    """Of each, as its extent says: two metrics, one, or one without its lead."""
    counts = {apart(workload.cells) for workload in loads}
    head = f"With {cores(*counts)}, " if len(counts) == 1 else ""
    each = []
    for workload, extent in zip(loads, extents):
        title = workload.title
        if short:
            name = kind(workload.scenario).short if len(loads) > 1 else ""
            title = name or title.partition(" (")[0]
        at = "" if head else f" ({cores(apart(workload.cells))})"
        each.append(f"{title}{at}: {answer(judged, workload, extent)}")
    more = "; more below" if len(extents) < len(loads) else ""
    return f"{head}{'; '.join(each)}{more}."


def answer(judged: Judgement, workload: Workload, extent: int) -> str:
    here = [g for g in workload.groups if g.cores == apart(workload.cells)]
    for change in judged.changes:
        where, axis = change.where, change.axis
        bracketed = change.of_base and None not in (where.last, where.first)
        if bracketed and axis.groups[0] in here:
            ends = words.from_to(axis.words(where.last), axis.words(where.first))
            return f"{change.decides.a.label} overtakes {change.holder} {ends}"
    order = here if workload.requests else here[::-1]
    each = [judged.standing(g, metric) for g in order for metric in judged.metrics(g)]
    found = [s for s in each if len(s.order) + len(s.bound) > 1]
    known = [s for s in found if s.decided or s.bound]
    if not known:
        return "too few rounds to decide" if found else "nobody can be compared"
    # Where all are equal the price tells them apart.
    mine = [s for s in known if s.group is found[0].group] or found
    if extent < 2 or len(mine) == 1:
        best = next((s for s in mine if s.winner), mine[0])
        return clause(best, lead=extent > 0)
    each = []
    for s in mine[:2]:
        # A list of names has commas of its own.
        text, lead = clause(s, lead=True), s.lead and s.decided and not s.bound
        said, _, ahead = text.rpartition(", ") if lead else (text, "", "")
        each.append(f"{said} ({ahead})" if said and ahead else said or ahead)
    return ", ".join(each)
