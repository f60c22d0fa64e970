"""What a run says as a whole: memory, the shortest useful job, what more cores
could bring."""

from __future__ import annotations

from statistics import median
from typing import Iterator

from reports.data import words
from reports.data.metrics import RATE
from reports.data.run import Cell, Workload
from reports.judge import scaling, waits
from reports.judge.judgement import Judgement
from reports.say.phrases import cores


def memory_lines(workload: Workload) -> tuple[str, ...]:
    """On the most cores, a line per range; what is not measurable is said so."""
    found: dict[tuple[int, int, int], list[waits.MemorySlope]] = {}
    slopes = waits.memory_slopes(workload)
    most_cores = max((slope.most.cores for slope in slopes), default=0)
    for slope in (slope for slope in slopes if slope.most.cores == most_cores):
        between = waits.in_flight_peak(slope.fewest), waits.in_flight_peak(slope.most)
        found.setdefault((slope.fewest.cores, *between), []).append(slope)
    text = []
    for (count, fewest, most), slopes in sorted(found.items()):
        slopes.sort(key=lambda s: (not s.measured, s.bytes))
        each = words.listed(slope_words(slope) for slope in slopes)
        text.append(
            f"On {cores(count)}, from {fewest:,} to {most:,} in flight: {each}."
        )
    return tuple(text)


def slope_words(slope: waits.MemorySlope) -> str:
    """'event-loop 1.30 KiB (1.28 KiB to 1.33 KiB)'."""
    name = slope.most.label + (" by RSS" if slope.measure == "RSS" else "")
    if slope.low is None:
        return f"{name} {words.size(slope.bytes)} (too few rounds to be sure)"
    range_ = f"({words.size(slope.low)} to {words.size(slope.high)})"
    if slope.measured:
        return f"{name} {words.size(slope.bytes)} {range_}"
    return f"{name} nothing that stands out of the noise {range_}"


def shortest(judged: Judgement) -> tuple[str, ...]:
    """METG(50 %) per workload and core count, as brackets."""
    found: dict[tuple[str, int], list[str]] = {}
    for one in judged.shortest:
        where, cell = one.where, one.cell
        if where.last is None:
            text = "with none of the lengths"
        elif where.first is None:
            text = f"with {words.seconds(where.last)} or less"
        else:
            ends = words.seconds(where.first), words.seconds(where.last)
            text = f"between {ends[0]} and {ends[1]}"
        rest = {k: v for k, v in cell.params.items() if k not in ("job_us", "size")}
        key = words.work(cell.scenario, rest), cell.cores
        found.setdefault(key, []).append(f"{cell.label} {text}")
    return tuple(
        f"{words.capital(work)} on {cores(count)} begin to reach half of the ideal "
        f"throughput (METG 50 %): {words.listed(each)}."
        for (work, count), each in found.items()
    )


def beyond(judged: Judgement) -> tuple[str, ...]:
    """What more cores could bring at most; never drawn with measurements."""
    run = judged.run
    return tuple(
        line
        for workload in (run.workloads if run.judged else ())
        for line in (*law(workload), *bounds(judged, workload))
    )


def bounds(judged: Judgement, workload: Workload) -> Iterator[str]:
    few, most = workload.cores[:1], workload.cores[-1:]
    wide = workload.groups[-1:]
    if workload.shares or few == most or RATE not in judged.metrics(*wide):
        return
    group = workload.group(*few, wide[0].limit, wide[0].share, wide[0].load)
    if group is None or group.waits:
        return
    many, each, reached = 4 * most[0], [], []
    for cell in group.contestants:
        other = next((c for c in wide[0].comparable if c.label == cell.label), None)
        known = scaling.projection(cell, other)
        if known is None or other is None:
            continue
        full = known.saturates is not None and known.saturates <= many
        thread = " (one thread is the limit)" if full else ""
        each.append(f"{cell.label} {words.rate(known.most(many))}/s{thread}")
        if RATE.own(other):
            reached.append(median(other.values(RATE.key)) / known.most(*most))
    if each:
        check = ""
        if reached:
            ends = dict.fromkeys(map(words.percent, (min(reached), max(reached))))
            share = " to ".join(ends)
            check = f" Check: on {cores(*most)} {share} of it was measured."
        yield (
            f"{words.capital(workload.title)}, an upper bound from the CPU time of a "
            f"job on {cores(*few)}, not measured: on {many} cores at most "
            f"{words.listed(each)}.{check}"
        )


def law(workload: Workload) -> Iterator[str]:
    """The Universal Scalability Law, with six core counts or more."""
    curves: dict[str, list[Cell]] = {}
    for cell in workload.cells:
        if cell.comparable and RATE.own(cell) and not cell.waits:
            curves.setdefault(cell.label, []).append(cell)
    for label, cells in curves.items():
        rates = [median(cell.values(RATE.key)) for cell in cells]
        fit = scaling.usl([cell.cores for cell in cells], rates)
        if fit:
            peak = f", a peak at {fit.peak:.0f} cores" if fit.peak else ""
            yield (
                f"{words.capital(workload.title)}, {label}: contention "
                f"{words.percent(fit.contention)}, coherence {fit.coherence:.2g}{peak} "
                "(Universal Scalability Law)."
            )
