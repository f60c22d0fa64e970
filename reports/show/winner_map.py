"""The winner map: workload by cores, who wins and by how much, doubt included.

A table with marks, colours and words: a screen reader reads it and print keeps
it. Every word comes from the standing of a group; nothing is judged here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from plots import style
from reports.data import targets, words
from reports.data.cells import Cell
from reports.data.metrics import CHEAP, EVERY, Metric
from reports.data.run import Run
from reports.data.scenarios import PRIMITIVES
from reports.data.workloads import Group, Workload
from reports.judge.judgement import Judgement, judge
from reports.judge.standing import Standing
from reports.say.phrases import cores, name_of, span, within

# Full and hollow.
GLYPHS = {
    **{"s": "■□", "o": "●○", "^": "▲△", "D": "◆◇", "X": "✖✕", "v": "▼▽"},
    **{"P": "✚✚", "p": "⬟⬠", "h": "⬢⬡", "*": "★☆", "<": "◀◁", ">": "▶▷"},
}


@dataclass(frozen=True)
class Mark:
    """A model as the map names it; several that are all equal are one mark."""

    name: str
    glyph: str
    slug: str
    colour: str


@dataclass(frozen=True)
class Field:
    """One field: the first of its group with their marks, and the lead."""

    kind: str  # wins, equal, undecided, none
    marks: tuple[Mark, ...]
    text: str


@dataclass(frozen=True)
class Row:
    title: str
    measure: str
    anchor: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Measure:
    """What the map shows at once: a row per work, by one measure."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Map:
    """The first measure has every work, by its most telling metric; the others
    have those works that are compared on them."""

    columns: tuple[str, ...]
    measures: tuple[Measure, ...]

    @property
    def marks(self) -> list[Mark]:
        """One per model."""
        fields = (f for m in self.measures for row in m.rows for f in row.fields)
        return [*{mark.slug: mark for f in fields for mark in f.marks}.values()]


def slug(label: str) -> str:
    """A label for ids and classes: thread-pool/stealing, thread-pool-stealing."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def winner_map(run: Run, anchors: dict[int, str]) -> Map | None:
    """None where nothing can be compared. `anchors` are those of the sections,
    by the id of their workload."""
    judged = judge(run)
    counts = sorted({c.cores for c in run.cells if c.scenario != PRIMITIVES})
    telling: list[Row] = []
    by_measure: dict[str, list[Row]] = {}
    for workload in run.workloads:
        for title, groups in settings(workload):
            metrics = dict.fromkeys(m for g in groups for m in judged.metrics(g))
            found: list[Row] = []
            for metric in metrics:
                fields = [_field(judged, groups, metric, count) for count in counts]
                if any(field.kind != "none" for field in fields):
                    measure = metric.called(workload.requests)
                    anchor = anchors.get(id(workload), "")
                    found.append(Row(title, measure, anchor, tuple(fields)))
                    by_measure.setdefault(_family(metric), []).append(found[-1])
            telling += found[:1]
    if not telling:
        return None
    first = next(name for name, rows in by_measure.items() if telling[0] in rows)
    rest = [Measure(n, tuple(r)) for n, r in by_measure.items() if n != first]
    columns = tuple(cores(count) for count in counts)
    return Map(columns, (Measure(first, tuple(telling)), *rest))


def _family(metric: Metric) -> str:
    """Percentiles stand together: which of them depends on the requests."""
    return "latency" if metric in (*EVERY, *CHEAP) else metric.name


def settings(workload: Workload) -> list[tuple[str, list[Group]]]:
    """The groups of a workload that differ in their cores alone."""
    found: dict[Any, list[Group]] = {}
    for group in workload.groups if workload.scenario != PRIMITIVES else ():
        found.setdefault((group.limit, group.load, group.share), []).append(group)
    rows = []
    for (limit, load, share), groups in found.items():
        title = words.capital(workload.title)
        if limit is not None and len(workload.limits) > 1:
            title += f", {limit:,} in flight"
        if share is not None:
            title += f", {words.share(share)} compute"
        if load is not None:
            title += f", {targets.load(load)}"
        rows.append((title, groups))
    return rows


def _field(judged: Judgement, groups: list[Group], metric: Metric, count: int) -> Field:
    group = next((g for g in groups if g.cores == count), None)
    if group is None or metric not in judged.metrics(group):
        return Field("none", (), "")
    standing = judged.standing(group, metric)
    if len(standing.order) + len(standing.bound) < 2:
        return Field("none", (), "not compared")
    if not judged.run.judged:
        return Field("undecided", (), "not judged")
    if standing.bound:
        return Field("undecided", marks(standing, standing.bound), "only bounds")
    if not standing.decided:
        return Field("undecided", (), "too few rounds")
    kind = "wins" if standing.winner else "equal" if standing.equal else "undecided"
    return Field(kind, marks(standing, standing.shown), lead(standing))


def marks(standing: Standing, cells: tuple[Cell, ...]) -> tuple[Mark, ...]:
    """As many as are first, or "all 5" if that is everybody."""
    if len(cells) == len(standing.order) > 2:
        return (Mark(f"all {len(cells)}", "=", "all", "inherit"),)
    found = []
    for cell in cells:
        look = style.look(cell.model, cell.variant)
        glyph = GLYPHS.get(look.marker, "●○")[look.hollow]
        name = name_of(cell, standing.group)
        found.append(Mark(name, glyph, slug(cell.label), look.colour))
    return tuple(found)


def lead(standing: Standing) -> str:
    """'1.96 times the next', 'equal within 1.1 %, 2.00 times the next'."""
    parts = []
    if standing.equal:
        parts.append(f"equal within {within(standing.within)}")
    elif not standing.winner and standing.unsure:
        parts.append(f"undecided {span(standing.unsure[0])}")
    elif not standing.winner:
        parts.append("undecided")
    if standing.lead:
        times = words.ratio(max(standing.lead.ratio, 1 / standing.lead.ratio))
        if standing.metric.lower:
            parts.append(f"next takes {times} times")
        else:
            parts.append(f"{times} times the next")
    return ", ".join(parts)
