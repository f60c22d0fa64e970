"""The form of throughput, speed-up and efficiency: a value against cores.

With several core counts: one line per model, every repetition a dot, labels
at the right end of their lines. With one core count a line would pretend to
a trend, so the same values become bars, one row per model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plots import direct_labels, layout, marks, rows, style
from plots.chart import Point, interval_words
from plots.direct_labels import End
from plots.view import Series, View
from reports.data import words

# Above this ratio of highest to lowest a zero baseline would press the low
# models into the axis, so the axis becomes logarithmic and says so.
LOG_FROM = 40.0


@dataclass(frozen=True)
class Form:
    """What the three figures differ in."""

    title: str
    axis: str  # label with unit
    text: Callable[[float], str]  # a value in a label
    tick: Callable[[float], str]  # a value at the axis
    of: str  # what the interval is of: median or ratio
    ideal: Callable[[float], float] | None  # cores -> value
    ideal_label: str
    extra: Mapping[str, str]  # more words at the label of a series
    curve: bool = True  # a straight ideal needs both axes in one scale
    shared: frozenset[int] = frozenset()  # core counts that the generator used
    reached: Mapping[int, float] = field(default_factory=dict)  # cores -> value


def draw(view: View, points: Mapping[str, Point], form: Form, note: str = "") -> Figure:
    """The figure. `points` is keyed by the names of the cells.

    Must be called inside `style.context()`."""
    note = note or view.note()
    if len(view.cores) == 1:
        return _bars(view, points, form, note)
    drawn = [s for s in view.series if any(c.name in points for c in s.cells)]
    names = [_words(view, series, points, form) for series in drawn]
    top = form.ideal(view.cores[-1]) if form.ideal else 0.0
    ideal = f"{form.ideal_label}  {form.text(top)}" if form.ideal else ""
    reached = _reached_words(view, form)
    right = direct_labels.room([*names, ideal, reached])
    left = 0.75 + max(layout.width(t, 15) for t in _ticks(points, form))
    figure, (axes,) = style.frame(5.5, form.title, note, left=left, right=right)
    doubling = is_doubling(view.cores)
    log = is_log(points) or (doubling and form.curve)
    place = _across(axes, view.cores, doubling, form.shared)
    _up(axes, view, points, form, log)
    gap = min(abs(place(b) - place(a)) for a, b in zip(view.cores, view.cores[1:]))
    lane = min(0.66 * gap / len(drawn), 0.12 * gap)
    half = max(len(drawn) / 2 * lane, 0.05 * gap)
    for count in view.cores:
        # All that stands on one band was measured on that many cores.
        axes.axvspan(
            place(count) - half, place(count) + half, color="#f4f4f4", zorder=0
        )
    ends = []
    for i, (series, name) in enumerate(zip(drawn, names)):
        shift = (i - (len(drawn) - 1) / 2) * lane
        x, y = _line(axes, series, points, place, shift, lane, i, form.shared)
        ends.append(End(name, series.look, x, y))
    if form.ideal:
        _ideal(axes, view, form, place)
        ends.append(End(ideal, None, place(view.cores[-1]), top))
    if reached:
        ends.append(End(reached, None, *_reached(axes, view, form, place)))
    direct_labels.draw(axes, ends)
    key = [(style.dot_mark(), "one repetition"), (style.median_mark(), _middle(form))]
    interval = interval_words(points.values(), form.of)
    if interval:
        key.append((style.interval_mark(), interval))
    style.key(figure, key)
    return figure


def _middle(form: Form) -> str:
    return "median" if form.of == "median" else "estimate"


def _axis(form: Form, log: bool) -> str:
    if not log:
        return form.axis
    if form.axis.endswith(")"):
        return form.axis[:-1] + ", logarithmic)"
    return form.axis + " (logarithmic)"


def _ticks(points: Mapping[str, Point], form: Form) -> list[str]:
    """What may stand at the axis of values: to know how wide it is."""
    values = [value for p in points.values() for value in p.values if value > 0]
    first = math.floor(math.log10(min(values)))
    last = math.ceil(math.log10(max(values)))
    steps = range(first, last + 1) if is_log(points) else (last,)
    return [form.tick(10.0**step) for step in steps] + [form.tick(1.5)]


def is_log(points: Mapping[str, Point]) -> bool:
    middles = [p.middle for p in points.values() if p.middle > 0]
    return bool(middles) and max(middles) / min(middles) > LOG_FROM


def is_doubling(cores: tuple[int, ...]) -> bool:
    """Whether the core counts stand so unevenly (1, 2, 4, 8, 16) that an axis
    to scale would crowd the low ones: then it goes by doubling."""

    def tightest(places: list[float]) -> float:
        gaps = [b - a for a, b in zip(places, places[1:])]
        return min(gaps) / (places[-1] - places[0])

    even = tightest([float(c) for c in cores])
    return even < 0.2 and tightest([math.log2(c) for c in cores]) > even


def _across(
    axes: Axes, cores: tuple[int, ...], doubling: bool, shared: frozenset[int]
) -> Callable[[float], float]:
    """The axis of cores, with a tick at every count that was measured and
    nowhere else."""
    place: Callable[[float], float] = math.log2 if doubling else float
    gaps = [place(b) - place(a) for a, b in zip(cores, cores[1:])]
    axes.set_xlim(place(cores[0]) - 0.42 * gaps[0], place(cores[-1]) + 0.42 * gaps[-1])
    named = [f"{c}, shared" if c in shared else str(c) for c in cores]
    axes.set_xticks([place(c) for c in cores], named)
    axes.set_xlabel(
        "cores (CPUs the model may use"
        + ("; shared: with the load generator" if shared else "")
        + ("; logarithmic)" if doubling else ")")
    )
    return place


def _up(
    axes: Axes, view: View, points: Mapping[str, Point], form: Form, log: bool
) -> None:
    tops = [value for p in points.values() for value in p.values]
    tops += [p.high for p in points.values() if p.high is not None]
    if form.ideal:
        tops.append(form.ideal(view.cores[-1]))
    tops += form.reached.values()
    axes.set_ylabel(_axis(form, log))
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    if log:
        low = min(v for p in points.values() for v in p.values if v > 0)
        axes.set_yscale("log")
        layout.log_ticks(axes.yaxis, low / 1.5, max(tops) * 1.5, 8, form.tick)
        axes.set_ylim(low / 1.5, max(tops) * 1.5)
    else:
        axes.set_ylim(0, 1.06 * max(tops))
        axes.yaxis.set_major_formatter(lambda value, _: form.tick(value))


def _line(
    axes: Axes,
    series: Series,
    points: Mapping[str, Point],
    place: Callable[[float], float],
    shift: float,
    lane: float,
    index: int,
    shared: frozenset[int],
) -> tuple[float, float]:
    """One model: line, dots, intervals, medians. Returns where it ends. Where
    the CPUs were shared its line is only there to lead the eye."""
    look = series.look
    cells = [c for c in series.cells if c.name in points]
    # The marker stands left in its lane and the dots right of it: a dot under
    # a marker would be a repetition that nobody sees.
    xs = [place(c.cores) + shift - 0.36 * lane for c in cells]
    ys = [points[c.name].middle for c in cells]
    own = sum(cell.cores not in shared for cell in cells)
    for part, looks in (
        (slice(0, own), {"linewidth": 2}),
        (slice(max(0, own - 1), None), {"linewidth": 1, "alpha": 0.6}),
    ):
        axes.plot(
            xs[part],
            ys[part],
            color=look.colour,
            linestyle=look.dash,
            zorder=3,
            **looks,
        )
    for x, cell in zip(xs, cells):
        point = points[cell.name]
        marks.interval(axes, x, point, look)
        right = (0.54 + 0.6 * layout.jitter(k, point.n) for k in range(point.n))
        spots = [x + lane * way for way in right]
        marks.dots(axes, spots, point.values, look, f"repetitions-{index}-{cell.cores}")
    marks.medians(axes, xs, ys, look)
    return xs[-1], ys[-1]


def _ideal(axes: Axes, view: View, form: Form, place: Callable[[float], float]) -> None:
    assert form.ideal is not None
    first, last = view.cores[0], view.cores[-1]
    steps = [first + (last - first) * k / 64 for k in range(65)]
    axes.plot(
        [place(c) for c in steps],
        [form.ideal(c) for c in steps],
        color=style.IDEAL,
        linewidth=1.5,
        linestyle=style.DOTTED,
        zorder=2,
    )


def _reached_words(view: View, form: Form) -> str:
    """The label of what independent processes reach; "" where none ran."""
    last = form.reached.get(view.cores[-1])
    return (
        "" if last is None else f"reachable: independent processes  {form.text(last)}"
    )


def _reached(
    axes: Axes, view: View, form: Form, place: Callable[[float], float]
) -> tuple[float, float]:
    """What independent processes reach: measured, so a line with marks. Returns
    where it ends."""
    cores = sorted(set(form.reached) & {*view.cores})
    xs, ys = [place(c) for c in cores], [form.reached[c] for c in cores]
    axes.plot(
        xs,
        ys,
        color=style.IDEAL,
        linewidth=1.5,
        linestyle="dashed",
        marker="_",
        markersize=11,
        zorder=2,
    )
    return xs[-1], ys[-1]


def _words(view: View, series: Series, points: Mapping[str, Point], form: Form) -> str:
    """The label of a line: name, value at its end, and what to know of it."""
    last = [c for c in series.cells if c.name in points][-1]
    text = f"{series.label}  {form.text(points[last.name].middle)}"
    text += form.extra.get(last.name, "")
    if last.cores != view.cores[-1]:
        text += f" (at {words.counted(last.cores, 'core')})"
    if last.failed:
        text += f" ({len(last.failed)} failed)"
    return text


def _bars(view: View, points: Mapping[str, Point], form: Form, note: str) -> Figure:
    """The same values when there is one core count: a bar per model."""
    cells = [cell for cell in view.ordered if cell.name in points]
    log = is_log(points)
    figure, (axes,) = rows.frame(view, cells, form.title, note)
    shown = [points[cell.name] for cell in cells]
    texts = [
        form.text(p.middle) + form.extra.get(c.name, "") for c, p in zip(cells, shown)
    ]
    axes.set_xlabel(_axis(form, log))
    rows.scale(axes, shown, texts, form.tick, log=log)
    rows.points(axes, view, cells, shown, texts, bars=not log)
    key = rows.key(_middle(form), interval_words(shown, form.of))
    if form.ideal:
        ideal = form.ideal(view.cores[0])
        low, high = axes.get_xlim()
        if low < ideal < high:
            axes.axvline(
                ideal, color=style.IDEAL, linewidth=1.5, linestyle=style.DOTTED
            )
            words_ = f"{form.ideal_label} {form.text(ideal)}"
            key.append((style.dotted_mark(), words_))
    style.key(figure, key)
    return figure
