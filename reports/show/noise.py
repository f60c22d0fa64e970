"""The noise floor of a machine for people, and for later runs on it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reports.data import files, words
from reports.data.metrics import METRICS
from reports.data.run import Run
from reports.judge.noise import Pair, pairs
from reports.show.table import Table, failures

# What makes a machine another one; and what a reader wants to know of it.
MACHINE = ("cpu_model", "num_cpus", "kernel")
ABOUT = (*MACHINE, "host_name", "date", "bench_version", "duration_seconds", "probes")
HEADS = "work,model,cores,measure,ratio,95 % interval,d,rounds"


def profile(run: Run) -> dict[str, Any]:
    """What later runs on this machine should know."""
    found = {key: run.context.get(key) for key in ABOUT}
    found["rounds"] = run.context.get("repetitions")
    found["pairs"] = [asdict(pair) for pair in pairs(run)]
    return found


def write(run: Run, path: Path) -> None:
    """Raises OSError; an old file is then untouched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(profile(run), allow_nan=False, ensure_ascii=False, indent=2)
    files.replace(path, f"{text}\n".encode())


def summary(run: Run, path: Path) -> str:
    """The largest d, and where it is kept."""
    known = [pair.d for pair in pairs(run) if pair.d is not None]
    if not known:
        return "No noise floor: no pair has an interval."
    most = f"d is at most {100 * max(known):.2f} %"
    return f"Noise floor of this machine: {most}; kept in {path}"


def table(run: Run) -> Table:
    note = "d: half of the interval's width. Two models that differ by less are "
    note += "undecided or equal here in so many rounds."
    title = "Noise floor: two copies of one model"
    rows = tuple(map(row, pairs(run)))
    return Table(title, tuple(HEADS.split(",")), rows, note, failures(run.cells))


def row(pair: Pair) -> tuple[str, ...]:
    return (
        words.work(pair.scenario, pair.params),
        pair.model,
        str(pair.cores),
        METRICS[pair.metric].name,
        f"{pair.ratio:.4f}",
        words.UNKNOWN if pair.low is None else f"{pair.low:.4f}-{pair.high:.4f}",
        words.UNKNOWN if pair.d is None else f"{100 * pair.d:.2f} %",
        str(pair.rounds),
    )
