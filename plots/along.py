"""What the figures along a setting share: form, chart and table.

A setting is an in-flight limit or a share of compute; see cuts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from matplotlib.artist import Artist

from plots import cuts, lines, style
from plots.chart import Chart, Column, Point, Table
from plots.cuts import Setting
from plots.over_cores import LOG_FROM
from plots.panels import Form, Panel, spread_of
from plots.view import View
from reports.data.run import Cell


def form(
    setting: Setting,
    panels: Sequence[Panel],
    title: str,
    axis: str,
    tick: Callable[[float], str],
    log: bool | None = None,
    **more: Any,
) -> Form:
    """Logarithmic if the values differ so much that zero would press the low
    ones together, unless `log` says."""
    log = spread_of(panels) > LOG_FROM if log is None else log
    return Form(
        title=title,
        across=setting.across,
        axis=axis + (" (logarithmic)" if log else ""),
        place=setting.place,
        tick_across=setting.tick,
        tick=tick,
        log=log,
        **more,
    )


def note(view: View, *more: str) -> str:
    return view.note(" · ".join(filter(None, [*more, cuts.omitted(view)])))


def chart(
    view: View,
    kind: str,
    panels: Sequence[Panel],
    form: Form,
    note: str,
    *,
    question: str,
    so_what: str,
    table: Table,
    of: str = "median",
    key: Iterable[tuple[Artist, str]] = (),
) -> Chart:
    """`key` are marks beside those that every such chart has."""
    with style.context():
        figure = lines.draw(panels, form, note)
        style.key(figure, [*lines.key(panels, of), *key])
        return view.chart(
            kind,
            figure=figure,
            question=question,
            title=form.title,
            so_what=so_what,
            table=table,
            note=note,
        )


def columns(what: str, kind: str, *more: Column) -> tuple[Column, ...]:
    """Of a table with a row per cell; see row()."""
    return (
        Column("model", "text"),
        Column("cores", "count"),
        Column("in flight, asked", "count"),
        Column("in flight", "count"),
        Column("workers", "count"),
        Column(what, kind),
        Column("low", kind),
        Column("high", kind),
        *more,
        Column("n", "count"),
    )


def row(view: View, cell: Cell, point: Point, *more: Any) -> tuple[Any, ...]:
    place = (cell.cores, cell.limit, cell.in_flight, cell.workers)
    return (
        view.label(cell),
        *place,
        point.middle,
        point.low,
        point.high,
        *more,
        point.n,
    )
