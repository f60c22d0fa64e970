"""The figures of a run as rows: one source for terminal, markdown and page.

A table per workload, a row per cell; every figure is the median of the
cell's repetitions. No layout here.
"""

from __future__ import annotations

from reports import mix, statistics, tables_http, verdicts, words
from reports.answers import THROUGHPUT, ratio_of
from reports.run import Cell, Run, Workload
from reports.statistics import Ratio
from reports.table import Table, explain, failure, middle, spread

# As many shares of a mix as fit beside a model's name.
MOST_SHARES = 8


def tables(run: Run) -> list[Table]:
    """A table per workload; of a mix axis one per core count and limit, in
    which the shares are columns."""
    found = []
    for workload in run.workloads:
        if workload.requests:
            found.append(tables_http.served(workload))
        elif workload.shares:
            found += mix_tables(run, workload)
        else:
            found.append(table(workload))
    return found


def mixes(run: Run) -> list[Table]:
    """The tables of mix axes alone, for the head of the page."""
    loads = [workload for workload in run.workloads if workload.shares]
    return [one for workload in loads for one in mix_tables(run, workload)]


def every_cell(run: Run) -> list[Table]:
    """A row per cell, also of a mix axis; of requests a second row that says
    where they have gone."""
    found = []
    for workload in run.workloads:
        if workload.requests:
            found += [tables_http.served(workload), tables_http.accounts(workload)]
        else:
            found.append(table(workload))
    return found


def mix_tables(run: Run, workload: Workload) -> list[Table]:
    """Throughput along the axis: of the loop in jobs/s, of the others as
    ratios to it."""
    answers = verdicts.answers(run)
    found = []
    for axis in mix.axes(workload):
        by = mix.base(axis)
        models = dict.fromkeys(c.id for g in axis for c in mix.cells(g).values())
        order = sorted(models, key=lambda model: model != by)
        title = f"{words.capital(workload.title)}, "
        title += words.counted(axis[0].cores, "core")
        if axis[0].limit is not None:
            title += f", {axis[0].limit:,} in flight"
        out = [
            line for g in axis for c in g.cells for line in failure(c, c.label) if line
        ]
        for first in range(0, len(axis), MOST_SHARES):
            some = axis[first : first + MOST_SHARES]
            headers = ["model"] + [words.share(g.share) for g in some]
            rows = tuple(
                (
                    model.replace("+", "/"),
                    *(mix.entry(g, model, by, answers) for g in some),
                )
                for model in order
            )
            right = (False, *(True for _ in some))
            note = (
                f"Columns: share of compute. {(by or '').replace('+', '/')} in jobs/s, "
                "the others in times its throughput; = is a tie, ? can't be told."
            )
            found.append(Table(title, tuple(headers), right, rows, tuple(out), note))
            out = []
    return found


def table(workload: Workload) -> Table:
    native = workload.scenario == "primitives"
    limited = bool(workload.limits)
    headers = ["primitive" if native else "model", "cores"]
    headers += ["compute"] if workload.shares else []
    headers += ["in flight"] if limited else []
    headers += ["workers", "jobs/s", "interval"]
    if not native:
        headers.append("of cap" if workload.waits else "speed-up")
    headers.append("CPU/job")
    if not native:
        headers += [] if limited else ["start-up"]
        headers.append("peak PSS")
    rows, failures, levels = [], [], []
    names = naming(workload)
    for cell in (*workload.cells, *workload.floors):
        name = names[cell.name]
        failures += failure(cell, name)
        if not cell.ok:
            continue
        interval = statistics.median_interval(cell.values(THROUGHPUT))
        levels.append(interval)
        row = [name, f"{cell.cores}"]
        row += [words.share(cell.share)] if workload.shares else []
        row += [flying(cell)] if limited else []
        row += [f"{cell.workers}", words.rate(interval.median), spread(interval)]
        if not native:
            row.append(
                words.percent(cell.of_cap)
                if workload.waits
                else times(speed_up(workload, cell))
            )
        row.append(words.seconds(middle(cell.cpu_per_job())))
        if not native:
            if not limited:
                row.append(words.seconds(middle(cell.values("start_seconds"))))
            row.append(words.size(middle(cell.values("peak_pss_bytes"))))
        rows.append(tuple(row))
    right = tuple(place > 0 for place in range(len(headers)))
    title = words.capital(workload.title)
    note = explain(levels)
    if workload.waits:
        note += " Of cap: of what Little's law allows with so many in flight."
    elif not native:
        note += " Speed-up: over sequential on the same cores."
    less = [c for c in workload.cells if c.ok and "/" in flying(c)]
    if limited and less:
        held = f"{less[-1].in_flight:,} of {less[-1].limit:,} allowed"
        note += f" In flight {flying(less[-1])}: {held}, as each worker holds one."
    if any(name.endswith("]") for name in naming(workload).values()):
        note += " In brackets: jobs in flight."
    return Table(title, tuple(headers), right, tuple(rows), tuple(failures), note)


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
            if (c.id, c.cores, c.workers) == (cell.id, cell.cores, cell.workers)
        }
        # With --in-flight there is a column for it.
        several = len(limits) > 1 and cell.limit is None and not cell.is_floor
        suffix = f" [{cell.in_flight}]" if several else ""
        found[cell.name] = cell.label + suffix
    return found


def speed_up(workload: Workload, cell: Cell) -> Ratio | None:
    """Throughput over that of `sequential` on the same cores."""
    for base in workload.cells:
        if (
            base.model == "sequential"
            and base.variant is None
            and base.cores == cell.cores
            and base.share == cell.share
            and base.comparable
        ):
            return ratio_of(cell, base, THROUGHPUT) if cell.comparable else None
    return None


def times(ratio: Ratio | None) -> str:
    return words.ratio(ratio.estimate) if ratio else words.UNKNOWN
