"""Figure: what one change costs: pairs of models that differ in one thing.

On the most cores, on the measure that speaks for the workload.
"""

from __future__ import annotations

import math
from dataclasses import replace

from plots import ratios, rows, style
from plots.chart import Table, columns
from plots.figure import Figure, Sheet
from plots.formats import on_cores, times
from plots.points import Point, over
from plots.view import View
from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import Metric
from reports.data.workloads import Group
from reports.judge.verdict import Verdict, family

# What changes, from which model, to which one: those that differ in one thing
# first, then the nearest of the five models, which differ in two.
PAIRS = (
    ("block → loop, in threads", "thread-pool/ticket", "thread-pool/loops"),
    ("block → loop, in processes", "prefork/blocking", "prefork"),
    ("threads → processes, that block", "thread-pool/ticket", "prefork/blocking"),
    ("threads → processes, with loops", "thread-pool/loops", "prefork"),
    ("queue → ticket", "thread-pool", "thread-pool/ticket"),
    ("queue with a lock → without", "thread-pool", "thread-pool/tbb-queue"),
    ("one queue → one per thread", "thread-pool", "thread-pool/stealing"),
    ("threads that stay → one per job", "thread-pool", "thread-pool/per-job"),
    ("ticket → fixed shares", "prefork", "prefork/static"),
    ("one process per worker → per core", "prefork/blocking", "prefork/threads"),
    ("processes that stay → one per job", "fork-ipc", "fork-ipc/spawn"),
    ("compute in the loop → in a pool", "event-loop", "event-loop/offload"),
    ("accept in turn → whoever is first", "prefork", "prefork/first-come"),
    ("one listening socket → several", "prefork", "prefork/reuseport"),
    ("accept → passed on in turn", "prefork", "prefork/round-robin"),
    (
        "passed on in turn → to the idlest",
        "prefork/round-robin",
        "prefork/least-loaded",
    ),
    ("one after the other → a loop", "sequential", "event-loop"),
    ("one loop → one per core", "event-loop", "prefork"),
    ("ticket → message", "prefork", "fork-ipc"),
    ("threads, queue → processes, ticket", "thread-pool", "prefork"),
)


Change = tuple[str, Cell, Cell, Verdict]


def sheet(figure: Figure, view: View) -> Sheet | None:
    headlines = [s for s in view.judged.headlines(view.whole) if s.order]
    if not headlines:
        return None
    last = headlines[-1]
    metric = last.metric
    asked = _asked(view, last.group, metric)
    if not asked:
        return None
    what = metric.called(view.whole.requests)
    where = on_cores(last.group.cores)
    title = f"{view.title}: what one change does to {what}, {where}"
    note = view.note()
    pairs = [f"{a.label} → {b.label}" for _, a, b, _ in asked]
    names = [f"{pair}\n{one[0]}" for pair, one in zip(pairs, asked)]
    drawn, (axis,) = rows.frame(names, [""] * len(names), title, note)
    each = [
        ratios.Row(
            view.look(b), _point(view, b, a, verdict), ratios.verdict_words(verdict)
        )
        for _, a, b, verdict in asked
    ]
    better = "less is better" if metric.lower else "more is better"
    ratios.panel(axis, view, each, f"times the {what} of the first: {better}", "pair")
    points = [row.point for row in each if row.point]
    style.key(drawn, ratios.key(view, points))
    table = Table(
        (*columns("change text, pair text"), *ratios.COLUMNS),
        tuple(
            (what, pair, *ratios.cells(verdict, ratios.verdict_words(verdict)))
            for (what, _, _, verdict), pair in zip(asked, pairs)
        ),
        ratios.CAPTION,
    )
    return Sheet(drawn, _so_what(asked, where), note, table, title)


def _point(view: View, b: Cell, a: Cell, verdict: Verdict) -> Point | None:
    point = over(view.judged, b, a, verdict.metric)
    return point and replace(point, low=verdict.low, high=verdict.high)


def _asked(view: View, group: Group, metric: Metric) -> list[Change]:
    """What was asked already has its verdict; the other pairs are a family of
    their own."""
    known = {cell.asked_for: cell for cell in group.comparable}
    pairs = [(s, known[a], known[b]) for s, a, b in PAIRS if {a, b} <= known.keys()]
    rest = [(b, a) for _, a, b in pairs if not view.judged.between(b, a, metric)]
    more: list[Verdict] = []
    if view.judged.run.judged:
        more = family("one change", group, rest, metric, view.judged.d)
    new = {(verdict.a, verdict.b): verdict for verdict in more}
    found = []
    for what, a, b in pairs:
        verdict = view.judged.between(b, a, metric) or new.get((b, a))
        found += [(what, a, b, verdict)] if verdict else []
    return found


def _so_what(asked: list[Change], where: str) -> str:
    """The change that does most, and how many do nothing."""
    decided = [one for one in asked if one[3].winner]
    where, rest = words.capital(where), len(asked) - len(decided)
    if not decided:
        return f"{where} no change is shown to matter."
    what, a, b, v = max(decided, key=lambda one: abs(math.log(one[3].ratio)))
    metric = v.metric.called(a.requests)
    text = f"{where} the change that does most is {what} ({a.label} → {b.label}):"
    text += f" {times(v.ratio)} times the {metric}"
    return f"{text}; {rest} of {len(asked)} are equal or undecided."
