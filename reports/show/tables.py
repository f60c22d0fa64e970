"""The figures of a run as rows: one source for terminal, markdown and page.

A table per workload, a row per cell; every figure is the median of the cell's
repetitions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Iterable, NamedTuple, Sequence

from reports.data import words
from reports.data.metrics import CHEAP, CPU, CPU_OF_BOTH, FAULTS, RATE, SEQUENTIAL, kind
from reports.data.run import Cell, Run, Workload
from reports.data.workloads import Group
from reports.judge.intervals import level
from reports.judge.judgement import Judgement, judge
from reports.judge.verdict import EQUAL, UNDECIDED
from reports.say.summary import Block, along, heading

# Columns of words; all others are of figures.
WORDS = "model primitive server cell first second where question measure verdict"
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


Column = tuple[str, Callable[[Cell], str]]
# As many shares of a mix as fit beside a model's name.
MOST_SHARES = 8
FATES = "sent ok bad_status bad_body timed_out reset in_flight_at_end".split()


def tables(run: Run, *chosen: Workload, every: bool = False) -> list[Table]:
    """A table per workload; of a mix axis one per core count and limit, in which
    the shares are columns. `every`: then also a row per cell, and of requests
    where they have gone."""
    found: list[Table] = []
    for load in chosen or run.workloads:
        if load.requests:
            found += [served(load), accounts(load)] if every else [served(load)]
            continue
        found += mix_tables(judge(run), load) if load.shares else []
        if every or not load.shares:
            found.append(batch(judge(run), load))
    return found


def made(
    title: str, cells: Iterable[Cell], columns: Sequence[Column], note: str
) -> Table:
    """A row for each cell that has something to show, a line for the others."""
    cells = list(cells)
    rows = tuple(tuple(write(c) for _, write in columns) for c in cells if c.ok)
    heads = tuple(head for head, _ in columns)
    return Table(words.capital(title), heads, rows, note, failures(cells))


def failures(cells: Iterable[Cell]) -> tuple[str, ...]:
    """A line per reason for which cells are not compared, with its first cells."""
    found = words.gathered((cell.reason, cell.name) for cell in cells if cell.reason)
    return tuple(
        ", ".join(names[:3])
        + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        + f": {reason}."
        for reason, names in found.items()
    )


def median(key: str, write: Any = words.seconds, values: Any = Cell.values) -> Any:
    """A column's figure: the median of a key of its repetitions."""
    return lambda cell: write(words.middle(values(cell, key)))


rate, price = median(RATE.key, words.rate), median(CPU.key)
memory = median("peak_pss_bytes", words.size)


def batch(judged: Judgement, workload: Workload) -> Table:
    native, waits = not kind(workload.scenario).metrics, workload.waits
    cells = (*workload.cells, *workload.floors)
    scaled = RATE in kind(workload.scenario).metrics and not waits
    limited = bool(workload.limits)
    # A model may have several depths of its own, also where no limit was given.
    twins = Counter((c.label, c.cores, c.workers, c.share) for c in workload.cells)

    def named(c: Cell) -> str:
        deep = c.limit is None and twins[c.label, c.cores, c.workers, c.share] > 1
        return f"{c.label} [{c.in_flight}]" if deep else c.label

    columns = (
        (True, "primitive" if native else "model", named),
        (True, "cores", lambda c: f"{c.cores}"),
        (workload.shares, "compute", lambda c: words.share(c.share)),
        (limited, "in flight", flying),
        (True, "workers", lambda c: f"{c.workers}"),
        (True, "jobs/s", rate),
        (True, "interval", spread),
        (waits, "of cap", lambda c: words.percent(c.of_cap)),
        (scaled, "speed-up", lambda c: speed_up(judged, workload, c)),
        (True, "CPU/job", price),
        (not native and not limited, "start-up", median("start_seconds")),
        (not native, "peak PSS", memory),
    )
    less = any("/" in flying(c) for c in workload.cells if c.ok)
    notes = (
        (True, explain(cells)),
        (waits, "Of cap: of what Little's law allows with so many in flight."),
        (scaled, "Speed-up: over sequential on the same cores."),
        (less, "In flight: of how many allowed, as each worker holds one."),
        (any(named(c) != c.label for c in cells), "In brackets: jobs in flight."),
    )
    shown = [(head, write) for wanted, head, write in columns if wanted]
    note = " ".join(text for wanted, text in notes if wanted)
    return made(workload.title, cells, shown, note)


def spread(cell: Cell) -> str:
    """The interval, which is the whole range where n is too small for 95 %."""
    known = level(cell.values(RATE.key))
    return words.UNKNOWN if known.n < 2 else words.rates(known.low, known.high)


def explain(cells: Iterable[Cell]) -> str:
    """What `spread` shows, with the confidence that the least of them has."""
    known = [level(c.values(RATE.key)) for c in cells if len(c.ok) > 1]
    if not known:
        return "One repetition each: a median without an interval."
    least = min(one.reached for one in known)
    return f"Median and its order-statistic interval ({100 * least:.3g} %)."


def flying(cell: Cell) -> str:
    """The jobs that were in flight, and the limit where that is more."""
    if cell.limit in (None, cell.in_flight):
        return f"{cell.in_flight}"
    return f"{cell.in_flight}/{cell.limit}"


