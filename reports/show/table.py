"""A table of figures as text: columns say what they write of a cell; no layout."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Callable, Iterable, Sequence

from reports.data import targets, words
from reports.data.metrics import CPU, RATE
from reports.data.run import Cell, Workload

Columns = list[tuple[str, Callable[[Cell], str]]]


@dataclass(frozen=True)
class Table:
    """Rows of strings under headers; right[i] tells a column of figures.

    `failures` are lines about cells without figures; `note` says what the
    figures are.
    """

    title: str
    headers: tuple[str, ...]
    right: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    failures: tuple[str, ...]
    note: str


def made(
    workload: Workload,
    cells: Iterable[Cell],
    columns: Columns,
    note: str,
    name: Callable[[Cell], str],
) -> Table:
    """Rows for the cells that have something to show, a line for the others."""
    cells = list(cells)
    heads = tuple(head for head, _ in columns)
    return Table(
        words.capital(workload.title),
        heads,
        tuple(place > 0 and head != "flags" for place, head in enumerate(heads)),
        tuple(tuple(write(c) for _, write in columns) for c in cells if c.ok),
        tuple(line for c in cells for line in failure(c, name(c))),
        note,
    )


def middle(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def seconds(key: str) -> Callable[[Cell], str]:
    return lambda cell: words.seconds(middle(cell.values(key)))


def price(cell: Cell) -> str:
    return words.seconds(middle(cell.values(CPU.key)))


def memory(cell: Cell) -> str:
    return words.size(middle(cell.values("peak_pss_bytes")))


def rate(cell: Cell) -> str:
    return words.rate(middle(cell.values(RATE.key)))


def failure(cell: Cell, name: str) -> list[str]:
    """A line about a cell that is not compared, or none."""
    if not cell.reason:
        return []
    where = f"{name}, {words.counted(cell.cores, 'core')}, "
    if cell.share is not None:
        where += f"{words.share(cell.share)} compute, "
    if cell.load is not None:
        where += f"{targets.load(cell.load)}, "
    if cell.limit is not None:
        where += f"{cell.limit:,} in flight, "
    where += words.counted(cell.workers, "worker")
    return [f"{where}: {cell.reason}."]
