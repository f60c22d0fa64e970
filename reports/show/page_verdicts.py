"""The table of all verdicts of a workload, as strings."""

from __future__ import annotations

from reports.data import targets, words
from reports.data.run import Run, Workload
from reports.data.workloads import Group
from reports.judge import questions
from reports.judge.brackets import Change
from reports.judge.judgement import judge
from reports.judge.verdict import WINS, Verdict
from reports.say import phrases
from reports.show.table import Table

HEADERS = ("first", "second", "where", "question", "measure", "verdict")
FIGURES = ("ratio", "interval", "level", "rounds")


def verdicts(run: Run, workload: Workload) -> Table | None:
    """None where nothing was compared."""
    judged = judge(run)
    rows = [row(v) for v in judged.verdicts if v.group in workload.groups]
    rows += [
        row(change.decides, change)
        for change in judged.changes
        if change.decides.group in workload.groups
    ]
    if not rows:
        return None
    note = (
        "Ratios are the first over the second, round by round. The interval is the "
        "one that decides; its level is such that all intervals of a question about "
        "one workload, core count and measure hold together at 95 %."
    )
    title = f"All verdicts: {words.capital(workload.title)}"
    right = (*(False for _ in HEADERS), *(True for _ in FIGURES))
    return Table(title, (*HEADERS, *FIGURES), right, tuple(rows), (), note)


def row(v: Verdict, change: Change | None = None) -> tuple[str, ...]:
    a, b = phrases.of_pair(v)
    said, question = phrases.conclusion(v), v.question
    if v.word == WINS:
        said = f"{a if v.winner is v.a else b} wins"
    if change:
        question, said = questions.CHANGE, place(change)
    interval = words.between(v.low, v.high) if v.known else "–"
    level, rounds = f"{100 * v.level:.3g} %", str(v.rounds)
    what = v.metric.called(v.group.requests)
    figures = (words.ratio(v.ratio), interval, level, rounds)
    return (a, b, where(v.group), question, what, said, *figures)


def where(group: Group) -> str:
    """'2 cores, 100 in flight, 25 % compute'."""
    parts = [phrases.cores(group.cores)]
    if group.limit is not None:
        parts.append(f"{group.limit:,} in flight")
    if group.load:
        parts.append(targets.load(group.load))
    if group.share is not None:
        parts.append(f"{words.share(group.share)} compute")
    return ", ".join(parts)


def place(change: Change) -> str:
    """Where the winner changes, in the words of a table."""
    bracket = change.where
    if bracket.first is None:
        return "undecided" if bracket.undecided else "nowhere"
    if bracket.last is None:
        return f"at {bracket.first:g} or below"
    return f"between {bracket.last:g} and {bracket.first:g}"
