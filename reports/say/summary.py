"""A run for people: a block of lines per group, then what it says as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Sequence

from reports.data import targets, words
from reports.data.metrics import Metric
from reports.data.run import Run
from reports.data.scenarios import PRIMITIVES
from reports.data.workloads import Group, Workload
from reports.judge.brackets import Change
from reports.judge.judgement import Judgement, judge
from reports.say import lines, notes
from reports.say.changes import changes, overtaken
from reports.say.phrases import cores, measured_by
from reports.say.whole import beyond, memory_lines, shortest


@dataclass(frozen=True)
class Block:
    """A heading and the lines under it; scenario and cores say what of.
    `fewer`: the same workload has a block on more cores."""

    heading: str
    lines: tuple[str, ...]
    scenario: str | None = None
    cores: int | None = None
    fewer: bool = False


def blocks(run: Run) -> list[Block]:
    judged = judge(run)
    found = []
    for workload in run.workloads:
        for about, text in parts(judged, workload):
            under = "" if about.limit is None else f", {about.limit:,} in flight"
            if about.load:
                under = f", {targets.load(about.load)}"
            heading = f"{cores(about.cores)}{under}, {workload.title}"
            # Of requests it is with fewer cores that the load generator has a
            # CPU of its own.
            fewer = about.cores < max(workload.cores) and not workload.requests
            found.append(Block(heading, text, workload.scenario, about.cores, fewer))
    for workload in run.workloads if run.judged else ():
        heading = f"Memory per job in flight, {workload.title}"
        found.append(Block(heading, memory_lines(workload), workload.scenario))
    found += [
        Block("Where the winner changes", changes(judged)),
        Block("Shortest useful job", shortest(judged)),
        Block("Scaling law and bounds", beyond(judged)),
        Block("Notes", notes.caveats(run)),
    ]
    return [block for block in found if block.lines]


def parts(
    judged: Judgement, workload: Workload
) -> Iterator[tuple[Group, tuple[str, ...]]]:
    """What stands under one heading each, with a group that names it: a group,
    or all of a mix axis on one core count and under one limit."""
    if workload.scenario == PRIMITIVES:
        return
    for groups in along(workload) if workload.shares else ():
        yield groups[-1], mix_lines(judged, groups)
    for group in () if workload.shares else workload.groups:
        yield group, lines.lines(judged, group)


def along(workload: Workload) -> list[list[Group]]:
    """The groups of each core count and limit, the lowest share first."""
    found: dict[tuple[int, int], list[Group]] = {}
    for group in workload.groups:
        found.setdefault((group.cores, group.limit or 0), []).append(group)
    return list(found.values())


def change_of(judged: Judgement, groups: Sequence[Group]) -> Change | None:
    return next((c for c in judged.changes if c.axis.groups[0] in groups), None)


def mix_lines(judged: Judgement, groups: Sequence[Group]) -> tuple[str, ...]:
    """Where the loop's lead ends, and who wins where."""
    told = [v for v in judged.verdicts if v.group in groups and not v.control]
    change = change_of(judged, groups)
    found = [lines.not_yet(told)] if told else []
    decided = [v for v in told if v.known]
    if change and decided:
        found += [overtaken(change), expected(groups)]
    for metric in judged.metrics(groups[0]) if decided else ():
        found.append(winners(judged, groups, metric))
    for group in groups:
        found += lines.worker_lines(group, [v for v in decided if v.group is group])
    out = [
        f"{cell.label} at {words.share(cell.share)} "
        f"({'failed' if cell.failed else 'skipped'})"
        for group in groups
        for cell in group.cells
        if not cell.comparable
    ]
    found.append(f"Not compared: {words.listed(out)}." if out else None)
    return tuple(line for line in found if line)


def expected(groups: Sequence[Group]) -> str | None:
    """Where arithmetic lets the loop's one core run full: below that share
    the limit on jobs in flight holds everybody back alike."""
    limit = groups[0].limit
    if groups[0].cores == 1 or not limit or limit < 2:
        return None
    return (
        f"Expected: {limit:,} in flight fill one core from 100 / {limit:,} = "
        f"{words.share(100 / limit)} compute on, and a loop has one."
    )


def winners(judged: Judgement, groups: Sequence[Group], metric: Metric) -> str:
    """Shares with the same outcome in one clause."""
    outcomes: dict[str, list[float]] = {}
    for group in groups:
        text = lines.outcome(judged.standing(group, metric))
        outcomes.setdefault(text, []).append(group.share)
    each = (f"{text} at {words.shares(some)}" for text, some in outcomes.items())
    return f"{measured_by(metric, groups[0])}, by compute: {'; '.join(each)}."
