"""The verdicts of a run for people: a few lines per core count, a headline.

Grouped so that a class can read them: who against sequential, who wins, who
scales, who pays how much over its floor; the interval with each figure, p
and n once per block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from reports import mix, notes, statistics, summary_http, targets, waits, words
from reports.answers import BOUND, Answer, labels
from reports.contests import AGAINST_SEQUENTIAL, FLOOR, VARIANT, WHO_WINS, WORKERS
from reports.contests import of_group
from reports.lines import against_line, few, floor_line, leader_line, not_yet
from reports.lines import scaling_line, variant_line, workers_line
from reports.questions import SCALING
from reports.run import Group, Run, Workload
from reports.sentences import sentence, where
from reports.statistics import TIES, WINS


@dataclass(frozen=True)
class Block:
    """A heading and the lines under it; scenario and cores say what of.
    `fewer`: the same workload has a block on more cores."""

    heading: str
    lines: tuple[str, ...]
    scenario: str | None = None
    cores: int | None = None
    fewer: bool = False


def blocks(run: Run, answers: Sequence[Answer]) -> list[Block]:
    """One block per group (of a mix axis: per core count and limit), then
    memory and METG, then the notes."""
    found = []
    for workload in run.workloads:
        for about, lines in parts(run, workload, answers):
            if not lines:
                continue
            under = "" if about.limit is None else f", {about.limit:,} in flight"
            if about.load:
                under = f", {targets.load(about.load)}"
            heading = f"{where(about.cores)}{under}, {workload.title}"
            # Of requests it is with fewer cores that the load generator has a
            # CPU of its own.
            fewer = about.cores < max(workload.cores) and not workload.requests
            found.append(Block(heading, lines, workload.scenario, about.cores, fewer))
    for workload in run.workloads if run.judged else ():
        lines = waits.memory_lines(workload)
        if lines:
            heading = f"Memory per job in flight, {workload.title}"
            found.append(Block(heading, lines, workload.scenario))
    if run.judged:
        shortest = notes.shortest_jobs(run)
        if shortest:
            found.append(Block("Shortest useful job", shortest))
    rest = notes.caveats(run)
    if rest:
        found.append(Block("Notes", rest))
    return found


def parts(
    run: Run, workload: Workload, answers: Sequence[Answer]
) -> list[tuple[Group, tuple[str, ...]]]:
    """What stands under one heading each, with a group that names it."""
    found: list[tuple[Group, tuple[str, ...]]] = []
    if not workload.shares:
        for group in workload.groups:
            mine = [a for a in answers if of_group(a, group)]
            lines = (
                request_lines(run, workload, group, mine)
                if workload.requests
                else group_lines(run, group, mine)
            )
            found.append((group, lines))
        return found
    for axis in mix.axes(workload):
        lines = mix.lines(axis, answers)
        told = [a for a in answers if a.ratio and any(of_group(a, g) for g in axis)]
        if told and not few(told):
            lines = (*lines, footnote(run, told))
        found.append((axis[-1], lines))
    return found


def group_lines(run: Run, group: Group, answers: Sequence[Answer]) -> tuple[str, ...]:
    """Question by question; then who is not compared; then n and p. Why a
    cell failed stands below its table (tables.py)."""
    bare = [a.rival for a in answers if a.question == FLOOR]
    names = labels([*group.cells, *dict.fromkeys(bare)])
    writers = (
        (AGAINST_SEQUENTIAL, against_line),
        (WHO_WINS, leader_line),
        (VARIANT, variant_line),
        (SCALING, scaling_line),
        (WORKERS, workers_line),
        (FLOOR, floor_line),
    )
    told = [a for a in answers if a.ratio]
    lines = []
    if told and few(told):
        lines.append(not_yet(told))
    for question, write in writers:
        asked = [a for a in told if a.question == question]
        if question == AGAINST_SEQUENTIAL and group.limit and group.waits:
            # How much more is in flight says that better; see the cap.
            asked = []
        for metric in dict.fromkeys(a.metric for a in asked):
            lines.append(write([a for a in asked if a.metric == metric], names))
        if question == AGAINST_SEQUENTIAL and run.judged:
            lines += filter(None, [waits.cap_line(group, names)])
    lines += [sentence(a, names) for a in answers if not a.ratio]
    for cell in group.cells:
        for flag in sorted(BOUND & {*cell.flags}):
            whose = flag.removesuffix("-bound")
            whose = "the load generator" if whose == "generator" else f"the {whose}"
            lines.append(
                f"{words.capital(flag)}: {names[cell.name]}; its throughput is "
                f"{whose}'s and wins nothing, so CPU per job is judged."
            )
    out = [
        f"{names[cell.name]} ({'failed' if cell.failed else 'skipped'})"
        for cell in group.cells
        if not cell.comparable and group.scenario != "primitives"
    ]
    if out:
        lines.append(f"Not compared: {words.listed(out)}.")
    if told and not few(told):
        lines.append(footnote(run, told))
    return tuple(lines)


def request_lines(
    run: Run, workload: Workload, group: Group, answers: Sequence[Answer]
) -> tuple[str, ...]:
    """The same of requests."""
    # A build that is not judged has nothing to explain.
    found = summary_http.lines(workload, group, answers) if run.judged else ()
    told = [a for a in answers if a.ratio]
    return (*found, footnote(run, told)) if told and not few(told) else found


def footnote(run: Run, answers: Sequence[Answer]) -> str:
    """n, the largest p of a win, and what a tie is: once per block."""
    counts = sorted({a.repetitions for a in answers})
    n = f"{counts[0]}"
    if len(counts) > 1:
        n += f" to {counts[-1]}"
    parts = [f"each with {n} repetitions"]
    won = [a.p_adjusted for a in answers if a.word == WINS]
    if won:
        largest = words.probability(max(won)).replace("=", "<=")
        parts.append(f"wins have {largest} (Mann-Whitney, Holm) and 95 % intervals")
    if any(a.word == TIES for a in answers):
        d = statistics.tolerance(run.context.get("noise_floor"))
        parts.append(f"ties lie within {100 * d:.2g} % (90 % intervals)")
    return words.capital("; ".join(parts)) + "."
