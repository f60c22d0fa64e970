"""What one more job in flight costs in memory. Pure functions of workloads."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from reports.data.cells import Cell
from reports.data.metrics import by_round
from reports.data.workloads import Workload
from reports.judge import intervals

# Nearer ends than this give the noise of memory and not its slope.
FEWEST_TIMES = 2


@dataclass(frozen=True)
class MemorySlope:
    """Bytes that one more job in flight takes, with its 95 % interval (None:
    too few repetitions), up to the cell with the most in flight."""

    most: Cell
    bytes: float
    low: float | None
    high: float | None

    @property
    def measured(self) -> bool:
        """More than nothing, as far as the repetitions can tell."""
        return self.low is not None and self.low > 0


def memory_slopes(workload: Workload) -> tuple[MemorySlope, ...]:
    """Per core count and model with several in-flight limits: the difference of the
    ends over the difference of what really was in flight. A cost that does not
    grow in a straight line is given as its mean."""
    lines: dict[tuple[int, str], list[Cell]] = {}
    for group in workload.groups:
        for cell in group.comparable if group.share is None else ():
            if cell.limit is not None:
                lines.setdefault((cell.cores, cell.label), []).append(cell)
    return tuple(slope for cells in lines.values() if (slope := between(cells)))


def between(cells: list[Cell]) -> MemorySlope | None:
    ends = (pick(cells, key=lambda c: c.in_flight) for pick in (min, max))
    (few, fewest), (many, most) = ((in_flight_peak(cell), cell) for cell in ends)
    low, high = (by_round(cell, "own_memory_bytes") for cell in (fewest, most))
    both = high.keys() & low.keys()
    if many < FEWEST_TIMES * few or not both:
        return None
    found = intervals.shift([(high[one] - low[one]) / (many - few) for one in both])
    return MemorySlope(most, found.middle, found.low, found.high)


def in_flight_peak(cell: Cell) -> int:
    """How many jobs were in flight at most: a busy model need not use all the
    places it has, and memory that was never needed must not be divided by
    them. The limit where older files do not know it."""
    peaks = cell.values("in_flight_peak")
    return round(median(peaks)) if peaks else cell.in_flight
