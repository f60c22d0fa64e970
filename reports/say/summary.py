"""A run for people: a block of lines per group, then what it says as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Sequence

from reports.data import targets, words
from reports.data.metrics import RATE, Metric
from reports.data.run import Run
from reports.data.scenarios import LOOP, PRIMITIVES
from reports.data.workloads import Group, Workload
from reports.judge import questions
from reports.judge.brackets import Change
from reports.judge.judgement import Judgement, judge
from reports.judge.verdict import UNDECIDED, Verdict
from reports.say import lines, notes
from reports.say.changes import changes, overtaken
from reports.say.phrases import cores, figure, measured_by
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
            if not text:
                continue
            under = "" if about.limit is None else f", {about.limit:,} in flight"
            if about.load:
                under = f", {targets.load(about.load)}"
            heading = f"{cores(about.cores)}{under}, {workload.title}"
            # Of requests it is with fewer cores that the load generator has a
            # CPU of its own.
            fewer = about.cores < max(workload.cores) and not workload.requests
            found.append(Block(heading, text, workload.scenario, about.cores, fewer))
    for workload in run.workloads if run.judged else ():
        memory = memory_lines(workload)
        if memory:
            heading = f"Memory per job in flight, {workload.title}"
            found.append(Block(heading, memory, workload.scenario))
    whole = (
        ("Where the winner changes", changes(judged)),
        ("Shortest useful job", shortest(judged)),
        ("Scaling law and bounds", beyond(judged)),
        ("Notes", notes.caveats(run)),
    )
    return found + [Block(heading, text) for heading, text in whole if text]


def parts(
    judged: Judgement, workload: Workload
) -> Iterator[tuple[Group, tuple[str, ...]]]:
    """What stands under one heading each, with a group that names it: a group,
    or all of a mix axis on one core count and under one limit."""
    if workload.scenario == PRIMITIVES:
        return
    if not workload.shares:
        for group in workload.groups:
            yield group, lines.lines(judged, group)
        return
    for groups in along(workload):
        yield groups[-1], mix_lines(judged, groups)


def along(workload: Workload) -> list[list[Group]]:
    """The groups of each core count and limit, the lowest share first."""
    found: dict[tuple[int, int], list[Group]] = {}
    for group in workload.groups:
        found.setdefault((group.cores, group.limit or 0), []).append(group)
    return list(found.values())


def change_of(judged: Judgement, groups: Sequence[Group]) -> Change | None:
    return next((c for c in judged.changes if c.axis.groups[0] in groups), None)


def mix_lines(judged: Judgement, groups: Sequence[Group]) -> tuple[str, ...]:
    """Where the loop's lead ends, what it loses then, who wins where."""
    told = [v for v in judged.verdicts if v.group in groups]
    change = change_of(judged, groups)
    found = [lines.not_yet(told)] if told else []
    decided = [v for v in told if v.known]
    if change and decided:
        found += [overtaken(change), expected(groups), at_the_end(judged, groups[-1])]
    for metric in judged.metrics(groups[0]) if decided else ():
        found.append(winners(judged, groups, metric))
    found += worker_line(groups, decided)
    out = [
        f"{cell.label} at {words.share(cell.share)} "
        f"({'failed' if cell.failed else 'skipped'})"
        for group in groups
        for cell in group.cells
        if not cell.comparable
    ]
    found.append(f"Not compared: {words.listed(out)}." if out else None)
    found.append(lines.footnote(judged, decided))
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


def at_the_end(judged: Judgement, group: Group) -> str | None:
    """What the loop loses where compute is most."""
    loop = group.base()
    rivals = [c for c in group.contestants if c is not loop]
    if loop is None:
        return None
    found = [judged.between(cell, loop, RATE) for cell in rivals]
    won = [v for v in found if v and v.winner is v.a]
    if not won:
        return None
    best = max(won, key=lambda v: v.ratio)
    text = (
        f"At {words.share(group.share)} compute {best.a.label} is {figure(best)} times "
        f"as fast as {LOOP}"
    )
    if group.cores > 1 and best.low <= group.cores <= best.high:
        text += f": there are {group.cores} cores, and a loop uses one"
    return f"{text}."


def winners(judged: Judgement, groups: Sequence[Group], metric: Metric) -> str | None:
    """Shares with the same outcome in one clause."""
    outcomes: dict[str, list[float]] = {}
    for group in groups:
        text = lines.outcome(judged.standing(group, metric))
        outcomes.setdefault(text, []).append(group.share)
    each = (f"{text} at {words.shares(some)}" for text, some in outcomes.items())
    return f"{measured_by(metric, groups[0])}, by compute: {'; '.join(each)}."


def worker_line(groups: Sequence[Group], decided: Sequence[Verdict]) -> list[str]:
    """What the rule for the number of workers is worth along the axis."""
    asked = [v for v in decided if v.question == questions.WORKERS]
    if not asked:
        return []
    better = [v for v in asked if v.winner is v.a]
    text = f"No other number of workers beats the rule's in {len(asked)} comparisons"
    if better:
        each = (
            f"{v.a.label} at {words.share(v.group.share)} with {v.a.workers:,} instead "
            f"of {v.b.workers:,} ({figure(v)} times)"
            for v in better
        )
        text = f"Another number of workers beats the rule's: {words.listed(each)}"
    unsure = sum(v.word == UNDECIDED for v in asked)
    return [text + (f"; {unsure} undecided." if unsure else ".")]
