"""The figures of a run as rows: one source for terminal, markdown and page.

A table per workload, a row per cell; every figure is the median of the cell's
repetitions.
"""

from itertools import chain, product
from typing import Any, Callable, Iterable, Iterator, NamedTuple, Sequence

from reports.data import Cell, Group, Metric, Run, Workload, files, words
from reports.data.metrics import BARE, CHEAP, CPU, FAULTS, RATE, RESOURCES
from reports.judge.intervals import level
from reports.judge.judgement import Judgement, judge
from reports.judge.verdict import EQUAL, UNDECIDED
from reports.say.summary import Block, heading

# Columns of words; all others are of figures.
WORDS = "model primitive server cell what"
LEFT = frozenset((*WORDS.split(), "flags", "B is"))


class Table(NamedTuple):
    """Strings under headers; `note`: what figures are; `failures`: cells without."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    failures: tuple[str, ...] = ()

    # Which columns are of figures.
    right = property(lambda table: tuple(head not in LEFT for head in table.headers))


class Document(NamedTuple):
    """What the terminal and markdown lay out: sentences, tables, lists."""

    opening: Sequence[str]
    tables: Sequence[Table]
    blocks: Sequence[Block] = ()


Column = tuple[str, Callable[[Cell], str]]
# As many steps of an axis as fit beside a model's name.
MOST_STEPS = 8
SAID = files.beside(__file__)
NOTES = SAID["notes"]


def tables(run: Run, *chosen: Workload, every: bool = False) -> list[Table]:
    """A table per workload; along an axis one per core count and limit, in which
    its steps are columns. `every`: also a row per cell, and where requests went."""
    found: list[Table] = []
    for load in chosen or run.workloads:
        if load.requests:
            cheap = "cheap" if load.kind.metrics == CHEAP else "served"
            of = "faults" if load.scenario == FAULTS else cheap
            found.append(requests(load, of, load.title))
            title = f"{load.title}: every request"
            found += [requests(load, "accounts", title)] if every else []
            continue
        along = load.steps and load.scenario not in BARE
        found += mix_tables(judge(run), load) if along else []
        if every or not along:
            found.append(batch(judge(run), load))
    return found


def made(title: str, cells: Sequence[Cell], columns: list[Column], note: str) -> Table:
    """A row for each cell that has something to show, a line for the others."""
    rows = tuple(tuple(write(c) for _, write in columns) for c in cells if c.ok)
    heads = tuple(head for head, _ in columns)
    return Table(words.capital(title), heads, rows, note, tuple(failures(cells)))


def failures(cells: Iterable[Cell]) -> Iterator[str]:
    """A line per reason for which cells are not compared, with its first cells."""
    found = words.gathered((cell.reason, cell.name) for cell in cells if cell.reason)
    for reason, names in found.items():
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield f"{', '.join(names[:3])}{more}: {reason}."


def median(key: str, write: Any = words.seconds) -> Callable[[Cell], str]:
    """A column's figure: the median of a key of its repetitions."""
    return lambda cell: write(words.middle(cell.values(key)))


def batch(judged: Judgement, workload: Workload) -> Table:
    said, waits = workload.kind, workload.waits
    native = not said.metrics
    cells = (*workload.cells, *workload.floors)
    scaled = RATE in said.metrics and not waits
    limited = bool(workload.limits)
    columns = (
        (True, "primitive" if native else "model", lambda c: c.label),
        (True, "cores", lambda c: f"{c.cores}"),
        (workload.steps, said.along, lambda c: said.place(c.step, words.STEPS)),
        (limited, "in flight", flying),
        (True, "workers", lambda c: f"{c.workers}"),
        (True, "jobs/s", median(RATE.key, words.rate)),
        (True, "interval", spread),
        (waits, "of cap", lambda c: words.percent(c.of_cap)),
        (scaled, "speed-up", lambda c: speed_up(judged, workload, c)),
        (True, "CPU/job", median(CPU.key)),
        (not native and not limited, "start-up", median("start_seconds")),
        (not native, "peak PSS", median("peak_pss_bytes", words.size)),
    )
    less = any("/" in flying(c) for c in workload.cells if c.ok)
    more = {"waits": waits, "scaled": scaled, "less": less}
    notes = [explain(cells), *(NOTES[key] for key, wanted in more.items() if wanted)]
    shown = [(head, write) for wanted, head, write in columns if wanted]
    return made(workload.title, cells, shown, " ".join(notes))


