"""The figures of a run as rows: one source for terminal, markdown and page.

A table per workload, a row per cell; every figure is the median of the cell's
repetitions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any, Callable, Iterable

from reports.data import targets, words
from reports.data.metrics import CHEAP, CPU_OF_BOTH, RATE
from reports.data.run import Cell, Run, Workload
from reports.data.scenarios import HEAD_OF_LINE, PRIMITIVES, SEQUENTIAL, kind
from reports.data.workloads import Group
from reports.judge.intervals import Level, level
from reports.judge.judgement import Judgement, judge
from reports.judge.verdict import EQUAL, UNDECIDED
from reports.say.summary import along
from reports.show.table import Table, failures, made, memory, price, rate, seconds

# As many shares of a mix as fit beside a model's name.
MOST_SHARES = 8
FATES = "sent ok bad_status bad_body timed_out reset in_flight_at_end".split()


def tables(run: Run) -> list[Table]:
    """A table per workload; of a mix axis one per core count and limit, in
    which the shares are columns."""
    return [table for load in run.workloads for table in brief(run, load)]


def brief(run: Run, workload: Workload) -> list[Table]:
    if workload.requests:
        return [served(workload)]
    if workload.shares:
        return mix_tables(judge(run), workload)
    return [batch(judge(run), workload)]


def every_cell(run: Run, workload: Workload) -> list[Table]:
    """The same with a row per cell, also of a mix axis; of requests a second
    table says where they have gone."""
    found = brief(run, workload)
    if workload.requests:
        found.append(accounts(workload))
    elif workload.shares:
        found.append(batch(judge(run), workload))
    return found


def batch(judged: Judgement, workload: Workload) -> Table:
    native, waits = workload.scenario == PRIMITIVES, workload.waits
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
        (not native and not limited, "start-up", seconds("start_seconds")),
        (not native, "peak PSS", memory),
    )
    less = any("/" in flying(c) for c in workload.cells if c.ok)
    notes = (
        (True, explain(level(c.values(RATE.key)) for c in cells if c.ok)),
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


def explain(levels: Iterable[Level]) -> str:
    """What `spread` shows, with the confidence that it really has."""
    known = [one for one in levels if one.n > 1]
    if not known:
        return "One repetition each: a median without an interval."
    least = min(known, key=lambda one: one.reached)
    percent = f"{100 * least.reached:.3g} %"
    if not least.sure:
        return f"Median and range, which is a {percent} interval of the median."
    return f"Median and its order-statistic interval ({percent})."


def flying(cell: Cell) -> str:
    """The jobs that were in flight, and the limit where that is more."""
    if cell.limit in (None, cell.in_flight):
        return f"{cell.in_flight}"
    return f"{cell.in_flight}/{cell.limit}"


def speed_up(judged: Judgement, workload: Workload, cell: Cell) -> str:
    """Throughput over that of `sequential` on the same cores."""
    for base in workload.cells:
        same = (base.cores, base.share) == (cell.cores, cell.share)
        if base.label == SEQUENTIAL and same and base.comparable and cell.comparable:
            return words.ratio(judged.ratio(cell, base, RATE))
    return words.UNKNOWN


def mix_tables(judged: Judgement, workload: Workload) -> list[Table]:
    """Throughput along the axis: of the loop in jobs/s, of the others as
    ratios to it."""
    found = []
    for groups in along(workload):
        models = dict.fromkeys(c.label for g in groups for c in g.comparable)
        wanted = kind(workload.scenario).base
        by = wanted if wanted in models else next(iter(models), "")
        first = groups[0]
        title = f"{words.capital(workload.title)}, {words.counted(first.cores, 'core')}"
        if first.limit is not None:
            title += f", {first.limit:,} in flight"
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


# Requests.


def served(workload: Workload) -> Table:
    """A row per cell: requests per second, their price and their latency."""
    note = (
        "Medians of repetitions. CPU of all processes of the server, and with that "
        "of the load generator. p99 needs 10,000 requests in a repetition."
    )
    if workload.scenario == HEAD_OF_LINE:
        late = [(f"cheap {m.name[:3]}", seconds(m.key)) for m in reversed(CHEAP)]
    else:
        late = [
            ("p50", seconds("latency_p50_seconds")),
            ("p99", seconds("latency_p99_seconds")),
            ("naive p99", naive),
        ]
        note += (
            " Open loop: latency from the intended send; naive: from the actual one."
        )
    cpu = [("CPU/req", price), ("with clients", seconds(CPU_OF_BOTH.key))]
    columns = [*place(workload), ("req/s", rate), *cpu, *late, ("PSS", memory)]
    return made(workload.title, ordered(workload), columns, note)


def naive(cell: Cell) -> str:
    known = [(one.of_http("naive") or {}).get("p99") for one in cell.ok]
    return words.seconds(words.middle([value for value in known if value]))


def accounts(workload: Workload) -> Table:
    """A row per cell: where all the requests have gone, and how busy and how
    late the load generator itself was."""

    def total(key: str) -> Callable[[Cell], str]:
        return lambda c: f"{sum(c.http_values(key)):,.0f}"

    def of(key: str, write: Callable[[Any], str]) -> Callable[[Cell], str]:
        return lambda c: write(words.middle(c.http_values(key)))

    columns = [
        *place(workload),
        *((key.replace("_", " "), total(key)) for key in FATES),
        ("offered/s", of("offered_per_second", words.rate)),
        ("generator CPU", of("generator_cpu_share", words.percent)),
        ("late p99", of("generator_late_p99_seconds", words.seconds)),
        ("flags", lambda c: ", ".join(c.flags)),
    ]
    note = (
        "Sums over repetitions: sent = ok + bad status + bad body + timed out + reset "
        "+ in flight at the end. Generator CPU: of the time that its threads had; "
        "late: sent after the intended time by its own fault."
    )
    title = f"{workload.title}: every request"
    found = made(title, ordered(workload), columns, note)
    return replace(found, failures=())  # they stand under the table of what was served


def ordered(workload: Workload) -> list[Cell]:
    """By cores, load and model; peers and floors after the models."""
    sets = ((*g.cells, *g.floors, *g.peers) for g in workload.groups)
    return [cell for some in sets for cell in some]


def place(workload: Workload) -> list[tuple[str, Callable[[Cell], str]]]:
    """The columns that name a cell."""
    found = [("server", lambda c: c.label), ("cores", lambda c: f"{c.cores}")]
    load = [("load", lambda c: targets.brief(c.load))] if workload.loads else []
    return [*found, *load]
