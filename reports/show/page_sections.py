"""What stands where on the page: sections, and what is predicted first.

A section is a workload. Of its charts the forest plot, the main figure and one
that says why are shown; the others are folded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from plots.chart import Chart
from plots.view import View
from reports.data.run import Run
from reports.data.scenarios import NULL, PRIMITIVES
from reports.say import summary
from reports.say.summary import Block
from reports.show import tables
from reports.show.page_verdicts import verdicts
from reports.show.table import Table

FOREST, CHANGES = "forest", "changes"
# What explains an outcome, the most telling first.
WHY = (
    "cpu-per-job",
    "cpu-per-request",
    "cpu-split",
    "spectrum",
    "cheap",
    "switches",
    "memory-in-flight",
)
QUESTIONS = 3


@dataclass(frozen=True)
class Section:
    """One workload of the page; `lead` is its chart on the first screen."""

    view: View
    charts: tuple[Chart, ...]
    lead: Chart | None = None
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def anchor(self) -> str:
        return f"charts-{self.view.slug}"

    @property
    def title(self) -> str:
        return self.view.title

    @property
    def prices(self) -> bool:
        return self.view.scenario in (NULL, PRIMITIVES)

    def of(self, *kinds: str) -> list[Chart]:
        """In the order of the kinds."""
        known = {chart.kind: chart for chart in self.charts}
        return [known[kind] for kind in kinds if kind in known]

    @property
    def main(self) -> list[Chart]:
        """The first chart that shows figures and not ratios alone; none, or one."""
        apart = self.of(FOREST, CHANGES)
        return [chart for chart in self.charts if chart not in apart][:1]

    @property
    def shown(self) -> list[Chart]:
        if self.prices:
            return self.main
        why = [chart for chart in self.of(*WHY) if chart not in self.main][:1]
        forest = [chart for chart in self.of(FOREST) if chart is not self.lead]
        return [*forest, *self.main, *why]

    @property
    def folded(self) -> list[Chart]:
        apart = (*self.shown, *self.changes, self.lead)
        return [chart for chart in self.charts if chart not in apart]

    @property
    def changes(self) -> list[Chart]:
        """What one change costs has a part of its own."""
        return self.of(CHANGES)


def complete(run: Run, drawn: Sequence[tuple[View, list[Chart]]]) -> list[Section]:
    """With sentences and tables. A run with one workload at work has no map: its
    forest plot stands on the first screen."""
    said = summary.blocks(run)
    found = []
    for view, charts in drawn:
        load = view.workload
        own = tuple(b for b in said if b.heading.endswith(load.title))
        every = (verdicts(run, load), *tables.every_cell(run, load))
        found.append(
            Section(view, tuple(charts), None, own, tuple(filter(None, every)))
        )
    work = [section for section in found if not section.prices] or found
    if len(work) != 1 or len(run.workloads) > len(found):
        return found
    forest = next(iter(work[0].of(FOREST)), None)
    return [replace(s, lead=forest) if s is work[0] else s for s in found]


def whole(run: Run) -> list[Block]:
    """The sentences that belong to no workload alone."""
    titles = ("Notes", *(load.title for load in run.workloads))
    return [b for b in summary.blocks(run) if not b.heading.endswith(titles)]


def questions(sections: Sequence[Section]) -> list[Chart]:
    """Three to predict: of each workload its main chart, then the others of the
    first."""
    work = [s for s in sections if not s.prices] or sections
    mains = [chart for section in work for chart in section.main]
    rest = [chart for section in work for chart in (*section.shown, *section.folded)]
    found: dict[str, Chart] = {}
    for chart in (*mains, *rest):
        if chart.kind != FOREST:
            found.setdefault(chart.kind, chart)
    return [*found.values()][:QUESTIONS]


def settings(sections: Sequence[Section]) -> list[Section]:
    """What a class must know before it can predict: the first section of each
    scenario that models were measured with."""
    work = [s for s in sections if not s.prices] or sections[:1]
    found: dict[str, Section] = {}
    for section in work:
        found.setdefault(section.view.scenario, section)
    return [*found.values()]
