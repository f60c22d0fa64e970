"""The verdicts of a run for people: a few lines per core count, a headline.

Grouped so that a class can read them: who against sequential, who wins, who
scales, who pays how much over its floor; the interval with each figure, p
and n once per block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping, Sequence

from reports import mix, notes, statistics, waits, words
from reports.answers import BOUND, CPU, Answer, labels
from reports.questions import AGAINST_SEQUENTIAL, FLOOR, SCALING, TWOFOLD, VARIANT
from reports.questions import WHO_WINS, WORKERS, of_group
from reports.run import Group, Run, Workload
from reports.sentences import ONE_THREAD, aside, figure, more, one_thread
from reports.sentences import sentence, where
from reports.statistics import CANNOT_TELL, FEWEST_REPETITIONS, TIES, WINS

Names = Mapping[str, str]


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
            heading = f"{where(about.cores)}{under}, {workload.title}"
            fewer = about.cores < max(workload.cores)
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
    if not workload.shares:
        return [
            (group, group_lines(run, group, [a for a in answers if of_group(a, group)]))
            for group in workload.groups
        ]
    found = []
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
        wanted = max(told, key=lambda a: a.more or 0)
        need = f"fewer than {FEWEST_REPETITIONS} repetitions decide nothing"
        lines.append(f"Can't tell yet: {need} ({more(wanted)}). So far:")
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


def few(answers: Sequence[Answer]) -> bool:
    return all(a.repetitions < FEWEST_REPETITIONS for a in answers)


def series(answers: Sequence[Answer], names: Names, verb: str, phrase: str) -> str:
    """'prefork is 1.98 (1.96 to 2.00) and thread-pool 1.97 (1.95 to 1.99)
    times as fast': verb and phrase once, the largest figure first."""
    ordered = sorted(answers, key=lambda a: -a.ratio.estimate)
    parts = [f"{names[a.cell.name]} {figure(a)}" for a in ordered]
    first = f"{names[ordered[0].cell.name]} {verb} {figure(ordered[0])}"
    return f"{words.listed([first, *parts[1:]])} {phrase}"


def compose(
    answers: Sequence[Answer], names: Names, verb: str, phrase: str, tie: str
) -> str:
    """Wins and losses as a series, then ties, then what can't be told."""
    if few(answers):
        return f"{series(answers, names, verb, phrase)}."
    parts = []
    decided = [a for a in answers if a.word == WINS]
    if decided:
        parts.append(series(decided, names, verb, phrase))
    ties = [a for a in answers if a.word == TIES]
    if ties:
        each = [f"{names[a.cell.name]} {aside(a)}" for a in ties]
        ending = "s" if len(ties) == 1 else ""
        because = f": {ONE_THREAD}" if all(map(one_thread, ties)) else ""
        parts.append(f"{words.listed(each)} tie{ending}{tie}{because}")
    unsure = [a for a in answers if a.word == CANNOT_TELL]
    if unsure:
        each = [f"{names[a.cell.name]} {aside(a)}" for a in unsure]
        parts.append(f"{CANNOT_TELL} for {words.listed(each)}")
    return "; ".join(parts) + "."


def against_line(answers: Sequence[Answer], names: Names) -> str:
    base = names[answers[0].rival.name]
    verb, phrase = "is", "times as fast"
    if answers[0].metric == CPU:
        verb, phrase = "needs", "times the CPU"
    return f"Against {base}: {compose(answers, names, verb, phrase, '')}"


def scaling_line(answers: Sequence[Answer], names: Names) -> str:
    cores = answers[0].cores
    phrase = f"times as fast (ideal: {cores})"
    text = compose(answers, names, "becomes", phrase, " with 1 core")
    return f"From 1 to {where(cores)}: {text}"


def variant_line(answers: Sequence[Answer], names: Names) -> str:
    """Every variant has a model of its own, so each figure names it."""
    unit = "times the CPU of" if answers[0].metric == CPU else "times as fast as"
    return f"Variants: {each_its_rival(answers, names, unit)}."


