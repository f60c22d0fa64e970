"""Figure: how long a job takes from its admission to its end: p50, p90, p99.

Admission is when the model takes the job on, so queueing inside the model
counts. A job that nothing delays takes what it waits and computes. p90 needs
100 jobs in a repetition and p99 10,000; fewer would be a guess.
"""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes

from plots import cuts, layout, rows, style
from plots.chart import Chart, Column, Point, Table, caption, level
from plots.chart import exact, on_cores, seconds, spelled, tick_seconds
from plots.view import View
from reports.data import words
from reports.data.run import Cell

PARTS = ("p50", "p90", "p99")
# The row names the model, so that markers are free to name the percentile.
MARKERS = {"p50": ("o", True), "p90": ("o", False), "p99": ("D", True)}
MOST_ROWS = 24
Latency = Mapping[str, Point]


def chart(view: View) -> Chart | None:
    """None for jobs that do not wait, and along a mix of shares."""
    if not view.workload.waits or cuts.setting(view) is cuts.SHARE:
        return None
    view = cuts.ruled(view)
    found = {c.name: parts for c in view.cells if (parts := _parts(c))}
    if not found:
        return None
    most = max(c.cores for c in view.cells if c.name in found)
    cells, left_out = _rows(view, found, most)
    title = f"{view.title}: time from admission to end, {on_cores(most)}"
    note = view.note(left_out)
    life = next((c.life_seconds for c in cells if c.life_seconds), None)
    with style.context():
        beside = [f"{c.limit or c.in_flight:,} in flight" for c in cells]
        figure, (axes,) = rows.frame(view, cells, title, note, beside=beside)
        far = [max(found[c.name].values(), key=rows.beyond) for c in cells]
        texts = [_text(found[c.name]) for c in cells]
        every = [p for c in cells for p in found[c.name].values()]
        values = [v for p in every for v in p.values if v > 0] + [life or 1.0]
        span = (min(values[:-1] or values) if not life else min(values), max(values))
        axes.set_xlabel("latency (logarithmic)")
        rows.scale(axes, far, texts, tick_seconds, log=True, span=span)
        marks = [(_mark(part), part) for part in PARTS]
        marks += [(style.tick_mark(), "median of repetitions")]
        if life:
            axes.axvline(life, color=style.IDEAL, linewidth=1.5, linestyle=style.DOTTED)
            marks.append((style.dotted_mark(), f"wait + compute: {exact(life)}"))
        for i, cell in enumerate(cells):
            _row(axes, i, found[cell.name], view.look(cell))
            rows.label(axes, rows.beyond(far[i]), i, texts[i])
        style.key(figure, marks)
        return view.chart(
            "latency",
            figure=figure,
            question="How long does a job take, and how much longer do the slowest?",
            title=title,
            so_what=so_what(view, found, most),
            table=table(view, found),
            note=note,
        )


def _parts(cell: Cell) -> dict[str, Point]:
    parts = {part: level(cell.values(f"latency_{part}_seconds")) for part in PARTS}
    known = {part: point for part, point in parts.items() if point}
    return known if "p50" in known else {}


def _rows(
    view: View, found: Mapping[str, Latency], most: int
) -> tuple[list[Cell], str]:
    """A row per model and limit on the most cores; of too many limits the
    lowest and the highest."""
    cells = [c for c in view.ordered if c.cores == most and c.name in found]
    parts = [] if len(view.cores) == 1 else ["other core counts"]
    if len(cells) > MOST_ROWS and len(view.limits) > 2:
        ends = {view.limits[0], view.limits[-1], None}
        cells = [c for c in cells if c.limit in ends]
        parts.append("other limits")
    return cells, f"{words.listed(parts)}: in the table" if parts else ""


def _text(parts: Latency) -> str:
    """ "p50 5.1 ms, p99 7.2 ms": the middle and the farthest that is known."""
    known = [part for part in PARTS if part in parts]
    ends = dict.fromkeys((known[0], known[-1]))
    return ", ".join(f"{part} {seconds(parts[part].middle)}" for part in ends)


