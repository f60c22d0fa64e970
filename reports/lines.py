"""A line of the summary per question: who is how many times what, who ties.

Called by summary.py and summary_http.py; the interval stands with each
figure, p and n once per block.
"""

from __future__ import annotations

from typing import Callable, Mapping, Sequence

from reports import words
from reports.answers import CPU, LATENCIES, LOWER_IS_BETTER, THROUGHPUT, Answer
from reports.contests import TWOFOLD
from reports.sentences import ONE_THREAD, aside, figure, more, one_thread, part
from reports.sentences import where
from reports.statistics import CANNOT_TELL, FEWEST_REPETITIONS, TIES, WINS

Names = Mapping[str, str]


def few(answers: Sequence[Answer]) -> bool:
    return all(a.repetitions < FEWEST_REPETITIONS for a in answers)


def not_yet(answers: Sequence[Answer]) -> str:
    """What stands before the figures of too few repetitions."""
    wanted = max(answers, key=lambda a: a.more or 0)
    need = f"fewer than {FEWEST_REPETITIONS} repetitions decide nothing"
    return f"Can't tell yet: {need} ({more(wanted)}). So far:"


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
    first = answers[0]
    unit = "times the CPU of" if first.metric == CPU else "times as fast as"
    if first.metric in LATENCIES:
        unit = f"times the {part(first.metric)} of"
    return f"Variants: {each_its_rival(answers, names, unit)}."


def floor_line(answers: Sequence[Answer], names: Names) -> str:
    """The same for floors: a primitive per model."""
    rivals = {a.rival for a in answers}
    noun = "request" if answers[0].cell.requests else "job"
    if len(rivals) == 1:
        bare = names[answers[0].rival.name]
        text = compose(answers, names, "needs", "times as much", " with it")
        return f"CPU per {noun} over the bare {bare}: {text}"
    text = each_its_rival(answers, names, "times")
    return f"CPU per {noun} over the bare primitive: {text}."


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
    metric = answers[0].metric
    inverse = metric in LOWER_IS_BETTER
    by = ""
    if answers[0].cell.requests:
        by = f" by {measure(metric, 'request')}"
    elif answers[0].scenario in TWOFOLD:
        by = f" by {measure(metric, 'job')}"
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


def measure(metric: str, noun: str) -> str:
    """A metric as words: 'requests/s', 'CPU per request', 'p99'."""
    if metric in LATENCIES:
        return part(metric)
    return f"{noun}s/s" if metric == THROUGHPUT else f"CPU per {noun}"


def closest(beaten: Sequence[Answer], names: Names, inverse: bool) -> str:
    """The winner's margin over the next best."""
    if inverse:
        near = max(beaten, key=lambda a: a.ratio.estimate)
        rival = names[near.rival.name]
        if near.metric in LATENCIES:
            times = f"{figure(near, True)} times as long"
            return f"it takes {times} under {rival}, the next"
        return f"{rival}, the next, needs {figure(near, True)} times its CPU"
    near = min(beaten, key=lambda a: a.ratio.estimate)
    rival = names[near.rival.name]
    return f"it is {figure(near)} times as fast as the next, {rival}"
