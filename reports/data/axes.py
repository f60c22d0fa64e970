"""Axes of a run: groups that differ in one number and in nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, Iterable

from reports.data import words
from reports.data.workloads import Group, Workload

IN_FLIGHT = "in_flight"
# How a place on an axis reads; others read "name value".
PLACES: dict[str, Callable[[float], str]] = {
    "cpu_share": lambda value: f"{words.share(value)} compute",
    "job_us": lambda value: f"{words.short_us(value)} jobs",
    "wait_ms": lambda value: f"waits of {words.short_us(value * 1e3)}",
    "compute_us": lambda value: f"{words.short_us(value)} of compute",
    "payload": lambda value: f"{words.size(value)} at once",
    "connections": lambda value: f"{value:,} connections",
    "idle_connections": lambda value: f"{value:,} idle connections",
    "request_us": lambda value: f"requests of {words.short_us(value)}",
    IN_FLIGHT: lambda value: f"{value:,} in flight",
}
# Follows from another parameter.
DERIVED = ("size",)


@dataclass(frozen=True, eq=False)
class Axis:
    """Groups by rising place, on one core count."""

    key: str
    groups: tuple[Group, ...]

    def place(self, group: Group) -> float:
        return coordinates(group)[self.key]

    def words(self, place: float) -> str:
        known = PLACES.get(self.key)
        return known(place) if known else f"{self.key.replace('_', ' ')} {place:g}"


def coordinates(group: Group) -> dict[str, Any]:
    """Where a group stands among the others of its scenario."""
    timed = any(group.params.get(key) is not None for key in ("job_us", "cpu_share"))
    found = {k: v for k, v in group.params.items() if not (timed and k in DERIVED)}
    return {**found, IN_FLIGHT: group.limit}


def axes(workloads: Iterable[Workload]) -> list[Axis]:
    found: dict[tuple[str, str], dict[float, Group]] = {}
    for group in (group for load in workloads for group in load.groups):
        at = coordinates(group)
        for key, value in at.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                rest = {k: v for k, v in at.items() if k != key}
                where = json.dumps([group.scenario, group.cores, rest], sort_keys=True)
                found.setdefault((key, where), {}).setdefault(value, group)
    return [
        Axis(key, tuple(some[value] for value in sorted(some)))
        for (key, _), some in found.items()
        if len(some) > 1
    ]
