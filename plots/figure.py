"""What a figure is: a declaration, of which chart, table and sentence follow.

figures.toml lists them all. A form (lines.py, rows.py and the special ones) draws
what is declared; what is not declared is as it is by default.
"""

from dataclasses import dataclass
from typing import Any, Callable, Iterable, Mapping, NamedTuple, Sequence

from matplotlib.figure import Figure as Drawn

from plots import chart, style
from plots.chart import Chart, Column, Table, on_cores
from plots.measure import Measure, Point, interval_words
from plots.view import View, cut
from reports.data import Cell, words
from reports.data.metrics import GRAIN, SHARED, STARTS

# Of each measure: the name of a cell to its point.
Points = Sequence[Mapping[str, Point]]


Head = tuple[str, str, style.Key]  # title, note and key


class Sheet(NamedTuple):
    """What a form hands back; `question` if it is not the one declared."""

    drawn: Drawn
    head: Head
    so_what: str
    table: Table
    question: str = ""


class Axis(NamedTuple):
    """What stands along a figure of lines: the values of a `key` of its cells."""

    key: str
    name: str
    first: float = 0  # where a cell has none
    panels: bool = True  # one per core count
    how: str = ",.12g"

    def write(self, place: float) -> str:
        return format(words.Told(place), self.how)

    def of(self, cell: Cell) -> float:
        value = getattr(cell, self.key) or self.first
        return float(value) if isinstance(value, str) else value

    def more(self, cell: Cell) -> str:
        """What stands after a value, under which some cells were measured."""
        if self.key == "workers":
            return " (rule)" if cell.workers == cell.workers_rule else ""
        shared = SHARED in cell.flags and cell.requests and self.key == "cores"
        return " (shared)" if shared else ""


class Reference(NamedTuple):
    """What would be, as opposed to the models: per place of the axis."""

    label: str
    values: Mapping[float, float]
    measured: bool = False


class Bracket(NamedTuple):
    """A stretch of the axis in which something changes: no line crosses it."""

    text: str
    low: float | None = None
    high: float | None = None


class Extra(NamedTuple):
    """One more column of the table."""

    title: str
    kind: str
    of: Callable[[View, Cell], Any]


def step_of(scenario: str, unit: float) -> Callable[[View, Cell], Any]:
    """Where a cell of this scenario stands on its axis."""
    return lambda _, cell: cell.step * unit if cell.scenario == scenario else None


# The columns of every table that say where a cell stands, and how sure it is.
PLACE = (
    Extra("model", "text", lambda view, cell: view.label(cell)),
    Extra("cores", "count", lambda _, cell: cell.cores),
    Extra("in flight, asked", "count", lambda _, cell: cell.limit),
    Extra("in flight", "count", lambda _, cell: cell.in_flight),
    Extra("job length, asked", "seconds", step_of(GRAIN, 1e-6)),
    Extra("share of compute, %", "count", lambda _, c: c.params.get("cpu_share")),
    Extra("message", "size", lambda _, c: c.params.get("bytes")),
    Extra("touched", "size", step_of(STARTS, 2**20)),
    Extra("load", "text", lambda _, cell: cell.load),
    Extra("workers", "count", lambda _, cell: cell.workers),
)
DOUBT = (
    Extra("flags", "text", lambda _, cell: ", ".join(cell.flags) or None),
    Extra("set aside", "count", lambda _, cell: len(cell.disturbed) or None),
    Extra("n", "count", lambda _, cell: len(cell.ok)),
)


