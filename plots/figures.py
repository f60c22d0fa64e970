"""All figures, in the order of the page: what came out, then why.

Their words are in figures.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from plots import lines, measure, ratios, rows, tails, told
from plots import view as cuts
from plots.chart import Chart
from plots.measure import Measure
from plots.view import View
from plots.figure import LIMIT, LOAD, SHARE, Extra, Figure
from reports.data import files
from reports.data.run import Run
from reports.data.scenarios import HEAD_OF_LINE, HTTP, NULL, PRIMITIVES
from reports.data.workloads import Workload
from reports.judge.judgement import judge

# Real work first, then single pools, empty jobs and the bare primitives.
LATE = {"pool": 1, "null": 2, "primitives": 3}
WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
CAP = (
    Extra("cap of what is in flight", "rate", lambda _, cell: cell.cap),
    Extra("share of it", "percent", lambda _, cell: cell.of_cap),
)
SPEEDUP = (
    Extra("speed-up", "ratio", told.speedup),
    Extra("efficiency", "percent", told.efficiency),
)
FLOOR = (
    Extra("floor", "text", lambda _, cell: cell.first.floor),
    Extra("times the floor", "ratio", lambda *of: (v := told.floor(*of)) and v.ratio),
)
STEPS = (Extra("jobs that end with the first", "count", told.together),)


def declared(name: str, form: Any, cut: Any, *of: Measure, **more: Any) -> Figure:
    """A figure with its words; what follows a slash only tells it from others."""
    more = {"says": told.sentence, **more, **WORDS[name]}
    return Figure(name.partition("/")[0], form, cut, of, **more)


def along(name: str, *what: Any, **more: Any) -> Figure:
    return declared(name, lines.sheet, *what, **more)


def listed(name: str, *what: Any, **more: Any) -> Figure:
    return declared(name, rows.sheet, *what, **more)


FIGURES = (
    declared("forest", ratios.forest, cuts.contest),
    along(
        "throughput",
        cuts.over_cores,
        measure.RATE,
        label=told.scaled,
        references=told.ceilings,
        extras=(*SPEEDUP, *CAP),
    ),
    along(
        "in-flight",
        cuts.along_limits,
        measure.RATE,
        axis=LIMIT,
        label=told.has,
        references=told.caps,
        extras=CAP,
    ),
    along(
        "mix",
        cuts.with_loop,
        measure.OVER_LOOP,
        axis=SHARE,
        bracket=told.overtaken,
        says=told.where_overtaken,
    ),
    along("served", cuts.closed, measure.SERVED),
    along("cpu-per-request", cuts.closed, measure.PRICE),
    declared("changes", ratios.changes, cuts.contest),
    listed("staircase", cuts.pool, measure.STEPS, says=told.at_once, extras=STEPS),
    listed("latency", cuts.waiting, *measure.LATENCY),
    along("busy", cuts.along_shares, measure.BUSY, axis=SHARE),
    listed(
        "dispatch", cuts.scenario(NULL), measure.CPU, label=told.of_floor, extras=FLOOR
    ),
    listed("dispatch/primitives", cuts.scenario(PRIMITIVES), measure.CALL),
    along("cpu-per-job", cuts.along_limits, measure.CPU, axis=LIMIT, extras=FLOOR),
    listed("cpu-split", cuts.every_cell, *measure.SPLIT),
    along("switches", cuts.along_limits, measure.SWITCHES, axis=LIMIT),
    along(
        "memory-in-flight",
        cuts.along_limits,
        measure.OWN_MEMORY,
        axis=LIMIT,
        label=told.a_job,
        extras=(Extra("one more job", "bytes", told.one_more),),
    ),
    listed("phases", cuts.every_cell, *measure.PHASES),
    listed("memory", cuts.every_cell, *measure.MEMORY),
    declared("spectrum", tails.spectrum, cuts.scenario(HTTP)),
    along("hockey-stick", cuts.opened, measure.P99, axis=LOAD, label=told.of_capacity),
    declared("spectrum/head-of-line", tails.spectrum, cuts.scenario(HEAD_OF_LINE)),
    declared("time-line", tails.time_line, cuts.scenario(HEAD_OF_LINE)),
)


def charts(
    run: Run, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Iterator[tuple[View, list[Chart]]]:
    """Each workload with its charts. `progress` gets the name of what is
    drawn, how many figures are done and how many there may be."""
    found, done = views(run), count()
    total = len(found) * len(FIGURES)
    for view in found:
        drawn = []
        for figure in FIGURES:
            progress(view.slug, next(done), total)
            drawn.append(figure.chart(view))
        yield view, [chart for chart in drawn if chart]
    progress("charts", total, total)


def write(charts: list[Chart], directory: Path) -> None:
    """The files of every chart. Those of an earlier report on the same run that
    this one does not have are removed: they would be out of date."""
    directory.mkdir(parents=True, exist_ok=True)
    new = set()
    for one in charts:
        files_of = {"svg": one.svg.encode(), "png": one.png, "csv": one.csv.encode()}
        for kind, content in files_of.items():
            path = directory / f"{one.name}.{kind}"
            files.replace(path, content)
            new.add(path)
    for old in {*directory.iterdir()} - new:
        if old.suffix in (".svg", ".png", ".csv"):
            old.unlink()


def views(run: Run) -> list[View]:
    """The workloads of a run that have something to draw."""
    loads = [load for load in run.workloads if any(c.ok for c in load.cells)]
    loads.sort(key=lambda load: LATE.get(load.scenario, 0))
    found: dict[str, View] = {}
    for load in loads:
        name = _slug(load)
        more = (f"{name}-{k}" for k in range(2, len(loads) + 1))
        slug = next(one for one in (name, *more) if one not in found)
        found[slug] = View(load, slug, judge(run), load)
    return [*found.values()]


def _slug(load: Workload) -> str:
    """In a cell's name the parts between model and cores are the parameters
    that are not at their default: they name the files too, but for those of
    which the workload has several."""
    several = r"(cores|workers|in[-_]flight|cpu-share|uv-pool|depth|load):"
    parts = load.cells[0].name.split("/")[2:]
    odd = [part for part in parts if not re.match(several, part)]
    return re.sub(r"[^A-Za-z0-9.]+", "-", "-".join([load.scenario, *odd])).strip("-")
