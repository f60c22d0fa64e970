"""`bench compare A B`: what is printed of two runs, in the words of the judge."""

from typing import Any, Iterator

from reports.data import words
from reports.judge.checks import BUILD, MACHINE, Comparison
from reports.judge.verdict import Verdict
from reports.say import notes
from reports.say.summary import Block
from reports.show import results, terminal
from reports.show.tables import Document, Table

COLUMNS = ("cell", "A", "B", "B over A", "interval", "B is")


def said(one: Verdict) -> str:
    """'faster', 'costlier', 'equal', 'undecided'; 'not decided'."""
    if one.winner:
        return one.metric.better if one.winner is one.a else one.metric.worse
    return one.word if one.known else "not decided"


def opening(found: Comparison) -> Iterator[str]:
    """What must be known first: machines, builds, runs that are not judged."""
    a, b = found.a, found.b
    for what, keys in (("machine", MACHINE), ("build", BUILD)):
        each = [
            f"{key.replace('_', ' ')} {a.context.get(key)} and {b.context.get(key)}"
            for key in keys
            if key in found.different
        ]
        if each:
            yield f"The {what}s differ: {'; '.join(each)}."
    for name, run in (("A", a), ("B", b)):
        if not run.judged:
            why = notes.not_judged(run)
            yield f"{name} is not judged, so nothing is decided. {why}"


def missing(found: Comparison) -> Iterator[str]:
    """What is missing from the tables."""
    for name, only in (("A", found.only_a), ("B", found.only_b)):
        if only:
            yield f"Only in {name}: {words.listed(only)}."
    if found.left_out:
        each = words.listed(f"{name} ({m.name})" for m, name in found.left_out)
        yield f"Not compared, for a run has failed there or has only a bound: {each}."
    if not found.differences:
        yield "No cell can be compared: cells are matched by name."


def table(some: list[Verdict]) -> Table:
    """Under 'Jobs per second, 10 cells: B is slower in 2, equal in 8.'"""
    metric = some[0].metric
    order = (metric.worse, metric.better, "equal", "undecided", "not decided")
    counts = {word: sum(said(one) == word for one in some) for word in order}
    each = [f"{word} in {count}" for word, count in counts.items() if count]
    cells = words.counted(len(some), "cell")
    title = f"{words.capital(metric.name)}, {cells}: B is {', '.join(each)}."
    level = f"{100 * some[0].level:.4g} %"
    note = f"Each interval at {level}, so that all of them hold at once at 95 %."
    return Table(title, COLUMNS, tuple(map(row, some)), note)


def row(one: Verdict) -> tuple[str, ...]:
    interval = words.between(one.low, one.high) if one.known else words.UNKNOWN
    a, b = map(one.metric.write, middles(one))
    return (one.b.name, a, b, words.ratio(one.ratio), interval, said(one))


def middles(one: Verdict) -> list[float | None]:
    return [words.middle(cell.values(one.metric.key)) for cell in (one.b, one.a)]


def document(found: Comparison) -> Document:
    each = words.gathered((one.metric, one) for one in found.differences)
    lines = tuple(missing(found))
    rest = [Block("Not in the tables", lines)] if lines else []
    return Document([*opening(found)], [*map(table, each.values())], rest)


def entries(found: Comparison) -> list[dict[str, Any]]:
    return [
        {"name": one.b.name, "metric": one.metric.key, **dict(zip("ab", middles(one)))}
        | {key: getattr(one, key) for key in ("ratio", "low", "high", "level", "word")}
        | {"b_is": said(one)}
        for one in found.differences
    ]


def shown(found: Comparison, form: str, color: bool) -> str:
    """`form` is one of terminal.FORMATS."""
    if form == "csv":
        return terminal.sheet(entries(found))
    if form != "json":
        return terminal.written(document(found), form, color)
    whole = {name: str(getattr(found, name).directory) for name in "ab"}
    whole |= {key: getattr(found, key) for key in ("different", "only_a", "only_b")}
    whole["notes"] = [*opening(found), *missing(found)]
    return results.text({**whole, "comparisons": entries(found)})
