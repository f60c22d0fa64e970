"""`bench compare A B`: what is printed of two runs, in the words of the judge."""

from __future__ import annotations

import json
from typing import Any, Iterator

from reports.data import words
from reports.data.metrics import Metric
from reports.judge.compare import BUILD, COMPARED, Comparison, Difference
from reports.judge.verdict import WINS
from reports.say import notes
from reports.say.summary import Block
from reports.show.table import Document, Table
from reports.show.terminal import Ink, markdown, printed, sheet

COLUMNS = ("cell", "A", "B", "B over A", "interval", "B is")


def said(one: Difference) -> str:
    """'faster', 'costlier', 'equal', 'undecided'; 'not decided'."""
    if one.word == WINS:
        return one.metric.better if one.better else one.metric.worse
    return one.word if one.low is not None else "not decided"


def opening(found: Comparison) -> Iterator[str]:
    """What must be known first: machines, builds, runs that are not judged."""
    for what in ("machine", "build"):
        each = [
            f"{key.replace('_', ' ')} {found.a.context.get(key)} and "
            f"{found.b.context.get(key)}"
            for key in found.different
            if (key in BUILD) is (what == "build")
        ]
        if each:
            yield f"The {what}s differ: {'; '.join(each)}."
    for name, run in (("A", found.a), ("B", found.b)):
        if not run.judged:
            why = notes.not_judged(run)
            yield f"{name} is not judged, so nothing is decided. {why}"


def missing(found: Comparison) -> Iterator[str]:
    """What is missing from the tables."""
    for name, only in (("A", found.only_a), ("B", found.only_b)):
        if only:
            yield f"Only in {name}: {words.listed(only)}."
    for metric in COMPARED:
        out = [name for of, name in found.left_out if of is metric]
        if out:
            why = "for a run has failed there or has only a bound"
            yield f"Not compared on {metric.name}, {why}: {words.listed(out)}."
    if not found.differences:
        yield "No cell can be compared: cells are matched by name."


def table(metric: Metric, some: list[Difference]) -> Table:
    """Under 'Jobs per second, 10 cells: B is slower in 2, equal in 8.'"""
    order = (metric.worse, metric.better, "equal", "undecided", "not decided")
    counts = {word: sum(said(one) == word for one in some) for word in order}
    each = [f"{word} in {count}" for word, count in counts.items() if count]
    cells = words.counted(len(some), "cell")
    title = f"{words.capital(metric.name)}, {cells}: B is {', '.join(each)}."
    level = f"{100 * some[0].level:.4g} %"
    note = f"Each interval at {level}, so that all of them hold at once at 95 %."
    return Table(title, COLUMNS, tuple(map(row, some)), note)


def row(one: Difference) -> tuple[str, ...]:
    interval = words.UNKNOWN if one.low is None else words.between(one.low, one.high)
    a, b = map(one.metric.write, middles(one))
    return (one.a.name, a, b, words.ratio(one.ratio), interval, said(one))


def middles(one: Difference) -> list[float | None]:
    return [words.middle(cell.values(one.metric.key)) for cell in (one.a, one.b)]


def document(found: Comparison) -> Document:
    by_metric = {
        metric: [one for one in found.differences if one.metric is metric]
        for metric in COMPARED
    }
    tables = [table(metric, some) for metric, some in by_metric.items() if some]
    lines = tuple(missing(found))
    rest = [Block("Not in the tables", lines)] if lines else []
    return Document([*opening(found)], tables, rest)


def entries(found: Comparison) -> list[dict[str, Any]]:
    return [
        {"name": one.a.name, "metric": one.metric.key}
        | dict(zip("ab", middles(one)))
        | {key: getattr(one, key) for key in ("ratio", "low", "high", "level", "word")}
        | {"b_is": said(one)}
        for one in found.differences
    ]


def as_json(found: Comparison) -> str:
    whole = {
        "a": str(found.a.directory),
        "b": str(found.b.directory),
        "different": list(found.different),
        "only_a": list(found.only_a),
        "only_b": list(found.only_b),
        "notes": [*opening(found), *missing(found)],
        "comparisons": entries(found),
    }
    return json.dumps(whole, allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def shown(found: Comparison, form: str, color: bool) -> str:
    if form == "json":
        return as_json(found)
    if form == "csv":
        return sheet(entries(found))
    if form == "markdown":
        return markdown(document(found))
    return printed(document(found), Ink(color))
