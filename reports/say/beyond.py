"""What a run says beyond its cells: the shortest useful job, and what more
cores could bring. Never drawn with measurements."""

from __future__ import annotations

from statistics import median
from typing import Iterator

from reports.data import words
from reports.data.metrics import RATE
from reports.data.run import Cell, Workload
from reports.judge import scaling
from reports.judge.judgement import Judgement
from reports.say.phrases import cores


def shortest(judged: Judgement) -> Iterator[str]:
    """METG(50 %) per workload and core count, as brackets."""
    found: dict[str, list[str]] = {}
    for one in judged.shortest:
        where, cell = one.where, one.cell
        low, high = words.seconds(where.first), words.seconds(where.last)
        text = f"between {low} and {high}"
        if where.last is None:
            text = "with none of the lengths"
        elif where.first is None:
            text = f"with {high} or less"
        rest = {k: v for k, v in cell.params.items() if k not in ("job_us", "size")}
        work = words.capital(words.work(cell.scenario, rest))
        found.setdefault(f"{work} on {cores(cell.cores)}", []).append(
            f"{cell.label} {text}"
        )
    for work, each in found.items():
        yield (
            f"{work} begin to reach half of the ideal throughput (METG 50 %): "
            f"{words.listed(each)}."
        )


def beyond(judged: Judgement) -> Iterator[str]:
    for workload in judged.run.workloads if judged.run.judged else ():
        yield from law(workload)
        yield from bounds(judged, workload)


def bounds(judged: Judgement, workload: Workload) -> Iterator[str]:
    """From CPU times on the fewest cores, checked on the most."""
    few, most = workload.cores[:1], workload.cores[-1:]
    wide = workload.groups[-1:]
    if workload.shares or few == most or RATE not in judged.metrics(*wide):
        return
    group = workload.group(*few, wide[0].limit, wide[0].share, wide[0].load)
    if group is None or group.waits:
        return
    many, each, reached = 4 * most[0], [], []
    others = {cell.label: cell for cell in wide[0].comparable}
    for cell in group.contestants:
        other = others.get(cell.label)
        known = other and scaling.projection(cell, other)
        if not known:
            continue
        thread = " (one thread is the limit)" if known.saturates(many) else ""
        each.append(f"{cell.label} {words.rate(known.most(many))}/s{thread}")
        if RATE.own(other):
            reached.append(median(other.values(RATE.key)) / known.most(*most))
    if each:
        ends = dict.fromkeys(words.percent(f(reached)) for f in (min, max) if reached)
        check = f" Measured on {cores(*most)}: {' to '.join(ends)} of it."
        yield (
            f"{words.capital(workload.title)}, an upper bound from the CPU time of a "
            f"job on {cores(*few)}, not measured: on {many} cores at most "
            f"{words.listed(each)}.{check if ends else ''}"
        )


def law(workload: Workload) -> Iterator[str]:
    """The Universal Scalability Law, with six core counts or more."""
    curves: dict[str, list[Cell]] = {}
    for cell in workload.cells:
        if cell.comparable and RATE.own(cell) and not cell.waits:
            curves.setdefault(cell.label, []).append(cell)
    for label, cells in curves.items():
        rates = [median(cell.values(RATE.key)) for cell in cells]
        if fit := scaling.usl([cell.cores for cell in cells], rates):
            yield (
                f"{words.capital(workload.title)}, {label}: contention "
                f"{words.percent(fit.contention)}, coherence {fit.coherence:.2g} "
                "(Universal Scalability Law)."
            )
