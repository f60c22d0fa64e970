"""Figure: when each of a few long jobs ends, in the order of their ends.

A pool of four threads ends four jobs together; the fifth had to wait for a
thread and ends a step later. The line is the repetition in the middle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from plots import cuts, direct_labels, layout, panels, style
from plots.chart import Chart, Column, Table, few, on_cores, seconds, spelled
from plots.chart import tick_seconds
from plots.direct_labels import End
from plots.lines import TALL
from plots.panels import Form
from plots.view import View
from reports.data import words
from reports.data.run import Cell

TOGETHER = 1.5  # jobs that end before this many times the first end are one step
Ends = tuple[float, ...]


def chart(view: View) -> Chart | None:
    """Only for the scenario that is made for it."""
    if view.scenario != "pool":
        return None
    view = cuts.focused(view)
    found = {c.name: ends for c in view.cells if (ends := _repetitions(c))}
    if not found:
        return None
    cores = [n for n in view.cores if any(c.name in found for c in _on(view, n))]
    shown = panels.thinned(cores)
    form = Form(
        title=f"{view.title}: when each of them ends",
        across="jobs in the order in which they end",
        axis="time since the start",
        place=float,
        tick_across=lambda value: f"{value:g}",
        tick=tick_seconds,
        log=False,
    )
    left_out = "" if len(shown) == len(cores) else "other core counts: in the table"
    kept = "line: the repetition that takes the median time"
    note = view.note(" · ".join(filter(None, [kept, left_out])))
    with style.context():
        figure = _draw(view, shown, found, form, note)
        return view.chart(
            "staircase",
            figure=figure,
            question="How many of these jobs does a model really do at once?",
            title=form.title,
            so_what=so_what(view, found),
            table=table(view, found),
            note=note,
        )


def _on(view: View, cores: int) -> list[Cell]:
    return [cell for cell in view.ordered if cell.cores == cores]


def _repetitions(cell: Cell) -> list[Ends]:
    """The ends of every repetition, the quickest first."""
    found = [tuple(one.job_end_seconds) for one in cell.ok if one.job_end_seconds]
    return sorted(found, key=lambda ends: ends[-1])


def _middle(repetitions: Sequence[Ends]) -> Ends:
    return repetitions[(len(repetitions) - 1) // 2]


def _draw(
    view: View,
    shown: Sequence[int],
    found: Mapping[str, list[Ends]],
    form: Form,
    note: str,
) -> style.Figure:
    cells = [[c for c in _on(view, n) if c.name in found] for n in shown]
    texts = {c.name: _words(view, c, found) for some in cells for c in some}
    tall = max(TALL, direct_labels.APART * max(map(len, cells)) + 0.1)
    every = [ends for name in texts for ends in found[name]]
    high = 1.06 * max(ends[-1] for ends in every)
    jobs = max(len(ends) for ends in every)
    ticks = [tick_seconds(tick) for tick in panels.ticks(0, high, form)]
    figure, axes = panels.grid(
        form,
        note,
        len(shown),
        tall,
        left=0.75 + max(layout.width(text, 15) for text in ticks),
        right=direct_labels.room(list(texts.values())),
    )
    columns = min(len(shown), 2)
    for i, (axis, cores, some) in enumerate(zip(axes, shown, cells)):
        axis.set_title(_title(cores), fontsize=15, fontweight="bold", loc="left")
        axis.set_xlim(0.2, jobs + 0.8)
        axis.xaxis.set_major_locator(
            MaxNLocator(8, steps=[1, 2, 4, 5, 10], min_n_ticks=1)
        )
        panels.upwards(axis, form, 0, high, named=i % columns == 0)
        ends = [
            _steps(
                axis, view.look(cell), texts[cell.name], found[cell.name], f"{i}-{k}"
            )
            for k, cell in enumerate(some)
        ]
        if i % columns == columns - 1 or i == len(shown) - 1:
            direct_labels.draw(axis, ends)
    panels.name_across(axes, form)
    style.key(
        figure,
        [(style.dot_mark(), "a job of another repetition"), (_step_mark(), "a job")],
    )
    return figure


def _title(cores: int) -> str:
    return words.capital(on_cores(cores).removeprefix("on "))


def _words(view: View, cell: Cell, found: Mapping[str, list[Ends]]) -> str:
    text = f"{view.label(cell)}  {seconds(_middle(found[cell.name])[-1])}"
    return text + (f" ({len(cell.failed)} failed)" if cell.failed else "")


def _steps(
    axes: Axes, look: style.Look, text: str, repetitions: Sequence[Ends], gid: str
) -> End:
    """One tread per job, with the model's marker on it."""
    middle = _middle(repetitions)
    xs = [0.5 + k for k in range(len(middle) + 1)]
    axes.plot(
        xs,
        [middle[0], *middle],
        drawstyle="steps-pre",
        color=look.colour,
        linestyle=look.dash,
        linewidth=2,
        zorder=3,
    )
    for r, ends in enumerate(repetitions):
        line = ends is middle
        dots = axes.plot(
            [k + 1 for k in range(len(ends))],
            ends,
            linestyle="",
            marker=look.marker if line else "o",
            markersize=7 if line else style.DOT - 1,
            color=look.colour,
            alpha=1.0 if line else 0.4,
            markerfacecolor=look.face if line else look.colour,
            markeredgecolor=look.edge if line else "none",
            markeredgewidth=look.edge_width,
            clip_on=False,
            zorder=5 if line else 4,
        )
        dots[0].set_gid(f"repetitions-{gid}-{r}")
    return End(text, look, xs[-1], middle[-1])


