"""What held the models of a group back: Little's law, or the backend."""

from __future__ import annotations

from reports.data import words
from reports.data.cells import Cell
from reports.data.metrics import BACKEND_BOUND
from reports.data.workloads import Group
from reports.say.phrases import name_of


def cap_line(group: Group) -> str | None:
    """'Cap by Little's law: 100 in flight / 5 ms = 20,000 jobs/s; ...'; a cell
    that may not have as many in flight is measured by its own cap."""
    if group.cap is None or group.share is not None:
        return None
    life = next(c.life_seconds for c in group.cells if c.waits)
    head = (
        f"Cap by Little's law: {group.limit:,} in flight / "
        f"{words.short_us(life * 1e6)} = {group.cap:,.0f} jobs/s"
    )
    by_flight: dict[int, list[Cell]] = {}
    for cell in group.comparable:
        if cell.of_cap is not None:
            by_flight.setdefault(cell.in_flight, []).append(cell)
    parts = []
    for in_flight, cells in sorted(by_flight.items(), reverse=True):
        cells.sort(key=lambda c: -c.of_cap)
        each = [f"{name_of(c, group)} {words.percent(c.of_cap)}" for c in cells]
        if in_flight == group.limit:
            parts.append(f"reached: {words.listed(each)}")
            continue
        whose = "its" if len(cells) == 1 else "their"
        parts.append(
            f"with {in_flight:,} in flight {words.listed(each)} of {whose} own "
            f"{cells[0].cap:,.0f} jobs/s"
        )
    return "; ".join([head, *parts]) + "."


def backend_line(group: Group) -> str | None:
    who = [c for c in group.comparable if BACKEND_BOUND in c.flags]
    if not who:
        return None
    names = words.listed(name_of(c, group) for c in who)
    return (
        f"Backend-bound: {names}; the backend was the limit, so jobs per second are "
        "lower bounds that win nothing, and CPU per job is judged."
    )
