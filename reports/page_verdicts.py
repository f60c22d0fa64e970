"""The table of all verdicts on the page, as strings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports import sentences, targets, verdicts, words
from reports.answers import CHEAP, LATENCIES
from reports.cells import MIXED, REQUESTS, SHARE
from reports.questions import CROSSOVER
from reports.run import Run
from reports.workloads import ALONG_THE_AXIS

METRICS = {"jobs_per_second": "jobs/s", "cpu_seconds_per_job": "CPU/job"}
OF_REQUESTS = {"jobs_per_second": "requests/s", "cpu_seconds_per_job": "CPU/request"}
QUESTIONS = {
    "against-sequential": "against sequential",
    "against-event-loop": "against event-loop",
    "who-wins": "who wins",
    "variant": "variant against its model",
    "scaling": "against its one core",
    "floor": "against its floor",
    "workers": "best workers against the rule",
    "peer": "against a well-known server",
    "mix-crossover": "where the lead changes",
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
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for verdict in verdicts.judge(run):
        along = ALONG_THE_AXIS.get(verdict.scenario, ())
        params = {k: v for k, v in verdict.params.items() if k not in along}
        title = words.capital(words.work(verdict.scenario, params))
        heading = f"{words.counted(verdict.cores, 'core')}"
        if verdict.in_flight_limit is not None:
            heading += f", {verdict.in_flight_limit:,} in flight"
        if verdict.params.get("load"):
            heading += f", {targets.load(str(verdict.params['load']))}"
        if verdict.scenario == MIXED and SHARE in verdict.params:
            heading += f", {words.share(verdict.params[SHARE])} compute"
        rows = found.setdefault(title, {}).setdefault(f"{title}, {heading}", [])
        rows.append(row(verdict))
    return [
        Part(title, tuple((heading, tuple(rows)) for heading, rows in groups.items()))
        for title, groups in found.items()
    ]


def row(verdict: verdicts.Verdict) -> dict[str, Any]:
    """A verdict as strings."""
    word = verdict.word
    if verdict.winner:
        word = f"{display(verdict.winner)} wins"
    if verdict.question == CROSSOVER:
        word = place(verdict)
    interval = "–"
    if verdict.low is not None:
        interval = words.between(verdict.low, verdict.high)
    return {
        "question": QUESTIONS.get(verdict.question, verdict.question),
        "model": display(verdict.model),
        "rival": display(verdict.rival),
        "metric": metric(verdict),
        "verdict": word,
        "style": {"wins": "wins", "ties": "ties"}.get(verdict.word, "unsure"),
        "ratio": words.ratio(verdict.ratio),
        "interval": interval,
        "p": words.probability(verdict.p_adjusted).removeprefix("p = "),
        "n": verdict.repetitions,
        "sentence": verdict.sentence,
    }


def metric(verdict: verdicts.Verdict) -> str:
    """'CPU/job', 'requests/s', 'p99', 'p99 of cheap requests'."""
    if verdict.metric in LATENCIES:
        cheap = " of cheap requests" if verdict.metric in CHEAP else ""
        return sentences.part(verdict.metric) + cheap
    known = OF_REQUESTS if verdict.scenario in REQUESTS else METRICS
    return known.get(verdict.metric, verdict.metric)


def place(verdict: verdicts.Verdict) -> str:
    """Where the lead changes, in the words of a table."""
    if verdict.share_percent is not None:
        ends = f"{verdict.share_low_percent:.3g} to "
        ends += words.share(verdict.share_high_percent)
        return f"at {words.share(verdict.share_percent)} ({ends})"
    if verdict.share_after_percent is not None:
        return f"at {words.share(verdict.share_after_percent)} or below"
    return "can't tell" if verdict.word == "can't tell" else "nowhere"


def display(name: str) -> str:
    """Files write thread-pool+stealing, prefork/cores:1 and fork-ipc/workers:4;
    people read thread-pool/stealing, "prefork on 1 core" and "fork-ipc with 4
    workers"."""
    model, _, workers = name.partition("/workers:")
    if workers:
        return f"{display(model)} with {words.counted(int(workers), 'worker')}"
    model, _, cores = name.partition("/cores:")
    model = model.replace("+", "/")
    return f"{model} on {words.counted(int(cores), 'core')}" if cores else model
