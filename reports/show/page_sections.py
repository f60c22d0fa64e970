"""What stands where on the page: sections, and what is predicted first.

A section is a workload. Of its charts the forest plot, the main figure and one
that says why are shown; the others are folded.
"""

from dataclasses import dataclass
from typing import Sequence

from plots.chart import Chart
from plots.view import View
from reports.data import Run, words
from reports.data.metrics import BARE, NULL
from reports.judge.judgement import judge
from reports.judge.verdict import Verdict
from reports.say import summary
from reports.show.tables import SAID, Table, tables

FOREST, CHANGES, PRICES = "forest", "changes", {NULL, *BARE}


@dataclass(frozen=True)
class Section:
    """One workload of the page. `lead` is its chart on the first screen, `main` the
    first of figures and not of ratios alone; what one change costs stands apart."""

    view: View
    lead: Chart | None
    main: list[Chart]
    shown: list[Chart]
    folded: list[Chart]
    changes: list[Chart]
    blocks: list[summary.Block]
    tables: list[Table]
    verdicts: list[Verdict]

    anchor = property(lambda section: f"charts-{section.view.slug}")
    title = property(lambda section: section.view.title)
    short = property(lambda section: section.title.partition(" (")[0])
    prices = property(lambda section: section.view.scenario in PRICES)


def complete(run: Run, drawn: Sequence[tuple[View, list[Chart]]]) -> list[Section]:
    """With sentences and tables. One workload alone has its forest plot for a map."""
    views = [view for view, _ in drawn]
    work = [view for view in views if view.scenario not in PRICES] or views
    alone = work if len(work) == 1 and len(run.workloads) == len(views) else []
    return [made(run, view, charts, view in alone) for view, charts in drawn]


def made(run: Run, view: View, charts: list[Chart], alone: bool) -> Section:
    load = view.workload
    forest = [chart for chart in charts if chart.kind == FOREST]
    changes = [chart for chart in charts if chart.kind == CHANGES]
    figures = [chart for chart in charts if chart not in (*forest, *changes)]
    main, others = figures[:1], {chart.kind: chart for chart in figures[1:]}
    why = [others[kind] for kind in SAID["why"]["charts"] if kind in others][:1]
    shown = main if alone else [*forest, *main]
    shown = main if view.scenario in PRICES else [*shown, *why]
    lead = forest[0] if forest and alone else None
    folded = [c for c in charts if c not in (*shown, *changes, lead)]
    blocks = [b for b in summary.blocks(run) if b.heading.endswith(load.title)]
    every = tables(run, load, every=True)
    told = [v for v in judge(run).verdicts if v.group in load.groups]
    return Section(view, lead, main, shown, folded, changes, blocks, every, told)


def questions(sections: Sequence[Section]) -> list[Chart]:
    """Three to predict: each workload's main chart, then the others of the first."""
    work = [s for s in sections if not s.prices] or sections
    every = [chart for s in work for chart in s.main]
    every += [chart for s in work for chart in (*s.shown, *s.folded)]
    found = words.gathered((one.kind, one) for one in every if one.kind != FOREST)
    return [first for first, *_ in found.values()][:3]


def settings(sections: Sequence[Section]) -> list[Section]:
    """What a class must know to predict: the first section of each scenario at work."""
    work = [s for s in sections if not s.prices] or sections[:1]
    first = {s.view.scenario: s for s in reversed(work)}
    return [s for s in work if s in first.values()]
