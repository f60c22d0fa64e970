"""Figure: the latency of cheap requests as time goes by, a panel per model.

Each panel shows one repetition, the middle one by its p99: the median and the
slowest cheap request of every bucket of time. A heavy request that holds the
others up shows as a spike of the slowest, and if they are many, of the median.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from plots import layout, loads, panels, style
from plots.chart import Chart, Column, Table, on_cores, seconds, spelled
from plots.chart import tick_plain, tick_seconds
from plots.panels import Form
from plots.view import View
from reports.data import words
from reports.data.cells import HEAD_OF_LINE, Cell
from reports.data.entries import Repetition

MOST_IN_A_ROW = 3
TALL, BETWEEN = 1.75, 0.62
ENDS = ("p99", "p90", "p50")


@dataclass(frozen=True)
class Line:
    """The time line of one repetition; seconds, without empty buckets."""

    cell: Cell
    repetition: Repetition
    times: tuple[float, ...]
    middles: tuple[float, ...]
    tops: tuple[float, ...]

    @property
    def slowest(self) -> float:
        return max(self.tops)

    @property
    def words(self) -> str:
        """ "p99 98.6 ms", or the farthest that is known."""
        group = _cheap(self.repetition)
        known = next((part for part in ENDS if group.get(part)), None)
        return f"{known} {seconds(group[known])}" if known else ""


def chart(view: View) -> Chart | None:
    """None where no time line was kept."""
    if view.scenario != HEAD_OF_LINE:
        return None
    cores = loads.apart(view)
    here = loads.on(view, cores)
    found = [line for cell in here.ordered if (line := _line(cell))]
    if not found:
        return None
    # The heavy requests are in the title of the page's section.
    title = f"{view.title}: as time goes by, {on_cores(cores)}"
    form = Form(
        title, "time (s)", "latency (log)", float, tick_plain, tick_seconds, True
    )
    note = loads.note(
        here, "one repetition each, the middle one by its p99", "open loop"
    )
    low = min(v for line in found for v in line.middles) / 1.6
    high = max(line.slowest for line in found)
    # The words of a panel stand above its highest spike.
    high *= (high / low) ** 0.2
    with style.context():
        ticks = [form.tick(tick) for tick in panels.ticks(low, high, form)]
        figure, axes = panels.grid(
            form,
            note,
            len(found),
            TALL,
            left=0.75 + max(layout.width(text, 15) for text in ticks),
            right=0.3,
            most=MOST_IN_A_ROW,
            between=BETWEEN,
        )
        columns = min(len(found), MOST_IN_A_ROW)
        last = max(line.times[-1] for line in found)
        for i, (axis, line) in enumerate(zip(axes, found)):
            panels.upwards(axis, form, low, high, named=i % columns == 0)
            axis.set_xlim(0, 1.08 * last)
            axis.xaxis.set_major_locator(MaxNLocator(3))
            axis.xaxis.set_major_formatter(lambda value, _: tick_plain(value))
            below = i + columns >= len(found)
            axis.tick_params(axis="x", labelbottom=below)
            axis.set_xlabel(form.across if below else "")
            _draw(axis, here, line)
        style.key(figure, _marks())
        return view.chart(
            "time-line",
            figure=figure,
            question="When one request computes for long, what do the others see?",
            title=title,
            so_what=so_what(here, found),
            table=table(here, found),
            note=note,
        )


def _cheap(one: Repetition) -> Mapping[str, Any]:
    return ((one.http or {}).get("groups") or [{}])[0]


def _line(cell: Cell) -> Line | None:
    known = [one for one in cell.ok if (one.http or {}).get("timeline")]
    if not known:
        return None
    known.sort(key=lambda one: _cheap(one).get("p99") or _cheap(one).get("max") or 0.0)
    one = known[(len(known) - 1) // 2]
    found = one.http["timeline"]
    step = found["bucket_seconds"]
    buckets = [
        ((k + 0.5) * step, middle, top)
        for k, (count, middle, top) in enumerate(
            zip(found["count"], found["p50"], found["max"])
        )
        if count and middle and top
    ]
    return Line(cell, one, *zip(*buckets)) if buckets else None


def _draw(axes: Axes, view: View, line: Line) -> None:
    look = view.look(line.cell)
    axes.fill_between(
        line.times, line.middles, line.tops, color=style.tint(look.colour), zorder=2
    )
    axes.plot(line.times, line.tops, color=look.colour, linewidth=1.6, zorder=4)
    axes.plot(line.times, line.middles, color=style.INK, linewidth=1.6, zorder=5)
    axes.set_title(view.label(line.cell), fontsize=15, fontweight="bold", loc="left")
    axes.text(
        0.99,
        0.97,
        line.words,
        transform=axes.transAxes,
        fontsize=style.LABEL,
        ha="right",
        va="top",
        zorder=7,
        bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 1, "alpha": 0.8},
    )


def _marks() -> list[tuple[style.Artist, str]]:
    def stroke(colour: str) -> style.Artist:
        return style.Line2D([0, 0.3], [0.1, 0.1], color=colour, linewidth=1.8)

    return [
        (stroke(style.QUIET), "slowest in a bucket, in the model's colour"),
        (stroke(style.INK), "median in a bucket"),
        (style.area_mark(facecolor=style.RULE), "between them"),
    ]


def table(view: View, found: Sequence[Line]) -> Table:
    rows = []
    for line in found:
        group = _cheap(line.repetition)
        step = line.repetition.http["timeline"]["bucket_seconds"]
        rows.append(
            (
                view.label(line.cell),
                line.cell.cores,
                line.repetition.repetition_index,
                group.get("count"),
                *(group.get(part) for part in ("p50", "p90", "p99", "max")),
                _held(line),
                step,
            )
        )
    return Table(
        (
            Column("model", "text"),
            Column("cores", "count"),
            Column("repetition", "count"),
            Column("cheap requests", "count"),
            Column("p50", "seconds"),
            Column("p90", "seconds"),
            Column("p99", "seconds"),
            Column("slowest", "seconds"),
            Column("buckets held up", "percent"),
            Column("bucket", "seconds"),
        ),
        tuple(rows),
        "The repetition that is drawn. Held up: buckets in which the slowest cheap "
        "request took over 10 ms.",
    )


HELD = 10e-3


def _held(line: Line) -> float:
    return sum(top > HELD for top in line.tops) / len(line.tops)


def so_what(view: View, found: Sequence[Line]) -> str:
    """Who is held up in how many buckets, and who in none."""
    fair = [line for line in found if line.cell.comparable]
    if not fair:
        return "No model finished all its repetitions."
    fair.sort(key=_held)
    best, worst = fair[0], fair[-1]
    if _held(worst) == 0:
        return "Under no model does a cheap request take more than 10 ms."
    share = 100 * _held(worst)
    text = (
        f"Under {view.label(worst.cell)} some cheap request takes over 10 ms in "
        f"{words.number(share, 2)} % of the buckets"
    )
    if best is worst:
        return f"{text}."
    if _held(best) == 0:
        times = spelled(worst.slowest / best.slowest)
        return (
            f"{text}; under {view.label(best.cell)} none ever does, and its slowest is "
            f"{times} times as quick."
        )
    rest = words.number(100 * _held(best), 2)
    return f"{text}; under {view.label(best.cell)} in {rest} %."