def speed_up(judged: Judgement, workload: Workload, cell: Cell) -> str:
    """Throughput over that of `sequential` on the same cores."""
    bases = (c for c in workload.cells if c.label == SEQUENTIAL and c.comparable)
    same = (c for c in bases if (c.cores, c.share) == (cell.cores, cell.share))
    base = next(same, None) if cell.comparable else None
    return words.ratio(judged.ratio(cell, base, RATE)) if base else words.UNKNOWN


def mix_tables(judged: Judgement, workload: Workload) -> list[Table]:
    """Throughput along the axis: of the loop in jobs/s, of the others as
    ratios to it."""
    found = []
    for groups in along(workload):
        models = dict.fromkeys(c.label for g in groups for c in g.comparable)
        wanted = kind(workload.scenario).base
        by = wanted if wanted in models else next(iter(models), "")
        title = f"{words.capital(workload.title)}, {heading(groups[0])}"
        note = (
            f"Columns: share of compute. {by} in jobs/s, the others in times its "
            "throughput; = is equal, ? undecided."
        )
        for place in range(0, len(groups), MOST_SHARES):
            some = groups[place : place + MOST_SHARES]
            heads = ("model", *(words.share(g.share) for g in some))
            rows = tuple(
                (model, *(entry(judged, g, model, by) for g in some))
                for model in sorted(models, key=lambda model: model != by)
            )
            failed = failures(c for g in some for c in g.cells)
            found.append(Table(title, heads, rows, note, failed))
    return found


def entry(judged: Judgement, group: Group, model: str, by: str) -> str:
    """A field: the base's jobs/s, or a ratio to it, with '=' for equal and '?'
    for undecided."""
    here = {c.label: c for c in group.comparable}
    if model not in here or by not in here:
        return words.UNKNOWN
    cell, basis = here[model], here[by]
    if cell is basis:
        return f"{rate(cell)}/s"
    verdict = judged.between(cell, basis, RATE)
    mark = {EQUAL: " =", UNDECIDED: " ?"}.get(verdict.word, "") if verdict else ""
    return words.ratio(judged.ratio(cell, basis, RATE)) + mark


def served(workload: Workload) -> Table:
    """A row per cell: requests per second, their price and their latency."""

    def naive(cell: Cell, key: str) -> list[float]:
        known = ((one.of_http(key) or {}).get("p99") for one in cell.ok)
        return [*filter(None, known)]

    note = (
        "Medians of repetitions. CPU of all processes of the server, and with that "
        "of the load generator. p99 needs 10,000 requests in a repetition."
    )
    late = [("p50", median("latency_p50_seconds"))]
    late += [("p99", median("latency_p99_seconds"))]
    late += [("naive", median("naive", values=naive))]
    if kind(workload.scenario).metrics == CHEAP:
        late = [(f"cheap {m.name[:3]}", median(m.key)) for m in reversed(CHEAP)]
    else:
        note += " Open loop: from the intended send; naive: p99 from the actual one."
    first = [
        ("req/s", rate),
        ("CPU/req", price),
        ("+ clients", median(CPU_OF_BOTH.key)),
    ]
    columns = [*place(workload), *first, *late, ("PSS", memory)]
    if workload.scenario == FAULTS:
        columns, note = [*place(workload), *HARM], HARMED
    return made(workload.title, ordered(workload), columns, note)


HARM = [(of, median(f"fault_{of}", words.count)) for of in ("lost", "delayed")]
HARM += [("full strength", median("fault_full_strength_seconds"))]
HARM += [
    (f"p99 {of}", median(f"fault_p99_{of}_seconds")) for of in ("before", "during")
]
HARMED = (
    "Medians of repetitions. Lost: no right answer in the time limit; delayed: after "
    "over ten times the median before. Full strength: until then; - is never in the "
    "window. p99 during: of the first second."
)


def accounts(workload: Workload) -> Table:
    """A row per cell: where all the requests have gone, and how busy and how
    late the load generator itself was."""

    def total(key: str) -> Callable[[Cell], str]:
        return lambda c: f"{sum(c.http_values(key)):,.0f}"

    of = partial(median, values=Cell.http_values)
    columns = [
        *place(workload),
        *((key.replace("_", " "), total(key)) for key in FATES),
        ("offered/s", of("offered_per_second", words.rate)),
        ("generator CPU", of("generator_cpu_share", words.percent)),
        ("late p99", of("generator_late_p99_seconds")),
        ("flags", lambda c: ", ".join(c.flags)),
    ]
    note = (
        "Sums over repetitions: sent = ok + bad status + bad body + timed out + reset "
        "+ in flight at the end. Generator CPU: of the time that its threads had; "
        "late: sent after the intended time by its own fault."
    )
    return made(f"{workload.title}: every request", ordered(workload), columns, note)


def ordered(workload: Workload) -> list[Cell]:
    """By cores, load and model; peers and floors after the models."""
    sets = ((*g.cells, *g.floors, *g.peers) for g in workload.groups)
    return [cell for some in sets for cell in some]


def place(workload: Workload) -> list[Column]:
    """The columns that name a cell."""
    found = [("server", lambda c: c.label), ("cores", lambda c: f"{c.cores}")]
    load = [("load", lambda c: words.brief(c.load))] if workload.loads else []
    return [*found, *load]
