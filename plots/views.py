"""The workloads of a run as views, in the order of the page, with their names
for files."""

from __future__ import annotations

import re

from plots.view import View
from reports.data.run import Run, Workload
from reports.judge.judgement import judge


def views(run: Run) -> list[View]:
    """The workloads of a run that have something to draw: real work first,
    then single pools, empty jobs and the bare primitives."""
    loads = [load for load in run.workloads if any(c.ok for c in load.cells)]
    floors = tuple(
        cell
        for load in loads
        if load.scenario == "primitives"
        for cell in load.cells
        if cell.comparable
    )
    late = {"pool": 1, "null": 2, "primitives": 3}
    loads.sort(key=lambda load: late.get(load.scenario, 0))
    result: list[View] = []
    taken: dict[str, int] = {}
    for load in loads:
        slug = _slug(load)
        taken[slug] = taken.get(slug, 0) + 1
        if taken[slug] > 1:
            slug += f"-{taken[slug]}"
        result.append(
            View(
                load,
                slug,
                floors if load.scenario == "null" else (),
                run.context,
                judge(run),
            )
        )
    return result


def _slug(load: Workload) -> str:
    """In a cell's name the parts between model and cores are the parameters
    that are not at their default: they name the files too, but for those of
    which the workload has several."""
    odd = [
        part
        for part in load.cells[0].name.split("/")[2:]
        if not re.match(
            r"(cores|workers|in[-_]flight|cpu-share|uv-pool|depth|load):", part
        )
    ]
    return re.sub(r"[^A-Za-z0-9.]+", "-", "-".join([load.scenario, *odd])).strip("-")
