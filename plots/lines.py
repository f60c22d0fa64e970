"""The form of lines along an axis: cores, jobs in flight, a share, workers.

Each place of the axis that was measured is a stretch of its own, and each model
has a lane in it: its marker with the interval, and right of that its
repetitions. So nothing lies on anything else, and no place is off by a lane,
for the axis names stretches and is not to scale. No line joins what cannot be
compared. With one core count on an axis of cores the same values are rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from plots import labels, layout, marks, rows, style
from plots.figure import CORES, WORKERS, Bracket, Figure, Reference, Sheet
from plots.formats import on_cores
from plots.labels import End
from plots.looks import DOTTED, IDEAL
from plots.points import Point
from plots.view import View
from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import BOUND, LATE, SHARED

HALF = 0.42  # of a stretch, in units of the axis
WIDEST = 0.22  # of a lane
TALL = 2.7  # inches of a panel, unless its labels need more


@dataclass(frozen=True)
class Panel:
    """What one panel shows: cells by the name of their line, and their points."""

    figure: Figure
    view: View
    title: str
    lines: Mapping[str, Sequence[Cell]]
    points: Mapping[str, Point]
    references: Sequence[Reference]
    bracket: Bracket | None

    @property
    def cells(self) -> list[Cell]:
        return [cell for some in self.lines.values() for cell in some]

    @property
    def places(self) -> list[float]:
        return sorted({self.figure.axis.of(cell) for cell in self.cells})

    @property
    def values(self) -> list[float]:
        """All that must be within the axis of values."""
        each = [self.points[cell.name] for cell in self.cells]
        found = [v for p in each for v in (*p.values, p.high or 0.0)]
        return found + [v for r in self.references for v in r.values.values()]

    @property
    def texts(self) -> list[str]:
        """The labels of lines and references: name, value at the end, and what
        to know of it."""
        write = self.figure.measures[0].form.write
        found = []
        for name, cells in self.lines.items():
            last = cells[-1]
            place = self.figure.axis.of(last)
            text = f"{name}  {write(self.points[last.name].middle)}"
            text += self.figure.label(self.view, last)
            if place != self.places[-1]:
                unit = f" core{'s' if place > 1 else ''}"
                text += f" (at {place:g}{unit if self.figure.axis is CORES else ''})"
            failed = sum(len(cell.failed) for cell in cells)
            text += remarks(last) + (f" ({failed} failed)" if failed else "")
            found.append(text)
        ends = [(r.label, [*r.values.values()][-1]) for r in self.references]
        return found + [f"{label}  {write(value)}" for label, value in ends]

    @property
    def wide(self) -> float:
        """How wide a lane is, in units of the axis."""
        return min(2 * HALF / len(self.lines), WIDEST)

    def starts(self, name: str) -> list[float]:
        """The left ends of a line's lanes."""
        at = {place: i for i, place in enumerate(self.places)}
        shift = self.wide * ([*self.lines].index(name) - len(self.lines) / 2)
        return [at[self.figure.axis.of(cell)] + shift for cell in self.lines[name]]

    def parts(self, name: str) -> Iterator[list[int]]:
        """A line in parts: it leads neither into CPUs that are shared with
        others, nor through a bracket."""
        cells, part, of = self.lines[name], [0], self.figure.axis.of
        for k in range(1, len(cells)):
            a, b = cells[k - 1], cells[k]
            apart = (SHARED in a.flags) != (SHARED in b.flags)
            if self.bracket and self.bracket.high is not None:
                apart |= of(a) < self.bracket.high and of(b) > self.bracket.low
            if apart:
                yield part
                part = []
            part.append(k)
        yield part


def remarks(cell: Cell) -> str:
    """What a reader must know of a cell's figures: ' (generator-bound)'."""
    found = sorted((BOUND | {LATE}) & {*cell.flags})
    if cell.requests and cell.in_flight < (cell.params.get("connections") or 0):
        found.insert(0, "1 client")
    return f" ({', '.join(found)})" if found else ""


def sheet(figure: Figure, view: View) -> Sheet | None:
    if figure.axis is CORES and len(view.cores) == 1:
        return rows.sheet(figure, view)
    points = figure.points(view)
    panels = [*_panels(figure, view, points[0])]
    every = [points[0][cell.name] for panel in panels for cell in panel.cells]
    if not any(point.middle > 0 for point in every):
        return None
    measure, unit = figure.measures[0], figure.measures[0].form
    log = rows.is_log(every) if figure.log is None else figure.log
    low, high = _bounds([v for panel in panels for v in panel.values], log)
    left_out = {*view.cores} - {c.cores for panel in panels for c in panel.cells}
    note = view.note(figure.note, "other core counts: in the table" if left_out else "")
    texts = [panel.texts for panel in panels]
    tall = max(TALL, labels.APART * max(map(len, texts)) + 0.1)
    marked = layout.ticks(low, high, int(tall / 0.5), log, unit.base)
    drawn, axes = style.frame(
        figure.worded(figure.title, view),
        note,
        tall,
        left=0.45 + layout.widest(map(unit.tick, marked), 15),
        right=labels.room([text for some in texts for text in some]),
        rows=len(panels),
    )
    for i, (axis, panel) in enumerate(zip(axes, panels)):
        _stretches(axis, panel)
        style.scale(axis, "y", low, high, log, unit)
        style.heading(axis, panel.title, rows.logged(measure.name, log), left=0.25)
        ends = [
            _line(axis, panel, name, f"{i}-{k}") for k, name in enumerate(panel.lines)
        ]
        ends += [_reference(axis, panel, reference) for reference in panel.references]
        labels.draw(axis, ends, texts[i])
    axes[-1].set_xlabel(figure.axis.name)
    key = marks.key(every, marks.MEDIAN, measure.of)
    if any(panel.bracket and panel.bracket.high is not None for panel in panels):
        area = marks.area(facecolor="none", edgecolor=IDEAL, hatch="...", linewidth=0)
        key.append((area, "the change lies in here"))
    style.key(drawn, key)
    return figure.sheet(view, points, drawn, note)


