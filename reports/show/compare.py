"""`bench compare A B`: what is printed of two runs, in the words of the judge."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from reports.data import words
from reports.judge.compare import BUILD, COMPARED, Comparison, Difference
from reports.judge.verdict import WINS
from reports.say import notes
from reports.show.table import Table
from reports.show.terminal import Ink, lines_of, pipes, escaped, wrap

COLUMNS = ("cell", "A", "B", "B over A", "interval", "B is")


def said(one: Difference) -> str:
    """'faster', 'costlier', 'equal', 'undecided'; 'too few repetitions'."""
    if one.word == WINS:
        return one.metric.better if one.better else one.metric.worse
    return one.word if one.low is not None else "not decided"


def opening(found: Comparison) -> list[str]:
    """What must be known first: machines, builds, runs that are not judged."""
    lines = []
    for what, keys in (
        ("The machines differ", set(found.different) - {*BUILD}),
        ("The builds differ", set(found.different) & {*BUILD}),
    ):
        each = (
            f"{key.replace('_', ' ')} {found.a.context.get(key)} and "
            f"{found.b.context.get(key)}"
            for key in found.different
            if key in keys
        )
        if keys:
            lines.append(f"{what}: {'; '.join(each)}.")
    for name, run in (("A", found.a), ("B", found.b)):
        if not run.judged:
            lines.append(
                f"{name} is not judged, so nothing is decided. {notes.not_judged(run)}"
            )
    return lines


def ending(found: Comparison) -> list[str]:
    """What is missing from the tables."""
    lines = []
    for name, only in (("A", found.only_a), ("B", found.only_b)):
        if only:
            lines.append(f"Only in {name}: {words.listed(only)}.")
    for metric in COMPARED:
        out = [name for of, name in found.left_out if of is metric]
        if out:
            lines.append(
                f"Not compared on {metric.name}, for a run has failed there or has only "
                f"a bound: {words.listed(out)}."
            )
    if not found.differences:
        lines.append("No cell can be compared: cells are matched by name.")
    return lines


def summary(found: Comparison, metric: Any) -> str:
    """'Jobs per second, 10 cells: B is slower in 2, equal in 7, undecided in 1.'"""
    some = [one for one in found.differences if one.metric is metric]
    order = (metric.worse, metric.better, "equal", "undecided", "not decided")
    counts = {word: sum(said(one) == word for one in some) for word in order}
    each = [f"{word} in {count}" for word, count in counts.items() if count]
    cells = words.counted(len(some), "cell")
    return f"{words.capital(metric.name)}, {cells}: B is {', '.join(each)}."


def tables(found: Comparison) -> list[Table]:
    made = []
    for metric in COMPARED:
        some = [one for one in found.differences if one.metric is metric]
        rows = tuple(tuple(row(one)) for one in some)
        if not rows:
            continue
        level = f"{100 * some[0].level:.4g} %"
        note = f"Each interval at {level}, so that all of them hold at once at 95 %."
        right = (False, True, True, True, True, False)
        made.append(Table(summary(found, metric), COLUMNS, right, rows, (), note))
    return made


def row(one: Difference) -> list[str]:
    a, b = (words.middle(cell.values(one.metric.key)) for cell in (one.a, one.b))
    return [
        one.a.name,
        one.metric.write(a),
        one.metric.write(b),
        words.ratio(one.ratio),
        words.UNKNOWN if one.low is None else words.between(one.low, one.high),
        said(one),
    ]


def as_table(found: Comparison, color: bool) -> str:
    ink = Ink(color)
    out = [line for text in opening(found) for line in wrap(text)]
    for table in tables(found):
        out += [*lines_of(table, ink), ""]
    out += [line for text in ending(found) for line in wrap(text)]
    return "\n".join([*out, ""])


def as_markdown(found: Comparison) -> str:
    """For a comment in a pull request."""
    out = [f"**{escaped(line)}**\n" for line in opening(found)]
    for table in tables(found):
        out += [f"### {escaped(table.title)}", "", pipes(table.headers)]
        out.append(pipes("---:" if right else "---" for right in table.right))
        out += [pipes(map(escaped, line)) for line in table.rows]
        out += ["", escaped(table.note), ""]
    out += [f"- {escaped(line)}" for line in ending(found)]
    return "\n".join([*out, ""])


def entries(found: Comparison) -> list[dict[str, Any]]:
    return [
        {
            "name": one.a.name,
            "metric": one.metric.key,
            "a": words.middle(one.a.values(one.metric.key)),
            "b": words.middle(one.b.values(one.metric.key)),
            "ratio": one.ratio,
            "low": one.low,
            "high": one.high,
            "level": one.level,
            "word": one.word,
            "b_is": said(one),
        }
        for one in found.differences
    ]


def as_json(found: Comparison) -> str:
    whole = {
        "a": str(found.a.directory),
        "b": str(found.b.directory),
        "different": list(found.different),
        "only_a": list(found.only_a),
        "only_b": list(found.only_b),
        "notes": [*opening(found), *ending(found)],
        "comparisons": entries(found),
    }
    return json.dumps(whole, allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def as_csv(found: Comparison) -> str:
    text = io.StringIO()
    rows = entries(found)
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()


def shown(found: Comparison, form: str, color: bool) -> str:
    made = {"markdown": as_markdown, "json": as_json, "csv": as_csv}.get(form)
    return made(found) if made else as_table(found, color)
