"""The tables of requests: what was served, and where each request has gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Callable

from reports.data import targets, words
from reports.data.metrics import CHEAP, CPU_OF_BOTH
from reports.data.run import Cell, Workload
from reports.data.scenarios import HEAD_OF_LINE
from reports.say.lines import latencies
from reports.show.table import Columns, Table, failure, made, memory, middle, price
from reports.show.table import rate, seconds

FATES = ("ok", "bad_status", "bad_body", "timed_out", "reset", "in_flight_at_end")


def served(workload: Workload) -> Table:
    """A row per cell: requests per second, their price and their latency."""
    columns: Columns = [
        ("req/s", rate),
        ("CPU/req", price),
        ("with clients", seconds(CPU_OF_BOTH.key)),
    ]
    note = (
        "Medians of repetitions. CPU of all processes of the server, and with that "
        "of the load generator."
    )
    if workload.scenario == HEAD_OF_LINE:
        for metric in reversed(CHEAP):
            part = metric.name.partition(" ")[0]
            columns.append((f"cheap {part}", seconds(metric.key)))
    else:
        columns += [
            ("p50", seconds("latency_p50_seconds")),
            ("p99", lambda c: words.seconds(latencies(c, "p99")[0])),
            ("naive p99", lambda c: words.seconds(latencies(c, "p99")[1])),
        ]
        note += (
            " Open loop: latency from the intended send; naive: from the actual one."
        )
    note += " p99 needs 10,000 requests in a repetition."
    return by_cell(workload, [*columns, ("PSS", memory)], note)


def accounts(workload: Workload) -> Table:
    """A row per cell: where all the requests have gone, and how busy and how
    late the load generator itself was."""

    def total(key: str) -> Callable[[Cell], str]:
        return lambda c: f"{sum(c.http_values(key)):,.0f}"

    def of(key: str, write: Callable[[float | None], str]) -> Callable[[Cell], str]:
        return lambda c: write(middle(c.http_values(key)))

    columns = [
        *((key.replace("_", " "), total(key)) for key in ("sent", *FATES)),
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
    found = by_cell(workload, columns, note)
    wrong = tuple(line for cell in ordered(workload) for line in unaccounted(cell))
    return replace(found, title=f"{found.title}: every request", failures=wrong)


def ordered(workload: Workload) -> list[Cell]:
    """By cores, load and model; peers and floors after the models."""
    sets = ((*g.cells, *g.floors, *g.peers) for g in workload.groups)
    return [cell for some in sets for cell in some]


def by_cell(workload: Workload, columns: Columns, note: str) -> Table:
    """Columns after those that name the cell, and a line per cell without
    figures; of a peer that was never there a line in all."""
    named: Columns = [
        ("server", lambda c: c.label),
        ("cores", lambda c: f"{c.cores}"),
    ]
    if workload.loads:
        named.append(("load", lambda c: targets.brief(c.load)))
    cells = ordered(workload)
    found = made(workload, cells, [*named, *columns], note, lambda c: c.label)
    missing: list[str] = []
    for cell in cells:
        if cell.is_peer and not cell.ok and not cell.failed:
            reasons = dict.fromkeys(r.reason or "no reason" for r in cell.skipped)
            line = f"{cell.label} was skipped: {'; '.join(reasons)}."
            missing.append(words.printable(line))
        else:
            missing += failure(cell, cell.label)
    return replace(found, failures=tuple(dict.fromkeys(missing)))


def unaccounted(cell: Cell) -> Iterator[str]:
    """A line per repetition whose requests do not add up."""
    for one in cell.ok:
        sent, *fates = ((one.http or {}).get(key) for key in ("sent", *FATES))
        if None not in (sent, *fates) and sent != sum(fates):
            yield (
                f"{cell.name}, repetition {one.repetition_index}: {sent:,} sent, but "
                f"{sum(fates):,} accounted for."
            )
