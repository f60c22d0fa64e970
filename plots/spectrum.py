"""Figure: latency by percentile, up to the slowest request of all.

The axis goes by nines, so that the slow tail has as much room as the rest:
what happens to one request in a hundred happens to a page of a hundred
requests every time. Repetitions are added up, for their histograms can be; a
percentile is drawn only as far as 100 samples lie beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from plots import curves, direct_labels, layout, loads, marks, panels, style
from plots.chart import Chart, Column, Table, on_cores, seconds, spelled
from plots.chart import tick_plain, tick_seconds
from plots.curves import Curve, Part, nines
from plots.direct_labels import End
from plots.panels import Form
from plots.view import View
from reports.data import histograms
from reports.data.cells import HEAD_OF_LINE
from reports.data.histograms import Histogram

SHARES = (0.5, 0.9, 0.99, 0.999, 0.9999)
STEP = 0.04  # nines from one point of a curve to the next
GAP = 0.55  # nines from the last percentile to the slowest
NAIVE = (0, (4, 2))
TALL = 3.3


def chart(view: View) -> Chart | None:
    """None where no histogram is known."""
    line = view.scenario == HEAD_OF_LINE
    parts = curves.by_cores(view) if line else curves.by_load(view)
    if not parts:
        return None
    what = "latency of the cheap requests" if line else "latency by percentile"
    on = "" if line else f", {on_cores(loads.apart(view))}"
    title = f"{view.title}: {what}{on}"
    far = max(curves.far(curve) for part in parts for curve in part.curves)
    form = Form(
        title,
        "percentile",
        "latency (logarithmic)",
        nines,
        tick_plain,
        tick_seconds,
        True,
    )
    kept = "open loops count from the intended send; merged over repetitions"
    note = loads.note(view if line else loads.on(view, loads.apart(view)), kept)
    with style.context():
        figure, axes = _frame(view, parts, form, note)
        low, high = _bounds(parts)
        columns = min(len(parts), 2)
        for i, (axis, part) in enumerate(zip(axes, parts)):
            panels.upwards(axis, form, low, high, named=i % columns == 0)
            _across(axis, far)
            axis.set_title(part.title, fontsize=15, fontweight="bold", loc="left")
            ends = [_curve(axis, view, c, far) for c in part.curves]
            if part.naive:
                _naive(axis, view, part.naive)
            if i % columns == columns - 1 or i == len(parts) - 1:
                direct_labels.draw(axis, ends)
        panels.name_across(axes, form)
        key = [(style.dot_mark(), "slowest request of a repetition")]
        if any(part.naive for part in parts):
            key.append((_naive_mark(), "naive: counted from the actual send"))
        style.key(figure, key)
        return view.chart(
            "spectrum",
            figure=figure,
            question="What do the slowest requests get?",
            title=title,
            so_what=so_what(view, parts),
            table=table(view, parts),
            note=note,
        )


def _frame(view: View, parts: Sequence[Part], form: Form, note: str):
    low, high = _bounds(parts)
    ticks = [form.tick(tick) for tick in panels.ticks(low, high, form)]
    names = [_text(view, curve) for part in parts for curve in part.curves]
    most = max(len(part.curves) for part in parts)
    tall = max(TALL, direct_labels.APART * most + 0.1)
    return panels.grid(
        form,
        note,
        len(parts),
        tall,
        left=0.75 + max(layout.width(text, 15) for text in ticks),
        right=direct_labels.room(names),
    )


def _bounds(parts: Sequence[Part]) -> tuple[float, float]:
    every = [curve for part in parts for curve in part.curves]
    low = min(curve.found.quantile(0.5) for curve in every)
    for part in parts:
        naive = part.naive and histograms.of(part.naive.cell, "naive_histogram")
        low = min(low, naive.quantile(0.5) / 1.5) if naive else low
    return low / 1.6, max(curve.top for curve in every) * 1.5


def _across(axes: Axes, far: float) -> None:
    shares = [share for share in SHARES if nines(share) <= far + 0.01]
    spots = [*(nines(share) for share in shares), far + GAP]
    texts = [*(f"{100 * share:g}" for share in shares), "max"]
    axes.set_xlim(nines(0.5) - 0.12, far + GAP + 0.2)
    axes.set_xticks(spots, texts)
    for spot in spots:
        axes.axvline(spot, color=style.RULE, linewidth=1, zorder=0.5)


def _text(view: View, curve: Curve) -> str:
    return view.label(curve.cell)


def _curve(axes: Axes, view: View, curve: Curve, far: float) -> End:
    """The curve as far as it is known, its marks, and the slowest apart."""
    look, last = view.look(curve.cell), curves.far(curve)
    first = nines(0.5)
    xs = [first + STEP * k for k in range(int((last - first) / STEP) + 1)] + [last]
    ys = [curve.found.quantile(1 - 10**-x) for x in xs]
    axes.plot(xs, ys, color=look.colour, linestyle=look.dash, linewidth=2, zorder=3)
    known = [share for share in SHARES if nines(share) <= last + 1e-9]
    at = [curve.found.quantile(share) for share in known]
    marks.medians(axes, [nines(share) for share in known], at, look, 8)
    edge = far + GAP
    axes.plot(
        [last, edge],
        [ys[-1], curve.top],
        color=look.colour,
        linewidth=1,
        linestyle=style.DOTTED,
        zorder=2.5,
    )
    count = len(curve.slowest)
    spots = [edge + 0.12 * layout.jitter(k, count) for k in range(count)]
    marks.dots(axes, spots, curve.slowest, look, f"repetitions-{curve.cell.name}")
    return End(_text(view, curve), look, edge, curve.top)


def _naive(axes: Axes, view: View, curve: Curve) -> None:
    found = histograms.of(curve.cell, "naive_histogram")
    first, last = nines(0.5), nines(found.farthest)
    xs = [first + STEP * k for k in range(int((last - first) / STEP) + 1)] + [last]
    ys = [found.quantile(1 - 10**-x) for x in xs]
    axes.plot(xs, ys, color=style.QUIET, linestyle=NAIVE, linewidth=1.8, zorder=2.8)
    axes.annotate(
        f"naive: {view.label(curve.cell)}",
        # Below its beginning: from there the line rises away from the words.
        (xs[0], ys[0]),
        xytext=(4, -4),
        textcoords="offset points",
        fontsize=12,
        color=style.QUIET,
        va="top",
        zorder=7,
    )


def _naive_mark() -> style.Artist:
    return style.Line2D(
        [0, 0.3], [0.1, 0.1], color=style.QUIET, linewidth=1.8, linestyle=NAIVE
    )


def table(view: View, parts: Sequence[Part]) -> Table:
    """All percentiles that are known; of open loops the naive p99 as well."""
    rows = []
    for part in parts:
        for curve in part.curves:
            naive = histograms.of(curve.cell, "naive_histogram")
            row: list[object] = [part.title, view.label(curve.cell)]
            row.append(curve.found.count)
            row += [_at(curve.found, share) for share in SHARES]
            rows.append((*row, curve.top, _at(naive, 0.99)))
    return Table(
        (
            Column("", "text"),
            Column("server", "text"),
            Column("requests", "count"),
            *(Column(f"p{100 * share:g}", "seconds") for share in SHARES),
            Column("slowest", "seconds"),
            Column("naive p99", "seconds"),
        ),
        tuple(rows),
        "All repetitions together. A percentile is given if at least 100 requests "
        "lie beyond it. Naive: from the actual send instead of the intended one.",
    )


def _at(found: Histogram | None, share: float) -> float | None:
    if found is None or share > found.farthest + 1e-9:
        return None
    return found.quantile(share)


def so_what(view: View, parts: Sequence[Part]) -> str:
    """The tail beside the middle in the last panel, and the lie of the naive."""
    part = parts[0] if view.scenario == HEAD_OF_LINE else parts[-1]
    fair = [c for c in part.curves if c.cell.comparable]
    if not fair:
        return "No server finished all its repetitions."
    # The farthest that is known of all, or somebody would be left out.
    share = max(s for s in SHARES if all(s <= c.found.farthest for c in fair))
    fair.sort(key=lambda c: c.found.quantile(share))
    best, worst = fair[0], fair[-1]
    text = f"{part.title}: {_rare(share)} takes at least"
    text += f" {seconds(best.found.quantile(share))} under {view.label(best.cell)}"
    if worst is not best:
        text += f" and {seconds(worst.found.quantile(share))} under"
        text += f" {view.label(worst.cell)}"
    times = worst.found.quantile(share) / worst.found.quantile(0.5)
    text += f", {spelled(times)} times its median"
    if part.naive:
        naive = histograms.of(part.naive.cell, "naive_histogram")
        least = min(naive.farthest, part.naive.found.farthest)
        lie = part.naive.found.quantile(least) / naive.quantile(least)
        text += (
            "; a client that waits for answers before it asks again and counts from "
            f"its own sends would tell {spelled(lie)} times less"
        )
    return f"{text}."


def _rare(share: float) -> str:
    return f"one request in {round(1 / (1 - share)):,}"