@dataclass(frozen=True)
class Figure:
    """`form` draws it, of workloads of the scenarios `of`, or of all, what the `cuts`
    leave. Title, question, note and caption are from figures.toml."""

    kind: str
    form: Callable[["Figure", View], Sheet | None]
    axis: Axis
    of: Sequence[str] = ()
    cuts: Sequence[str] = ()
    measures: Sequence[Measure] = ()
    title: str = ""
    question: str = ""
    note: str = ""
    caption: str = ""
    says: Callable[[View, Measure, Mapping[str, Point]], str] = lambda *_: ""
    label: Callable[[View, Cell], str] = lambda *_: ""  # after a value
    extras: Sequence[Extra] = ()
    log: bool | None = None  # None: if the values differ very much
    # Of lines:
    beside: bool = False  # floors and well-known servers are lines too
    references: Callable[[View, int], Iterable[Reference]] = lambda *_: ()
    bracket: Callable[[View, int], Bracket | None] = lambda *_: None
    # Of rows:
    row: float = 0.36  # inches
    # Of special ones, and of the brief table: titles, and how values are written.
    columns: str = ""  # "model text, last job ends seconds"
    brief: Callable[[View], list[tuple]] = lambda _: []

    def cut(self, view: View) -> View | None:
        about = not self.of or view.scenario in self.of
        return cut(view, self.cuts) if about else None

    def chart(self, view: View) -> Chart | None:
        if (left := self.cut(view)) is None:
            return None
        with style.context():
            sheet = self.form(self, left)
            if sheet is None:
                return None
            drawn, (title, note, _), said, table, question = sheet
            name = f"{view.slug}-{self.kind}"
            about = f"{said} The table holds the figures."
            question = question or self.worded(self.question, left)
            files = chart.svg(drawn, name, title, about), chart.png(drawn)
            rows = self.brief(left)
            tables = table, self.tabled(rows) if rows else None
            return Chart(name, self.kind, question, title, said, note, *tables, *files)

    def worded(self, text: str, view: View) -> str:
        return text.format(work=view.title, cores=on_cores(view.cores[-1]))

    def head(self, view: View, key: style.Key, *more: str) -> Head:
        """As declared, with more in the note."""
        return self.worded(self.title, view), view.note(self.note, *more), key

    def shown(self, view: View) -> tuple[Cell, ...]:
        return (*view.ordered, *(view.beside if self.beside else ()))

    def points(self, view: View) -> Points:
        cells = self.shown(view)
        return [
            {c.name: p for c in cells if (p := measure.point(view, c))}
            for measure in self.measures
        ]

    def sheet(self, view: View, points: Points, drawn: Drawn, head: Head) -> Sheet:
        """With the sentence and the table that follow from the declaration."""
        said = self.says(view, self.measures[0], points[0])
        return Sheet(drawn, head, said, self.table(view, points))

    def tabled(self, rows: Iterable[tuple]) -> Table:
        """The table of a special form."""
        titles = (Column(*one.rsplit(" ", 1)) for one in self.columns.split(", "))
        return Table(tuple(titles), tuple(rows), self.caption)

    def table(self, view: View, points: Points) -> Table:
        """A row per cell: its place, measures, what else is wanted, as far as known."""
        cells = [c for c in self.shown(view) if any(c.name in p for p in points)]

        def filled(extras: Iterable[Extra]) -> list[tuple[Column, list[Any]]]:
            return [(Column(t, k), [of(view, c) for c in cells]) for t, k, of in extras]

        found = filled(PLACE)
        for measure, some in zip(self.measures, points):
            each = [some.get(cell.name) for cell in cells]
            first = f"{measure.panel or measure.name}, {measure.of}"
            for title, key in ((first, "middle"), ("low", "low"), ("high", "high")):
                values = [getattr(point, key, None) for point in each]
                found.append((Column(title, measure.unit), values))
        found += filled((*self.extras, *DOUBT))
        found = [pair for pair in found if any(value is not None for value in pair[1])]
        names, values = zip(*found)
        of = self.measures[0].of
        ends = interval_words((p for some in points for p in some.values()), of)
        ends = ends or f"too few repetitions for one of the {of}"
        caption = f"Low to high: {ends}. {self.caption}".strip()
        return Table(names, tuple(zip(*values)), caption)
