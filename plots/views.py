"""The workloads of a run as views, in the order of the page, with their names
for files."""

from __future__ import annotations

import re

from plots.view import View
from reports.data.run import Run
from reports.data.workloads import Workload
from reports.judge.judgement import judge

# Real work first, then single pools, empty jobs and the bare primitives.
LATE = {"pool": 1, "null": 2, "primitives": 3}


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
