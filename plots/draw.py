"""Draws every chart of a run into files; the only writer in plots/."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from plots.chart import Chart
from plots.figures import FIGURES
from plots.view import View
from plots.views import views
from reports.data import files
from reports.data.run import Run


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
