"""Figure: latency against the rate that was offered, up to near the capacity.

Each server has its own capacity, the closed loop's rate, and was asked at
fixed parts of it. On the way there the latency hardly grows; near it requests
queue and it shoots up, the blade of a hockey stick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from plots import direct_labels, layout, loads, marks, panels, style
from plots.chart import Chart, Column, Point, Table, caption, interval_words, level
from plots.chart import on_cores, seconds, spelled, tick_rate, tick_seconds
from plots.direct_labels import End
from plots.panels import Form
from plots.view import View
from reports.data import targets, words
from reports.data.cells import CLOSED, HTTP, Cell

PARTS = ("p50", "p99")
TALL = 3.6


@dataclass(frozen=True)
class Stick:
    """One server in one panel: its open loops by rising rate."""

    label: str
    look: style.Look
    cells: tuple[Cell, ...]
    points: tuple[Point, ...]
    capacity: float | None

    @property
    def rates(self) -> list[float]:
        return [offered(cell) or 0.0 for cell in self.cells]


def offered(cell: Cell) -> float | None:
    """Requests per second that clients meant to send."""
    known = cell.http_values("offered_per_second")
    return median(known) if known else None


def capacity(view: View, cell: Cell) -> float | None:
    """Of the closed loop, as the rates were fixed to it."""
    known = cell.http_values("capacity_per_second")
    if known:
        return median(known)
    for one in view.cells:
        same = (one.id, one.cores, one.workers) == (cell.id, cell.cores, cell.workers)
        if same and one.load == CLOSED:
            return median(one.values("jobs_per_second"))
    return None


def chart(view: View) -> Chart | None:
    """None with fewer than two open loops."""
    if view.scenario != HTTP:
        return None
    here = loads.on(view, loads.apart(view))
    opened = loads.of_own_capacity(here)
    if len({c.load for c in opened.cells}) < 2:
        return None
    shown = [(part, _sticks(here, opened, part)) for part in PARTS]
    shown = [(part, sticks) for part, sticks in shown if sticks]
    if not shown:
        return None
    cores = loads.apart(view)
    title = f"{view.title}: latency against the offered rate, open loop"
    across = "requests per second offered"
    axis = "latency (logarithmic)"
    form = Form(title, across, axis, float, tick_rate, tick_seconds, True)
    note = loads.note(opened, f"{on_cores(cores)}, {_steps(opened)} of each capacity")
    with style.context():
        low, high, right = _bounds(shown)
        ticks = [form.tick(tick) for tick in panels.ticks(low, high, form)]
        names = [_text(stick) for stick in shown[-1][1]]
        figure, axes = panels.grid(
            form,
            note,
            len(shown),
            max(TALL, direct_labels.APART * len(names) + 0.1),
            left=0.75 + max(layout.width(text, 15) for text in ticks),
            right=direct_labels.room(names),
        )
        for i, (axis_, (part, sticks)) in enumerate(zip(axes, shown)):
            panels.upwards(axis_, form, low, high, named=i == 0)
            axis_.set_xlim(0, right)
            axis_.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
            # At the end of one panel it would stand in the first of the next.
            edge = 0.95 * axis_.get_xlim()[1]
            axis_.xaxis.set_major_formatter(
                lambda value, _, edge=edge: _tick(value) if value < edge else ""
            )
            axis_.set_title(part, fontsize=15, fontweight="bold", loc="left")
            ends = [_stick(axis_, stick, f"{i}-{k}") for k, stick in enumerate(sticks)]
            if i == len(shown) - 1:
                direct_labels.draw(axis_, ends)
        panels.name_across(axes, form)
        points = [p for _, sticks in shown for s in sticks for p in s.points]
        key = [(style.dot_mark(), "one repetition"), (style.median_mark(), "median")]
        interval = interval_words(points)
        key += [(style.interval_mark(), interval)] if interval else []
        key.append((style.tick_mark(), "capacity, closed loop"))
        style.key(figure, key)
        return view.chart(
            "hockey-stick",
            figure=figure,
            question="What happens to the latency as the load nears the capacity?",
            title=title,
            so_what=so_what(opened, shown),
            table=table(here, opened, points),
            note=note,
        )


def _tick(value: float) -> str:
    """Short, as two panels share the width: "20 k"."""
    return f"{value / 1000:g} k" if value >= 1000 else f"{value:g}"


def _steps(view: View) -> str:
    found = [c for c in view.workload.loads if not c.endswith("/s")]
    return f"{words.listed(found)} %" if found else "parts"


def _sticks(here: View, opened: View, part: str) -> list[Stick]:
    found: dict[str, list[tuple[Cell, Point]]] = {}
    for cell in sorted(opened.ordered, key=lambda c: offered(c) or 0.0):
        point = level(cell.values(f"latency_{part}_seconds"))
        if point and offered(cell):
            found.setdefault(here.label(cell), []).append((cell, point))
    order = list(dict.fromkeys(here.label(cell) for cell in opened.ordered))
    return [
        Stick(
            label,
            here.look(found[label][0][0]),
            tuple(cell for cell, _ in found[label]),
            tuple(point for _, point in found[label]),
            capacity(here, found[label][0][0]),
        )
        for label in order
        if label in found
    ]


def _bounds(
    shown: Sequence[tuple[str, Sequence[Stick]]],
) -> tuple[float, float, float]:
    """Lowest and highest latency, and the highest rate."""
    sticks = [stick for _, some in shown for stick in some]
    values = [v for s in sticks for p in s.points for v in p.values if v > 0]
    rates = [rate for s in sticks for rate in (*s.rates, s.capacity or 0.0)]
    # The strokes of capacity stand in a strip below the lowest latency.
    low = min(values) / (max(values) / min(values)) ** 0.12 / 1.3
    return low, max(values) * 1.4, 1.05 * max(rates)


def _text(stick: Stick) -> str:
    text = f"{stick.label}  {seconds(stick.points[-1].middle)}"
    failed = sum(len(cell.failed) for cell in stick.cells)
    text += loads.flagged(stick.cells[-1])
    return text + (f" ({failed} failed)" if failed else "")


def _stick(axes: Axes, stick: Stick, gid: str) -> End:
    look, rates = stick.look, stick.rates
    middles = [point.middle for point in stick.points]
    axes.plot(
        rates, middles, color=look.colour, linestyle=look.dash, linewidth=2, zorder=3
    )
    inch = axes.get_xlim()[1] / (axes.get_position().width * style.WIDTH)
    for k, (rate, point) in enumerate(zip(rates, stick.points)):
        marks.interval(axes, rate, point, look)
        right = (0.1 + 0.08 * layout.jitter(r, point.n) for r in range(point.n))
        spots = [rate + inch * way for way in right]
        gid_ = f"repetitions-{gid}-{k}"
        marks.dots(axes, spots, point.values, look, gid_, style.DOT - 1)
    marks.medians(axes, rates, middles, look, 9)
    if stick.capacity:
        axes.plot(
            [stick.capacity] * 2,
            [0.0, 0.09],
            transform=axes.get_xaxis_transform(),
            color=look.colour,
            linewidth=3,
            zorder=4,
        )
    return End(_text(stick), look, rates[-1], middles[-1])


def table(here: View, opened: View, points: Sequence[Point]) -> Table:
    rows = []
    for cell in opened.ordered:
        p50, p99 = (level(cell.values(f"latency_{part}_seconds")) for part in PARTS)
        if p50 is None:
            continue
        naive = [((one.http or {}).get("naive") or {}).get("p99") for one in cell.ok]
        naive = [value for value in naive if value is not None]
        rows.append(
            (
                here.label(cell),
                targets.brief(cell.load or CLOSED),
                offered(cell),
                capacity(here, cell),
                p50.middle,
                p99.middle if p99 else None,
                p99.low if p99 else None,
                p99.high if p99 else None,
                median(naive) if naive else None,
                ", ".join(cell.flags),
                p50.n,
            )
        )
    return Table(
        (
            Column("server", "text"),
            Column("of capacity", "text"),
            Column("offered/s", "rate"),
            Column("capacity/s", "rate"),
            Column("p50, median", "seconds"),
            Column("p99, median", "seconds"),
            Column("low", "seconds"),
            Column("high", "seconds"),
            Column("naive p99", "seconds"),
            Column("flags", "text"),
            Column("n", "count"),
        ),
        tuple(rows),
        f"Open loop, counted from the intended send. {caption(points)} p99 needs "
        "10,000 requests in a repetition.",
    )


def so_what(view: View, shown: Sequence[tuple[str, Sequence[Stick]]]) -> str:
    """How much the last step costs, under whom most and least."""
    part, sticks = shown[-1]
    fair = [
        s for s in sticks if len(s.cells) > 1 and all(c.comparable for c in s.cells)
    ]
    if not fair:
        return "No server finished all its repetitions under two loads."

    def growth(stick: Stick) -> float:
        return stick.points[-1].middle / stick.points[0].middle

    fair.sort(key=growth)
    most = fair[-1]
    first, last = (targets.brief(c.load or "") for c in (most.cells[0], most.cells[-1]))
    text = (
        f"From {first} to {last} of its capacity the {part} of {most.label} grows "
        f"{spelled(growth(most))} times, from {seconds(most.points[0].middle)} to "
        f"{seconds(most.points[-1].middle)}"
    )
    if len(fair) > 1:
        least = fair[0]
        text += f"; that of {least.label} grows least, {spelled(growth(least))} times"
    return f"{text}. Each server is asked at parts of its own capacity."
