"""What single operations cost on a machine: as a run's own bare mechanisms show it,
or as ./bench calibrate found it and the run recorded it."""

from statistics import correlation, linear_regression
from typing import Any, Iterable, Mapping, NamedTuple

from reports.data import Run
from reports.data.metrics import BARE, CPU, PRIMITIVES
from reports.data.words import middle
from reports.judge.intervals import level


class Price(NamedTuple):
    """Of one operation, in seconds: median time of the rounds, interval, CPU time."""

    scenario: str
    primitive: str
    params: Mapping[str, Any]
    cores: int
    seconds: float
    low: float
    high: float
    cpu_seconds: float | None
    rounds: int


def measured(run: Run) -> list[Price]:
    """Of the cells that are under no model. Nothing where nothing is judged."""
    fit = (c for c in run.cells if c.scenario in BARE - {PRIMITIVES} and c.comparable)
    found = []
    for cell in fit if run.released else ():
        each = level([one.work_seconds / one.jobs for one in cell.ok])
        about = (cell.scenario, cell.model, dict(cell.params), cell.cores)
        figures = (each.median, each.low, each.high, middle(cell.values(CPU.key)))
        found.append(Price(*about, *figures, each.n))
    return found


def known(run: Run) -> list[Price]:
    """The run's own first, then the machine's."""
    kept = (run.context.get("costs") or {}).get("prices") or []
    return [*measured(run), *(Price(**one) for one in kept)]


class Slope(NamedTuple):
    """Seconds per GiB of memory that the starter has touched; `fit` is R squared."""

    seconds: float
    fit: float


def per_gib(points: Iterable[tuple[float, float]]) -> Slope | None:
    """Of MiB and seconds, by least squares; None with fewer than two places."""
    at = dict(points)
    if len(at) < 2:
        return None
    gib, seconds = [mib / 1024 for mib in at], [*at.values()]
    fit = correlation(gib, seconds) ** 2 if len({*seconds}) > 1 else 0.0
    return Slope(linear_regression(gib, seconds).slope, fit)
