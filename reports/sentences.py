"""One comparison in one plain sentence, complete in itself.

The sentence stands in verdicts[] of results.json and must be true and clear
without its neighbours: who, what, how much, how sure, and the word.
"""

from __future__ import annotations

from typing import Mapping

from reports import crossover, statistics, words
from reports.answers import CPU, LATENCIES, LOWER_IS_BETTER, Answer
from reports.contests import AGAINST_LOOP, AGAINST_SEQUENTIAL, FLOOR, WHO_WINS
from reports.contests import WORKERS
from reports.questions import CROSSOVER, SCALING
from reports.run import Cell
from reports.statistics import ALPHA, CANNOT_TELL, FEWEST_REPETITIONS, TIES, WINS

ONE_THREAD = "one thread uses one core"
MANY = 1000
# Rates that differ by less are told as one: what comes at random never comes
# at exactly the rate that was meant.
SAME_RATE = 0.05


def where(cores: int) -> str:
    return words.counted(cores, "core")


def place(cores: int, limit: int | None) -> str:
    """'2 cores with 100 in flight', or the cores alone where no limit is."""
    return where(cores) + ("" if limit is None else f" with {limit:,} in flight")


def more(answer: Answer) -> str:
    """'about 12 more repetitions', rounded when nobody would run them."""
    if answer.more is None:
        return "more repetitions would not help"
    text = f"about {words.counted(answer.more, 'more repetition')}"
    if answer.more > MANY:
        text = f"more than {MANY:,} more repetitions"
    if answer.repetitions >= FEWEST_REPETITIONS and answer.ratio.p < ALPHA:
        # Clear by itself: the reader sees an interval that excludes 1.
        text += f", as {answer.comparisons} comparisons share the 5 %"
    return text


def span(answer: Answer) -> str:
    """The interval that decided: 90 % for a tie, 95 % for all else."""
    return words.between(*_sides(answer, turned(answer))[1])


def evidence(answer: Answer) -> str:
    """(95 % interval 1.95 to 1.99, p = 0.032 after Holm, 5 repetitions each)"""
    ratio = answer.ratio
    n = f"{words.counted(ratio.n_a, 'repetition')} each"
    if ratio.n_a != ratio.n_b:
        n = f"{ratio.n_a} and {ratio.n_b} repetitions"
    level = "90 %" if answer.word == TIES else "95 %"
    known = span(answer)
    known = f"{level} {'interval ' if known[0].isdigit() else ''}{known}"
    return f"({known}, {words.probability(answer.p_adjusted)} after Holm, {n})"


def claim(answer: Answer, names: Mapping[str, str]) -> str:
    """The figure as a clause: who is how many times what.

    A cost is told from the dearer side in "who wins": "needs 150 times" is
    easier to see than "needs 0.00667 times".
    """
    cell, rival = names[answer.cell.name], names[answer.rival.name]
    work = words.work(answer.scenario, answer.params)
    if answer.question == SCALING:
        times = f"{words.ratio(answer.ratio.estimate)} times"
        limit = answer.limit
        under = "" if limit is None else f" with {limit:,} in flight"
        return (
            f"From 1 to {where(answer.cores)}{under} {cell} becomes {times} as fast "
            f"at {work}"
        )
    on = f"On {place(answer.cores, answer.limit)} "
    if answer.question == WORKERS:
        times = f"{words.ratio(answer.ratio.estimate)} times"
        return (
            f"{on}{answer.cell.label} does {work} {times} as fast with "
            f"{words.counted(answer.cell.workers, 'worker')} as with the "
            f"{answer.rival.workers:,} that the rule gives"
        )
    value, _ = _sides(answer, turned(answer))
    times = f"{words.ratio(value)} times"
    if turned(answer):
        cell, rival = rival, cell
    if answer.metric in LATENCIES:
        of = part(answer.metric)
        each = offered(answer)
        return f"{on}the {of} of {work} is {times} as long under {cell} as under {rival}{each}"
    if answer.metric == CPU:
        bare = "the primitive " if answer.question == FLOOR else ""
        price = "CPU per request" if answer.cell.requests else "CPU time"
        return f"{on}{cell} needs {times} the {price} of {bare}{rival} for {work}"
    does = "serves" if answer.cell.requests else "does"
    return f"{on}{cell} {does} {work} {times} as fast as {rival}"


def part(metric: str) -> str:
    """The percentile of a latency: 'p99'."""
    return metric.split("_")[1]


def offered(answer: Answer) -> str:
    """At which rates the two were asked, if each was at its own."""
    rates = [cell.http_values("offered_per_second") for cell in _pair(answer)]
    if not all(rates):
        return ""
    first, second = (statistics.median(values) for values in rates)
    if abs(first / second - 1) < SAME_RATE:
        return f", both at {words.rate(first)} requests/s"
    each = f"{words.rate(first)} and {words.rate(second)}"
    return f", at {each} requests/s"


