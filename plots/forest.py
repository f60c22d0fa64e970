"""Figure: each model over the best one, with the interval that decides.

A panel per core count, a row per model. In the shaded band a difference is no
reason to choose one; an interval that lies in it is equal, one that lies
outside of 1 loses, and what is neither is undecided. The words say which.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator

from plots import layout, loads, rows, style
from plots.chart import Chart, Column, Point, Table, on_cores, over, spelled
from plots.chart import tick_plain
from plots.told import beside
from plots.view import View
from reports.data import words
from reports.data.cells import CLOSED, Cell
from reports.data.metrics import CPU, RATE
from reports.judge.standing import Standing
from reports.judge.verdict import EQUAL, UNDECIDED


def chart(view: View) -> Chart | None:
    """None where nobody competes, and along a mix, which is a figure of its
    own. With many core counts the fewest and the most are shown."""
    if len(view.shares) > 1:
        return None
    found = view.judged.headlines(view.workload)
    found = [s for s in found if s.order]
    if not found:
        return None
    shown = found if len(found) < 3 else [found[0], found[-1]]
    # Of requests the rate is somebody's own only where the generator is apart.
    wanted = RATE if any(s.metric is RATE for s in shown) else shown[-1].metric
    shown = [s for s in shown if s.metric is wanted]
    metric, last = shown[-1].metric, shown[-1]
    labels = dict.fromkeys(c.label for s in shown for c in s.group.contestants)
    what = metric.called(view.workload.requests)
    title = f"{view.title}: {what}, each over the best"
    loop = ""
    if view.workload.requests:
        loop = "closed loop" if last.group.load == CLOSED else "open loop"
    note = loads.note(view, loop) if loop else view.note()
    with style.context():
        some = [_row(last, label) or _row(shown[0], label) for label in labels]
        kept = [cell for cell in some if cell is not None]
        names = [cell.label for cell in kept]
        figure, axes = rows.frame(
            view, kept, title, note, panels=len(shown), beside=[""] * len(kept)
        )
        for place, (axis, standing) in enumerate(zip(axes, shown)):
            _panel(view, axis, standing, names, place)
        style.key(figure, _key(view, shown))
        return view.chart(
            "forest",
            figure=figure,
            question=f"Who is best by {what}, and how sure is that?",
            title=title,
            so_what=so_what(view, last),
            table=table(view, found),
            note=note,
        )


def _row(standing: Standing, label: str) -> Cell | None:
    return next((c for c in standing.group.contestants if c.label == label), None)


def _panel(
    view: View, axes: Axes, standing: Standing, names: Sequence[str], place: int
) -> None:
    cells = [_row(standing, name) for name in names]
    best = standing.order[0]
    points = [
        over(view.judged, c, best, standing.metric) if c in standing.order else None
        for c in cells
    ]
    points = [_alone(p) if c is best else p for c, p in zip(cells, points)]
    texts = [verdict_words(standing, cell) if cell else "" for cell in cells]
    band = 1 + view.judged.d
    values = [v for p in points if p for v in (*p.values, p.low or 1, p.high or 1)]
    span = (min(*values, 1 / band), max(*values, band))
    log = span[1] / span[0] > 4
    axes.set_title(on_cores(standing.group.cores).removeprefix("on "), fontsize=14)
    axes.set_xlabel("times the best" + (" (logarithmic)" if log else ""))
    # The words stand in one column, beyond whatever is drawn.
    right = max([band, *(rows.beyond(point) for point in points if point)])
    _scale(axes, span, right, texts, log)
    axes.axvspan(1 / band, band, color=style.RULE, alpha=0.8, zorder=1)
    axes.axvline(1, color=style.INK, linewidth=1.2, zorder=2)
    for i, (cell, point, text) in enumerate(zip(cells, points, texts)):
        if cell is None:
            continue
        if point is not None:
            rows.mark(axes, i, point, view.look(cell), f"repetitions{place}-{i}")
        rows.label(axes, right, i, text)


def _alone(point: Point | None) -> Point | None:
    """The best over itself is 1, and has no interval."""
    return Point((1.0,), 1.0, None, None, 0.0) if point else None


def _scale(
    axes: Axes,
    span: tuple[float, float],
    right: float,
    texts: Sequence[str],
    log: bool,
) -> None:
    """Room for the words, which begin at `right`."""
    inches = axes.get_position().width * style.WIDTH
    place = math.log10 if log else float
    low = place(span[0])
    low -= 0.05 * (place(span[1]) - low)
    widest = max(layout.width(text, style.LABEL) for text in texts)
    room = 1 - min(0.75, (widest + 0.25) / inches)
    stop = low + (place(right) - low) / room
    axes.grid(axis="x")
    if log:
        axes.set_xscale("log")
        layout.log_ticks(
            axes.xaxis, 10**low, 10**stop, int(inches / 0.75), tick_plain
        )
        axes.set_xlim(10**low, 10**stop)
        inner = (low + 0.06 * (stop - low), stop - 0.06 * (stop - low))
        named = [t for t in axes.get_xticks() if inner[0] < math.log10(t) < inner[1]]
        axes.xaxis.set_major_locator(FixedLocator(named))
        return
    axes.set_xlim(low, stop)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.3g}")
    # A name at the very end would run into the next panel's.
    edge = 0.04 * (stop - low)
    ticks = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(low, stop)
    axes.set_xticks([tick for tick in ticks if low + edge < tick < stop - edge])


def verdict_words(standing: Standing, cell: Cell) -> str:
    """'best', 'equal within 1.2 %', '0.50 (0.49 to 0.51)', 'undecided'."""
    best = standing.order[0]
    if cell not in standing.order:
        return "only a bound" if cell in standing.bound else "not compared"
    if cell is best:
        return "wins" if standing.winner is best else "best"
    verdict = standing.between(cell, best)
    if verdict is None or not verdict.known:
        return f"{words.ratio(verdict.ratio)} so far" if verdict else "not compared"
    if verdict.word == EQUAL:
        share = math.ceil(round(verdict.within * 1000, 6)) / 10
        return f"equal within {share:.3g} %"
    if verdict.word == UNDECIDED:
        return f"undecided ({words.between(verdict.low, verdict.high)})"
    return f"{words.ratio(verdict.ratio)} ({words.between(verdict.low, verdict.high)})"


def _key(view: View, shown: Sequence[Standing]) -> list[tuple[Artist, str]]:
    marks = [(style.dot_mark(), "one round"), (style.tick_mark(), "ratio")]
    if any(standing.decided for standing in shown):
        marks.append((style.interval_mark(), "the interval that decides"))
    band = f"within {100 * view.judged.d:g} %: no reason to choose one"
    return [*marks, (style.area_mark(facecolor=style.RULE), band)]


def table(view: View, found: Sequence[Standing]) -> Table:
    lines = []
    for standing in found:
        best = standing.order[0]
        for cell in standing.group.contestants:
            verdict = standing.between(cell, best) if cell is not best else None
            lines.append(
                (
                    view.label(cell),
                    cell.cores,
                    standing.metric.called(cell.requests),
                    verdict.ratio if verdict else 1.0 if cell is best else None,
                    verdict.low if verdict else None,
                    verdict.high if verdict else None,
                    verdict_words(standing, cell),
                    verdict.rounds if verdict else None,
                )
            )
    return Table(
        (
            Column("model", "text"),
            Column("cores", "count"),
            Column("measure", "text"),
            Column("over the best", "ratio"),
            Column("low", "ratio"),
            Column("high", "ratio"),
            Column("verdict", "text"),
            Column("rounds", "count"),
        ),
        tuple(lines),
        "Ratio of the same rounds; the intervals of one core count hold together "
        "at 95 %.",
    )


def so_what(view: View, standing: Standing) -> str:
    """Who is best on the most cores, and what the verdicts say beside it."""
    best, metric = standing.order[0], standing.metric
    where = words.capital(on_cores(standing.group.cores))
    if standing.bound:
        who = words.listed(view.label(c) for c in standing.bound)
        return f"{where} nobody wins: what was measured of {who} is only a bound."
    verb = {RATE: "is fastest", CPU: "needs the least CPU"}.get(
        metric, "answers soonest"
    )
    if standing.winner and standing.lead:
        lead = standing.lead
        times = spelled(max(lead.ratio, 1 / lead.ratio))
        return f"{where} {view.label(best)} {verb}, {times} times the next, {view.label(lead.b)}."
    return f"{where} {view.label(best)} has the best median{beside(view, best, standing.order[1:], metric)}."
