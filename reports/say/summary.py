"""A run for people: a block of lines per group, then what it says as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from reports.data import targets, words
from reports.data.run import Run
from reports.data.scenarios import PRIMITIVES
from reports.data.workloads import Group, Workload
from reports.judge.brackets import Change
from reports.judge.judgement import Judgement, judge
from reports.say import lines, notes
from reports.say.beyond import beyond, shortest
from reports.say.phrases import cores

CHANGES = "Where the winner changes"


@dataclass(frozen=True)
class Block:
    """A heading and the lines under it; the heading of what is said of one
    workload ends with its title."""

    heading: str
    lines: tuple[str, ...]


def blocks(run: Run) -> list[Block]:
    judged = judge(run)
    found = []
    for workload in run.workloads:
        # Along a mix the table shows who wins where.
        if workload.scenario != PRIMITIVES and not workload.shares:
            for group in workload.groups:
                title = f"{heading(group)}, {workload.title}"
                found.append(Block(title, lines.lines(judged, group)))
    for work, text in changes(judged).items():
        found.append(Block(f"{CHANGES}, {work}", tuple(text)))
    found += [
        Block("Shortest useful job", tuple(shortest(judged))),
        Block("Scaling law and bounds", tuple(beyond(judged))),
        Block("Notes", notes.caveats(run)),
    ]
    return [block for block in found if block.lines]


def heading(group: Group) -> str:
    """'2 cores, 100 in flight'."""
    under = f", {group.limit:,} in flight" if group.limit else ""
    return cores(group.cores) + (
        f", {targets.load(group.load)}" if group.load else under
    )


def along(workload: Workload) -> list[list[Group]]:
    """The groups of each core count and limit, the lowest share first."""
    found: dict[tuple[int, int], list[Group]] = {}
    for group in workload.groups:
        found.setdefault((group.cores, group.limit or 0), []).append(group)
    return list(found.values())


def changes(judged: Judgement) -> dict[str, list[str]]:
    """By the work that is the same along the axis."""
    found: dict[str, list[str]] = {}
    for change in judged.changes:
        group, apart = change.axis.groups[0], (change.axis.key, "size")
        rest = {k: x for k, x in group.params.items() if k not in apart}
        work = words.work(group.scenario, rest)
        found.setdefault(work, []).append(change_line(change))
    return found


def change_line(change: Change) -> str:
    """Up to where the one is unbeaten and from where another wins: a bracket, and
    no line through it."""
    where, axis = change.where, change.axis
    group, beats = axis.groups[0], change.decides.winner or change.decides.a

    def at(*places: float | None) -> str:
        return words.listed(axis.words(p) for p in places if p is not None)

    parts = (
        (at(where.last), f"{change.holder} is unbeaten up to"),
        (at(where.first), f"{beats.label} beats {change.holder} from"),
        (at(*where.undecided), "undecided at"),
        (at(*where.again), f"{change.holder} is unbeaten again at"),
    )
    said = "; ".join(f"{text} {places}" for places, text in parts if places)
    on = cores(group.cores) if axis.key == "in_flight" else heading(group)
    return f"{on}, {change.metric.called(group.requests)}: {said}."
