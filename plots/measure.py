"""What a figure shows of a cell: a value per repetition, with name and unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plots import points
from plots.formats import UNITS, Unit
from plots.points import Point
from plots.view import View
from reports.data import metrics
from reports.data.cells import Cell
from reports.data.entries import Repetition
from reports.data.metrics import Metric
from reports.data.scenarios import LOOP

Value = Callable[[Repetition], float | None]


@dataclass(frozen=True)
class Measure:
    """`metric` is what verdicts are on, if it is judged, and `says` what the
    first of the models does, as in "thread-pool {finishes 1,990 jobs/s}".
    `ratio`: a point is a cell over another one."""

    name: str
    unit: str
    value: Value = lambda _: None
    panel: str = ""  # what it is called where several stand side by side
    metric: Metric | None = None
    says: str = "has the best median, {}"
    ratio: Callable[[View, Cell], Point | None] | None = None

    @property
    def of(self) -> str:
        return "ratio" if self.ratio else "median"

    @property
    def form(self) -> Unit:
        return UNITS[self.unit]

    def point(self, view: View, cell: Cell) -> Point | None:
        if self.ratio:
            return self.ratio(view, cell)
        return points.level(cell, self.value)


def key(name: str) -> Value:
    return lambda one: getattr(one, name)


def per_job(*names: str, jobs: int = 1) -> Value:
    def value(one: Repetition) -> float | None:
        known = [getattr(one, name) for name in names]
        return None if None in known or not one.jobs else jobs * sum(known) / one.jobs

    return value


def judged(metric: Metric, name: str, unit: str, says: str) -> Measure:
    return Measure(name, unit, key(metric.key), "", metric, says)


def _busy(one: Repetition) -> float | None:
    each = one.cpu_seconds_per_job
    if each is None or not one.work_seconds or not one.jobs:
        return None
    return each * one.jobs / (one.work_seconds * one.cores)


def _own_memory(one: Repetition) -> float | None:
    """As reports/judge/waits.py counts it: without the suite's records."""
    peak = one.peak_rss_bytes if one.peak_pss_bytes is None else one.peak_pss_bytes
    return None if peak is None else float(peak - (one.record_bytes or 0))


def _over_loop(view: View, cell: Cell) -> Point | None:
    place = (LOOP, cell.cores, cell.share)
    loops = (c for c in view.cells if (c.label, c.cores, c.share) == place)
    loop = next(loops, None)
    return points.over(view.judged, cell, loop, metrics.RATE) if loop else None


RATE = judged(metrics.RATE, "jobs per second", "rate", "finishes {} jobs/s")
SERVED = judged(metrics.RATE, "requests per second", "rate", "answers {} a second")
CPU = judged(metrics.CPU, "CPU time per job", "seconds", "needs {} of CPU per job")
PRICE = judged(
    metrics.CPU, "CPU time per request", "seconds", "needs {} of CPU per request"
)


def of(metric: Metric, requests: bool) -> Measure:
    """What a judged metric is called in a figure."""
    known = (SERVED, PRICE) if requests else (RATE, CPU)
    found = [one for one in known if one.metric is metric]
    says = f"has a {metric.called(requests)} of {{}}"
    return found[0] if found else judged(metric, metric.name, "seconds", says)


CALL = judged(metrics.CPU, "CPU time per call", "seconds", "needs {} of CPU per call")
P99 = judged(metrics.EVERY[0], "p99 of the latency", "seconds", "has a p99 of {}")
OVER_LOOP = Measure("times event-loop", "ratio", ratio=_over_loop)
BUSY = Measure("share of the CPU time", "percent", _busy)
SWITCHES = Measure(
    "context switches per 1,000 jobs",
    "number",
    per_job("voluntary_switches", "involuntary_switches", jobs=1000),
)
OWN_MEMORY = Measure("peak memory", "bytes", _own_memory)
LATENCY = tuple(
    Measure("latency", "seconds", key(f"latency_{part}_seconds"), part)
    for part in ("p50", "p90", "p99")
)
PHASES = tuple(
    Measure("time", "seconds", key(f"{name}_seconds"), panel)
    for name, panel in (
        ("start", "start-up"),
        ("work", "work"),
        ("teardown", "tear-down"),
    )
)
SPLIT = (
    CPU,
    Measure("CPU time per job", "seconds", per_job("cpu_user_seconds"), "user"),
    Measure("CPU time per job", "seconds", per_job("cpu_system_seconds"), "system"),
)
MEMORY = tuple(
    Measure("peak memory", "bytes", key(f"peak_{kind.lower()}_bytes"), kind)
    for kind in ("PSS", "RSS")
)
