"""What a figure hands back: its files, its table and its one sentence."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from plots.formats import UNITS


@dataclass(frozen=True)
class Column:
    """A column of a table: `kind` is one of formats.UNITS."""

    title: str
    kind: str

    @property
    def right(self) -> bool:
        return self.kind != "text"

    def write(self, value: Any) -> str:
        return "–" if value is None else UNITS[self.kind].write(value)


@dataclass(frozen=True)
class Table:
    """The figures behind a chart, in SI units; None where there is none."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    caption: str


def columns(described: str) -> tuple[Column, ...]:
    """Of "model text, last job ends seconds": titles, and how values are written."""
    pairs = (column.rsplit(" ", 1) for column in described.split(", "))
    return tuple(Column(title, kind) for title, kind in pairs)


@dataclass(frozen=True)
class Chart:
    """One drawn figure with all that the page says about it."""

    name: str  # "cpu-throughput", the stem of its files
    kind: str  # "throughput"
    question: str
    title: str
    so_what: str
    note: str
    table: Table
    svg: str = field(repr=False)
    png: bytes = field(repr=False)

    @property
    def csv(self) -> str:
        """The table for other programs: plain numbers in SI units."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(column.title for column in self.table.columns)
        writer.writerows(self.table.rows)
        return text.getvalue()
