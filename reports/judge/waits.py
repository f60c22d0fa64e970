"""What one more job in flight costs in memory. Pure functions of workloads."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from reports.data.cells import Cell
from reports.data.workloads import Workload
from reports.judge import intervals

# Nearer ends than this give the noise of memory and not its slope.
FEWEST_TIMES = 2


@dataclass(frozen=True)
class MemorySlope:
    """Bytes that one more job in flight takes, with its 95 % interval (None:
    too few repetitions), between the cells with the fewest and the most in
    flight. `measure` is "PSS", or "RSS" where PSS is not known."""

    fewest: Cell
    most: Cell
    bytes: float
    low: float | None
    high: float | None
    measure: str

    @property
    def measured(self) -> bool:
        """More than nothing, as far as the repetitions can tell."""
        return self.low is not None and self.low > 0


def memory_slopes(workload: Workload) -> tuple[MemorySlope, ...]:
    """Per core count and model with several in-flight limits.

    The difference of the ends over the difference of what really was in flight.
    Limits between the ends are not used, so a cost that does not grow in a
    straight line is told as its mean. Peak PSS, because RSS counts what processes
    share once for each, without the records of the harness, which belong to no
    model.
    """
    lines: dict[tuple[int, str], list[Cell]] = {}
    for group in workload.groups:
        for cell in group.comparable if group.share is None else ():
            if cell.limit is not None:
                lines.setdefault((cell.cores, cell.label), []).append(cell)
    return tuple(slope for cells in lines.values() if (slope := between(cells)))


def between(cells: list[Cell]) -> MemorySlope | None:
    fewest = min(cells, key=lambda c: c.in_flight)
    most = max(cells, key=lambda c: c.in_flight)
    more = in_flight_peak(most) - in_flight_peak(fewest)
    if in_flight_peak(most) < FEWEST_TIMES * in_flight_peak(fewest):
        return None
    for measure in ("PSS", "RSS"):
        high, low = own_memory(most, measure), own_memory(fewest, measure)
        grown = [(high[one] - low[one]) / more for one in high.keys() & low.keys()]
        if grown:
            found = intervals.shift(grown)
            ends = (found.middle, found.low, found.high)
            return MemorySlope(fewest, most, *ends, measure)
    return None


def own_memory(cell: Cell, measure: str) -> dict[int, float]:
    """Peak memory without the harness's records, by round; empty where an ok
    repetition does not know it."""
    key = f"peak_{measure.lower()}_bytes"
    found = {one.turn: (getattr(one, key), one.record_bytes) for one in cell.ok}
    if any(None in pair for pair in found.values()):
        return {}
    return {turn: float(peak - records) for turn, (peak, records) in found.items()}


def in_flight_peak(cell: Cell) -> int:
    """How many jobs were in flight at most: a busy model need not use all the
    places it has, and memory that was never needed must not be divided by
    them. The limit where older files do not know it."""
    peaks = cell.values("in_flight_peak")
    return round(median(peaks)) if peaks else cell.in_flight