def spread(cell: Cell) -> str:
    """The interval, which is the whole range where n is too small for 95 %."""
    known = level(cell.values(RATE.key))
    return words.UNKNOWN if known.n < 2 else words.rates(known.low, known.high)


def explain(cells: Iterable[Cell]) -> str:
    """What `spread` shows, with the confidence that the least of them has."""
    known = [level(c.values(RATE.key)) for c in cells if len(c.ok) > 1]
    if not known:
        return NOTES["single"]
    return NOTES["interval"].format(reached=100 * min(one.reached for one in known))


def flying(cell: Cell) -> str:
    """The jobs that were in flight, and the limit where that is more."""
    if cell.limit in (None, cell.in_flight):
        return f"{cell.in_flight}"
    return f"{cell.in_flight}/{cell.limit}"


def speed_up(judged: Judgement, workload: Workload, cell: Cell) -> str:
    """Throughput over that of `sequential` on the same cores."""
    bases = (c for c in workload.cells if c.label == "sequential" and c.comparable)
    same = (c for c in bases if (c.cores, c.step) == (cell.cores, cell.step))
    base = next(same, None) if cell.comparable else None
    return words.ratio(judged.ratio(cell, base, RATE)) if base else words.UNKNOWN


def mix_tables(judged: Judgement, workload: Workload) -> list[Table]:
    """Throughput along the axis, or start-up and memory: the base's, and over it."""
    found, said = [], workload.kind
    wanted = [m for m in said.metrics if m is RATE or m in RESOURCES]
    pairs = (((group.cores, group.limit), group) for group in workload.whole)
    for groups, metric in product(words.gathered(pairs).values(), wanted):
        models = dict.fromkeys(c.label for g in groups for c in g.comparable)
        by = said.base if said.base in models else next(iter(models), "")
        title = f"{words.capital(workload.title)}, {heading(groups[0])}"
        title += "" if metric is RATE else f": {metric.name}"
        note = NOTES["mix" if metric is RATE else "resource"]
        note = note.format(along=said.along, by=by, what=metric.name)
        for place in range(0, len(groups), MOST_STEPS):
            some = groups[place : place + MOST_STEPS]
            heads = ("model", *(said.place(g.step, words.STEPS) for g in some))
            rows = tuple(
                (model, *(entry(judged, g, metric, model, by) for g in some))
                for model in sorted(models, key=lambda model: model != by)
            )
            failed = tuple(failures(c for g in some for c in g.cells))
            found.append(Table(title, heads, rows, note, failed))
    return found


def entry(judged: Judgement, group: Group, metric: Metric, model: str, by: str) -> str:
    """A field: the base's figure, or a ratio to it; '=' is equal, '?' undecided."""
    here = {c.label: c for c in group.comparable}
    if model not in here or by not in here:
        return words.UNKNOWN
    cell, basis = here[model], here[by]
    if cell is basis:
        return median(metric.key, metric.write)(cell) + "/s" * (metric is RATE)
    verdict = judged.between(cell, basis, metric)
    mark = {EQUAL: " =", UNDECIDED: " ?"}.get(verdict.word, "") if verdict else ""
    return words.ratio(judged.ratio(cell, basis, metric)) + mark


def requests(workload: Workload, kind: str, title: str) -> Table:
    """A row per cell, with the columns of that kind."""
    columns = [("server", lambda c: c.label), ("cores", lambda c: f"{c.cores}")]
    columns += [("load", lambda c: words.brief(c.load))] if workload.loads else []
    columns += [column(*one) for one in SAID[kind]["columns"]]
    if kind == "accounts":
        columns.append(("flags", lambda c: ", ".join(c.flags)))
    # Peers and floors after the models.
    sets = ((*g.cells, *g.floors, *g.peers) for g in workload.groups)
    return made(title, [*chain.from_iterable(sets)], columns, SAID[kind]["note"])


def column(head: str, how: str, key: str) -> Column:
    if how == "sum":
        return head, lambda cell: f"{sum(cell.values(key)):,.0f}"
    return head, median(key, getattr(words, how))
