"""What a run prints: table, markdown, csv or json, as text.

The table is at most 100 columns wide and plain ASCII, whatever the locale is.
"""

import json
import textwrap
from typing import IO, Any, Iterable, Mapping, Sequence

from reports.data import Repetition, Run, files, words
from reports.say.headline import headline
from reports.say.summary import blocks
from reports.show import results
from reports.show.tables import Document, Table, tables

WIDTH = 100
# So many rows are long; the columns that are then worth most.
LONG = 14
ASIDE = ("CPU/job", "jobs/s", "speed-up", "start-up", "peak PSS")
FORMATS = ("table", "json", "csv", "markdown")
LARGE = frozenset({"histogram", "naive_histogram", "groups", "timeline"})

BOLD, RED, DIM, PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[2m", "\x1b[0m"


def wants_color(choice: str, stream: IO[str], environment: Mapping[str, str]) -> bool:
    """--color decides; `auto` asks the stream, TERM and NO_COLOR. [no-color.org]"""
    plain = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
    return choice == "always" or (choice == "auto" and not plain and stream.isatty())


def shown(run: Run, form: str, color: bool = False) -> str:
    """The run in one of FORMATS: headline, a table per workload, verdicts; of csv
    a row per repetition, of json what results.json holds."""
    if form == "csv":
        return sheet([flat(one) for one in run.repetitions])
    if form == "json":
        return results.text(results.assemble(run))
    found = [side_by_side(t) if form == "table" else t for t in tables(run)]
    return written(Document([headline(run)], found, blocks(run)), form, color)


def written(found: Document, form: str, color: bool = False) -> str:
    """For a terminal or as markdown; ends with a line feed."""

    def ink(code: str, lines: Iterable[str]) -> list[str]:
        return [f"{code}{x}{PLAIN}" if color and x else x for x in lines]

    if form == "markdown":
        return markdown(found)
    out = [line for text in found.opening for line in ink(BOLD, wrap(text))]
    for table in found.tables:
        out += [""] if out else []
        out += ink(BOLD, wrap(table.title))
        lines = grid(table)
        out += [*ink(DIM, lines[:1]), *lines[1:]]
        for failure in table.failures:
            out += ink(RED, wrap(failure, "", "  "))
        out += ink(DIM, wrap(table.note)) if lines else []
    out += [""] if out and found.blocks else []
    for block in found.blocks:
        out += ink(BOLD, wrap(f"{block.heading}:"))
        for line in block.lines:
            out += wrap(line, "  ", "    ")
    return "\n".join([*out, ""])


def side_by_side(table: Table) -> Table:
    """A long table with its core counts beside one another, and columns that fit."""
    heads, known = table.headers, {row[:2]: row for row in table.rows}
    counts = list(dict.fromkeys(row[1] for row in table.rows))
    long = len(table.rows) >= LONG and len(counts) > 1
    if not long or heads[1:3] != ("cores", "workers"):
        return table
    names = list(dict.fromkeys(row[0] for row in table.rows))
    chosen: list[int] = []
    left = WIDTH - max(map(len, names))
    for column in (heads.index(key) for key in ASIDE if key in heads):
        wide = max(len(row[column]) for row in (heads, *table.rows)) + 2
        if wide * len(counts) <= left:
            left -= wide * len(counts)
            chosen.append(column)
    gap = (words.UNKNOWN,) * len(heads)
    rows = [
        (name, *(known.get((name, n), gap)[c] for c in chosen for n in counts))
        for name in names
    ]
    above = (heads[c] if n == counts[0] else "" for c in chosen for n in counts)
    under = ("cores", *counts * len(chosen))
    note = "Medians; every column and interval: --format=csv, markdown or the page."
    heads = (heads[0], *above)
    return Table(table.title, heads, (under, *rows), note, table.failures)


def wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    """At most WIDTH columns; a per cent sign stays with its number."""
    text = words.printable(text).replace(" %", "\N{NO-BREAK SPACE}%")
    looks = {"initial_indent": first, "subsequent_indent": rest}
    lines = textwrap.wrap(text, WIDTH, **looks, break_on_hyphens=False)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def grid(table: Table) -> list[str]:
    """Aligned columns, two spaces apart; a long name is cut to fit WIDTH."""
    if not table.rows:
        return []
    cells = [table.headers, *table.rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    widths[0] -= max(0, sum(widths) + 2 * (len(widths) - 1) - WIDTH)

    def fit(text: str, width: int, right: bool) -> str:
        text = text if len(text) <= width else text[: width - 1] + "~"
        return text.rjust(width) if right else text.ljust(width)

    return ["  ".join(map(fit, row, widths, table.right)).rstrip() for row in cells]


def markdown(found: Document) -> str:
    """GitHub's: sentences, tables, verdicts as lists."""

    def listed(lines: Sequence[str]) -> list[str]:
        return [*(f"- {escaped(line)}" for line in lines), ""]

    out = [f"**{escaped(text)}**\n" for text in found.opening]
    for table in found.tables:
        out += [f"### {escaped(table.title)}", ""]
        if table.rows:
            rule = ("---:" if right else "---" for right in table.right)
            cells = ([*map(escaped, row)] for row in (table.headers, *table.rows))
            head, *rows = (f"| {' | '.join(row)} |" for row in cells)
            out += [head, f"| {' | '.join(rule)} |", *rows, "", escaped(table.note), ""]
        out += listed(table.failures) if table.failures else []
    for block in found.blocks:
        out += [f"### {escaped(block.heading)}", "", *listed(block.lines)]
    return "\n".join(out)


def escaped(text: str) -> str:
    """Text that markdown and HTML must not take for markup."""
    text = words.printable(text).replace("&", "&amp;").replace("<", "&lt;")
    return "".join("\\" + c if c in "\\`*_|[]" else c for c in text)


def sheet(rows: Sequence[Mapping[str, Any]]) -> str:
    """CSV; the columns are the union over the rows."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    each = ([row.get(key, "") for key in columns] for row in rows)
    return files.sheet([columns, *each] if columns else ())


def flat(one: Repetition) -> dict[str, Any]:
    """Lists are joined by spaces; what is nested has a column each, params.size,
    but for what would fill a cell of a spreadsheet with a thousand buckets."""
    row: dict[str, Any] = {}
    for key, value in one.raw.items():
        parts = value if isinstance(value, dict) else {"": value}
        kept = {k: plain(v) for k, v in parts.items() if k not in LARGE}
        row |= {f"{key}.{k}".rstrip("."): v for k, v in kept.items()}
    return row


def plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return " ".join(str(plain(item)) for item in value)
    return json.dumps(value) if isinstance(value, (dict, bool)) else value
