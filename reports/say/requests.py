"""What must be known of requests beside who wins: at which rate they came,
what a naive client would have seen, what was lost, and who is left out."""

from __future__ import annotations

from statistics import median
from typing import Callable, Iterator, Sequence

from reports.data import words
from reports.data.cells import CLOSED, HEAD_OF_LINE, Cell
from reports.data.metrics import BOUND, CHEAP, DELAYED, EVERY, PARTS, SHARED
from reports.data.metrics import Metric
from reports.data.workloads import Group

# A naive percentile that is so many times too low is worth a line.
LIE = 1.5
# Rates that differ by less are told as one: what comes at random never comes
# at exactly the rate that was meant.
SAME_RATE = 0.05


def before(group: Group, metrics: Sequence[Metric]) -> list[str]:
    return [rates(group)] if {*metrics} & {*EVERY, *CHEAP} else []


def after(group: Group, metrics: Sequence[Metric]) -> list[str | None]:
    if not group.requests:
        return []
    asked = metrics or group.load in (None, CLOSED)
    return [naive(group), *(apart(group, metrics) if asked else ()), lost(group)]


def rates(group: Group) -> str:
    """'All are offered 43,750 requests/s; of the capacity of each that is ...',
    or each its own."""
    asked = {
        cell: median(cell.http_values("offered_per_second"))
        for cell in group.comparable
        if cell.http_values("offered_per_second")
    }
    if not asked:
        return "The rates that were offered are not known."
    if max(asked.values()) > (1 + SAME_RATE) * min(asked.values()):
        how = "Each at a rate of its own"
        if group.load and not group.load.endswith("/s"):
            how = f"Each at {group.load} % of its own capacity, so near its own limit"
        return f"{how}: {ranked(group, asked, words.rate)} requests/s."
    most = {cell: cell.http_values("capacity_per_second") for cell in asked}
    loads = {cell: asked[cell] / median(some) for cell, some in most.items() if some}
    own = ""
    if loads:
        own = f"; of the capacity of each that is {ranked(group, loads, words.percent)}"
    return f"All are offered {words.rate(median(asked.values()))} requests/s{own}."


def ranked(group: Group, found: dict[Cell, float], write: Callable) -> str:
    order = sorted(found.items(), key=lambda pair: -pair[1])
    return words.listed(f"{group.names[c.name]} {write(value)}" for c, value in order)


def naive(group: Group) -> str | None:
    """Where counting from the actual send would have told a nicer tale."""
    found = []
    for cell in group.comparable if group.load != CLOSED else ():
        each = ((of, *latencies(cell, of)) for of in PARTS)
        known = (
            (true / shown, cell.name, of) for of, true, shown in each if true and shown
        )
        found += [(times, name, of, cell) for times, name, of in known][:1]
    times, name, of, cell = max(found, default=(0, "", "", None))
    if cell is None or times < LIE:
        return None
    true, shown = map(words.seconds, latencies(cell, of))
    return (
        f"Coordinated omission: a client that waits for answers would report a {of} "
        f"{words.ratio(times)} times too low for {group.names[name]}, {shown} instead "
        f"of {true}."
    )


def latencies(cell: Cell, of: str) -> tuple[float | None, float | None]:
    """A percentile of all requests from the intended send, and the naive one;
    medians of repetitions."""
    shown = [(one.of_http("naive") or {}).get(of) for one in cell.ok]
    known = [value for value in shown if value is not None]
    return words.middle(cell.values(f"latency_{of}_seconds")), words.middle(known)


def apart(group: Group, metrics: Sequence[Metric]) -> Iterator[str]:
    """Who is left out of which question, and why."""
    here, closed = group.comparable, group.load == CLOSED

    def names(cells: Sequence[Cell]) -> str:
        each = words.listed(group.names[cell.name] for cell in cells)
        return "all" if len(cells) == len(here) else each

    shared = [c for c in here if SHARED in c.flags]
    bounds = [c for c in here if BOUND & {*c.flags}]
    late = [c for c in here if DELAYED & {*c.flags}]
    if shared and closed:
        yield (
            f"The load generator shared the CPUs of {names(shared)}: CPU per request is "
            "judged, requests/s are not."
        )
    elif shared:
        end = "" if group.scenario == HEAD_OF_LINE else " and are not judged"
        yield f"The load generator shared the CPUs: latencies are not the servers' alone{end}."
    if bounds and closed:
        yield (
            f"Generator-bound: {names(bounds)}; these requests/s are lower bounds that "
            "win nothing, and CPU per request is judged."
        )
    if late and not closed:
        yield (
            f"Late: {names(late)}; the load generator was late itself, so these "
            "latencies are upper bounds and not judged."
        )
    for metric in [m for m in metrics if m in (*EVERY, *CHEAP)][:1]:
        out = (*late, *shared)
        few = [c for c in here if c not in out and not metric.known(c)]
        if few:
            yield f"Too few requests for a {metric.name}: {names(few)}."
        if metric not in (EVERY[0], CHEAP[0]):
            yield (
                f"The {metric.name} stands for the p99, which needs 10,000 requests in "
                "a repetition."
            )


def lost(group: Group) -> str | None:
    """Requests without a right answer, of all that were sent."""
    each = []
    for cell in (*group.cells, *group.peers):
        sent = sum(cell.http_values("sent"))
        bad = sum(one.errors or 0 for one in cell.ok)
        if sent and bad / sent > 0.001:
            each.append(f"{group.names[cell.name]} {bad:,.0f} of {sent:,.0f}")
    if not each:
        return None
    return f"Not answered, or wrongly (more than 1 in 1,000): {words.listed(each)}."
