"""results.json: context, benchmarks and verdicts in one file, written whole.

The file has Google Benchmark's shape, so that its compare.py reads it, and
validates against harness/sweep/results.schema.json. A reader never sees half of
it: it is written beside its place, synced, and renamed.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Mapping

from reports.data import files
from reports.data.entries import Repetition
from reports.data.run import ENVIRONMENT, RESULTS, Run
from reports.judge import questions
from reports.judge.brackets import Change
from reports.judge.judgement import judge
from reports.judge.noise import pairs
from reports.judge.verdict import Verdict
from reports.say import phrases, summary

# Keys of an entry of verdicts[] that are a verdict's own.
PLAIN = "word ratio low high level rounds set_aside control".split()


def assemble(run: Run) -> dict[str, Any]:
    """The object that results.json holds."""
    judged = judge(run)
    return {
        "context": context(run),
        "benchmarks": [benchmark(one) for one in run.recorded],
        "verdicts": [
            *(verdict(v) for v in judged.verdicts),
            *(verdict(c.decides, c) for c in judged.changes),
        ],
    }


def context(run: Run) -> dict[str, Any]:
    """The run's context, and what its own controls say of the noise in it."""
    known = dict(run.context)
    own = [asdict(pair) for pair in pairs(run)]
    known["noise"] = {"calibrated": None, **known.get("noise", {}), "control": own}
    return known


def verdict(v: Verdict, change: Change | None = None) -> dict[str, Any]:
    """A comparison as an entry of verdicts[]; of a change along an axis the one
    that decides, with the bracket."""
    group = v.group
    found = {
        "question": questions.CHANGE if change else v.question,
        "scenario": group.scenario,
        "params": dict(group.params),
        "in_flight_limit": group.limit,
        "cores": group.cores,
        "metric": v.metric.key,
        "a": v.a.name,
        "b": v.b.name,
        "winner": v.winner and v.winner.name,
        "sentence": phrases.sentence(v),
        **{key: getattr(v, key) for key in PLAIN},
    }
    if change:
        found |= {"axis": change.axis.key, "holder": change.holder}
        found |= {"last": change.where.last, "first": change.where.first}
        found["sentence"] = summary.change_line(change)
    return found


def benchmark(one: Repetition) -> Mapping[str, Any]:
    """The entry as it was measured; a repetition without a time is marked.

    compare.py multiplies the real_time of every entry that is not an
    aggregate, and dies of a null. There is no honest number to give it, so
    an entry without a time is declared no iteration: of run_type aggregate
    (over nothing) and without a unit, compare.py passes over it and still
    compares the repetitions of that cell that have a time.
    """
    if one.ok:
        return one.raw
    return {**one.raw, "run_type": "aggregate", "time_unit": None}


def text(results: Mapping[str, Any]) -> str:
    """Strict JSON (RFC 8259). Raises ValueError for NaN and Infinity."""
    return json.dumps(results, allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def write(run: Run) -> Path:
    """Writes results.json into the run's directory and returns its path; what is
    found of the noise goes to environment.json as well.

    Raises OSError; the old file is then untouched.
    """
    path = run.directory / RESULTS
    whole = assemble(run)
    files.replace(path, text(whole).encode())
    machine = run.directory / ENVIRONMENT
    if machine.is_file() and whole["context"] != run.context:
        files.replace(machine, text(whole["context"]).encode())
    return path
