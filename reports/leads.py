"""Who leads a group, in a clause: the pieces of headlines.

Called by headline.py and headline_http.py.
"""

from __future__ import annotations

from typing import Sequence

from reports import words
from reports.answers import LATENCIES, Answer, labels
from reports.contests import WHO_WINS, of_group
from reports.questions import AT_THE_CAP
from reports.run import Group, Workload
from reports.sentences import more, part, place
from reports.statistics import CANNOT_TELL, FEWEST_REPETITIONS, TIES


def contest(group: Group, answers: Sequence[Answer], metric: str) -> list[Answer]:
    return [
        a
        for a in answers
        if (a.question, a.metric) == (WHO_WINS, metric)
        and a.ratio
        and of_group(a, group)
    ]


def tied(asked: Sequence[Answer]) -> list[Answer]:
    return [a for a in asked if a.word == TIES]


def at_the_cap(group: Group, asked: Sequence[Answer]) -> bool:
    """The leaders tie because Little's law allows no more."""
    return bool(tied(asked)) and (asked[0].cell.of_cap or 0.0) >= AT_THE_CAP


def outcome(group: Group, asked: Sequence[Answer], work: str) -> str:
    """'prefork does 5 ms io jobs 1.80 times as fast as the next, event-loop',
    or 'event-loop and prefork tie at the cap of 20,000 jobs/s'."""
    names = labels(group.cells)
    leader = names[asked[0].cell.name]
    if all(a.winner is a.cell for a in asked):
        near = min(asked, key=lambda a: a.ratio.estimate)
        times = f"{words.ratio(near.ratio.estimate)} times as fast"
        verb = "serves" if group.requests else "does"
        does = f"{verb} {work} {times}" if work else f"is {times}"
        return f"{leader} {does} as the next, {names[near.rival.name]}"
    ties = [names[a.rival.name] for a in tied(asked)]
    unsure = [names[a.rival.name] for a in asked if a.word == CANNOT_TELL]
    at = f" at {work}" if work else ""
    text = f"{leader} leads{at}"
    if ties:
        text = f"{words.listed([leader, *ties])} tie{at}"
        if at_the_cap(group, asked) and group.cap:
            text += f", at the cap of {words.rate(group.cap)} jobs/s"
    if unsure:
        text += f"; we can't tell {leader} from {words.listed(unsure)}"
    return text


def cheapest(group: Group, asked: Sequence[Answer]) -> list[str]:
    """'sequential needs the least CPU per request, event-loop 1.06 times as
    much', or who has the shortest p99; none where that cannot be said."""
    if not asked:
        return []
    noun = "request" if group.requests else "job"
    least, verb, much = f"least CPU per {noun}", "need", "much"
    if asked[0].metric in LATENCIES:
        least, verb, much = f"shortest {part(asked[0].metric)}", "have", "long"
    one = {"need": "needs", "have": "has"}[verb]
    names = labels(group.cells)
    leader = names[asked[0].cell.name]
    ties = [names[a.rival.name] for a in tied(asked)]
    unsure = [names[a.rival.name] for a in asked if a.word == CANNOT_TELL]
    beaten = [a for a in asked if a.winner is a.cell]
    if ties or unsure:
        text = f"{words.listed([leader, *ties])} {verb if ties else one} the {least}"
        if unsure:
            text += f", though we can't tell {leader} from {words.listed(unsure)}"
        return [text]
    if len(beaten) < len(asked):
        return []
    beaten.sort(key=lambda a: -a.ratio.estimate)
    each = [
        f"{names[a.rival.name]} {words.ratio(1 / a.ratio.estimate)}" for a in beaten
    ]
    return [f"{leader} {one} the {least}, {words.listed(each)} times as {much}"]


def undecided(workload: Workload, group: Group, asked: Sequence[Answer]) -> str:
    most = max(asked, key=lambda a: a.more or 0)
    count = words.counted(most.repetitions, "repetition")
    verb = "is" if most.repetitions == 1 else "are"
    return (
        f"On {place(group.cores, group.limit)} we can't tell yet who is best at "
        f"{workload.title}: {count} {verb} fewer than {FEWEST_REPETITIONS} "
        f"({more(most)})."
    )
