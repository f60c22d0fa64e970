"""The table of all verdicts on the page, as strings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports.data import targets, words
from reports.data.run import Run
from reports.data.scenarios import kind
from reports.judge import questions
from reports.judge.brackets import Change
from reports.judge.judgement import judge
from reports.judge.verdict import EQUAL, WINS, Verdict
from reports.say import changes, phrases

QUESTIONS = {
    questions.MODELS: "models",
    questions.VARIANT: "variant and its model",
    questions.SCALING: "against its one core",
    questions.SPEEDUP: "over sequential",
    questions.FLOOR: "over its floor",
    questions.WORKERS: "workers and the rule's",
    questions.PEER: "against a well-known server",
    questions.CONTROL: "two copies of one model",
}
# More rows than these are folded.
MANY = 60


@dataclass(frozen=True)
class Part:
    """The rows of one workload, under headings of cores and limit."""

    title: str
    groups: tuple[tuple[str, tuple[dict[str, Any], ...]], ...]

    @property
    def folded(self) -> bool:
        return sum(len(rows) for _, rows in self.groups) > MANY


def parts(run: Run) -> list[Part]:
    """The rows of the tables of all verdicts, by workload, cores and limit."""
    judged = judge(run)
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    every = [(v, None) for v in judged.verdicts]
    for v, change in every + [(c.decides, c) for c in judged.changes]:
        group = v.group
        along = kind(group.scenario).axis
        params = {k: x for k, x in group.params.items() if k not in along}
        title = words.capital(words.work(group.scenario, params))
        heading = phrases.cores(group.cores)
        if group.limit is not None:
            heading += f", {group.limit:,} in flight"
        if group.load:
            heading += f", {targets.load(group.load)}"
        if group.share is not None:
            heading += f", {words.share(group.share)} compute"
        rows = found.setdefault(title, {}).setdefault(f"{title}, {heading}", [])
        rows.append(row(v, change))
    return [
        Part(title, tuple((heading, tuple(rows)) for heading, rows in groups.items()))
        for title, groups in found.items()
    ]


def row(v: Verdict, change: Change | None = None) -> dict[str, Any]:
    """A verdict as strings."""
    a, b = phrases.of_pair(v)
    said, sentence = phrases.conclusion(v), phrases.sentence(v)
    if v.word == WINS:
        said = f"{a if v.winner is v.a else b} wins"
    question = QUESTIONS.get(v.question, v.question)
    if change:
        question, sentence = "where the winner changes", changes.change_line(change)
        said = place(change)
    return {
        "question": question,
        "a": a,
        "b": b,
        "metric": v.metric.called(v.group.requests),
        "verdict": said,
        "style": {WINS: "wins", EQUAL: "equal"}.get(v.word, "unsure"),
        "ratio": words.ratio(v.ratio),
        "interval": words.between(v.low, v.high) if v.known else "–",
        "level": f"{100 * v.level:.3g} %",
        "n": v.rounds,
        "sentence": sentence,
    }


def place(change: Change) -> str:
    """Where the winner changes, in the words of a table."""
    where = change.where
    if where.first is None:
        return "undecided" if where.undecided else "nowhere"
    if where.last is None:
        return f"at {where.first:g} or below"
    return f"between {where.last:g} and {where.first:g}"
