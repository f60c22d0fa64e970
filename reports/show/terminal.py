"""What a run prints: table, markdown, csv or json.

Functions from a Run to text; only __main__.py writes to stdout. The table is
at most 100 columns wide and plain ASCII, whatever the locale is.
"""

from __future__ import annotations

import csv
import io
import json
import textwrap
from typing import IO, Any, Iterable, Mapping

from reports.data import words
from reports.data.entries import Repetition
from reports.data.run import Run
from reports.say.headline import headline
from reports.say.summary import blocks
from reports.show.table import Table
from reports.show.tables import tables

WIDTH = 100
# So many rows are long; the columns that are then worth most.
LONG = 14
ASIDE = ("CPU/job", "jobs/s", "speed-up", "start-up", "peak PSS")
FORMATS = ("table", "json", "csv", "markdown")
LARGE = frozenset({"histogram", "naive_histogram", "groups", "timeline"})

BOLD, RED, DIM, PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[2m", "\x1b[0m"


class Ink:
    """Escape sequences where they are wanted, nothing where they are not."""

    def __init__(self, on: bool) -> None:
        self._on = on

    def __call__(self, code: str, text: str) -> str:
        return f"{code}{text}{PLAIN}" if self._on and text else text


def wants_color(choice: str, stream: IO[str], environment: Mapping[str, str]) -> bool:
    """--color decides; `auto` asks the stream, then TERM and NO_COLOR.

    (no-color.org: any value of NO_COLOR that is not empty counts.)
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return stream.isatty()


def as_table(run: Run, color: bool = False) -> str:
    """Headline, a table per workload, verdicts; ends with a line feed."""
    ink = Ink(color)
    out = [ink(BOLD, line) for line in wrap(headline(run))] + [""]
    for table in map(side_by_side, tables(run)):
        out += [*lines_of(table, ink), ""]
    for block in blocks(run):
        out.append(ink(BOLD, f"{block.heading}:"))
        for line in block.lines:
            out += wrap(line, "  ", "    ")
    return "\n".join(out) + "\n"


def side_by_side(table: Table) -> Table:
    """A long table of models with a row each, its core counts beside one another,
    and as many of its columns as fit."""
    heads = table.headers
    short = len(table.rows) < LONG or heads[1:3] != ("cores", "workers")
    counts = [] if short else list(dict.fromkeys(row[1] for row in table.rows))
    if len(counts) < 2:
        return table
    chosen: list[int] = []
    names = [row[0] for row in table.rows]
    left = WIDTH - max(map(len, names))
    for key in (key for key in ASIDE if key in heads):
        column = heads.index(key)
        wide = max(len(row[column]) for row in (heads, *table.rows)) + 2
        if wide * len(counts) <= left:
            left -= wide * len(counts)
            chosen.append(column)
    known = {(row[0], row[1]): row for row in table.rows}
    # In brackets is what differs between rows of one model.
    bare = [name.partition(" [")[0] for name in names]
    order = sorted(
        dict.fromkeys(names), key=lambda name: bare.index(name.partition(" [")[0])
    )
    nothing = (words.UNKNOWN,) * len(heads)
    rows = [
        (
            name,
            *(known.get((name, count), nothing)[c] for c in chosen for count in counts),
        )
        for name in order
    ]
    top = (
        heads[0],
        *(heads[c] if n == counts[0] else "" for c in chosen for n in counts),
    )
    under = ("cores", *(n for _ in chosen for n in counts))
    right = (False, *(True for _ in under[1:]))
    note = "Medians; every column and interval: --format=csv, markdown or the page."
    if "[" in "".join(names):
        note += " In brackets: jobs in flight."
    return Table(table.title, top, right, (under, *rows), table.failures, note)


def lines_of(table: Table, ink: Ink) -> list[str]:
    """Title, rows, failures and note of a table."""
    out = [ink(BOLD, table.title), *grid(table, ink)]
    for failure in table.failures:
        out += [ink(RED, line) for line in wrap(failure, "", "  ")]
    if table.rows:
        out += [ink(DIM, line) for line in wrap(table.note)]
    return out


def one_table(table: Table, ink: Ink) -> str:
    return "\n".join([*lines_of(table, ink), ""])


def wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    """At most WIDTH columns; a per cent sign stays with its number."""
    lines = textwrap.wrap(
        words.printable(text).replace(" %", "\N{NO-BREAK SPACE}%"),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def grid(table: Table, ink: Ink) -> list[str]:
    """Aligned columns, two spaces apart; a long name is cut to fit WIDTH."""
    if not table.rows:
        return []
    cells = [table.headers, *table.rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(table.headers))]
    over = sum(widths) + 2 * (len(widths) - 1) - WIDTH
    widths[0] -= max(0, over)
    lines = []
    for place, row in enumerate(cells):
        parts = []
        for text, width, right in zip(row, widths, table.right):
            text = text if len(text) <= width else text[: width - 1] + "~"
            parts.append(text.rjust(width) if right else text.ljust(width))
        line = "  ".join(parts).rstrip()
        lines.append(ink(DIM, line) if place == 0 else line)
    return lines


def as_markdown(run: Run) -> str:
    """GitHub's markdown: headline, tables, verdicts as lists."""
    out = [f"**{escaped(headline(run))}**", ""]
    for table in tables(run):
        out += [f"### {escaped(table.title)}", ""]
        if table.rows:
            out.append(pipes(table.headers))
            out.append(pipes("---:" if right else "---" for right in table.right))
            out += [pipes(row) for row in table.rows]
            out += ["", escaped(table.note), ""]
        out += [f"- {escaped(failure)}" for failure in table.failures]
        out += [""] if table.failures else []
    for block in blocks(run):
        out += [f"### {escaped(block.heading)}", ""]
        out += [f"- {escaped(line)}" for line in block.lines] + [""]
    return "\n".join(out)


def pipes(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def escaped(text: str) -> str:
    """Text that markdown and HTML must not take for markup."""
    text = words.printable(text).replace("&", "&amp;").replace("<", "&lt;")
    return "".join("\\" + c if c in "\\`*_|[]" else c for c in text)


def as_csv(run: Run) -> str:
    """One row per repetition; lists are joined by spaces, null is empty.

    Parameters have a column each, named params.size; the columns of a run
    are the union over its repetitions.
    """
    rows = [flat(one) for one in run.repetitions]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    if columns:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def flat(one: Repetition) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, value in one.raw.items():
        if key == "http" and value:
            # What fills a cell of a spreadsheet with a thousand buckets.
            value = {k: v for k, v in value.items() if k not in LARGE}
        if isinstance(value, dict):
            row.update({f"{key}.{inner}": plain(v) for inner, v in value.items()})
        else:
            row[key] = plain(value)
    return row


def plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return " ".join(str(plain(item)) for item in value)
    if isinstance(value, (dict, bool)):
        return json.dumps(value)
    return "" if value is None else value
