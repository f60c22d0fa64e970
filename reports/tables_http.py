"""The figures of requests as rows: what was served, and where each request
that was sent has gone. Called by tables.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Sequence

from reports import targets, words
from reports.answers import THROUGHPUT
from reports.cells import HEAD_OF_LINE, Cell
from reports.run import Workload
from reports.summary_http import latencies
from reports.table import Table, failure, middle

FATES = ("ok", "bad_status", "bad_body", "timed_out", "reset", "in_flight_at_end")


def ordered(workload: Workload) -> list[Cell]:
    """By cores, load and model; peers and floors after the models."""
    return [
        cell
        for group in workload.groups
        for cell in (*group.cells, *group.floors, *group.peers)
    ]


def served(workload: Workload) -> Table:
    """A row per cell: requests per second, their price and their latency."""
    line = workload.scenario == HEAD_OF_LINE
    headers = ["server", "cores"]
    headers += ["load"] if workload.loads else []
    headers += ["req/s", "CPU/req"]
    cheap = ["cheap p50", "cheap p90", "cheap p99"]
    headers += cheap if line else ["p50", "p99", "naive p99"]
    headers.append("PSS")
    rows = []
    for cell in ordered(workload):
        if not cell.ok:
            continue
        row = [cell.label, f"{cell.cores}"]
        row += [targets.brief(cell.load)] if cell.load else []
        row.append(words.rate(middle(cell.values(THROUGHPUT))))
        row.append(words.seconds(middle(cell.cpu_per_job())))
        if line:
            parts = (f"cheap_{part}_seconds" for part in ("p50", "p90", "p99"))
            times = [middle(cell.values(part)) for part in parts]
        else:
            p50 = middle(cell.values("latency_p50_seconds"))
            times = [p50, *latencies(cell, "p99")]
        row += [words.seconds(value) for value in times]
        row.append(words.size(middle(cell.values("peak_pss_bytes"))))
        rows.append(tuple(row))
    note = "Medians of repetitions. CPU of all processes of the server."
    if not line:
        note += (
            " Open loop: latency from the intended send; naive: from the actual one."
        )
    note += " p99 needs 10,000 requests in a repetition."
    found = table(workload, headers, rows, note)
    return replace(found, failures=failures(workload))


def accounts(workload: Workload) -> Table:
    """A row per cell: where all the requests have gone, and how busy and how
    late the load generator itself was."""
    headers = ["server", "cores"]
    headers += ["load"] if workload.loads else []
    headers += ["sent", "ok", "bad status", "bad body", "timed out", "reset"]
    headers += ["in flight at end", "offered/s", "generator CPU", "late p99", "flags"]
    rows = []
    for cell in ordered(workload):
        if not cell.ok:
            continue
        row = [cell.label, f"{cell.cores}"]
        row += [targets.brief(cell.load)] if cell.load else []
        row += [f"{sum(cell.http_values(key)):,.0f}" for key in ("sent", *FATES)]
        row.append(words.rate(middle(cell.http_values("offered_per_second"))))
        row.append(words.percent(middle(cell.http_values("generator_cpu_share"))))
        late = middle(cell.http_values("generator_late_p99_seconds"))
        row += [words.seconds(late), ", ".join(cell.flags)]
        rows.append(tuple(row))
    note = (
        "Sums over repetitions: sent = ok + bad status + bad body + timed out + reset "
        "+ in flight at the end. Generator CPU: of the time that its threads had; "
        "late: sent after the intended time by its own fault."
    )
    found = table(workload, headers, rows, note)
    wrong = [line for cell in ordered(workload) for line in unaccounted(cell)]
    return replace(found, title=f"{found.title}: every request", failures=tuple(wrong))


def table(
    workload: Workload, headers: list[str], rows: Sequence[tuple[str, ...]], note: str
) -> Table:
    right = tuple(place > 0 and name != "flags" for place, name in enumerate(headers))
    title = words.capital(workload.title)
    return Table(title, tuple(headers), right, tuple(rows), (), note)


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


def failures(workload: Workload) -> tuple[str, ...]:
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
