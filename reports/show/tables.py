"""The figures of a run as rows: one source for terminal, markdown and page.

A table per workload, a row per cell; every figure is the median of the cell's
repetitions.
"""

from __future__ import annotations

from typing import Iterable

from reports.data import words
from reports.data.metrics import RATE
from reports.data.run import Cell, Run, Workload
from reports.data.scenarios import PRIMITIVES, SEQUENTIAL, kind
from reports.data.workloads import Group
from reports.judge.intervals import Level, level
from reports.judge.judgement import Judgement, judge
from reports.judge.verdict import EQUAL, UNDECIDED
from reports.say.summary import along
from reports.show.table import Columns, Table, failure, made, memory, price, rate
from reports.show.table import seconds
from reports.show.tables_requests import accounts, served

# As many shares of a mix as fit beside a model's name.
MOST_SHARES = 8


def tables(run: Run) -> list[Table]:
    """A table per workload; of a mix axis one per core count and limit, in
    which the shares are columns."""
    found = []
    for workload in run.workloads:
        if workload.requests:
            found.append(served(workload))
        elif workload.shares:
            found += mix_tables(run, workload)
        else:
            found.append(batch(judge(run), workload))
    return found


def every_cell(run: Run, workload: Workload) -> list[Table]:
    """A row per cell, also of a mix axis; of requests a second row that says
    where they have gone."""
    if workload.requests:
        return [served(workload), accounts(workload)]
    mixes = mix_tables(run, workload) if workload.shares else []
    return [*mixes, batch(judge(run), workload)]


def spread(cell: Cell) -> str:
    """The interval, which is the whole range where n is too small for 95 %."""
    known = level(cell.values(RATE.key))
    return words.UNKNOWN if known.n < 2 else words.rates(known.low, known.high)


def batch(judged: Judgement, workload: Workload) -> Table:
    native = workload.scenario == PRIMITIVES
    limited, waits = bool(workload.limits), workload.waits
    scaled = RATE in kind(workload.scenario).metrics and not waits
    names = naming(workload)
    cells = (*workload.cells, *workload.floors)
    columns = [
        (True, "primitive" if native else "model", lambda c: names[c.name]),
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
    ]
    less = [c for c in workload.cells if c.ok and "/" in flying(c)]
    held = ""
    if less:
        held = f"In flight {flying(less[-1])}: {less[-1].in_flight:,} of "
        held += f"{less[-1].limit:,} allowed, as each worker holds one."
    notes = (
        (True, explain(level(c.values(RATE.key)) for c in cells if c.ok)),
        (waits, "Of cap: of what Little's law allows with so many in flight."),
        (scaled, "Speed-up: over sequential on the same cores."),
        (limited and less, held),
        (
            any(name.endswith("]") for name in names.values()),
            "In brackets: jobs in flight.",
        ),
    )
    shown: Columns = [(head, write) for wanted, head, write in columns if wanted]
    note = " ".join(text for wanted, text in notes if wanted)
    return made(workload, cells, shown, note, lambda c: names[c.name])


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


def naming(workload: Workload) -> dict[str, str]:
    """The model, and its in-flight limit where that tells two cells apart;
    cores and workers have columns of their own."""
    found: dict[str, str] = {}
    for cell in (*workload.cells, *workload.floors):
        limits = {
            c.in_flight
            for c in workload.cells
            if (c.label, c.cores, c.workers) == (cell.label, cell.cores, cell.workers)
        }
        # With --in-flight there is a column for it.
        several = len(limits) > 1 and cell.limit is None and not cell.is_floor
        suffix = f" [{cell.in_flight}]" if several else ""
        found[cell.name] = cell.label + suffix
    return found


def speed_up(judged: Judgement, workload: Workload, cell: Cell) -> str:
    """Throughput over that of `sequential` on the same cores."""
    for base in workload.cells:
        same = (base.cores, base.share) == (cell.cores, cell.share)
        if base.label == SEQUENTIAL and same and base.comparable and cell.comparable:
            return words.ratio(judged.ratio(cell, base, RATE))
    return words.UNKNOWN


def mix_tables(run: Run, workload: Workload) -> list[Table]:
    """Throughput along the axis: of the loop in jobs/s, of the others as
    ratios to it."""
    judged = judge(run)
    found = []
    for groups in along(workload):
        models = dict.fromkeys(c.label for g in groups for c in g.comparable)
        wanted = kind(workload.scenario).base
        by = wanted if wanted in models else next(iter(models), None)
        order = sorted(models, key=lambda model: model != by)
        title = f"{words.capital(workload.title)}, "
        title += words.counted(groups[0].cores, "core")
        if groups[0].limit is not None:
            title += f", {groups[0].limit:,} in flight"
        out = [line for g in groups for c in g.cells for line in failure(c, c.label)]
        note = (
            f"Columns: share of compute. {by or ''} in jobs/s, "
            "the others in times its throughput; = is equal, ? undecided."
        )
        for first in range(0, len(groups), MOST_SHARES):
            some = groups[first : first + MOST_SHARES]
            heads = ("model", *(words.share(g.share) for g in some))
            rows = tuple(
                (model, *(entry(judged, g, model, by) for g in some)) for model in order
            )
            right = (False, *(True for _ in some))
            found.append(Table(title, heads, right, rows, tuple(out), note))
            out = []
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
