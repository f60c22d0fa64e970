"""The winner map: workload by cores, who wins and by how much, doubt included.

A table with marks, colours and words: a screen reader reads it and print keeps
it. Every word comes from the standing of a group; nothing is judged here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plots import style
from reports.data import targets, words
from reports.data.cells import Cell
from reports.data.metrics import Metric
from reports.data.run import Run
from reports.data.scenarios import PRIMITIVES
from reports.data.workloads import Group, Workload
from reports.judge.judgement import Judgement, judge
from reports.judge.standing import Standing
from reports.say.phrases import cores, name_of, span, within

GLYPHS = {
    **{"s": "■□", "o": "●○", "^": "▲△", "D": "◆◇", "X": "✖✕", "v": "▼▽"},
    **{"P": "✚✚", "p": "⬟⬠", "h": "⬢⬡", "*": "★☆", "<": "◀◁", ">": "▶▷"},
}


@dataclass(frozen=True)
class Field:
    """One field: the first of its group with their marks, and the lead."""

    kind: str  # wins, equal, undecided, none
    names: tuple[dict[str, str], ...]
    text: str


@dataclass(frozen=True)
class Row:
    title: str
    measure: str
    anchor: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Map:
    """`rows` are by the most telling metric of each work, `others` by the
    rest."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    others: tuple[Row, ...]


def winner_map(run: Run, anchors: dict[int, str]) -> Map | None:
    """None where nothing is compared. `anchors` are those of the sections, by
    the id of their workload."""
    judged = judge(run)
    counts = sorted({c.cores for c in run.cells if c.scenario != PRIMITIVES})
    rows: list[Row] = []
    others: list[Row] = []
    for workload in run.workloads:
        if workload.scenario == PRIMITIVES or not judged.verdicts:
            continue
        for title, groups in settings(workload):
            metrics = dict.fromkeys(m for g in groups for m in judged.metrics(g))
            for place, metric in enumerate(metrics):
                fields = [_field(judged, groups, metric, count) for count in counts]
                if any(field.kind != "none" for field in fields):
                    measure = metric.called(workload.requests)
                    anchor = anchors.get(id(workload), "")
                    row = Row(title, measure, anchor, tuple(fields))
                    (others if place else rows).append(row)
    columns = tuple(cores(count) for count in counts)
    return Map(columns, tuple(rows), tuple(others)) if rows else None


def settings(workload: Workload) -> list[tuple[str, list[Group]]]:
    """The groups of a workload that differ in their cores alone."""
    found: dict[Any, list[Group]] = {}
    for group in workload.groups:
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
    if standing.bound:
        return Field("undecided", names(standing, standing.bound), "only bounds")
    if not standing.decided:
        return Field("undecided", (), "too few rounds")
    kind = "wins" if standing.winner else "equal" if standing.equal else "undecided"
    return Field(kind, names(standing, standing.shown), lead(standing))


def names(standing: Standing, cells: tuple[Cell, ...]) -> tuple[dict[str, str], ...]:
    """Name, mark and colour; as many as are equal, "all 5" if that is all."""
    if len(cells) == len(standing.order) > 2:
        return ({"name": f"all {len(cells)}", "mark": "=", "colour": style.INK},)
    found = []
    for cell in cells:
        look = style.look(cell.model, cell.variant)
        mark = GLYPHS.get(look.marker, "●○")[look.hollow]
        name = name_of(cell, standing.group)
        found.append({"name": name, "mark": mark, "colour": look.colour})
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
