"""Axes of a run: groups that differ in one number and in nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Iterable

from reports.data import words
from reports.data.workloads import Group, Workload


@dataclass(frozen=True, eq=False)
class Axis:
    """Groups by rising place, on one core count."""

    key: str
    groups: tuple[Group, ...]

    def place(self, group: Group) -> float:
        return coordinates(group)[self.key]

    def words(self, place: float) -> str:
        return words.told(self.key, place, words.PLACES)


def coordinates(group: Group) -> dict[str, Any]:
    """Where a group stands among the others of its scenario."""
    params = group.params
    # The size follows from a length or a share.
    timed = any(params.get(key) is not None for key in ("job_us", "cpu_share"))
    found = {k: v for k, v in params.items() if not (timed and k == "size")}
    return {**found, "in_flight": group.limit}


def axes(workloads: Iterable[Workload]) -> list[Axis]:
    found: dict[tuple[str, str], dict[float, Group]] = {}
    for group in (group for load in workloads for group in load.groups):
        at = coordinates(group)
        for key, value in at.items():
            if type(value) in (int, float):
                rest = {k: v for k, v in at.items() if k != key}
                where = json.dumps([group.scenario, group.cores, rest], sort_keys=True)
                found.setdefault((key, where), {})[value] = group
    return [
        Axis(key, tuple(some[value] for value in sorted(some)))
        for (key, _), some in found.items()
        if len(some) > 1
    ]
