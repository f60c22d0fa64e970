"""The winner map: workload by cores, who wins and by how much, doubt included.

A table with marks, colours and words: a screen reader reads it and print keeps
it. Every word comes from the standing of a group; nothing is judged here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

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
GLYPHS = dict(zip("so^DXvPph*<>", "■□ ●○ ▲△ ◆◇ ✖✕ ▼▽ ✚✚ ⬟⬠ ⬢⬡ ★☆ ◀◁ ▶▷".split()))


class Mark(NamedTuple):
    """A model as the map names it; several that are all equal are one mark."""

    name: str
    glyph: str
    slug: str


class Field(NamedTuple):
    """The first of a group with their marks, and the lead."""

    kind: str  # wins, equal, undecided, none
    marks: tuple[Mark, ...]
    text: str


class Row(NamedTuple):
    title: str
    measure: str
    anchor: str
    fields: tuple[Field, ...]


class Map(NamedTuple):
    """`measures` are the rows by the name of what they are compared on. The first
    have every work, by its most telling metric; the others those works that are
    compared on them."""

    columns: tuple[str, ...]
    measures: dict[str, list[Row]]


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
        anchor = anchors.get(id(workload), "")
        for title, groups in settings(workload).items():
            found: list[Row] = []
            for metric in dict.fromkeys(m for g in groups for m in judged.metrics(g)):
                fields = [_field(judged, groups, metric, count) for count in counts]
                if any(field.kind != "none" for field in fields):
                    measure = metric.called(workload.requests)
                    found.append(Row(title, measure, anchor, tuple(fields)))
                    by_measure.setdefault(_family(metric), []).append(found[-1])
            telling += found[:1]
    # What tells most of the first work names what tells most of each.
    by_measure |= {name: telling for name in [*by_measure][:1]}
    return Map(tuple(map(cores, counts)), by_measure) if telling else None


def _family(metric: Metric) -> str:
    """Percentiles stand together: which of them depends on the requests."""
    return "latency" if metric in (*EVERY, *CHEAP) else metric.name


def settings(workload: Workload) -> dict[str, list[Group]]:
    """The groups of a workload that differ in their cores alone, by title."""
    found: dict[str, list[Group]] = {}
    for group in workload.groups if workload.scenario != PRIMITIVES else ():
        title = ", ".join([words.capital(workload.title), *setting(group)])
        found.setdefault(title, []).append(group)
    return found


def setting(group: Group) -> list[str]:
    """'100 in flight', '25 % compute'."""
    load, share = group.load, group.share
    parts = (
        f"{group.limit:,} in flight" if group.limit else "",
        targets.load(load) if load else "",
        "" if share is None else f"{words.share(share)} compute",
    )
    return [part for part in parts if part]


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
        return (Mark(f"all {len(cells)}", "=", "all"),)
    found = []
    for cell in cells:
        look = style.look(cell.model, cell.variant)
        glyph = GLYPHS.get(look.marker, "●○")[look.hollow]
        name = name_of(cell, standing.group)
        found.append(Mark(name, glyph, slug(cell.label)))
    return tuple(found)


def lead(standing: Standing) -> str:
    """'1.96 times event-loop', 'equal within 1.1 %, 2.00 times event-loop'."""
    text, known = "", [v for v in standing.unsure if v.known]
    if standing.equal:
        text = f"equal within {within(standing.within)}"
    elif not standing.winner:
        widest = max(known, key=lambda v: v.high / v.low, default=None)
        text = f"undecided {span(widest)}" if widest else "undecided"
    if standing.lead:
        v = standing.lead
        ahead = f"{words.ratio(v.ratio)} times {name_of(v.b, standing.group)}"
        if standing.metric.lower:
            ahead = f"{name_of(v.b, standing.group)} {words.ratio(1 / v.ratio)} times"
        text += (", " if text else "") + ahead
    return text
