"""What is compared: each metric with its name, unit and limits, and what a scenario
is: its noun, its axis, its metrics. All are in metrics.toml, and read here."""

from dataclasses import dataclass
from typing import Any, Callable, Iterator, Sequence

from reports.data import files, words

SHARED, LATE = "cpu-shared", "late"
LOOP, SEQUENTIAL = "event-loop", "sequential"
MIXED, NULL, PRIMITIVES = "mixed", "null", "primitives"
MESSAGES, STARTS, CALLS = "messages", "starts", "calls"
# Bare mechanisms: floors, and what things cost on this machine.
BARE = frozenset({PRIMITIVES, MESSAGES, STARTS, CALLS})
GRAIN, STARTUP = "grain", "startup"
HTTP, HEAD_OF_LINE = "http", "head-of-line"
BALANCE, FAULTS = "balance", "faults"
_TABLES = files.beside(__file__)


@dataclass(frozen=True)
class Metric:
    """`key` is that of a repetition, `name` of jobs; `better` and `worse` say how it
    is to have a better figure. `lower`: less is better. `bound`: flags with which the
    figure is only a bound of the truth (of a rate a lower one); `foreign`: flags of
    requests with which nobody can say what it is."""

    key: str
    name: str
    better: str
    worse: str
    write: Callable[[float | None], str]
    bound: frozenset[str]
    foreign: frozenset[str]
    lower: bool = True
    much: str = "much"  # prefork 1.09 times as much

    def called(self, requests: bool) -> str:
        """'jobs per second', 'CPU per request', 'p99'."""
        return self.name.replace("job", "request") if requests else self.name

    def known(self, cell: Any) -> bool:
        """Of a cell: in every ok repetition and above zero, so that a ratio exists."""
        values = cell.values(self.key)
        return len(values) == len(cell.ok) > 0 and min(values) > 0

    def own(self, cell: Any) -> bool:
        """Known, and the cell's own figure: it may be compared."""
        unfit = self.bound | self.foreign if cell.requests else self.bound
        return self.known(cell) and unfit.isdisjoint(cell.flags)


def _metrics() -> Iterator[Metric]:
    for key, entry in _TABLES["metrics"].items():
        said = {**entry, "write": getattr(words, entry.get("write", "seconds"))}
        said |= {of: frozenset(said.get(of, ())) for of in ("bound", "foreign")}
        for part in said.pop("parts", [""]):
            name = entry["name"].format(part)
            yield Metric(**{**said, "key": key.format(part), "name": name})


METRICS = {one.key: one for one in _metrics()}
RATE, CPU = METRICS["jobs_per_second"], METRICS["cpu_seconds_per_job"]
CPU_OF_BOTH, LOSS = METRICS["cpu_seconds_of_both_per_job"], METRICS["lost_and_one"]
MEMORY, START = RESOURCES = METRICS["peak_pss_bytes"], METRICS["start_seconds"]
EVERY = tuple(one for key, one in METRICS.items() if key.startswith("latency"))
CHEAP = tuple(one for key, one in METRICS.items() if key.startswith("cheap"))
LATENCIES = (*EVERY, *CHEAP)


@dataclass(frozen=True)
class Kind:
    """`short` is how an answer of a few words calls it ("": by its title), `base` the
    model by which the others are told, if any; `metrics` are those of a contest, the
    most telling first; `axis` are the parameters that change along the scenario's own
    axis, the first of them names it; `each`: where each model overtakes the base is
    asked, not only where the first does. `policies`: variants compete as models do, and
    what counts first is how late they are below capacity."""

    short: str = ""
    base: str = SEQUENTIAL
    metrics: tuple[Metric, ...] = (RATE,)
    axis: Sequence[str] = ()
    requests: bool = False
    policies: bool = False
    each: bool = False

    # 'share of compute', or nothing.
    along = property(lambda k: words.AXES.get(k.axis[0]) if k.axis else None)

    def place(self, step: float, templates: Any = words.PLACES) -> str:
        """A step of the axis: '10 % compute', '1 us jobs'."""
        return words.told(self.axis[0], step, templates)


def _kind(metrics: Sequence[str] = (RATE.key,), **said: Any) -> Kind:
    return Kind(metrics=tuple(METRICS[key] for key in metrics), **said)


KINDS = {name: _kind(**said) for name, said in _TABLES["kinds"].items()}


def kind(scenario: str) -> Kind:
    return KINDS.get(scenario, Kind(scenario))
