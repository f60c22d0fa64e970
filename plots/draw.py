"""Draws every chart of a run into files; the only writer in plots/."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from plots.chart import Chart
from plots.figures import FIGURES
from plots.view import View
from reports.data import files
from reports.data.run import Run
from reports.data.workloads import Workload
from reports.judge.judgement import judge

# Real work first, then single pools, empty jobs and the bare primitives.
LATE = {"pool": 1, "null": 2, "primitives": 3}


def charts(
    run: Run, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Iterator[tuple[View, list[Chart]]]:
    """Each workload with its charts. `progress` gets the name of what is
    drawn, how many figures are done and how many there may be."""
    found = views(run)
    total = len(found) * len(FIGURES)
    for i, view in enumerate(found):
        drawn = []
        for k, figure in enumerate(FIGURES):
            progress(view.slug, i * len(FIGURES) + k, total)
            chart = figure.chart(view)
            drawn += [chart] if chart else []
        yield view, drawn
    progress("charts", total, total)


def write(charts: list[Chart], directory: Path) -> None:
    """The files of every chart. Those of an earlier report on the same run that
    this one does not have are removed: they would be out of date."""
    directory.mkdir(parents=True, exist_ok=True)
    contents: dict[str, bytes] = {}
    for chart in charts:
        contents[f"{chart.name}.svg"] = chart.svg.encode()
        contents[f"{chart.name}.png"] = chart.png
        contents[f"{chart.name}.csv"] = chart.csv.encode()
    for name, content in contents.items():
        files.replace(directory / name, content)
    for old in directory.iterdir():
        if old.suffix in (".svg", ".png", ".csv") and old.name not in contents:
            old.unlink()


def views(run: Run) -> list[View]:
    """The workloads of a run that have something to draw."""
    loads = [load for load in run.workloads if any(c.ok for c in load.cells)]
    bare = (load.cells for load in loads if load.scenario == "primitives")
    floors = tuple(cell for cells in bare for cell in cells if cell.comparable)
    loads.sort(key=lambda load: LATE.get(load.scenario, 0))
    found: list[View] = []
    taken: dict[str, int] = {}
    for load in loads:
        slug = _slug(load)
        taken[slug] = taken.get(slug, 0) + 1
        if taken[slug] > 1:
            slug += f"-{taken[slug]}"
        under = floors if load.scenario == "null" else ()
        found.append(View(load, slug, under, run.context, judge(run), load))
    return found


def _slug(load: Workload) -> str:
    """In a cell's name the parts between model and cores are the parameters
    that are not at their default: they name the files too, but for those of
    which the workload has several."""
    several = r"(cores|workers|in[-_]flight|cpu-share|uv-pool|depth|load):"
    parts = load.cells[0].name.split("/")[2:]
    odd = [part for part in parts if not re.match(several, part)]
    return re.sub(r"[^A-Za-z0-9.]+", "-", "-".join([load.scenario, *odd])).strip("-")
