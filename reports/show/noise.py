"""The noise floor of a machine for people, and for later runs on it."""

from pathlib import Path

from reports.data import files, words
from reports.data.metrics import METRICS
from reports.data.run import Run
from reports.judge.checks import pairs
from reports.say.phrases import cores
from reports.say.summary import Block
from reports.show import results
from reports.show.tables import Document, failures

# The first three make another machine; the others are for a reader.
ABOUT = "cpu_model num_cpus kernel host_name date bench_version duration_seconds probes"


def write(run: Run, path: Path) -> str:
    """Keeps it; returns the largest d and where it is kept. Raises OSError; an old
    file is then untouched."""
    found = pairs(run)
    profile = {key: run.context.get(key) for key in ABOUT.split()}
    profile["rounds"] = run.context.get("repetitions")
    profile["pairs"] = [pair._asdict() for pair in found]
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace(path, results.text(profile).encode())
    known = [pair.d for pair in found if pair.d is not None]
    if not known:
        return "No noise floor: no pair has an interval."
    most = f"d is at most {100 * max(known):.2f} %"
    return f"Noise floor of this machine: {most}; kept in {path}"


def document(run: Run) -> Document:
    """What two copies of each model showed, and what failed."""
    lines = []
    for one in pairs(run):
        work, name = words.work(one.scenario, one.params), METRICS[one.metric].name
        d = "unknown" if one.d is None else f"{100 * one.d:.2f} %"
        span = f"ratio {words.ratio(one.ratio)} ({words.between(one.low, one.high)})"
        where = f"{one.model} on {cores(one.cores)}, {work}, {name}"
        lines.append(f"{where}: {span}, d {d}.")
    heading = "Two copies of one model (d: half of the interval's width)"
    return Document([], [], [Block(heading, (*lines, *failures(run.cells)))])
