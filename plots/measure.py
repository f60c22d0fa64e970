"""What a figure shows of a cell: dots, middle and interval of a measure.

Intervals are those of reports/judge; nothing is estimated here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import fmean
from typing import NamedTuple

from plots.chart import UNITS, Unit
from plots.view import View
from reports.data import metrics
from reports.data.cells import Cell
from reports.data.entries import DISTURBED, Repetition
from reports.data.metrics import LOOP, SHARED, Metric
from reports.judge import intervals
from reports.judge.judgement import Judgement

# These describe how a cell was set up and cast no doubt on a repetition.
DESCRIBING = {SHARED, "oversubscribed", "fewer-jobs", "mixed-cores"}
Value = Callable[[Repetition], float | None]


class Dot(NamedTuple):
    """One repetition, or one round of two; `why` says why it is hollow."""

    value: float
    why: str = ""


class Point(NamedTuple):
    """`pieces`: what its bar is made of, where that is not the middle alone."""

    dots: tuple[Dot, ...]
    middle: float
    low: float | None = None
    high: float | None = None
    pieces: tuple[float, ...] = ()

    @property
    def values(self) -> list[float]:
        return [dot.value for dot in self.dots]

    @property
    def reach(self) -> float:
        """The highest of all that is drawn."""
        return max(*self.values, self.middle, self.high or 0.0, sum(self.pieces))


Points = Callable[[View, Cell], Point | None]


def why(*repetitions: Repetition) -> str:
    """What a reader must know of these: "" if nothing."""
    aside = [one.reason or DISTURBED for one in repetitions if one.status == DISTURBED]
    flags = {flag for one in repetitions for flag in one.flags} - DESCRIBING
    if aside:
        return f"set aside, {aside[0]}"
    return f"flagged: {', '.join(sorted(flags))}" if flags else ""


def level(value: Value) -> Points:
    """Median and interval of what counts; dots also of what was set aside."""

    def point(_: View, cell: Cell) -> Point | None:
        counted = [float(v) for one in cell.ok if (v := value(one)) is not None]
        if not counted:
            return None
        drawn = sorted((*cell.ok, *cell.disturbed), key=lambda one: one.turn)
        pairs = ((value(one), why(one)) for one in drawn)
        dots = tuple(Dot(float(v), reason) for v, reason in pairs if v is not None)
        found = intervals.level(counted)
        ends = (found.low, found.high) if found.n > 1 else ()
        return Point(dots, found.median, *ends)

    return point


def over(judged: Judgement, cell: Cell, base: Cell, metric: Metric) -> Point | None:
    """A cell over another one, a dot per round; the interval is their verdict's."""
    if cell is base:
        return Point((), 1.0)
    ratio = judged.ratio(cell, base, metric)
    if ratio is None:
        return None
    a, b = cell.by_round(metric.key), base.by_round(metric.key)
    known = {(one.turn, owner): one for owner in (cell, base) for one in owner.ok}
    dots = tuple(
        Dot(a[turn] / b[turn], why(known[turn, cell], known[turn, base]))
        for turn in sorted(a.keys() & b.keys())
        if a[turn] > 0 and b[turn] > 0
    )
    verdict = judged.between(cell, base, metric)
    return Point(dots, ratio, *((verdict.low, verdict.high) if verdict else ()))


def interval_words(points: Iterable[Point], of: str = "median") -> str:
    """What the bars of a chart are, in the words of its key; "" without."""
    known = [point for point in points if point.low is not None]
    if not known or of == "ratio":
        return "the interval that decides" if known else ""
    # Fewer than six do not reach 95 %.
    few = any(len(point.dots) < 6 for point in known)
    rest = ", or lowest to highest where n < 6" if few else ""
    return f"95 % interval of the {of}{rest}"


class Measure(NamedTuple):
    """`metric` is what verdicts are on, if it is judged, and `says` what the
    first of the models does, as in "thread-pool {finishes 1,990 jobs/s}". `of`
    is what a point's middle is."""

    name: str
    unit: str
    point: Points
    panel: str = ""  # what it is called where several stand side by side
    metric: Metric | None = None
    says: str = ""
    of: str = "median"

    @property
    def form(self) -> Unit:
        return UNITS[self.unit]


def key(name: str) -> Points:
    return level(lambda one: getattr(one, name))


def per_job(*names: str, jobs: int = 1) -> Points:
    def value(one: Repetition) -> float | None:
        known = [getattr(one, name) for name in names]
        return None if None in known or not one.jobs else jobs * sum(known) / one.jobs

    return level(value)


def judged(metric: Metric, name: str, says: str) -> Measure:
    units = {metrics.RATE: "rate", metrics.LOSS: "count"}
    unit = units.get(metric, "seconds")
    return Measure(name, unit, key(metric.key), "", metric, says)


