"""Verdicts: the judging half of a run, for files, terminal and page alike.

`judge` gives the entries of verdicts[]; `headline`, `blocks` and
`summary_lines` say the same to people. All are pure functions of a Run and
agree with one another, because they are made from the same answers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Mapping

from reports import headline as headlines
from reports import questions, sentences, summary
from reports.answers import Answer, labels
from reports.contests import WORKERS
from reports.questions import SCALING
from reports.run import Run
from reports.statistics import Ratio
from reports.summary import Block


@dataclass(frozen=True)
class Verdict:
    """One entry of verdicts[]. `ratio` is model over rival on `metric`;
    low, high and p are None where the repetitions are too few for them.
    winner is `model` or `rival` as written there, or None. The shares are for
    "mix-crossover" alone: the per cent of compute from which on the event loop
    is beaten, its 95 % interval, and the measured shares on both sides."""

    question: str
    scenario: str
    cores: int
    params: Mapping[str, Any]
    metric: str
    model: str
    rival: str
    cell: str
    rival_cell: str
    winner: str | None
    word: str
    ratio: float | None
    low: float | None
    high: float | None
    low90: float | None
    high90: float | None
    p: float | None
    p_adjusted: float | None
    repetitions: int
    more_repetitions: int | None
    sentence: str
    in_flight_limit: int | None = None
    share_percent: float | None = None
    share_low_percent: float | None = None
    share_high_percent: float | None = None
    share_before_percent: float | None = None
    share_after_percent: float | None = None

    def entry(self) -> dict[str, Any]:
        """The object that stands in results.json."""
        return asdict(self)


@lru_cache(maxsize=4)
def answers(run: Run) -> tuple[Answer, ...]:
    """The figures behind the verdicts, worked out once per run."""
    return questions.ask(run)


def judge(run: Run) -> tuple[Verdict, ...]:
    """Every verdict of the run; empty for debug and sanitizer builds."""
    names = naming(run)
    return tuple(verdict(answer, names) for answer in answers(run))


def verdict(answer: Answer, names: Mapping[str, str]) -> Verdict:
    ratio: Ratio | None = answer.ratio
    change = answer.crossover
    rival = answer.rival.id
    if answer.question == WORKERS:
        # Both are the same model, so the name of one of them must tell more.
        rival = f"{rival}/workers:{answer.rival.workers}"
    if answer.question == SCALING:
        rival = f"{rival}/cores:{answer.rival.cores}"
    winner = None
    if answer.winner is not None:
        winner = answer.cell.id if answer.winner is answer.cell else rival
    return Verdict(
        question=answer.question,
        scenario=answer.scenario,
        cores=answer.cores,
        params=dict(answer.params),
        metric=answer.metric,
        model=answer.cell.id,
        rival=rival,
        cell=answer.cell.name,
        rival_cell=answer.rival.name,
        winner=winner,
        word=answer.word,
        ratio=ratio.estimate if ratio else None,
        low=ratio.low if ratio else None,
        high=ratio.high if ratio else None,
        low90=ratio.low90 if ratio else None,
        high90=ratio.high90 if ratio else None,
        p=ratio.p if ratio else None,
        p_adjusted=answer.p_adjusted,
        repetitions=answer.repetitions,
        more_repetitions=answer.more,
        sentence=sentences.sentence(answer, names),
        in_flight_limit=answer.limit,
        share_percent=change and change.share,
        share_low_percent=change and change.low,
        share_high_percent=change and change.high,
        share_before_percent=change and change.before,
        share_after_percent=change and change.after,
    )


def naming(run: Run) -> dict[str, str]:
    """A name for people per cell, unambiguous within its group."""
    names: dict[str, str] = {}
    for group in run.groups:
        names.update(labels(group.cells))
        names.update(labels(group.floors))
        names.update(labels(group.peers))
    return names


def headline(run: Run) -> str:
    """What the class should remember: one sentence or two."""
    return headlines.headline(run, answers(run))


def blocks(run: Run) -> list[Block]:
    """Heading and lines per group (of a mix axis: per core count), then what
    the run says as a whole, then notes."""
    return summary.blocks(run, answers(run))


def summary_lines(run: Run) -> list[str]:
    """The blocks as plain lines: a heading with a colon, lines indented."""
    lines: list[str] = []
    for block in blocks(run):
        lines.append(f"{block.heading}:")
        lines += [f"  {line}" for line in block.lines]
    return lines