def _step_mark() -> style.Artist:
    return style.Line2D(
        [0, 0.15, 0.15, 0.3], [0.02, 0.02, 0.18, 0.18], color=style.INK, linewidth=2
    )


def _first_step(ends: Ends) -> int:
    """How many jobs end together at first."""
    return sum(1 for end in ends if end < TOGETHER * ends[0])


def table(view: View, found: Mapping[str, list[Ends]]) -> Table:
    rows = []
    for cell in view.ordered:
        if cell.name not in found:
            continue
        ends = _middle(found[cell.name])
        step = _first_step(ends)
        rows.append(
            (
                view.label(cell),
                cell.cores,
                cell.workers,
                cell.in_flight,
                ends[0],
                step,
                ends[step] if step < len(ends) else None,
                ends[-1],
                len(ends),
                len(found[cell.name]),
            )
        )
    return Table(
        (
            Column("model", "text"),
            Column("cores", "count"),
            Column("workers", "count"),
            Column("in flight", "count"),
            Column("first job ends", "seconds"),
            Column("jobs that end with it", "count"),
            Column("the next one ends", "seconds"),
            Column("last job ends", "seconds"),
            Column("jobs", "count"),
            Column("n", "count"),
        ),
        tuple(rows),
        "Of the repetition that takes the median time. Jobs end together that end "
        f"before {TOGETHER:g} times the first.",
    )


def so_what(view: View, found: Mapping[str, list[Ends]]) -> str:
    """The width of a step where a pool has one, and who is done first."""
    most = view.cores[-1]
    there = [c for c in view.fair if c.cores == most and c.name in found]
    where = words.capital(on_cores(most))
    if not there:
        return f"{where} no model finished all its repetitions."
    last = {c.name: _middle(found[c.name]) for c in there}
    stepped = [c for c in there if 1 < _first_step(last[c.name]) < len(last[c.name])]
    pools = [c for c in stepped if c.model_params.get("uv_pool")] or stepped
    there.sort(key=lambda c: last[c.name][-1])
    first, slow = there[0], there[-1]
    text = f"{where} {view.label(first)} is done after {seconds(last[first.name][-1])}"
    if slow is not first:
        text += f" and {view.label(slow)} after {seconds(last[slow.name][-1])}"
    if not pools:
        single = [c for c in there if _first_step(last[c.name]) == 1]
        if single:
            names = few([view.label(c) for c in single])
            text += f"; under {names} the jobs end one after the other"
        return text + "."
    cell = max(pools, key=lambda c: _first_step(last[c.name]))
    ends = last[cell.name]
    step = _first_step(ends)
    return (
        f"{text}. Under {view.label(cell)} {step} jobs end together and the next one "
        f"after {spelled(ends[step] / ends[0])} times as long: it had to wait for one "
        "of them."
    )
