"""What a scenario is to a report: its noun, its axis, what is compared in it.

One that is not known here is one of jobs that compute."""

from __future__ import annotations

from dataclasses import dataclass

from reports.data.metrics import CHEAP, CPU, RATE, Metric

LOOP, SEQUENTIAL = "event-loop", "sequential"
MIXED, NULL, PRIMITIVES = "mixed", "null", "primitives"
HTTP, HEAD_OF_LINE = "http", "head-of-line"


@dataclass(frozen=True)
class Kind:
    """`short` is how an answer of a few words calls it, `base` the model by
    which the others are told; `metrics` are those of a contest, the most telling
    first; `axis` are the parameters that change along the scenario's own axis,
    the first of them names it."""

    short: str = ""
    base: str | None = SEQUENTIAL
    metrics: tuple[Metric, ...] = (RATE,)
    axis: tuple[str, ...] = ()
    requests: bool = False


KINDS = {
    # They do no work, so their price is CPU time and not time over cores.
    NULL: Kind("empty jobs", metrics=(CPU,)),
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
}


def kind(scenario: str) -> Kind:
    return KINDS.get(scenario, Kind(scenario))
