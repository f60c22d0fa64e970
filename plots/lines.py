"""The form of lines along an axis: cores, jobs in flight, a share, workers.

Each place that was measured is a stretch of the axis, which is not to scale, and
each model has a lane in it: its marker with the interval, right of that its
repetitions. So nothing lies on anything else. No line joins what cannot be
compared. With one core count on an axis of cores the same values are rows.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from operator import attrgetter
from typing import Iterator, Mapping, Sequence

from matplotlib.axes import Axes

from plots import marks, rows, style
from plots.figure import Bracket, Figure, Reference, Sheet
from plots.measure import Point
from plots.style import IDEAL
from plots.view import View
from reports.data import Cell, words
from reports.data.metrics import LATE, RATE, SHARED

HALF = 0.42  # of a stretch, in units of the axis
WIDEST = 0.22  # of a lane
TALL = 2.7  # inches of a panel, unless its names need more


@dataclass(frozen=True)
class Panel:
    """What one panel shows: cells by the name of their line, and their points."""

    figure: Figure
    view: View
    title: str
    lines: Mapping[str, Sequence[Cell]]
    points: Mapping[str, Point]
    references: Sequence[Reference]
    bracket: Bracket | None  # with both ends

    cells = cached_property(lambda p: [*chain.from_iterable(p.lines.values())])
    places = cached_property(lambda p: sorted({p.figure.axis.of(c) for c in p.cells}))

    @property
    def texts(self) -> list[str]:
        """Names of lines and references: value at the end, what to know of it."""
        axis, write, found = self.figure.axis, self.figure.measures[0].form.write, []
        for name, cells in self.lines.items():
            last, place = cells[-1], axis.of(cells[-1])
            text = f"{name}  {write(self.points[last.name].middle)}"
            text += self.figure.label(self.view, last)
            if place != self.places[-1]:
                at = axis.write(place) if axis.panels else words.counted(place, "core")
                text += f" (at {at})"
            failed = sum(len(cell.failed) for cell in cells)
            found.append(text + remarks(last) + f" ({failed} failed)" * bool(failed))
        ends = [(r.label, [*r.values.values()][-1]) for r in self.references]
        return found + [f"{label}  {write(value)}" for label, value in ends]

    def parts(self, cells: Sequence[Cell]) -> list[list[int]]:
        """It leads neither into CPUs shared with others, nor through a bracket."""
        of, parts = self.figure.axis.of, [[0]]
        for k, (a, b) in enumerate(pairwise(cells), start=1):
            apart = (SHARED in a.flags) != (SHARED in b.flags)
            if self.bracket:
                apart |= of(a) < self.bracket.high and of(b) > self.bracket.low
            if apart:
                parts.append([])
            parts[-1].append(k)
        return parts


def remarks(cell: Cell) -> str:
    """What a reader must know of a cell's figures: ' (generator-bound)'."""
    found = sorted((RATE.bound | {LATE}) & {*cell.flags})
    if cell.requests and cell.in_flight < (cell.params.get("connections") or 0):
        found.insert(0, "1 client")
    return f" ({', '.join(found)})" if found else ""


def sheet(figure: Figure, view: View) -> Sheet | None:
    if not figure.axis.panels and len(view.cores) == 1:
        return rows.sheet(figure, view)
    points = figure.points(view)
    panels = [*_panels(figure, view, points[0])]
    every = [points[0][cell.name] for panel in panels for cell in panel.cells]
    if not any(point.middle > 0 for point in every):
        return None
    measure, unit = figure.measures[0], figure.measures[0].form
    log = rows.is_log(every) if figure.log is None else figure.log
    values = [v for p in every for v in (*p.values, p.high or 0.0)]
    values += [v for p in panels for r in p.references for v in r.values.values()]
    low, high = min(v for v in values if v > 0), max(values)
    edge = (high / low) ** 0.06
    low, high = (low / edge, high * edge) if log else (0.0, 1.06 * high)
    left_out = {*view.cores} - {c.cores for panel in panels for c in panel.cells}
    texts = [panel.texts for panel in panels]
    tall = max(TALL, marks.APART * max(map(len, texts)) + 0.1)
    ticks = style.ticks(low, high, int(tall / 0.5), log, unit.base)
    key = marks.key(every, marks.MEDIAN, measure.of)
    if any(panel.bracket for panel in panels):
        area = marks.area(facecolor="none", edgecolor=IDEAL, hatch="...", linewidth=0)
        key.append((area, "the change lies in here"))
    head = figure.head(view, key, "other core counts: in the table" * bool(left_out))
    left = 0.45 + style.widest(map(unit.tick, ticks), 15)
    right = marks.room([text for some in texts for text in some])
    drawn, axes = style.frame(*head, tall, left=left, right=right, rows=len(panels))
    for i, (axis, panel) in enumerate(zip(axes, panels)):
        _stretches(axis, panel)
        style.scale(axis, "y", low, high, log, unit)
        style.heading(axis, panel.title, rows.logged(measure.name, log), left=0.25)
        ends = [_line(axis, panel, k, f"{i}-{k}") for k in range(len(panel.lines))]
        ends += [_reference(axis, panel, reference) for reference in panel.references]
        marks.names(axis, ends, texts[i])
    axes[-1].set_xlabel(figure.axis.name)
    return figure.sheet(view, points, drawn, head)


