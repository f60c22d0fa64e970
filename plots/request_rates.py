"""Figures: requests per second and server CPU per request, against cores.

Both in a closed loop: each client asks again as soon as it has its answer.
Well-known servers stand beside the models as grey lines, with their versions.
Where the load generator was the bottleneck or shared the CPUs, the rate says
little about the server, and CPU per request is what can be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from plots import loads, over_cores, style
from plots.chart import Chart, Column, Point, Table, caption, few, level
from plots.chart import on_cores, seconds, spelled, tick_rate, tick_seconds
from plots.view import View
from reports.data import words
from reports.data.metrics import BOUND
from reports.data.run import Cell

RATE = "jobs_per_second"
PRICE = "cpu_seconds_per_job"


def rates(view: View) -> Chart | None:
    """Requests per second. None without a closed loop."""
    form = over_cores.Form(
        title=f"{view.title}: answered per second, closed loop",
        axis="requests per second",
        text=words.rate,
        tick=tick_rate,
        of="median",
        ideal=None,
        ideal_label="",
        extra={},
    )
    question = "Which server answers the most requests per second?"
    return _chart(view, "served", RATE, form, question)


def prices(view: View) -> Chart | None:
    """CPU per request. None without a closed loop."""
    form = over_cores.Form(
        title=f"{view.title}: server CPU per request, closed loop",
        axis="CPU time per request",
        text=seconds,
        tick=tick_seconds,
        of="median",
        ideal=None,
        ideal_label="",
        extra={},
    )
    question = "How much CPU time does a server spend on one request?"
    return _chart(view, "cpu-per-request", PRICE, form, question)


def _chart(
    view: View, kind: str, metric: str, form: over_cores.Form, question: str
) -> Chart | None:
    view = loads.closed(view)
    every = loads.with_others(view)
    points = {c.name: p for c in every.cells if (p := level(c.values(metric)))}
    if not any(cell.name in points for cell in view.cells):
        return None
    form = replace(
        form,
        extra={c.name: loads.flagged(c) for c in every.cells},
        shared=loads.shared(view),
    )
    note = loads.note(view, "grey: well-known servers" if view.peers else "")
    say = so_what_rates if metric == RATE else so_what_prices
    with style.context():
        return view.chart(
            kind,
            figure=over_cores.draw(every, points, form, note),
            question=question,
            title=form.title,
            so_what=say(view, points),
            table=table(every, points, metric),
            note=note,
        )


def table(view: View, points: Mapping[str, Point], metric: str) -> Table:
    kind, what = ("rate", "requests/s") if metric == RATE else ("seconds", "CPU")
    return Table(
        (
            Column("server", "text"),
            Column("cores", "count"),
            Column("workers", "count"),
            Column(f"{what}, median", kind),
            Column("low", kind),
            Column("high", kind),
            Column("flags", "text"),
            Column("n", "count"),
        ),
        tuple(
            (
                view.label(cell),
                cell.cores,
                cell.workers,
                points[cell.name].middle,
                points[cell.name].low,
                points[cell.name].high,
                ", ".join(cell.flags),
                points[cell.name].n,
            )
            for cell in view.ordered
            if cell.name in points
        ),
        f"Closed loop, all processes of the server. {caption(points.values())}",
    )


def _there(view: View, points: Mapping[str, Point], cores: int) -> list[Cell]:
    return [c for c in view.fair if c.cores == cores and c.name in points]


def _peer(view: View, points: Mapping[str, Point], cores: int) -> list[Cell]:
    return [c for c in view.peers if c.cores == cores and c.name in points]


def so_what_rates(view: View, points: Mapping[str, Point]) -> str:
    """First and last where the rate is the servers' own, and the best peer."""
    cores = loads.apart(view)
    there = _there(view, points, cores)
    where = words.capital(on_cores(cores))
    own = [c for c in there if not BOUND & {*c.flags}]
    if not there:
        return f"{where} no server finished all its repetitions."
    if not own or cores in loads.shared(view):
        why = "shared the CPUs" if own else "was the bottleneck"
        return (
            f"{where} the load generator {why}, so these requests/s are not the "
            "servers' own: read CPU per request instead."
        )
    own.sort(key=lambda cell: -points[cell.name].middle)
    first, last = own[0], own[-1]
    top, bottom = points[first.name].middle, points[last.name].middle
    text = f"{where} {view.label(first)} answers {words.rate(top)} requests/s"
    if first is not last:
        text += (
            f", {spelled(top / bottom)} times the {words.rate(bottom)} of "
            f"{view.label(last)}"
        )
    best = max(
        _peer(view, points, cores), key=lambda c: points[c.name].middle, default=None
    )
    if best:
        text += f"; {view.label(best)} answers {words.rate(points[best.name].middle)}"
    return f"{text}.{_left_out(view, there, own)}"


def _left_out(view: View, there: Sequence[Cell], own: Sequence[Cell]) -> str:
    bound = [view.label(c) for c in there if c not in own]
    if not bound:
        return ""
    return f" Limited by the load generator and left out: {few(bound)}."


def so_what_prices(view: View, points: Mapping[str, Point]) -> str:
    """Cheapest and dearest on the most cores, the floor and the best peer."""
    cores = view.cores[-1]
    there = _there(view, points, cores)
    where = words.capital(on_cores(cores))
    if not there:
        return f"{where} no server finished all its repetitions."
    there.sort(key=lambda cell: points[cell.name].middle)
    cheap, dear = there[0], there[-1]
    low, high = points[cheap.name].middle, points[dear.name].middle
    text = f"{where} a request costs {seconds(low)} of CPU time under"
    text += f" {view.label(cheap)}"
    if dear is not cheap:
        text += f" and {seconds(high)} under {view.label(dear)}"
        if low > 0:
            text += f", {spelled(high / low)} times as much"
    floor = next((c for c in view.beside if c.name in points), None)
    if floor and points[floor.name].middle > 0:
        bare = points[floor.name].middle
        text += f"; the floor, {floor.label}, needs {seconds(bare)}"
    best = min(
        _peer(view, points, cores), key=lambda c: points[c.name].middle, default=None
    )
    if best:
        text += f"; {view.label(best)} needs {seconds(points[best.name].middle)}"
    return f"{text}."
