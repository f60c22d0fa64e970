"""Draws every chart of a run into files; the only writer in plots/."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from plots import busy, cheap, cpu_per_job, cpu_split, dispatch, efficiency
from plots import forest
from plots import head_of_line, hockey_stick, in_flight, latency, memory
from plots import (
    memory_in_flight,
    mix,
    phases,
    request_rates,
    sizing,
    spectrum,
    speedup,
)
from plots import staircase, switches, throughput
from plots.chart import Chart
from plots.view import View
from plots.views import views
from reports.data import files
from reports.data.run import Run

# In the order in which the page asks: what came out, then why.
FIGURES: tuple[Callable[[View], Chart | None], ...] = (
    forest.chart,
    throughput.chart,
    in_flight.chart,
    mix.chart,
    staircase.chart,
    speedup.chart,
    efficiency.chart,
    latency.chart,
    busy.chart,
    sizing.chart,
    dispatch.chart,
    cpu_per_job.chart,
    cpu_split.chart,
    switches.chart,
    memory_in_flight.chart,
    phases.chart,
    memory.chart,
)
# The same where jobs are requests to a server.
OF_REQUESTS: tuple[Callable[[View], Chart | None], ...] = (
    forest.chart,
    request_rates.rates,
    request_rates.prices,
    spectrum.chart,
    hockey_stick.chart,
    head_of_line.chart,
    cheap.chart,
)


def figures(view: View) -> tuple[Callable[[View], Chart | None], ...]:
    return OF_REQUESTS if view.workload.requests else FIGURES


def charts(
    run: Run, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Iterator[tuple[View, list[Chart]]]:
    """Each workload with its charts. `progress` gets the name of what is
    drawn, how many figures are done and how many there may be."""
    found = views(run)
    total = sum(len(figures(view)) for view in found)
    done = 0
    for view in found:
        drawn = []
        for figure in figures(view):
            progress(view.slug, done, total)
            done += 1
            chart = figure(view)
            if chart:
                drawn.append(chart)
        yield view, drawn
    progress("charts", total, total)


def write(charts: list[Chart], directory: Path) -> None:
    """Both files of every chart. Charts of an earlier report on the same run
    that this one does not have are removed: they would be out of date."""
    directory.mkdir(parents=True, exist_ok=True)
    contents: dict[str, bytes] = {}
    for chart in charts:
        contents[f"{chart.name}.svg"] = chart.svg.encode()
        contents[f"{chart.name}.png"] = chart.png
    for name, content in contents.items():
        files.replace(directory / name, content)
    for old in directory.iterdir():
        if old.suffix in (".svg", ".png") and old.name not in contents:
            old.unlink()
