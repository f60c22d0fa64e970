"""The noise floor: how far two copies of one model differ.

A run's own control is the least of it; `./bench calibrate` measures pairs at
length, and what it finds of a machine stands in a file that later runs read.
The statistics are the verdicts' own.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Mapping

from reports import files, words
from reports.answers import CPU, THROUGHPUT, fits, ratio_of
from reports.run import Cell, Run
from reports.table import Table

# What makes a machine another one; and what a reader wants to know of it.
MACHINE = ("cpu_model", "num_cpus", "kernel")
ABOUT = (*MACHINE, "host_name", "date", "bench_version", "duration_seconds", "probes")


@dataclass(frozen=True)
class Pair:
    """Two copies of one model; `ratio` is the second over the first on
    `metric`, d half of its interval's width: 0.01 is 1 %. Bounds and d are
    None where the rounds are too few for an interval."""

    scenario: str
    params: Mapping[str, Any]
    model: str
    cores: int
    metric: str
    ratio: float
    low: float | None
    high: float | None
    d: float | None
    rounds: int


def pairs(run: Run) -> list[Pair]:
    """Of every control: jobs per second where that is the model's own figure,
    and CPU per job. Nothing of builds that are not judged."""
    return [
        pair
        for cell, twin in (run.twins if run.judged else ())
        for metric in (THROUGHPUT, CPU)
        if (pair := compared(cell, twin, metric))
    ]


def compared(cell: Cell, twin: Cell, metric: str) -> Pair | None:
    if not (fits(cell, metric) and fits(twin, metric)):
        return None
    ratio = ratio_of(twin, cell, metric)
    if ratio is None:
        return None
    d = None
    if ratio.low is not None and ratio.high is not None:
        d = math.sqrt(ratio.high / ratio.low) - 1
    return Pair(
        cell.scenario,
        dict(cell.params),
        cell.label,
        cell.cores,
        metric,
        ratio.estimate,
        ratio.low,
        ratio.high,
        d,
        ratio.n,
    )


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


METRICS = {THROUGHPUT: "jobs/s", CPU: "CPU per job"}


def table(run: Run) -> Table:
    """A row per pair."""
    found = pairs(run)
    rows = tuple(
        (
            words.work(pair.scenario, pair.params),
            pair.model,
            str(pair.cores),
            METRICS[pair.metric],
            f"{pair.ratio:.4f}",
            words.UNKNOWN if pair.low is None else f"{pair.low:.4f}-{pair.high:.4f}",
            words.UNKNOWN if pair.d is None else f"{100 * pair.d:.2f} %",
            str(pair.rounds),
        )
        for pair in found
    )
    return Table(
        "Noise floor: two copies of one model",
        ("work", "model", "cores", "measure", "ratio", "95 % interval", "d", "rounds"),
        (False, False, True, False, True, True, True, True),
        rows,
        tuple(f"{cell.name}: {cell.reason}." for cell in run.cells if cell.reason),
        "d: half of the interval's width. Two models that differ by less cannot be "
        "told apart here in so many rounds.",
    )


def summary(run: Run, path: Path) -> str:
    """The largest d of each measure, and where it is kept."""
    worst = {}
    for pair in pairs(run):
        if pair.d is not None:
            worst[pair.metric] = max(worst.get(pair.metric, 0.0), pair.d)
    if not worst:
        return "No noise floor: no pair has an interval."
    each = [f"{100 * d:.2f} % of {METRICS[metric]}" for metric, d in worst.items()]
    return f"Noise floor of this machine: {words.listed(each)}, at most; kept in {path}"
