"""The noise floor of a machine for people, and for later runs on it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from reports.data import files, words
from reports.data.metrics import METRICS
from reports.data.run import Run
from reports.judge.noise import Pair, pairs
from reports.show import results
from reports.show.table import Document, Table, failures

# The first three make another machine; the others are for a reader.
ABOUT = "cpu_model num_cpus kernel host_name date bench_version duration_seconds probes"
HEADS = ("work", "model", "cores", "measure", "ratio", "95 % interval", "d", "rounds")


def write(run: Run, path: Path) -> str:
    """Keeps it; returns the largest d and where it is kept. Raises OSError; an old
    file is then untouched."""
    found = pairs(run)
    profile = {key: run.context.get(key) for key in ABOUT.split()}
    profile["rounds"] = run.context.get("repetitions")
    profile["pairs"] = [asdict(pair) for pair in found]
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace(path, results.text(profile).encode())
    known = [pair.d for pair in found if pair.d is not None]
    if not known:
        return "No noise floor: no pair has an interval."
    most = f"d is at most {100 * max(known):.2f} %"
    return f"Noise floor of this machine: {most}; kept in {path}"


def document(run: Run) -> Document:
    note = "d: half of the interval's width. Two models that differ by less are "
    note += "undecided or equal here in so many rounds."
    title = "Noise floor: two copies of one model"
    rows = tuple(map(row, pairs(run)))
    return Document([], [Table(title, HEADS, rows, note, failures(run.cells))])


def row(pair: Pair) -> tuple[str, ...]:
    work, ratio = words.work(pair.scenario, pair.params), f"{pair.ratio:.4f}"
    spread = (words.UNKNOWN, words.UNKNOWN)
    if pair.d is not None:
        spread = (f"{pair.low:.4f}-{pair.high:.4f}", f"{100 * pair.d:.2f} %")
    name = METRICS[pair.metric].name
    return (work, pair.model, str(pair.cores), name, ratio, *spread, str(pair.rounds))
