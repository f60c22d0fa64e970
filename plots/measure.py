"""What a figure shows of a cell: dots, middle and interval of a measure, as
measure.toml declares them all.

Intervals are those of reports/judge; nothing is estimated here.
"""

from operator import attrgetter
from statistics import fmean
from typing import Any, Callable, Iterable, Mapping, NamedTuple

from plots.chart import UNITS
from plots.view import View
from reports.data import Cell, Metric, Repetition, files, metrics
from reports.data.entries import DISTURBED
from reports.judge import intervals
from reports.judge.brackets import ideal
from reports.judge.judgement import Judgement

# These describe how a cell was set up and cast no doubt on a repetition.
DESCRIBING = {metrics.SHARED, "oversubscribed", "fewer-jobs", "mixed-cores"}
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

    values = property(lambda p: [dot.value for dot in p.dots])
    # The highest of all that is drawn.
    reach = property(lambda p: max(*p.values, p.middle, p.high or 0, sum(p.pieces)))


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
    a, b = (one.by_round(metric.key, metric.bound) for one in (cell, base))
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
    first of the models does ("finishes {} jobs/s"), `of` what a point's middle is."""

    name: str
    unit: str
    point: Points
    panel: str = ""  # what it is called where several stand side by side
    metric: Metric | None = None
    says: str = ""
    of: str = "median"

    form = property(lambda measure: UNITS[measure.unit])


def per(jobs: str, *names: str) -> Points:
    """The sum of what has these names, per so many jobs."""

    def value(one: Repetition) -> float | None:
        known = [getattr(one, name) for name in names]
        unknown = None in known or not one.jobs
        return None if unknown else int(jobs) * sum(known) / one.jobs

    return level(value)


def busiest(key: str) -> Points:
    """What the busiest worker had of all, with a piece of the bar for each of them."""

    def parts(one: Repetition) -> list[float]:
        each = [worker[key] or 0 for worker in one.http_workers or ()]
        return sorted((x / sum(each) for x in each if any(each)), reverse=True)

    def point(view: View, cell: Cell) -> Point | None:
        found = level(lambda one: max(parts(one), default=None))(view, cell)
        ranks = zip(*filter(None, map(parts, cell.ok)))
        return found and found._replace(pieces=tuple(map(fmean, ranks)))

    return point


def jain(key: str) -> Points:
    """How evenly all workers had it."""
    return level(lambda one: (one.http_jain or {}).get(key))


def _busy(one: Repetition) -> float | None:
    each, wall = one.cpu_seconds_per_job, one.work_seconds
    return each * one.jobs / (wall * one.cores) if each is not None and wall else None


def _at_work(view: View, cell: Cell) -> Point | None:
    """The share of the cores' time that goes into jobs."""
    each = ideal(view.judged.run, cell)
    return level(lambda one: one.jobs_per_second / each)(view, cell)


def _over_loop(view: View, cell: Cell) -> Point | None:
    place = (metrics.LOOP, cell.cores, cell.step)
    loops = [c for c in view.cells if (c.label, c.cores, c.step) == place]
    return over(view.judged, cell, loops[0], metrics.RATE) if loops else None


def middle(cell: Cell, by: Value) -> Repetition | None:
    """Of the repetitions that know a value, the one in the middle."""
    known = sorted((one for one in cell.ok if by(one)), key=by)
    return known[(len(known) - 1) // 2] if known else None


def _steps(_: View, cell: Cell) -> Point | None:
    """When each job ended, in the middle one of the repetitions that say so."""
    one = middle(cell, lambda one: one.job_end_seconds and one.job_end_seconds[-1])
    dots = tuple(Dot(end, why(one)) for end in one.job_end_seconds) if one else ()
    return Point(dots, dots[-1].value) if dots else None


MAKERS = {"per": per, "busiest": busiest, "jain": jain}
MADE = {"busy": level(_busy), "over_loop": _over_loop, "steps": _steps}
MADE["at_work"] = _at_work


def points(described: str) -> Points:
    """A function, made of its arguments if it has some, or the key of a repetition."""
    name, *arguments = described.split()
    if arguments:
        return MAKERS[name](*arguments)
    return MADE.get(name) or level(attrgetter(name))


def declared(entry: Mapping[str, Any]) -> list[Measure]:
    """The measures of an entry, one per panel."""
    said = {k: v for k, v in entry.items() if k not in ("points", "panels")}
    said["metric"] = metrics.METRICS.get(said.get("metric"))
    panels = entry.get("panels") or {"": entry["points"]}
    return [Measure(point=points(of), panel=k, **said) for k, of in panels.items()]


MEASURES = {name: declared(of) for name, of in files.beside(__file__).items()}


def of(metric: Metric, requests: bool) -> Measure:
    """What a judged metric is called in a figure."""
    names = ("served", "price") if requests else ("rate", "cpu")
    for one in (one for name in names for one in MEASURES[name]):
        if one.metric is metric:
            return one
    unit = "count" if metric is metrics.LOSS else "seconds"
    says = f"has a {metric.called(requests)} of {{}}"
    return Measure(metric.name, unit, points(metric.key), "", metric, says)