def _panels(figure: Figure, view: View, points: Mapping[str, Point]) -> Iterator[Panel]:
    """One, or one for the fewest cores and one for the most."""
    cells = [cell for cell in figure.shown(view) if cell.name in points]
    counts = sorted({cell.cores for cell in cells if not cell.is_floor})
    several = figure.axis.panels

    def name(cell: Cell) -> str:
        return cell.label if figure.axis is WORKERS else view.label(cell)

    for count in dict.fromkeys(counts[:1] + counts[-1:] if several else counts[:1]):
        here = [c for c in cells if c.cores == count or not several]
        bracket = figure.bracket(view, count)
        title = words.capital(on_cores(count)[3:]) if several else ""
        title += f": {bracket.text}" if bracket else ""
        lines: dict[str, list[Cell]] = {name(cell): [] for cell in here}
        for cell in sorted(here, key=figure.axis.of):
            lines[name(cell)].append(cell)
        places = {figure.axis.of(cell) for cell in here}
        if bracket and not {bracket.low, bracket.high} <= places:
            bracket = None  # its words are in the title
        references = [r for r in figure.references(view, count) if places & {*r.values}]
        yield Panel(figure, view, title, lines, points, references, bracket)


def _bounds(values: Sequence[float], log: bool) -> tuple[float, float]:
    low, high = min(v for v in values if v > 0), max(values)
    edge = (high / low) ** 0.06
    return (low / edge, high * edge) if log else (0.0, 1.06 * high)


def _stretches(axes: Axes, panel: Panel) -> None:
    """All that stands on one stretch was measured there."""
    places, axis, texts = panel.places, panel.figure.axis, []
    axes.set_xlim(-HALF - 0.03, len(places) - 1 + HALF + 0.03)
    for i, place in enumerate(places):
        axes.axvspan(i - HALF, i + HALF, color=marks.BAND, zorder=0)
        texts.append(axis.tick(place, [c for c in panel.cells if axis.of(c) == place]))
    axes.set_xticks(range(len(texts)), texts)
    if panel.bracket and panel.bracket.high is not None:
        low, high = map(places.index, (panel.bracket.low, panel.bracket.high))
        looks = {"facecolor": "none", "edgecolor": IDEAL, "hatch": "..", "zorder": 0.5}
        axes.axvspan(low + HALF, high - HALF, linewidth=0, **looks)


def _line(axes: Axes, panel: Panel, name: str, gid: str) -> End:
    """One model: line, dots, intervals, medians. Returns where it ends."""
    cells, starts, floor = panel.lines[name], panel.starts(name), axes.get_ylim()[0]
    look, wide = panel.view.look(cells[0]), panel.wide
    each = [panel.points[cell.name] for cell in cells]
    xs = [x + 0.28 * wide for x in starts]
    ys = [max(point.middle, floor) for point in each]
    leads = {"linewidth": 2.0 if panel.figure.axis is CORES else 1.3, "alpha": 0.55}
    for part in panel.parts(name):
        if len(part) > 1:
            line = [xs[k] for k in part], [ys[k] for k in part]
            marks.plot(axes, *line, color=look.colour, linestyle=look.dash, **leads)
    known = [(x, p) for x, p in zip(xs, each) if p.low is not None]
    ends = [((x, max(p.low, floor)), (x, max(p.high, floor))) for x, p in known]
    marks.strokes(axes, ends, color=look.colour, linewidth=2.5, zorder=4)
    inch = style.inches(axes)[0] / (axes.get_xlim()[1] - axes.get_xlim()[0])
    size = min(9.0, max(3.5, 0.45 * inch * wide * 72))
    marks.medians(axes, xs, ys, look, size)
    spots, dots = [], []
    for x, point in zip(starts, each):
        dots += point.dots
        spots += [x + wide * (0.72 + 0.4 * w) for w in layout.jitter(len(point.dots))]
    values = [max(dot.value, floor) for dot in dots]
    marks.dots(axes, spots, values, dots, look, gid, min(marks.DOT, 0.7 * size))
    last = panel.figure.axis.of(cells[-1]) == panel.places[-1]
    return End(look, xs[-1] if last else None, ys[-1])


def _reference(axes: Axes, panel: Panel, reference: Reference) -> End:
    """A ceiling over each of the stretches, and a line between them."""
    at = {place: i for i, place in enumerate(panel.places)}
    known = [(at[p], value) for p, value in reference.values.items() if p in at]
    xs = [x for i, _ in known for x in (i - HALF, i + HALF)]
    ys = [value for _, value in known for _ in range(2)]
    dash = (0, (5, 3)) if reference.measured else DOTTED
    marks.plot(axes, xs, ys, color=IDEAL, linewidth=1.5, linestyle=dash, zorder=2)
    return End(None, xs[-1], ys[-1])