def floor_line(answers: Sequence[Answer], names: Names) -> str:
    """The same for floors: a primitive per model."""
    rivals = {a.rival for a in answers}
    if len(rivals) == 1:
        bare = names[answers[0].rival.name]
        text = compose(answers, names, "needs", "times as much", " with it")
        return f"CPU per job over the bare {bare}: {text}"
    text = each_its_rival(answers, names, "times")
    return f"CPU per job over the bare primitive: {text}."


def each_its_rival(answers: Sequence[Answer], names: Names, times: str) -> str:
    """Pairs with a rival each: wins and losses, ties, then what is open."""

    def each(some: Sequence[Answer], shown: Callable[[Answer], str], to: str) -> str:
        return words.listed(
            f"{names[a.cell.name]} {shown(a)} {to} {names[a.rival.name]}"
            for a in sorted(some, key=lambda a: -a.ratio.estimate)
        )

    def those(word: str) -> list[Answer]:
        return [a for a in answers if a.word == word]

    if few(answers):
        return each(answers, figure, times)
    parts = [
        each(those(WINS), figure, times),
        each(those(TIES), lambda a: f"ties {aside(a)}", "with"),
        each(those(CANNOT_TELL), lambda a: f"can't tell {aside(a)}", "from"),
    ]
    return "; ".join(part for part in parts if part)


def workers_line(answers: Sequence[Answer], names: Names) -> str:
    """What the rule for the number of workers is worth, model by model."""
    return " ".join(
        f"{a.cell.label}: the rule says {words.counted(a.rival.workers, 'worker')}; "
        f"{grid(a)}."
        for a in answers
    )


def grid(answer: Answer) -> str:
    """'the best of the grid was 128 (1.02 (1.00 to 1.04) x), which ties'."""
    ending = f"where we {CANNOT_TELL} ({more(answer)})"
    if answer.word == TIES:
        ending = "which ties"
    elif answer.word == WINS:
        ending = "which wins" if answer.winner is answer.cell else "which loses"
    what = "the best of the grid" if answer.ratio.estimate > 1 else "the best other"
    return f"{what} was {answer.cell.workers:,} ({figure(answer)} x), {ending}"


def leader_line(answers: Sequence[Answer], names: Names) -> str:
    """Who wins this core count, or whom the leader could not shake off."""
    leader = names[answers[0].cell.name]
    inverse = answers[0].metric == CPU
    by = ""
    if answers[0].scenario in TWOFOLD:
        by = " by CPU per job" if inverse else " by jobs/s"
    if few(answers):
        return f"Leader{by}: {leader}."

    def beside(some: Sequence[Answer]) -> str:
        return words.listed(f"{names[a.rival.name]} {aside(a, inverse)}" for a in some)

    beaten = [a for a in answers if a.word == WINS and a.winner is a.cell]
    if len(beaten) == len(answers):
        return f"Winner{by}: {leader}; {closest(beaten, names, inverse)}."
    parts = []
    ties = [a for a in answers if a.word == TIES]
    if ties:
        parts.append(f"ties with {beside(ties)}")
    unsure = [a for a in answers if a.word == CANNOT_TELL]
    if unsure:
        parts.append(f"{CANNOT_TELL} from {beside(unsure)}")
    lost = [a for a in answers if a.word == WINS and a.winner is a.rival]
    if lost:
        parts.append(f"loses to {beside(lost)}")
    if beaten:
        parts.append(f"beats {words.listed(names[a.rival.name] for a in beaten)}")
    return f"No winner{by}: {leader} leads, {'; '.join(parts)}."


def closest(beaten: Sequence[Answer], names: Names, inverse: bool) -> str:
    """The winner's margin over the next best."""
    if inverse:
        near = max(beaten, key=lambda a: a.ratio.estimate)
        rival = names[near.rival.name]
        return f"{rival}, the next, needs {figure(near, True)} times its CPU"
    near = min(beaten, key=lambda a: a.ratio.estimate)
    rival = names[near.rival.name]
    return f"it is {figure(near)} times as fast as the next, {rival}"


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
