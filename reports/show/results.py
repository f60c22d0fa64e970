"""results.json: context, benchmarks and verdicts in one file, written whole.

It has Google Benchmark's shape, so that its compare.py reads it, and validates
against harness/sweep/results.schema.json.
"""

import json
from pathlib import Path
from typing import Any, Mapping

from reports.data import Repetition, Run, files
from reports.data.run import ENVIRONMENT, RESULTS
from reports.judge import questions
from reports.judge.brackets import Change, Shortest
from reports.judge.checks import pairs
from reports.judge.judgement import judge
from reports.judge.verdict import Verdict
from reports.say import phrases, summary

# Keys of an entry of shortest[] that are a cell's, of verdicts[] that are a verdict's.
PLACE = ("scenario", "cores", "workers", "label")
PLAIN = "word ratio low high level rounds set_aside control".split()


def assemble(run: Run) -> dict[str, Any]:
    """What results.json holds; to the context comes what the controls say of noise."""
    judged, own = judge(run), [pair._asdict() for pair in pairs(run)]
    noise = {"calibrated": None, **run.context.get("noise", {}), "control": own}
    verdicts = [verdict(v) for v in judged.verdicts]
    verdicts += [verdict(change.decides, change) for change in judged.changes]
    return {
        "context": {**run.context, "noise": noise},
        "benchmarks": [benchmark(one) for one in run.recorded],
        "verdicts": verdicts,
        "shortest": [useful(one) for one in judged.shortest],
    }


def verdict(v: Verdict, change: Change | None = None) -> dict[str, Any]:
    """An entry of verdicts[]; of a change the comparison that decides, and where."""
    found = {
        "question": questions.CHANGE if change else v.question,
        "scenario": v.group.scenario,
        "params": dict(v.group.params),
        "in_flight_limit": v.group.limit,
        "cores": v.group.cores,
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


def useful(one: Shortest) -> dict[str, Any]:
    """METG(50 %) of a line of cells, in seconds, as an entry of shortest[]."""
    cell, where = one.cell, one.where
    work, place = summary.shortest_work(one), summary.shortest_place(one)
    return {
        **{key: getattr(cell, key) for key in PLACE},
        "share": 0.5,
        "missed": where.first,
        "reached": where.last,
        "undecided": [*where.undecided],
        "sentence": f"{work} reach half of the ideal throughput: {place}.",
    }


def benchmark(one: Repetition) -> Mapping[str, Any]:
    """The entry as it was measured. compare.py multiplies the real_time of all
    that is no aggregate and dies of a null; so a repetition without a time, for
    which no number would be honest, is declared an aggregate over nothing."""
    if one.ok:
        return one.raw
    return {**one.raw, "run_type": "aggregate", "time_unit": None}


def text(results: Mapping[str, Any]) -> str:
    """Strict JSON (RFC 8259). Raises ValueError for NaN and Infinity."""
    return json.dumps(results, allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def write(run: Run) -> Path:
    """Writes results.json into the run's directory and returns its path; the noise
    goes to environment.json as well. Raises OSError; an old file is untouched."""
    path, machine = run.directory / RESULTS, run.directory / ENVIRONMENT
    whole = assemble(run)
    files.replace(path, text(whole).encode())
    if machine.is_file() and whole["context"] != run.context:
        files.replace(machine, text(whole["context"]).encode())
    return path
