"""What the tests about requests share: simulated runs, and asking them.

Owned by the tests of reports/; nothing else may call it.
"""

from __future__ import annotations

from reports import questions, verdicts
from reports.run import Run, load
from reports.testing import FIVE, make_run, write_lines

OFFLOAD = (*FIVE[:2], "event-loop/offload", *FIVE[2:])
P99 = "latency_p99_seconds"


def run_of(directory, scenario="http", **options) -> Run:
    options.setdefault("models", OFFLOAD)
    return load(make_run(directory, scenarios=(scenario,), **options))


def changed(directory, run: Run, change) -> Run:
    """The same run with every entry passed through `change`."""
    entries = [dict(one.raw) for one in run.repetitions]
    for entry in entries:
        change(entry)
    write_lines(directory, entries)
    return load(directory)


def asked(run: Run, question: str, metric: str, cores: int = 1):
    return [
        a
        for a in questions.ask(run)
        if (a.question, a.metric, a.cores) == (question, metric, cores)
    ]


def lines(run: Run) -> str:
    return "\n".join(verdicts.summary_lines(run))
