"""A table of figures as text, and what is printed of tables; no layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, NamedTuple, Sequence

from reports.data.run import Cell
from reports.say.summary import Block

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


def failures(cells: Iterable[Cell]) -> tuple[str, ...]:
    """A line per reason for which cells are not compared, with its first cells."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        if cell.reason:
            found.setdefault(cell.reason, []).append(cell.name)
    return tuple(
        ", ".join(names[:3])
        + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        + f": {reason}."
        for reason, names in found.items()
    )
