"""The figures of a run as rows: one source for terminal, markdown and page.

A table per workload, a row per cell; every figure is the median of the
cell's repetitions. No layout here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from reports import statistics, words
from reports.questions import THROUGHPUT, ratio_of
from reports.run import Cell, Run, Workload
from reports.statistics import Interval, Ratio


@dataclass(frozen=True)
class Table:
    """Rows of strings under headers; right[i] tells a column of figures.

    `failures` are lines about cells without figures; `note` says what the
    intervals are.
    """

    title: str
    headers: tuple[str, ...]
    right: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    failures: tuple[str, ...]
    note: str


def tables(run: Run) -> list[Table]:
    return [table(workload) for workload in run.workloads]


def table(workload: Workload) -> Table:
    native = workload.scenario == "primitives"
    headers = ["primitive" if native else "model", "cores", "workers"]
    headers += ["jobs/s", "interval"]
    if not native:
        headers.append("speed-up")
    headers.append("CPU/job")
    if not native:
        headers += ["start-up", "peak PSS"]
    rows, failures, levels = [], [], []
    names = naming(workload)
    for cell in workload.cells:
        name = names[cell.name]
        where = f"{name}, {words.counted(cell.cores, 'core')}, "
        where += words.counted(cell.workers, "worker")
        if cell.reason:
            failures.append(f"{where}: {cell.reason}.")
        if not cell.ok:
            continue
        interval = statistics.median_interval(cell.values(THROUGHPUT))
        levels.append(interval)
        row = [name, f"{cell.cores}", f"{cell.workers}"]
        row += [words.rate(interval.median), spread(interval)]
        if not native:
            row.append(times(speed_up(workload, cell)))
        row.append(words.seconds(middle(cell.cpu_per_job())))
        if not native:
            row.append(words.seconds(middle(cell.values("start_seconds"))))
            row.append(words.size(middle(cell.values("peak_pss_bytes"))))
        rows.append(tuple(row))
    right = tuple(place > 0 for place in range(len(headers)))
    title = words.capital(workload.title)
    note = explain(levels)
    if not native:
        note += " Speed-up: over sequential on the same cores."
    if any(name.endswith("]") for name in naming(workload).values()):
        note += " In brackets: jobs in flight."
    return Table(title, tuple(headers), right, tuple(rows), tuple(failures), note)


def naming(workload: Workload) -> dict[str, str]:
    """The model, and its in-flight limit where that tells two cells apart;
    cores and workers have columns of their own."""
    found: dict[str, str] = {}
    for cell in workload.cells:
        limits = {
            c.in_flight
            for c in workload.cells
            if (c.id, c.cores, c.workers) == (cell.id, cell.cores, cell.workers)
        }
        suffix = f" [{cell.in_flight}]" if len(limits) > 1 else ""
        found[cell.name] = cell.label + suffix
    return found


def middle(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def spread(interval: Interval) -> str:
    """The interval, or the whole range where n is too small for one."""
    if interval.n < 2:
        return words.UNKNOWN
    low = interval.lowest if interval.low is None else interval.low
    high = interval.highest if interval.high is None else interval.high
    return words.rates(low, high)


def explain(intervals: Sequence[Interval]) -> str:
    """What `spread` shows, with the confidence that it really has."""
    known = [interval for interval in intervals if interval.n > 1]
    if not known:
        return "One repetition each: a median without an interval."
    least = min(known, key=lambda interval: interval.confidence)
    percent = f"{100 * least.confidence:.3g} %"
    if least.low is None:
        return (
            f"Median and range: {least.n} repetitions are too few for a 95 % "
            f"interval; the range covers the median with {percent} confidence."
        )
    return f"Median and order-statistic interval ({percent} confidence)."


def speed_up(workload: Workload, cell: Cell) -> Ratio | None:
    """Throughput over that of `sequential` on the same cores."""
    for base in workload.cells:
        if (
            base.model == "sequential"
            and base.variant is None
            and base.cores == cell.cores
            and base.comparable
        ):
            return ratio_of(cell, base, THROUGHPUT) if cell.comparable else None
    return None


def times(ratio: Ratio | None) -> str:
    return words.ratio(ratio.estimate) if ratio else words.UNKNOWN
