"""The winner map: workload by cores, who wins and by how much, doubt included.

Every word comes from the standing of a group; nothing is judged here.
"""

from typing import NamedTuple

from plots import style
from reports.data import Cell, Group, Metric, Run, words
from reports.data.metrics import BARE, LATENCIES, RESOURCES, kind
from reports.judge.judgement import Judgement, Standing, judge
from reports.judge.questions import resources
from reports.say.phrases import ahead, cores, limited, name_of, names, span

# Full and hollow.
LAST = tuple(metric.name for metric in RESOURCES)
GLYPHS = dict(zip("so^DXvPph*<>", "■□ ●○ ▲△ ◆◇ ✖✕ ▼▽ ✚✚ ⬟⬠ ⬢⬡ ★☆ ◀◁ ▶▷".split()))


class Mark(NamedTuple):
    """A model as the map names it, or all of them."""

    name: str
    glyph: str
    slug: str


class Field(NamedTuple):
    """The first of a group, and their lead; `kind` says how sure that is."""

    kind: str  # wins, equal, undecided, none
    marks: tuple[Mark, ...] = ()
    text: str = ""


class Row(NamedTuple):
    title: str
    measure: str
    anchor: str
    fields: tuple[Field, ...]


class Map(NamedTuple):
    """Rows by measure; the first have every work, by its most telling metric."""

    columns: tuple[str, ...]
    measures: dict[str, list[Row]]


def winner_map(run: Run, anchors: dict[int, str]) -> Map | None:
    """None where nothing can be compared. `anchors` are by the id of a workload."""
    judged = judge(run)
    counts = sorted({c.cores for c in run.cells if c.scenario not in BARE})
    telling: list[Row] = []
    by_measure: dict[str, list[Row]] = {}
    for workload in run.workloads:
        work, anchor = words.capital(workload.title), anchors.get(id(workload), "")
        each = workload.whole if workload.scenario not in BARE else ()
        # The groups that differ in their cores alone.
        rows = words.gathered((", ".join([work, *setting(g)]), g) for g in each)
        for title, groups in rows.items():
            found: list[Row] = []
            asked = (m for g in groups for m in _asked(judged, g))
            for metric in sorted(dict.fromkeys(asked), key=RESOURCES.__contains__):
                fields = [_field(judged, groups, metric, count) for count in counts]
                if any(field.kind != "none" for field in fields):
                    measure = metric.called(workload.requests)
                    found.append(Row(title, measure, anchor, tuple(fields)))
                    # Which percentile there is depends on the requests.
                    name = "latency" if metric in LATENCIES else metric.name
                    by_measure.setdefault(name, []).append(found[-1])
            telling += [row for row in found if row.measure not in LAST][:1]
    by_measure = dict(sorted(by_measure.items(), key=lambda of: of[0] in LAST))
    # What tells most of the first work names what tells most of each.
    by_measure |= {name: telling for name in [*by_measure][:1]}
    return Map(tuple(map(cores, counts)), by_measure) if telling else None


def _asked(judged: Judgement, group: Group) -> tuple[Metric, ...]:
    return (*judged.metrics(group), *resources(group))


def setting(group: Group) -> list[str]:
    """'100 in flight', '25 % compute', '1 us jobs'."""
    found = [f"{group.limit:,} in flight"] if group.limit else []
    found += [words.loaded(group.load)] if group.load else []
    some = group.step is not None
    return [*found, kind(group.scenario).place(group.step)] if some else found


def _field(judged: Judgement, groups: list[Group], metric: Metric, count: int) -> Field:
    group = next((g for g in groups if g.cores == count), None)
    if group is None or metric not in _asked(judged, group):
        return Field("none", text="" if group else "not measured")
    standing = judged.standing(group, metric)
    if len(standing.order) + len(standing.bound) < 2:
        return Field("none", text="not compared")
    if not judged.run.judged:
        return Field("undecided", text="not judged")
    if standing.bound:
        text = f"undecided: {limited(standing)}"
        return Field("undecided", marks(standing, standing.bound), text)
    if not standing.decided:
        return Field("undecided", text="too few rounds")
    kind = "wins" if standing.winner else "equal" if standing.equal else "undecided"
    return Field(kind, marks(standing, standing.shown), lead(standing))


def marks(standing: Standing, cells: tuple[Cell, ...]) -> tuple[Mark, ...]:
    """As many as are first, or "all 5" if that is everybody."""
    if len(cells) == len(standing.order) > 2:
        return (Mark(f"all {len(cells)}", "=" if standing.equal else "?", "all"),)
    found = []
    for cell in cells:
        name, look = name_of(cell, standing.group), style.look(cell.model, cell.variant)
        glyph = GLYPHS.get(look.marker, "●○")[look.hollow]
        found.append(Mark(name, glyph, words.slug(cell.label)))
    return tuple(found)


def lead(standing: Standing) -> str:
    """'1.96 times event-loop (1.93 to 1.98)', 'equal within 1.1 %, 2.00 times ...'."""
    parts = []
    if standing.equal:
        parts = [f"equal within {words.within(standing.within)}"]
    elif not standing.winner:
        known = [v for v in standing.unsure if v.known]
        widest = sorted(known, key=lambda v: v.low / v.high)[:1]
        ends = (f"(ratio {words.between(v.low, v.high)})" for v in widest)
        parts = [" ".join(["undecided", *ends])]
    if v := standing.lead:
        ends = (1 / v.high, 1 / v.low) if standing.metric.lower else (v.low, v.high)
        parts.append(f"{ahead(standing)} ({words.between(*ends)})")
    if standing.unknown:
        parts.append(f"not known of {names(standing, standing.unknown)}")
    return ", ".join(parts)
