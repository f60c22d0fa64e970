"""The table of all verdicts of a workload, as strings."""

from __future__ import annotations

from reports.data import words
from reports.data.run import Run, Workload
from reports.judge.judgement import judge
from reports.judge.verdict import WINS, Verdict
from reports.say import phrases
from reports.show.table import Table
from reports.show.winner_map import setting

NAMES = "first second where question measure verdict ratio interval level rounds"
HEADERS = tuple(NAMES.split())


def verdicts(run: Run, workload: Workload) -> Table | None:
    """None where nothing was compared."""
    groups = workload.groups
    rows = tuple(row(v) for v in judge(run).verdicts if v.group in groups)
    if not rows:
        return None
    note = (
        "Ratios are the first over the second, round by round. The interval is the "
        "one that decides; its level is such that all intervals of a question about "
        "one workload, core count and measure hold together at 95 %."
    )
    title = f"All verdicts: {words.capital(workload.title)}"
    return Table(title, HEADERS, rows, note)


def row(v: Verdict) -> tuple[str, ...]:
    a, b = phrases.of_pair(v)
    said = phrases.conclusion(v)
    if v.word == WINS:
        said = f"{a if v.winner is v.a else b} wins"
    where = ", ".join([phrases.cores(v.group.cores), *setting(v.group)])
    what = v.metric.called(v.group.requests)
    interval = words.between(v.low, v.high) if v.known else "–"
    figures = (words.ratio(v.ratio), interval, f"{100 * v.level:.3g} %", str(v.rounds))
    return (a, b, where, v.question, what, said, *figures)
