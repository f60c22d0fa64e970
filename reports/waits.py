"""What jobs that wait show beside who wins: how near to the cap of Little's
law a model comes, and what one more job in flight costs in memory.

Figures and their sentences; pure functions of groups and workloads.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports import statistics, words
from reports.answers import comparable
from reports.cells import Cell
from reports.workloads import Group, Workload


def cap_line(group: Group, names: dict[str, str]) -> str | None:
    """'Cap by Little's law: 100 in flight / 5 ms = 20,000 jobs/s; ...'; a cell
    that may not have as many in flight is measured by its own cap."""
    if group.cap is None:
        return None
    life = next(c.life_seconds for c in group.cells if c.waits)
    head = (
        f"Cap by Little's law: {group.limit:,} in flight / "
        f"{words.short_us(life * 1e6)} = {group.cap:,.0f} jobs/s"
    )
    by_flight: dict[int, list[Cell]] = {}
    for cell in comparable(group):
        if cell.of_cap is not None:
            by_flight.setdefault(cell.in_flight, []).append(cell)
    parts = []
    for in_flight, cells in sorted(by_flight.items(), reverse=True):
        cells.sort(key=lambda c: -c.of_cap)
        each = [f"{names[c.name]} {words.percent(c.of_cap)}" for c in cells]
        if in_flight == group.limit:
            first = f"{names[cells[0].name]} reaches {words.percent(cells[0].of_cap)}"
            parts.append(words.listed([first, *each[1:]]))
            continue
        whose = "its" if len(cells) == 1 else "their"
        parts.append(
            f"with {in_flight:,} in flight {words.listed(each)} of {whose} own "
            f"{cells[0].cap:,.0f} jobs/s"
        )
    return "; ".join([head, *parts]) + "."


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

    The difference of the ends, by Hodges-Lehmann over repetitions, over the
    difference of what really was in flight: that has an exact interval, and assumes no shape of
    the noise. Limits between the ends are not used, so a cost that does not
    grow in a straight line is told as its mean. Peak PSS without the records
    of the harness, because RSS counts what processes share once for each;
    the records grow with the number of jobs and belong to no model.
    """
    lines: dict[tuple[int, str], list[Cell]] = {}
    for group in workload.groups:
        if group.share is not None or group.limit is None:
            continue
        for cell in comparable(group):
            if cell.limit is not None:
                lines.setdefault((cell.cores, cell.id), []).append(cell)
    found = []
    for cells in lines.values():
        fewest = min(cells, key=lambda c: c.in_flight)
        most = max(cells, key=lambda c: c.in_flight)
        if in_flight_peak(most) < FEWEST_TIMES * in_flight_peak(fewest):
            continue
        for measure in ("PSS", "RSS"):
            ends = [own_memory(most, measure), own_memory(fewest, measure)]
            if all(ends):
                more = in_flight_peak(most) - in_flight_peak(fewest)
                slope = statistics.difference(*ends)
                each = [None if x is None else x / more for x in slope]
                found.append(MemorySlope(fewest, most, *each, measure))
                break
    return tuple(found)


def own_memory(cell: Cell, measure: str) -> list[float]:
    """Peak memory without the harness's records, per ok repetition; empty
    where a repetition does not know it."""
    key = f"peak_{measure.lower()}_bytes"
    found = [(getattr(one, key), one.record_bytes) for one in cell.ok]
    if any(None in pair for pair in found):
        return []
    return [float(peak - records) for peak, records in found]


def in_flight_peak(cell: Cell) -> int:
    """How many jobs were in flight at most: a busy model need not use all the
    places it has, and memory that was never needed must not be divided by
    them. The limit where older files do not know it."""
    peaks = cell.values("in_flight_peak")
    return round(statistics.median(peaks)) if peaks else cell.in_flight


def memory_lines(workload: Workload) -> tuple[str, ...]:
    """A line per core count and range; what is not measurable is said so."""
    lines: dict[tuple[int, int, int], list[MemorySlope]] = {}
    for slope in memory_slopes(workload):
        ends = in_flight_peak(slope.fewest), in_flight_peak(slope.most)
        lines.setdefault((slope.fewest.cores, *ends), []).append(slope)
    found = []
    for (cores, fewest, most), slopes in sorted(lines.items()):
        slopes.sort(key=lambda s: (not s.measured, s.bytes))
        text = words.listed(slope_words(slope) for slope in slopes)
        on = words.counted(cores, "core")
        found.append(f"On {on}, from {fewest:,} to {most:,} in flight: {text}.")
    return tuple(found)


def slope_words(slope: MemorySlope) -> str:
    """'event-loop 1.30 KiB (1.28 KiB to 1.33 KiB)'."""
    name = slope.most.label + (" by RSS" if slope.measure == "RSS" else "")
    if slope.low is None:
        return f"{name} {words.size(slope.bytes)} (too few repetitions to be sure)"
    range_ = f"{words.size(slope.low)} to {words.size(slope.high)}"
    if slope.measured:
        return f"{name} {words.size(slope.bytes)} ({range_})"
    if slope.high < 0:
        # Memory does not come back with more jobs: something else changed.
        return f"{name} nothing that can be seen: it fell ({range_})"
    return f"{name} nothing that can be told from noise ({range_})"
