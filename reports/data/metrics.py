"""What is compared: each metric with its name, unit and limits, and what a scenario
is: its noun, its axis, its metrics. Described once; all others read it here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

from reports.data import words

if TYPE_CHECKING:
    from reports.data.cells import Cell

SHARED, LATE = "cpu-shared", "late"
# With these flags a rate belongs to what feeds the model, not to the model.
BOUND = frozenset({"generator-bound", "backend-bound"})
# With these the generator's own queue is in the latencies.
DELAYED = frozenset({LATE, "generator-bound"})


@dataclass(frozen=True)
class Metric:
    """`key` is that of a repetition, `name` of jobs. `lower`: less is better. `bound`:
    flags with which the figure is only a bound of the truth (of a rate a lower one);
    `foreign`: flags of requests with which nobody can say what it is."""

    key: str
    name: str
    better: str
    worse: str
    write: Callable[[float | None], str] = words.seconds
    lower: bool = True
    bound: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()
    much: str = "much"  # prefork 1.09 times as much

    def called(self, requests: bool) -> str:
        """'jobs per second', 'CPU per request', 'p99'."""
        return self.name.replace("job", "request") if requests else self.name

    def known(self, cell: Cell) -> bool:
        """In every ok repetition and above zero, so that a ratio exists."""
        values = cell.values(self.key)
        return len(values) == len(cell.ok) > 0 and min(values) > 0

    def own(self, cell: Cell) -> bool:
        """Known, and the cell's own figure: it may be compared."""
        unfit = self.bound | self.foreign if cell.requests else self.bound
        return self.known(cell) and unfit.isdisjoint(cell.flags)


_RATE = ("jobs_per_second", "jobs per second", "faster", "slower", words.rate, False)
RATE = Metric(*_RATE, bound=BOUND, foreign=frozenset({SHARED}))
CPU = Metric("cpu_seconds_per_job", "CPU per job", "cheaper", "costlier")
# Who answers one by one wakes its clients more often: their share differs by
# server, and whoever pays for both asks for the sum.
_BOTH = ("cpu_seconds_of_both_per_job", "CPU per job, clients included")
CPU_OF_BOTH = Metric(*_BOTH, "cheaper", "costlier")


def _latency(key: str, name: str, foreign: frozenset[str]) -> tuple[Metric, ...]:
    """The farthest first."""
    each = ((key.format(part), name.format(part)) for part in ("p99", "p90", "p50"))
    limits = (words.seconds, True, DELAYED, foreign, "high")
    return tuple(Metric(*said, "sooner", "later", *limits) for said in each)


EVERY = _latency("latency_{}_seconds", "{}", frozenset({SHARED}))
# Of cheap requests where others compute for long: what those do to them is seen
# from shared CPUs too.
CHEAP = _latency("cheap_{}_seconds", "{} of cheap requests", frozenset())
# What a model takes before and while it works, whatever it gets done.
MEMORY = Metric("peak_pss_bytes", "peak memory", "smaller", "larger", words.size)
START = Metric("start_seconds", "start-up time", "sooner", "later", much="long")
RESOURCES = (MEMORY, START)
# One more than are lost, so that there is a ratio to those who lose nothing.
LOSS = Metric(
    "lost_and_one", "loss per crash (plus one)", "safer", "costlier", words.count
)
METRICS = {one.key: one for one in (RATE, CPU, CPU_OF_BOTH, *EVERY, *CHEAP, LOSS)}

LOOP, SEQUENTIAL = "event-loop", "sequential"
MIXED, NULL, PRIMITIVES = "mixed", "null", "primitives"
HTTP, HEAD_OF_LINE = "http", "head-of-line"
BALANCE, FAULTS = "balance", "faults"


@dataclass(frozen=True)
class Kind:
    """`short` is how an answer of a few words calls it ("": by its title), `base` the
    model by which the others are told; `metrics` are those of a contest, the most
    telling first; `axis` are the parameters that change along the scenario's own
    axis, the first of them names it. `policies`: variants compete as models do, and
    what counts first is how late they are below capacity."""

    short: str = ""
    base: str | None = SEQUENTIAL
    metrics: tuple[Metric, ...] = (RATE,)
    axis: tuple[str, ...] = ()
    requests: bool = False
    policies: bool = False


KINDS = {
    # They do no work, so their price is CPU time and not time over cores.
    NULL: Kind("empty jobs", None, (CPU,)),
    # Floors are measured to be stood on, not to compete.
    PRIMITIVES: Kind("primitives", None, ()),
    "cpu": Kind("CPU"),
    "pool": Kind("a pool"),
    # At the cap of Little's law models are equal by construction: what a job
    # costs is a question of its own.
    "io": Kind("waiting", metrics=(RATE, CPU)),
    # The lesson is how long the loop keeps up.
    MIXED: Kind("a mix", LOOP, (RATE, CPU), ("cpu_share", "size")),
    HTTP: Kind("HTTP", None, (RATE, CPU), ("load", "rate"), True),
    HEAD_OF_LINE: Kind("cheap requests", LOOP, CHEAP, requests=True),
    FAULTS: Kind("", LOOP, (LOSS,), requests=True),
    BALANCE: Kind("a shared port", None, (RATE, CPU), ("load", "rate"), True, True),
}


def kind(scenario: str) -> Kind:
    return KINDS.get(scenario, Kind(scenario))
