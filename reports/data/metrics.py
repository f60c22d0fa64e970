"""What is compared: each metric with its name, its unit and its limits.

Described once; judge, words, tables and charts all read it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Callable, Mapping

from reports.data import words

if TYPE_CHECKING:
    from reports.data.cells import Cell

GENERATOR_BOUND, BACKEND_BOUND = "generator-bound", "backend-bound"
SHARED, LATE = "cpu-shared", "late"
# With these flags a rate belongs to what feeds the model, not to the model.
BOUND = frozenset({GENERATOR_BOUND, BACKEND_BOUND})
# With these the generator's own queue is in the latencies.
DELAYED = frozenset({LATE, GENERATOR_BOUND})
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Metric:
    """`key` is that of a repetition, `name` of jobs. `lower`: less is better.
    `bound`: flags with which the figure is only a bound of the truth (of a rate
    a lower one, of a latency an upper one); `foreign`: flags of requests with
    which nobody can say what it is."""

    key: str
    name: str
    better: str
    worse: str
    write: Callable[[float | None], str] = words.seconds
    lower: bool = True
    bound: frozenset[str] = NOTHING
    foreign: frozenset[str] = NOTHING

    def called(self, requests: bool) -> str:
        """'jobs per second', 'CPU per request', 'p99'."""
        return self.name.replace("job", "request") if requests else self.name

    def by_round(self, cell: Cell) -> Mapping[int, float]:
        """Round to figure, of the ok repetitions that know it."""
        return by_round(cell, self.key)

    def known(self, cell: Cell) -> bool:
        """In every ok repetition and above zero, so that a ratio exists."""
        values = cell.values(self.key)
        return len(values) == len(cell.ok) > 0 and min(values) > 0

    def bounded(self, cell: Cell) -> bool:
        """The figure is only a bound of the cell's own."""
        return bool(self.bound & {*cell.flags})

    def own(self, cell: Cell) -> bool:
        """Known, and the cell's own figure: it may be compared."""
        foreign = self.foreign if cell.requests else NOTHING
        return self.known(cell) and not (self.bound | foreign) & {*cell.flags}


@lru_cache(maxsize=4096)
def by_round(cell: Cell, key: str) -> Mapping[int, float]:
    found: dict[int, float] = {}
    for one in cell.ok:
        if (value := getattr(one, key)) is not None:
            found.setdefault(one.turn, float(value))
    return found


RATE = Metric(
    "jobs_per_second",
    "jobs per second",
    "faster",
    "slower",
    words.rate,
    lower=False,
    bound=BOUND,
    foreign=frozenset({SHARED}),
)
PRICE = ("cheaper", "costlier")
CPU = Metric("cpu_seconds_per_job", "CPU per job", *PRICE)
# Who answers one by one wakes its clients more often: their share differs by
# server, and whoever pays for both asks for the sum.
BOTH = "CPU per job, clients included"
CPU_OF_BOTH = Metric("cpu_seconds_of_both_per_job", BOTH, *PRICE)


def _latency(part: str, cheap: bool) -> Metric:
    return Metric(
        f"{'cheap' if cheap else 'latency'}_{part}_seconds",
        f"{part} of cheap requests" if cheap else part,
        "sooner",
        "later",
        bound=DELAYED,
        # What a heavy request does to the others is seen from shared CPUs too.
        foreign=NOTHING if cheap else frozenset({SHARED}),
    )


# Of all requests, and of the cheap ones where others compute for long; the
# farthest first.
PARTS = ("p99", "p90", "p50")
EVERY = tuple(_latency(part, False) for part in PARTS)
CHEAP = tuple(_latency(part, True) for part in PARTS)
METRICS = {one.key: one for one in (RATE, CPU, CPU_OF_BOTH, *EVERY, *CHEAP)}
