"""What stands where on the page: sections, and what is predicted first.

A section is a workload. Of its charts the forest plot, the main figure and one
that says why are shown; the others are folded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from plots.chart import Chart
from plots.view import View
from reports.data import targets, words
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
# Scenarios that show what things cost, and where nobody competes at work.
PRICES = (NULL, PRIMITIVES)
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
        return self.view.scenario in PRICES

    @property
    def first(self) -> Chart | None:
        """The chart whose question and answer stand for the section."""
        return next(iter(self.charts), None)

    @property
    def main(self) -> Chart | None:
        """The first chart that shows figures and not ratios alone."""
        own = (c for c in self.charts if c.kind not in (FOREST, CHANGES))
        return next(own, self.first)

    @property
    def why(self) -> Chart | None:
        kinds = {c.kind: c for c in self.charts if c is not self.main}
        return next((kinds[kind] for kind in WHY if kind in kinds), None)

    @property
    def shown(self) -> list[Chart]:
        if self.prices:
            return [c for c in (self.main,) if c]
        wanted = (self.first, self.main, self.why)
        return [c for c in self.charts if c in wanted and c is not self.lead]

    @property
    def folded(self) -> list[Chart]:
        apart = (*self.shown, self.lead)
        return [c for c in self.charts if c not in apart and c.kind != CHANGES]

    @property
    def changes(self) -> list[Chart]:
        """What one change costs has a part of its own."""
        return [c for c in self.charts if c.kind == CHANGES]


def complete(run: Run, drawn: Sequence[tuple[View, list[Chart]]]) -> list[Section]:
    """With sentences and tables. A run with one workload at work has no map: its
    forest plot stands on the first screen."""
    said = [b for b in summary.blocks(run) if b.heading != "Notes"]
    found = []
    for view, charts in drawn:
        load = view.workload
        own = [b for b in said if b.heading.endswith(load.title)]
        every = (verdicts(run, load), *tables.every_cell(run, load))
        known = tuple(table for table in every if table)
        found.append(Section(view, tuple(charts), None, tuple(own), known))
    work = [s for s in found if not s.prices] or found
    if len(work) == 1 and len({id(w) for w in run.workloads}) <= len(found):
        alone = work[0]
        lead = next((c for c in alone.charts if c.kind == FOREST), None)
        found = [replace(s, lead=lead) if s is alone else s for s in found]
    return found


def whole(run: Run) -> list[Block]:
    """The sentences that belong to no workload alone."""
    titles = tuple(load.title for load in run.workloads)
    found = [b for b in summary.blocks(run) if not b.heading.endswith(titles)]
    return [block for block in found if block.heading != "Notes"]


def questions(sections: Sequence[Section]) -> list[Chart]:
    """Three to predict: of each workload its main chart, then the others of the
    first."""
    work = [s for s in sections if not s.prices] or list(sections)
    mains = [s.main for s in work if s.main]
    others = [c for s in work for c in s.charts if c not in mains]
    others = [c for c in others if c.kind not in (FOREST, CHANGES)]
    found: dict[str, Chart] = {}
    for chart in (*mains, *others):
        found.setdefault(chart.kind, chart)
    return [*found.values()][:QUESTIONS]


def settings(sections: Sequence[Section]) -> Iterator[str]:
    """What a class must know before it can predict: a sentence for the first
    workload of each scenario that models were measured with."""
    work = [s.view for s in sections if not s.prices]
    views = work or [s.view for s in sections[:1]]
    known: set[str] = set()
    for view in views:
        if view.scenario not in known:
            known.add(view.scenario)
            yield setting(view)


def setting(view: View) -> str:
    load = view.workload
    labels = words.listed(dict.fromkeys(cell.label for cell in view.cells))
    jobs = sorted({one.jobs for cell in view.cells for one in cell.ok if one.jobs})
    same = f"the same {jobs[0]:,} jobs" if len(jobs) == 1 else "the same jobs"
    cores = words.listed([str(count) for count in view.cores])
    noun = "core" if view.cores == (1,) else "cores"
    text = f"{words.capital(labels)} each do {same} ({load.title}) on {cores} {noun}"
    if load.requests:
        text = f"{words.capital(labels)} each serve {load.title} on {cores} {noun}"
    if load.loads:
        text += f"; {words.listed(targets.load(one) for one in load.loads)}"
    if load.limits:
        text += f", with {words.listed(f'{n:,}' for n in load.limits)} in flight"
    if load.shares:
        text += f"; {words.shares(load.shares)} of the service time is compute"
    return text + "."
