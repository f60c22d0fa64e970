"""The tables of requests: what was served, and where each request has gone."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from reports.data import targets, words
from reports.data.metrics import CHEAP, CPU_OF_BOTH
from reports.data.run import Cell, Workload
from reports.data.scenarios import HEAD_OF_LINE
from reports.say.requests import latencies
from reports.show.table import Columns, Table, failure, made, memory, middle, price
from reports.show.table import rate, seconds

FATES = ("ok", "bad_status", "bad_body", "timed_out", "reset", "in_flight_at_end")


def ordered(workload: Workload) -> list[Cell]:
    """By cores, load and model; peers and floors after the models."""
    return [
        cell
        for group in workload.groups
        for cell in (*group.cells, *group.floors, *group.peers)
    ]


def asked(workload: Workload) -> Columns:
    columns: Columns = [
        ("server", lambda c: c.label),
        ("cores", lambda c: f"{c.cores}"),
    ]
    if workload.loads:
        columns.append(("load", lambda c: targets.brief(c.load)))
    return columns


def served(workload: Workload) -> Table:
    """A row per cell: requests per second, their price and their latency."""
    columns = [*asked(workload), ("req/s", rate), ("CPU/req", price)]
    columns.append(("with clients", seconds(CPU_OF_BOTH.key)))
    note = (
        "Medians of repetitions. CPU of all processes of the server, and with that "
        "of the load generator."
    )
    if workload.scenario == HEAD_OF_LINE:
        for metric in reversed(CHEAP):
            part = metric.name.partition(" ")[0]
            columns.append((f"cheap {part}", seconds(metric.key)))
    else:
        columns.append(("p50", seconds("latency_p50_seconds")))
        for place, head in enumerate(("p99", "naive p99")):
            columns.append(
                (head, lambda c, place=place: words.seconds(latencies(c, "p99")[place]))
            )
        note += (
            " Open loop: latency from the intended send; naive: from the actual one."
        )
    columns.append(("PSS", memory))
    note += " p99 needs 10,000 requests in a repetition."
    found = made(workload, ordered(workload), columns, note, lambda c: c.label)
    return replace(found, failures=missing(workload))


def accounts(workload: Workload) -> Table:
    """A row per cell: where all the requests have gone, and how busy and how
    late the load generator itself was."""

    def total(key: str) -> Callable[[Cell], str]:
        return lambda c: f"{sum(c.http_values(key)):,.0f}"

    def of(key: str, write: Callable[[float | None], str]) -> Callable[[Cell], str]:
        return lambda c: write(middle(c.http_values(key)))

    fates = [(key.replace("_", " "), total(key)) for key in ("sent", *FATES)]
    columns = [
        *asked(workload),
        *fates,
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
    cells = ordered(workload)
    found = made(workload, cells, columns, note, lambda c: c.label)
    wrong = tuple(line for cell in cells for line in unaccounted(cell))
    return replace(found, title=f"{found.title}: every request", failures=wrong)


def unaccounted(cell: Cell) -> list[str]:
    """A line per repetition whose requests do not add up."""
    found = []
    for one in cell.ok:
        known = one.http or {}
        if None in (known.get("sent"), *(known.get(fate) for fate in FATES)):
            continue
        summed = sum(known[fate] for fate in FATES)
        if known["sent"] != summed:
            found.append(
                f"{cell.name}, repetition {one.repetition_index}: {known['sent']:,} "
                f"sent, but {summed:,} accounted for."
            )
    return found


def missing(workload: Workload) -> tuple[str, ...]:
    """A line per cell; of a peer that was never there a line in all."""
    found: list[str] = []
    for cell in ordered(workload):
        if cell.is_peer and not cell.ok and not cell.failed:
            reasons = dict.fromkeys(r.reason or "no reason" for r in cell.skipped)
            line = f"{cell.label} was skipped: {'; '.join(reasons)}."
            found.append(words.printable(line))
        else:
            found += failure(cell, cell.label)
    return tuple(dict.fromkeys(found))
