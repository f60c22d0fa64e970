"""The profile of a machine, for people and later runs: noise floor and prices."""

import json
from pathlib import Path
from typing import Any

from reports.data import Run, files, words
from reports.data.metrics import METRICS
from reports.judge.checks import pairs
from reports.judge.prices import measured
from reports.say import prices
from reports.say.phrases import cores
from reports.say.summary import Block
from reports.show import results
from reports.show.tables import Document, Table, failures

MACHINE = ("cpu_model", "num_cpus", "kernel")  # what makes another one
ABOUT = ("host_name", "date", "bench_version", "duration_seconds", "probes")


def write(run: Run, path: Path) -> str:
    """Keeps it beside what is known of the same machine; returns the gist and where
    it is kept. Raises OSError; an old file is then untouched."""
    found, about = pairs(run), run.context.get
    profile = {**older(path, run), **{key: about(key) for key in MACHINE}}
    if costs := measured(run):
        every = [price._asdict() for price in costs]
        profile["costs"] = {"date": about("date"), "prices": every}
    else:
        profile |= {key: about(key) for key in ABOUT}
        profile["rounds"] = about("repetitions")
        profile["pairs"] = [pair._asdict() for pair in found]
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace(path, results.text(profile).encode())
    if costs:
        return f"{len(costs)} prices of this machine; kept in {path}"
    known = [pair.d for pair in found if pair.d is not None]
    if not known:
        return "No noise floor: no pair has an interval."
    most = f"{100 * max(known):.2f} %"
    return f"Noise floor of this machine: d is at most {most}; kept in {path}"


def older(path: Path, run: Run) -> dict[str, Any]:
    """What the file holds, if it is of this machine."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    same = all(found.get(key) == run.context.get(key) for key in MACHINE)
    return found if same else {}


def document(run: Run) -> Document:
    """What things cost, or what two copies of each model showed, and what failed."""
    if told := prices.lines(run) if measured(run) else ():
        rows = tuple(map(tuple, told))
        table = Table(prices.TITLE, tuple(prices.HEADS), rows, prices.NOTE)
        return Document([], [table])
    lines = []
    for one in pairs(run):
        work, name = words.work(one.scenario, one.params), METRICS[one.metric].name
        d = "unknown" if one.d is None else f"{100 * one.d:.2f} %"
        span = f"ratio {words.ratio(one.ratio)} ({words.between(one.low, one.high)})"
        where = f"{one.model} on {cores(one.cores)}, {work}, {name}"
        lines.append(f"{where}: {span}, d {d}.")
    heading = "Two copies of one model (d: half of the interval's width)"
    return Document([], [], [Block(heading, (*lines, *failures(run.cells)))])
