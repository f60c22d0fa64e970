"""All figures, as figures.toml declares them, and the charts that a run has."""

import re
from itertools import count
from pathlib import Path
from typing import Any, Callable, Iterator

from plots import curves, lines, ratios, rows, tails, told
from plots.chart import Chart
from plots.figure import Axis, Extra, Figure
from plots.measure import MEASURES
from plots.view import View
from reports.data import Run, Workload, files
from reports.data.metrics import GRAIN
from reports.judge.judgement import judge

# Real work first, then single pools, empty jobs and the bare primitives.
LATE = {"pool": 1, "null": 2, "primitives": 3, "calls": 4, "messages": 4, "starts": 4}
FORMS = {"lines": lines.sheet, "rows": rows.sheet, "curves": curves.sheet}
FORMS |= {"forest": ratios.forest, "changes": ratios.changes, "lanes": tails.lanes}
FORMS |= {"spectrum": tails.spectrum, "time-line": tails.time_line}
# Parameters of which a workload may have several.
SEVERAL = "cores workers in-flight cpu-share uv-pool depth load bytes touched-mib"
_TABLES = files.beside(__file__)
AXES = {name: Axis(**said) for name, said in _TABLES.pop("axes").items()}


def declared(name: str, entry: dict[str, Any]) -> Figure:
    """A figure from its entry."""
    found = {"says": "sentence", "form": "lines", "axis": "cores", **entry}
    for key in {"says", "label", "references", "bracket", "brief"} & found.keys():
        found[key] = getattr(told, found[key])
    found |= {key: found.get(key, "").split() for key in ("of", "cuts")}
    found |= {"form": FORMS[found["form"]], "axis": AXES[found["axis"]]}
    found["measures"] = MEASURES[entry["measures"]] if "measures" in entry else ()
    extras = entry.get("extras", ())
    found["extras"] = [Extra(*of, getattr(told, name)) for *of, name in extras]
    return Figure(name.partition("/")[0], **found)


FIGURES = tuple(declared(*entry) for entry in _TABLES.items())


def charts(
    run: Run, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Iterator[tuple[View, list[Chart]]]:
    """Each workload with its charts; `progress` gets what is drawn, how many of all."""
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
    """The files of every chart; what an earlier report on the run left is removed."""
    directory.mkdir(parents=True, exist_ok=True)
    new = {}
    for one in charts:
        of = {"svg": one.svg.encode(), "png": one.png, "csv": one.csv.encode()}
        new |= {directory / f"{one.name}.{kind}": data for kind, data in of.items()}
    for path, data in new.items():
        files.replace(path, data)
    for old in {*directory.iterdir()} - new.keys():
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
    not at their default: they name the files too, but for those with several values."""
    several = SEVERAL.split() + ["job-us"] * (load.scenario == GRAIN)
    parts = load.cells[0].name.split("/")[2:]
    odd = [part for part in parts if part.partition(":")[0] not in several]
    return re.sub(r"[^A-Za-z0-9.]+", "-", "-".join([load.scenario, *odd])).strip("-")
