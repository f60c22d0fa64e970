"""A table of figures as text, and what is printed of tables; no layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterable, NamedTuple, Sequence

from reports.data import words
from reports.data.metrics import CPU, RATE
from reports.data.run import Cell
from reports.say.summary import Block

Write = Callable[[Cell], str]
# Columns of words; all others are of figures.
WORDS = "work model primitive server cell first second where question measure verdict"
LEFT = frozenset((*WORDS.split(), "flags", "B is"))


@dataclass(frozen=True)
class Table:
    """Rows of strings under headers; `note` says what the figures are, and
    `failures` are lines about cells without figures."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    failures: tuple[str, ...] = ()

    @property
    def right(self) -> tuple[bool, ...]:
        """Which columns are of figures."""
        return tuple(head not in LEFT for head in self.headers)


class Document(NamedTuple):
    """What the terminal and markdown lay out: sentences, tables, lists."""

    opening: Sequence[str]
    tables: Sequence[Table]
    blocks: Sequence[Block] = ()


def made(
    title: str, cells: Iterable[Cell], columns: Sequence[tuple[str, Write]], note: str
) -> Table:
    """A row for each cell that has something to show, a line for the others."""
    cells = list(cells)
    rows = tuple(tuple(write(c) for _, write in columns) for c in cells if c.ok)
    heads = tuple(head for head, _ in columns)
    return Table(words.capital(title), heads, rows, note, failures(cells))


def failures(cells: Iterable[Cell]) -> tuple[str, ...]:
    """A line per reason for which cells are not compared."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        if cell.reason:
            found.setdefault(cell.reason, []).append(cell.name)
    return tuple(f"{few(names)}: {reason}." for reason, names in found.items())


def few(names: Sequence[str]) -> str:
    """'a, b, c', 'a and 4 more'."""
    if len(names) < 4:
        return ", ".join(names)
    return f"{names[0]} and {len(names) - 1} more"


def seconds(key: str) -> Write:
    return lambda cell: words.seconds(words.middle(cell.values(key)))


def rate(cell: Cell) -> str:
    return words.rate(words.middle(cell.values(RATE.key)))


def memory(cell: Cell) -> str:
    return words.size(words.middle(cell.values("peak_pss_bytes")))


price = seconds(CPU.key)