def panels(name: str, unit: str, described: str) -> list[Measure]:
    """Of "start-up start, work work": titles, and keys without the unit."""
    pairs = (one.split(" ") for one in described.split(", "))
    each = ((key(f"{of}_{unit}"), panel.replace("_", " ")) for panel, of in pairs)
    return [Measure(name, unit, *one) for one in each]


def of_workers(key: str) -> tuple[Measure, Measure]:
    """What the busiest worker of a server had of all, with a piece of the bar for
    each of them; and how evenly all had it."""

    def parts(one: Repetition) -> list[float]:
        each = [worker[key] or 0 for worker in one.of_http("workers") or ()]
        return sorted((x / sum(each) for x in each if any(each)), reverse=True)

    def point(view: View, cell: Cell) -> Point | None:
        found = level(lambda one: max(parts(one), default=None))(view, cell)
        ranks = zip(*filter(None, map(parts, cell.ok)))
        return found and found._replace(pieces=tuple(map(fmean, ranks)))

    index = level(lambda one: (one.of_http("jain") or {}).get(key))
    panel = key.partition("_")[0]
    share = Measure("share of the busiest worker", "percent", point, panel)
    return share, Measure("Jain's index", "ratio", index, panel)


def _busy(one: Repetition) -> float | None:
    each, wall = one.cpu_seconds_per_job, one.work_seconds
    return each * one.jobs / (wall * one.cores) if each is not None and wall else None


def _over_loop(view: View, cell: Cell) -> Point | None:
    place = (LOOP, cell.cores, cell.share)
    loops = (c for c in view.cells if (c.label, c.cores, c.share) == place)
    loop = next(loops, None)
    return over(view.judged, cell, loop, metrics.RATE) if loop else None


def middle(cell: Cell, by: Value) -> Repetition | None:
    """Of the repetitions that know a value, the one in the middle."""
    known = sorted((one for one in cell.ok if by(one)), key=by)
    return known[(len(known) - 1) // 2] if known else None


def ended(cell: Cell) -> Repetition | None:
    """The middle one of those that say when each of their jobs ended."""
    return middle(cell, lambda one: one.job_end_seconds and one.job_end_seconds[-1])


def ends(cell: Cell) -> tuple[float, ...]:
    one = ended(cell)
    return one.job_end_seconds if one else ()


def _steps(_: View, cell: Cell) -> Point | None:
    dots = tuple(Dot(end, why(ended(cell))) for end in ends(cell))
    return Point(dots, dots[-1].value) if dots else None


RATE = judged(metrics.RATE, "jobs per second", "finishes {} jobs/s")
SERVED = judged(metrics.RATE, "requests per second", "answers {} a second")
CPU = judged(metrics.CPU, "CPU time per job", "needs {} of CPU per job")
PRICE = judged(metrics.CPU, "CPU time per request", "needs {} of CPU per request")
CALL = judged(metrics.CPU, "CPU time per call", "needs {} of CPU per call")
P99 = judged(metrics.EVERY[0], "p99 of the latency", "has a p99 of {}")
OVER_LOOP = Measure("times event-loop", "ratio", _over_loop, of="ratio")
STEPS = Measure("time since the start", "seconds", _steps, of="end of the last")
BUSY = Measure("share of the CPU time", "percent", level(_busy))
_SWITCHES = per_job("voluntary_switches", "involuntary_switches", jobs=1000)
SWITCHES = Measure("context switches per 1,000 jobs", "number", _SWITCHES)
OWN_MEMORY = Measure("peak memory", "bytes", key("own_memory_bytes"))
LATENCY = panels(
    "latency", "seconds", "p50 latency_p50, p90 latency_p90, p99 latency_p99"
)
TAIL = P99._replace(name="latency", panel="p99")
SHARES, EVENNESS = zip(*map(of_workers, ("connections", "requests", "cpu_seconds")))
PHASES = panels("time", "seconds", "start-up start, work work, tear-down teardown")
MEMORY = panels("peak memory", "bytes", "PSS peak_pss, RSS peak_rss")
LOST = [
    Measure("requests", "count", key(f"fault_{of}"), of) for of in ("lost", "delayed")
]
BACK = panels(
    "time",
    "seconds",
    "recovery fault_full_strength, p99_before fault_p99_before, p99_after "
    "fault_p99_during",
)
SPLIT = [CPU]
for _part in ("user", "system"):
    _each = per_job(f"cpu_{_part}_seconds")
    SPLIT.append(Measure(CPU.name, CPU.unit, _each, _part))


def of(metric: Metric, requests: bool) -> Measure:
    """What a judged metric is called in a figure."""
    known = (SERVED, PRICE) if requests else (RATE, CPU)
    says = f"has a {metric.called(requests)} of {{}}"
    found = (one for one in known if one.metric is metric)
    return next(found, judged(metric, metric.name, says))
