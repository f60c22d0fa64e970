"""What is said of one group: who is first, each family of comparisons as one
line, and of requests what their figures are worth."""

from __future__ import annotations

from typing import Iterator, Sequence

from reports.data import words
from reports.data.cells import CLOSED, Cell
from reports.data.metrics import CHEAP, CPU, CPU_OF_BOTH, EVERY
from reports.data.scenarios import MIXED, NULL
from reports.data.workloads import Group
from reports.judge import questions as ask
from reports.judge.judgement import Judgement
from reports.judge.verdict import Verdict
from reports.say import standings
from reports.say.phrases import cores, measured_by, name_of, series

# How a line begins. Where {b} is named, each of them has a line of its own.
HEADS = {
    ask.MODELS: "{metric} over {b}",
    ask.VARIANT: "{metric} of variants over their models",
    ask.SCALING: "Speed-up from 1 to {cores}",
    ask.FLOOR: "{metric} over the bare mechanism",
    ask.WORKERS: "{metric} of {b} over its {workers} workers by the rule",
    ask.PEER: "{metric} over {b}",
}
# A naive percentile that is so many times too low is worth a line.
LIE = 1.5


def lines(judged: Judgement, group: Group) -> tuple[str, ...]:
    told = [v for v in judged.verdicts if v.group is group and not v.control]
    metrics = judged.metrics(group) if judged.run.judged else ()
    found: list[str | None] = []
    if {*metrics} & {*EVERY, *CHEAP}:
        found.append(offered(group))
    if told and not any(v.known for v in told):
        most = max(told, key=lambda v: v.pairs)
        found.append(f"This run only shows: {few(most)}, and it has {most.rounds}.")
    for metric in metrics:
        found.append(standings.line(judged.standing(group, metric)))
        if metric is CPU and group.requests:
            found.append(standings.line(judged.standing(group, CPU_OF_BOTH)))
    if any(v.known for v in told):
        found += families(group, told)
    if group.load != CLOSED and metrics:
        found.append(naive(group))
    return tuple(line for line in found if line)


def few(v: Verdict) -> str:
    """Larger families need more rounds than smaller ones."""
    return (
        f"{words.counted(v.pairs, 'comparison')} at once need {v.needed} rounds to be "
        "decided"
    )


def families(group: Group, told: Sequence[Verdict]) -> Iterator[str]:
    """A line per question, of the models against the one by which they are told."""
    base = group.base()
    if group.scenario in (MIXED, NULL) or (group.limit and group.waits):
        # How much more is in flight says that better; see the column of the cap.
        base = None
    found: dict[str, list[Verdict]] = {}
    for v in told:
        if v.question == ask.MODELS and base in (v.a, v.b):
            v = v.seen_from(v.b if v.a is base else v.a)
        elif v.question == ask.MODELS or v.question not in HEADS:
            continue
        head = HEADS[v.question].format(
            metric=measured_by(v.metric, group),
            b=v.b.label,
            cores=cores(group.cores),
            workers=f"{v.b.workers:,}",
        )
        found.setdefault(head, []).append(v)

    def name(v: Verdict) -> str:
        if v.question == ask.WORKERS:
            return words.counted(v.a.workers, "worker")
        over = f" over {v.b.label}" if v.question == ask.FLOOR else ""
        return name_of(v.a, group) + over

    for head, some in found.items():
        known = any(v.known for v in some)
        yield f"{head}: {series(some, name) if known else few(some[0])}."


def offered(group: Group) -> str | None:
    """At which rate clients asked, and what that is to each."""
    each = []
    for cell in group.comparable:
        rate = words.middle(cell.http_values("offered_per_second"))
        most = words.middle(cell.http_values("capacity_per_second"))
        if rate:
            own = f" ({words.percent(rate / most)} of its capacity)" if most else ""
            each.append(f"{words.rate(rate)}/s to {name_of(cell, group)}{own}")
    return f"Offered: {words.listed(each)}." if each else None


def naive(group: Group) -> str | None:
    """Where counting from the actual send would have told a nicer tale."""
    each = ((*latencies(cell, "p99"), cell) for cell in group.comparable)
    found = [(true / own, name_of(c, group)) for true, own, c in each if true and own]
    times, name = max(found, default=(0, ""))
    if times < LIE:
        return None
    return (
        "Coordinated omission: a client that waits for answers would report a p99 "
        f"{words.ratio(times)} times too low for {name}."
    )


def latencies(cell: Cell, of: str) -> tuple[float | None, float | None]:
    """A percentile of all requests from the intended send, and the naive one;
    medians of repetitions."""
    shown = [(one.of_http("naive") or {}).get(of) for one in cell.ok]
    known = [value for value in shown if value is not None]
    return words.middle(cell.values(f"latency_{of}_seconds")), words.middle(known)