def _pair(answer: Answer) -> tuple[Cell, Cell]:
    """In the order in which the sentence names them."""
    pair = (answer.cell, answer.rival)
    return pair[::-1] if turned(answer) else pair


def turned(answer: Answer) -> bool:
    """Whether the sentence speaks from the rival's side: of costs that of the
    dearer, of held up requests that of the loop."""
    if answer.question == WHO_WINS:
        return answer.metric in LOWER_IS_BETTER
    return answer.question == AGAINST_LOOP and answer.metric in LATENCIES


def conclusion(answer: Answer, names: Mapping[str, str]) -> str:
    """What follows: one of the three words, and a reason where one is known."""
    if answer.word == WINS:
        if answer.question == SCALING:
            count = answer.cores if answer.winner is answer.cell else 1
            return f"{where(count)} {'wins' if count == 1 else 'win'}"
        winner = names[answer.winner.name]
        if answer.question == WORKERS:
            count = answer.winner.workers
            verb = "wins" if count == 1 else "win"
            return f"{words.counted(count, 'worker')} {verb}"
        if answer.question == FLOOR and answer.winner is answer.rival:
            return f"the primitive {winner} wins"
        return f"{winner} wins"
    if answer.word == TIES:
        return "a tie" + (f": {ONE_THREAD}" if one_thread(answer) else "")
    if answer.repetitions < FEWEST_REPETITIONS:
        few = f"fewer than {FEWEST_REPETITIONS} repetitions decide nothing"
        return f"can't tell: {few} ({more(answer)})"
    return f"can't tell ({more(answer)})"


def one_thread(answer: Answer) -> bool:
    """A tie that has a plain reason: there is no second thread to gain by."""
    return (
        answer.word == TIES
        and answer.cores > 1
        and answer.cell.workers == 1
        and answer.metric != CPU
        and answer.question in (AGAINST_SEQUENTIAL, SCALING)
    )


def sentence(answer: Answer, names: Mapping[str, str]) -> str:
    """The whole sentence. `names` maps a cell's name to its name for people."""
    if answer.question == CROSSOVER:
        return change(answer, names)
    if answer.ratio is None:
        cell, rival = names[answer.cell.name], names[answer.rival.name]
        return (
            f"On {place(answer.cores, answer.limit)} {cell} and {rival}: "
            f"{CANNOT_TELL}, the CPU time of one of them is not known or below what "
            "the clock resolves."
        )
    return f"{claim(answer, names)} {evidence(answer)}: {conclusion(answer, names)}."


def change(answer: Answer, names: Mapping[str, str], short: bool = False) -> str:
    """Where the lead of the loop ends, as far as the run tells: what was
    measured first, then what a straight line between makes of it."""
    found, share = answer.crossover, words.share
    on = f"On {place(answer.cores, None if short else answer.limit)}"
    # The loop is the rival here: the others are measured by it.
    other, loop = names[answer.cell.name], names[answer.rival.name]
    but = f", but not at {words.shares(found.again)}" if found.again else ""
    if found.bound == crossover.MEASURED:
        interval = "" if short else "95 % interval "
        return (
            f"{on} the lead passes from {loop} to {other} between "
            f"{found.before:.3g} and {share(found.after)} compute{but}; a straight "
            f"line between them puts it at {share(found.share)} "
            f"({interval}{found.low:.3g} to {share(found.high)})."
        )
    if found.bound == crossover.ALWAYS:
        return (
            f"{on} {other} beats {loop} already at {share(found.after)} compute{but}."
        )
    if found.bound == crossover.AT_MOST:
        return (
            f"{on} {other} beats {loop} at {share(found.after)} compute{but}; below "
            f"that we can't tell."
        )
    if found.bound == crossover.NEVER:
        return f"{on} nobody leads {loop} by more than a tie at any share."
    return (
        f"{on} nobody is seen to beat {loop}, but at {words.shares(found.unsure)} "
        "compute we can't tell."
    )


def figure(answer: Answer, inverse: bool = False) -> str:
    """'1.97 (1.95 to 1.99)', or the same seen from the rival's side."""
    value, ends = _sides(answer, inverse)
    if None in ends:
        return words.ratio(value)
    return f"{words.ratio(value)} ({words.between(*ends)})"


def aside(answer: Answer, inverse: bool = False) -> str:
    """'(1.02, 0.97 to 1.08; about 12 more repetitions)'."""
    value, ends = _sides(answer, inverse)
    text = words.ratio(value)
    if None not in ends:
        text += f", {words.between(*ends)}"
    if answer.word == CANNOT_TELL:
        text += f"; {more(answer)}"
    return f"({text})"


def _sides(answer: Answer, inverse: bool) -> tuple[float, tuple]:
    ratio = answer.ratio
    ends = (ratio.low, ratio.high)
    if answer.word == TIES:
        ends = (ratio.low90, ratio.high90)
    if not inverse:
        return ratio.estimate, ends
    flipped = tuple(None if end is None else 1 / end for end in reversed(ends))
    return 1 / ratio.estimate, flipped
