"""What a figure shows of a cell: a value per repetition, with name and unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from plots import points
from plots.formats import UNITS, Unit
from plots.points import Dot, Point
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
    first of the models does, as in "thread-pool {finishes 1,990 jobs/s}". `of`
    is what a point's middle is; one of `own` is not of single repetitions."""

    name: str
    unit: str
    value: Value = lambda _: None
    panel: str = ""  # what it is called where several stand side by side
    metric: Metric | None = None
    says: str = "has the best median, {}"
    of: str = "median"
    own: Callable[[View, Cell], Point | None] | None = None

    @property
    def form(self) -> Unit:
        return UNITS[self.unit]

    def point(self, view: View, cell: Cell) -> Point | None:
        return self.own(view, cell) if self.own else points.level(cell, self.value)


def key(name: str) -> Value:
    return lambda one: getattr(one, name)


def per_job(*names: str, jobs: int = 1) -> Value:
    def value(one: Repetition) -> float | None:
        known = [getattr(one, name) for name in names]
        return None if None in known or not one.jobs else jobs * sum(known) / one.jobs

    return value


def judged(metric: Metric, name: str, unit: str, says: str) -> Measure:
    return Measure(name, unit, key(metric.key), "", metric, says)


def panels(name: str, unit: str, keys: Mapping[str, str]) -> tuple[Measure, ...]:
    """Several side by side: title of the panel to key."""
    return tuple(Measure(name, unit, key(of), panel) for panel, of in keys.items())


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


def middle(cell: Cell) -> Repetition | None:
    """Of the repetitions that say when each job ended, the one in the middle."""
    known = [one for one in cell.ok if one.job_end_seconds]
    known.sort(key=lambda one: one.job_end_seconds[-1])
    return known[(len(known) - 1) // 2] if known else None


def _ends(_: View, cell: Cell) -> Point | None:
    one = middle(cell)
    ends = one.job_end_seconds if one else ()
    why = points.why(one) if one else ""
    return Point(tuple(Dot(end, why) for end in ends), ends[-1]) if ends else None


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
OVER_LOOP = Measure("times event-loop", "ratio", of="ratio", own=_over_loop)
STEPS = Measure("time since the start", "seconds", of="end of the last", own=_ends)
BUSY = Measure("share of the CPU time", "percent", _busy)
_SWITCHES = per_job("voluntary_switches", "involuntary_switches", jobs=1000)
SWITCHES = Measure("context switches per 1,000 jobs", "number", _SWITCHES)
OWN_MEMORY = Measure("peak memory", "bytes", _own_memory)
LATENCY = panels(
    "latency",
    "seconds",
    {part: f"latency_{part}_seconds" for part in ("p50", "p90", "p99")},
)
PHASES = panels(
    "time",
    "seconds",
    {
        "start-up": "start_seconds",
        "work": "work_seconds",
        "tear-down": "teardown_seconds",
    },
)
MEMORY = panels(
    "peak memory", "bytes", {"PSS": "peak_pss_bytes", "RSS": "peak_rss_bytes"}
)
SPLIT = (
    CPU,
    Measure("CPU time per job", "seconds", per_job("cpu_user_seconds"), "user"),
    Measure("CPU time per job", "seconds", per_job("cpu_system_seconds"), "system"),
)
