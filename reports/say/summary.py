"""A run for people: a block of lines per group, then what it says as a whole: where
the winner changes, the shortest useful job, and what more cores could bring."""

from statistics import median
from typing import Iterator, NamedTuple

from reports.data import Group, Run, Workload, words
from reports.data.metrics import BARE, RATE, kind
from reports.judge import scaling
from reports.judge.brackets import Change, Shortest
from reports.judge.judgement import Judgement, judge
from reports.say import notes
from reports.say.phrases import SAID, cores, lines

CHANGES = "Where the winner changes"


class Block(NamedTuple):
    """A heading and its lines; that of one workload ends with its title."""

    heading: str
    lines: tuple[str, ...]


def blocks(run: Run) -> list[Block]:
    judged, found = judge(run), []
    for workload in run.workloads:
        # Along a mix the table shows who wins where.
        if workload.scenario not in BARE and not workload.steps:
            for group in workload.groups:
                title = f"{heading(group)}, {workload.title}"
                found.append(Block(title, lines(judged, group)))
    rest: dict[str, list[str]] = {}
    for change in judged.changes:
        # By the work that is the same along the axis.
        group, apart = change.axis.groups[0], (change.axis.key, "size")
        alike = {k: x for k, x in group.params.items() if k not in apart}
        title = f"{CHANGES}, {words.work(group.scenario, alike)}"
        rest.setdefault(title, []).append(change_line(change))
    rest["Shortest useful job"] = [*shortest(judged)]
    rest["Scaling law and bounds"] = [*beyond(judged)]
    rest["Notes"] = [*notes.caveats(run)]
    found += [Block(title, tuple(some)) for title, some in rest.items()]
    return [block for block in found if block.lines]


def heading(group: Group) -> str:
    """'2 cores, 100 in flight'."""
    under = f"{group.limit:,} in flight" if group.limit else ""
    under = words.loaded(group.load) if group.load else under
    return f"{cores(group.cores)}, {under}" if under else cores(group.cores)


def change_line(change: Change) -> str:
    """Up to where one is unbeaten, from where another wins; no line between."""
    where, axis, holder = change.where, change.axis, change.holder
    group, v = axis.groups[0], change.decides
    beats = v.a if change.of_base else v.winner or v.a
    by = f" by {beats.label}" * kind(group.scenario).each
    parts = (
        ([where.last], f"{holder} is unbeaten{by} up to"),
        ([where.first], f"{beats.label} beats {holder} from"),
        (where.undecided, "undecided at"),
        (where.again, f"{holder} is unbeaten again at"),
    )
    each = ((t, [axis.words(p) for p in at if p is not None]) for at, t in parts)
    said = "; ".join(f"{text} {words.listed(at)}" for text, at in each if at)
    on = cores(group.cores) if axis.key == "in_flight" else heading(group)
    return f"{on}, {change.metric.called(group.requests)}: {said}."


def shortest(judged: Judgement) -> Iterator[str]:
    """METG(50 %) per workload and core count, as brackets."""
    each = ((shortest_work(one), shortest_place(one)) for one in judged.shortest)
    for work, places in words.gathered(each).items():
        yield SAID["metg"].format(work=work, places=words.listed(places))


def shortest_work(one: Shortest) -> str:
    """'Cpu jobs on 2 cores'."""
    cell, length = one.cell, ("job_us", "size")
    rest = {k: v for k, v in cell.params.items() if k not in length}
    return words.capital(f"{words.work(cell.scenario, rest)} on {cores(cell.cores)}")


def shortest_place(one: Shortest) -> str:
    """'thread-pool 1.02 us to 1.41 us (undecided at 1.19 us)'."""
    unsure = [*map(words.seconds, one.where.undecided)]
    text = f" (undecided at {words.listed(unsure)})" if unsure else ""
    return f"{one.cell.label} {words.reached(one.where)}{text}"


def beyond(judged: Judgement) -> Iterator[str]:
    """The Universal Scalability Law, with six core counts or more, and bounds."""
    for workload in judged.run.workloads if judged.run.judged else ():
        title = words.capital(workload.title)
        fit = (c for c in workload.cells if c.comparable and not c.waits)
        curves = words.gathered((c.label, c) for c in fit if RATE.own(c))
        for label, cells in curves.items():
            rates = [median(cell.values(RATE.key)) for cell in cells]
            if fit := scaling.usl([cell.cores for cell in cells], rates):
                about = {"contention": words.percent(fit.contention)}
                about |= {"title": title, "label": label, "coherence": fit.coherence}
                yield SAID["law"].format(**about)
        yield from bounds(judged, workload)


def bounds(judged: Judgement, workload: Workload) -> Iterator[str]:
    """From CPU times on the fewest cores, checked on the most."""
    few = workload.cores[:1]
    if workload.steps or few == workload.cores[-1:]:
        return
    wide = workload.groups[-1]
    group = workload.group(*few, wide.limit, wide.step, wide.load)
    if group is None or group.waits or RATE not in judged.metrics(wide):
        return
    many, each, reached = 4 * wide.cores, [], []
    others = {cell.label: cell for cell in wide.comparable}
    for cell in (cell for cell in group.contestants if cell.label in others):
        other = others[cell.label]
        if known := scaling.projection(cell, other):
            thread = " (one thread is the limit)" if known.saturates(many) else ""
            each.append(f"{cell.label} {words.rate(known.most(many))}/s{thread}")
            if RATE.own(other):
                rate = median(other.values(RATE.key))
                reached.append(rate / known.most(wide.cores))
    if each:
        ends = dict.fromkeys(words.percent(f(reached)) for f in (min, max) if reached)
        check = f" Measured on {cores(wide.cores)}: {' to '.join(ends)} of it."
        about = {"title": words.capital(workload.title), "few": cores(*few)}
        said = SAID["bounds"].format(**about, many=many, each=words.listed(each))
        yield said + check if ends else said