def _row(axes: Axes, y: float, parts: Latency, look: style.Look) -> None:
    middles = [point.middle for point in parts.values()]
    axes.plot(
        [min(middles), max(middles)],
        [y, y],
        color=look.colour,
        linewidth=2.5,
        alpha=0.6,
        zorder=3,
    )
    for part, point in parts.items():
        marker, filled = MARKERS[part]
        axes.plot(
            [point.middle] * 2,
            [y - 0.42, y + 0.42],
            color=style.INK,
            linewidth=2,
            clip_on=False,
            zorder=5,
        )
        dots = axes.plot(
            point.values,
            [y + 0.6 * layout.jitter(k, point.n) for k in range(point.n)],
            linestyle="",
            marker=marker,
            markersize=style.DOT,
            color=look.colour,
            markerfacecolor=look.colour if filled else "#ffffff",
            markeredgecolor="#ffffff" if filled else look.colour,
            markeredgewidth=0.5 if filled else 1.2,
            clip_on=False,
            zorder=6,
        )
        dots[0].set_gid(f"repetitions-{part}-{y}")


def _mark(part: str) -> style.Artist:
    marker, filled = MARKERS[part]
    return style.Line2D(
        [0.15],
        [0.1],
        linestyle="",
        marker=marker,
        markersize=style.DOT + 1,
        color=style.INK,
        markerfacecolor=style.INK if filled else "#ffffff",
        markeredgewidth=1.2,
    )


def table(view: View, found: Mapping[str, Latency]) -> Table:
    columns = [
        Column("model", "text"),
        Column("cores", "count"),
        Column("in flight, asked", "count"),
        Column("in flight", "count"),
    ]
    for part in PARTS:
        columns += [
            Column(f"{part}, median", "seconds"),
            Column("low", "seconds"),
            Column("high", "seconds"),
        ]
    rows_ = []
    for cell in view.ordered:
        if cell.name not in found:
            continue
        row: list[object] = [view.label(cell), cell.cores, cell.limit, cell.in_flight]
        for part in PARTS:
            p = found[cell.name].get(part)
            row += [p.middle, p.low, p.high] if p else [None, None, None]
        rows_.append((*row, len(cell.ok)))
    every = [p for parts in found.values() for p in parts.values()]
    return Table(
        (*columns, Column("n", "count")),
        tuple(rows_),
        f"From admission to the end of a job. {caption(every)} p90 needs 100 jobs in "
        "a repetition, p99 10,000.",
    )


def so_what(view: View, found: Mapping[str, Latency], most: int) -> str:
    """The shortest and the longest wait at the highest limit, beside what a
    job takes that nothing delays."""
    fair = [c for c in view.fair if c.cores == most and c.name in found]
    if not fair:
        return f"No model finished all its repetitions {on_cores(most)}."
    limit = max(c.limit or 1 for c in fair)
    there = [c for c in fair if (c.limit or 1) == limit]
    part = next(p for p in reversed(PARTS) if any(p in found[c.name] for c in there))
    there = [c for c in there if part in found[c.name]]
    there.sort(key=lambda c: found[c.name][part].middle)
    quick, slow = there[0], there[-1]
    text = (
        f"{words.capital(on_cores(most))} with {limit:,} in flight the {part} is "
        f"{seconds(found[quick.name][part].middle)} under {view.label(quick)}"
    )
    if slow is not quick:
        text += (
            f" and {seconds(found[slow.name][part].middle)} under {view.label(slow)}"
        )
    life = quick.life_seconds
    if life:
        over = found[slow.name][part].middle / life
        text += (
            f"; a job that nothing delays takes {seconds(life)}, so "
            f"{view.label(slow)} is at {spelled(over)} times that"
        )
    return text + "."
