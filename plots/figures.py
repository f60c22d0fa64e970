"""All figures, in the order of the page: what came out, then why.

Their words are in figures.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from plots import lines, measure, ratios, rows, tails, told, view as cuts
from plots.chart import Chart
from plots.figure import LIMIT, LOAD, SHARE, WORKERS, Extra, Figure
from plots.measure import Measure
from plots.view import View
from reports.data import files
from reports.data.metrics import BALANCE, FAULTS, HEAD_OF_LINE, HTTP, NULL, PRIMITIVES
from reports.data.run import Run
from reports.data.workloads import Workload
from reports.judge.judgement import judge

# Real work first, then single pools, empty jobs and the bare primitives.
LATE = {"pool": 1, "null": 2, "primitives": 3}
WORDS = files.beside(__file__)
TOLD = ("says", "label", "references", "bracket")


def drawn(name: str, cut: Any, *of: Measure, form: Any = lines.sheet, **more: Any):
    """A figure with its words; what follows a slash only tells it from others."""
    said = {k: getattr(told, v) if k in TOLD else v for k, v in WORDS[name].items()}
    more = {"says": told.sentence, **said, **more}
    return Figure(name.partition("/")[0], form, cut, of, **more)


listed = partial(drawn, form=rows.sheet)
FIGURES = (
    drawn("forest", cuts.contest, form=ratios.forest),
    drawn(
        "throughput",
        cuts.over_cores,
        measure.RATE,
        extras=(Extra("speed-up", "ratio", told.speedup),),
    ),
    drawn("in-flight", cuts.along_limits, measure.RATE, axis=LIMIT),
    drawn("mix", cuts.with_loop, measure.OVER_LOOP, axis=SHARE),
    listed("shares", cuts.policies, *measure.SHARES),
    listed("policies", cuts.policies, measure.TAIL, measure.LATENCY[0]),
    listed("evenness", cuts.policies, *measure.EVENNESS),
    drawn("served", cuts.closed, measure.SERVED),
    drawn("cpu-per-request", cuts.closed, measure.PRICE),
    drawn("changes", cuts.contest, form=ratios.changes),
    listed("staircase", cuts.pool, measure.STEPS),
    listed("latency", cuts.waiting, *measure.LATENCY),
    drawn("busy", cuts.along_shares, measure.BUSY, axis=SHARE),
    drawn("sizing", cuts.several_workers, measure.RATE, axis=WORKERS),
    listed("dispatch", cuts.scenario(NULL), measure.CPU),
    listed("dispatch/primitives", cuts.scenario(PRIMITIVES), measure.CALL),
    drawn("cpu-per-job", cuts.along_limits, measure.CPU, axis=LIMIT),
    listed("cpu-split", cuts.every_cell, *measure.SPLIT),
    drawn("switches", cuts.along_limits, measure.SWITCHES, axis=LIMIT),
    drawn(
        "memory-in-flight",
        cuts.along_limits,
        measure.OWN_MEMORY,
        axis=LIMIT,
        extras=(Extra("one more job", "bytes", told.one_more),),
    ),
    listed("phases", cuts.every_cell, *measure.PHASES),
    listed("memory", cuts.every_cell, *measure.MEMORY),
    drawn("spectrum", cuts.scenario(HTTP, BALANCE), form=tails.spectrum),
    drawn("hockey-stick", cuts.opened, measure.P99, axis=LOAD),
    drawn("spectrum/head-of-line", cuts.scenario(HEAD_OF_LINE), form=tails.spectrum),
    drawn("time-line", cuts.scenario(HEAD_OF_LINE), form=tails.time_line),
    drawn("answers", cuts.scenario(FAULTS), form=tails.lanes),
    listed("losses", cuts.scenario(FAULTS), *measure.LOST),
    listed("recovery", cuts.scenario(FAULTS), *measure.BACK),
)


def charts(
    run: Run, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Iterator[tuple[View, list[Chart]]]:
    """Each workload with its charts. `progress` gets what is drawn, how many
    figures are done and how many there may be."""
    found, done = views(run), count()
    total = len(found) * len(FIGURES)
    for view in found:
        every = []
        for figure in FIGURES:
            progress(view.slug, next(done), total)
            every.append(figure.chart(view))
        yield view, [chart for chart in every if chart]
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
