"""Figure: what handing over one empty job costs, beside its floor.

A floor is the same mechanism used bare (a push and a pop of the same queue,
an echo over the same socket), measured in the same run by the primitives
scenario. The distance between mark and model is the model's own doing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plots import layout, rows, style
from plots.chart import Chart, Column, Point, Table, caption, few
from plots.chart import interval_words, level, on_cores, seconds, spelled
from plots.chart import tick_seconds
from plots.view import View
from reports.data import words
from reports.data.run import Cell


@dataclass(frozen=True)
class Price:
    """CPU seconds per job, and the floor's where the run has it."""

    own: Point
    floor: Point | None
    floor_name: str

    @property
    def over(self) -> float | None:
        if self.floor is None or self.floor.middle <= 0:
            return None
        return self.own.middle / self.floor.middle


def chart(view: View) -> Chart | None:
    """For empty jobs, and for the primitives alone; None for real work."""
    if view.scenario not in ("null", "primitives"):
        return None
    prices = _prices(view)
    cells = [cell for cell in view.rows if cell.name in prices]
    if not any(value > 0 for p in prices.values() for value in p.own.values):
        return None
    bare = view.scenario == "primitives"
    if bare:
        cells.sort(key=lambda cell: prices[cell.name].own.middle)
    title = "CPU time to hand over and finish one empty job"
    if bare:
        title = "CPU time of one call of the bare mechanisms"
    note = view.note(view.omitted)
    with style.context():
        figure, (axes,) = rows.frame(view, cells, title, note)
        owns = [prices[cell.name].own for cell in cells]
        floors = [p for c in cells if (p := prices[c.name].floor)]
        texts = [_text(prices[cell.name]) for cell in cells]
        positive = [v for p in owns + floors for v in p.values if v > 0]
        # To the left of the lowest there is room for the mark of a floor.
        span = (0.8 * min(positive), max(positive))
        axes.set_xlabel(f"CPU time per {'call' if bare else 'job'} (logarithmic)")
        rows.scale(axes, owns, texts, tick_seconds, log=True, span=span)
        for i, cell in enumerate(cells):
            price = prices[cell.name]
            right = rows.beyond(price.own)
            if price.floor:
                _floor(axes, i, price.floor)
                right = max(right, price.floor.middle)
            rows.mark(axes, i, price.own, view.look(cell), f"repetitions-{i}")
            rows.label(axes, right, i, texts[i])
        marks = rows.key("median", interval_words(owns + floors))
        if floors:
            marks.append((_floor_mark(), "floor: the bare mechanism"))
        style.key(figure, marks)
        return view.chart(
            "dispatch",
            figure=figure,
            question="What do the bare mechanisms cost?"
            if bare
            else "What is the price of handing over a job?",
            title=title,
            so_what=so_what(view, prices),
            table=table(view, prices),
            note=note,
        )


def _text(price: Price) -> str:
    text = seconds(price.own.middle)
    if price.over is not None:
        text += f", {words.ratio(price.over)} × {price.floor_name}"
    return text


def _floor(axes: style.Axes, y: float, floor: Point) -> None:
    axes.plot(
        [floor.middle],
        [y],
        linestyle="",
        marker=5,  # a caret whose tip is at the floor
        markersize=11,
        color=style.INK,
        zorder=7,
    )
    dots = axes.plot(
        floor.values,
        [y + 0.63 * layout.jitter(k, floor.n) for k in range(floor.n)],
        linestyle="",
        marker="|",
        markersize=5,
        color=style.QUIET,
        zorder=6,
    )
    dots[0].set_gid(f"repetitions-floor-{y}")


def _floor_mark() -> style.Artist:
    return style.Line2D(
        [0.25], [0.1], linestyle="", marker=5, markersize=11, color=style.INK
    )


def _prices(view: View) -> dict[str, Price]:
    found = {}
    for cell in view.cells:
        own = level(cell.cpu_per_job())
        if own is None:
            continue
        name = cell.ok[0].floor or ""
        bare = _floor_of(view, cell, name)
        floor = level(bare.cpu_per_job()) if bare else None
        found[cell.name] = Price(own, floor, name)
    return found


def _floor_of(view: View, cell: Cell, name: str) -> Cell | None:
    """Only on the same cores: with more of them a queue is contended, and
    its uncontended price would be no floor."""
    for floor in view.floors:
        if floor.model == name and floor.cores == cell.cores:
            return floor
    return None


def table(view: View, prices: Mapping[str, Price]) -> Table:
    rows_ = []
    for cell in view.ordered:
        price = prices.get(cell.name)
        if price is None:
            continue
        rows_.append(
            (
                view.label(cell),
                cell.cores,
                price.own.middle,
                price.own.low,
                price.own.high,
                price.own.n,
                price.floor_name or None,
                price.floor.middle if price.floor else None,
                price.over,
            )
        )
    columns = (
        Column("model", "text"),
        Column("cores", "count"),
        Column("CPU per job, median", "seconds"),
        Column("low", "seconds"),
        Column("high", "seconds"),
        Column("n", "count"),
        Column("floor", "text"),
        Column("floor, median", "seconds"),
        Column("times the floor", "ratio"),
    )
    cut = len(columns) if view.scenario == "null" else 6
    return Table(
        columns[:cut],
        tuple(row[:cut] for row in rows_),
        "CPU time of the whole process tree. "
        f"{caption(p.own for p in prices.values())}",
    )


def so_what(view: View, prices: Mapping[str, Price]) -> str:
    """Cheapest and dearest on the fewest cores, where floors are known, and
    how far the models are above their floors."""
    fewest = view.cores[0]
    there = [c for c in view.fair if c.cores == fewest and c.name in prices]
    if not there:
        return f"No model finished all its repetitions {on_cores(fewest)}."
    there.sort(key=lambda cell: prices[cell.name].own.middle)
    cheap, dear = prices[there[0].name].own, prices[there[-1].name].own
    thing = "a call" if view.scenario == "primitives" else "an empty job"
    text = (
        f"{words.capital(on_cores(fewest))} {thing} costs {seconds(cheap.middle)}"
        f" of CPU time under {view.label(there[0])}"
    )
    if view.scenario == "primitives":
        text = text.replace(" under ", " as ")
    if len(there) > 1:
        text += f" and {seconds(dear.middle)} "
        text += "as" if view.scenario == "primitives" else "under"
        text += f" {view.label(there[-1])}"
        if cheap.middle > 0:
            text += f", {spelled(dear.middle / cheap.middle)} times as much"
    known = [(c, o) for c in there if (o := prices[c.name].over) is not None]
    if not known:
        return text + "."
    close = [view.label(c) for c, over in known if over <= 1.5]
    worst, over = max(known, key=lambda item: item[1])
    if len(close) == len(known):
        return (
            f"{text}; every model with a floor is within 1.5 times of it (at "
            f"most {words.ratio(over)}, {view.label(worst)})."
        )
    rest = f"{view.label(worst)} is furthest above its floor, {words.ratio(over)} times"
    if close:
        return f"{text}; {few(close)} stay within 1.5 times their floor, {rest}."
    return f"{text}; {rest}."