def _panels(figure: Figure, view: View, points: Mapping[str, Point]) -> Iterator[Panel]:
    """One, or one for the fewest cores and one for the most."""
    cells = [cell for cell in figure.shown(view) if cell.name in points]
    counts = sorted({cell.cores for cell in view.cells if cell.name in points})
    axis, several = figure.axis, figure.axis.panels
    for count in dict.fromkeys(counts[:1] + counts[-1:] if several else counts[:1]):
        here = [c for c in cells if c.cores == count or not several]
        name = attrgetter("label") if axis.key == "workers" else view.label
        found = words.gathered((name(cell), cell) for cell in here)
        lines = {text: sorted(some, key=axis.of) for text, some in found.items()}
        places = {axis.of(cell) for cell in here}
        bracket = figure.bracket(view, count)
        title = words.counted(count, "core") if several else ""
        title += f": {bracket.text}" if bracket else ""
        if bracket and not {bracket.low, bracket.high} <= places:
            bracket = None  # its words are in the title
        references = [r for r in figure.references(view, count) if places & {*r.values}]
        yield Panel(figure, view, title, lines, points, references, bracket)


def _stretches(axes: Axes, panel: Panel) -> None:
    """All that stands on one stretch was measured there."""
    places, axis, texts = panel.places, panel.figure.axis, []
    axes.set_xlim(-HALF - 0.03, len(places) - 1 + HALF + 0.03)
    for i, place in enumerate(places):
        axes.axvspan(i - HALF, i + HALF, color=marks.BAND, zorder=0)
        more = (axis.more(c) for c in panel.cells if axis.of(c) == place)
        texts.append(f"{axis.write(place)}{max(more)}")
    axes.set_xticks(range(len(texts)), texts)
    if panel.bracket:
        low, high = map(places.index, (panel.bracket.low, panel.bracket.high))
        looks = {"facecolor": "none", "edgecolor": IDEAL, "hatch": "..", "zorder": 0.5}
        axes.axvspan(low + HALF, high - HALF, linewidth=0, **looks)


def _line(axes: Axes, panel: Panel, number: int, gid: str) -> marks.End:
    """One model: line, dots, intervals, medians. Returns where it ends."""
    cells, count = [*panel.lines.values()][number], len(panel.lines)
    wide, floor = min(2 * HALF / count, WIDEST), axes.get_ylim()[0]
    at = [panel.places.index(panel.figure.axis.of(cell)) for cell in cells]
    starts = [place + wide * (number - count / 2) for place in at]
    look = panel.view.look(cells[0])
    each = [panel.points[cell.name] for cell in cells]
    xs = [x + 0.28 * wide for x in starts]
    ys = [max(point.middle, floor) for point in each]
    thick = 1.3 if panel.figure.axis.panels else 2.0
    looks = {**look.ink, "linestyle": look.dash, "linewidth": thick}
    for part in panel.parts(cells):
        if len(part) > 1:
            line = [xs[k] for k in part], [ys[k] for k in part]
            marks.plot(axes, *line, alpha=0.55, **looks)
    known = [(x, p) for x, p in zip(xs, each) if p.low is not None]
    ends = [((x, max(p.low, floor)), (x, max(p.high, floor))) for x, p in known]
    marks.strokes(axes, ends, **look.ink, linewidth=2.5, zorder=4)
    inch = style.inches(axes)[0] / (axes.get_xlim()[1] - axes.get_xlim()[0])
    size = min(9.0, max(4.5, 0.6 * inch * wide * 72))
    marks.medians(axes, xs, ys, look, size)
    spots = (
        (x + wide * (0.72 + 0.4 * way), max(dot.value, floor), dot)
        for x, point in zip(starts, each)
        for dot, way in zip(point.dots, style.jitter(len(point.dots)))
    )
    marks.dots(axes, spots, look, gid, min(marks.DOT, 0.55 * size))
    return marks.End(look, xs[-1] if at[-1] == len(panel.places) - 1 else None, ys[-1])


def _reference(axes: Axes, panel: Panel, reference: Reference) -> marks.End:
    """A ceiling over each of the stretches, and a line between them."""
    at = {place: i for i, place in enumerate(panel.places)}
    known = [(at[p], value) for p, value in reference.values.items() if p in at]
    xs = [x for i, _ in known for x in (i - HALF, i + HALF)]
    ys = [value for _, value in known for _ in range(2)]
    dash = style.dashed(5, 3) if reference.measured else style.dashed(1, 2)
    marks.plot(axes, xs, ys, color=IDEAL, linewidth=1.5, linestyle=dash, zorder=2)
    return marks.End(None, xs[-1], ys[-1])
