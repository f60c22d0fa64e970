"""Believable runs for tests: the files that the binary would have written.

Owned by the tests of reports/ and plots/; nothing else may call it. The
entries come from testing_entries.py; everything a test needs of it can be
imported from here.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Iterable, Mapping, Sequence

from reports.testing_entries import FIVE, PRIMITIVES, SKETCHES, fail
from reports.testing_entries import make_context, make_entry

__all__ = [
    "FIVE",
    "PRIMITIVES",
    "SKETCHES",
    "fail",
    "make_context",
    "make_entry",
    "make_run",
    "write_lines",
]


def make_run(
    directory: Path,
    *,
    seed: int = 1,
    cores: Iterable[int] = (1, 2),
    repetitions: int = 5,
    models: Sequence[str] = FIVE,
    scenarios: Sequence[str] = ("cpu", "null", "primitives"),
    job_us: Sequence[int] = (1000,),
    noise: float = 0.003,
    speed: Mapping[str, float] | None = None,
    failed: Mapping[str, str] | None = None,
    skipped: Mapping[str, str] | None = None,
    flags: Mapping[str, Sequence[str]] | None = None,
    context: Mapping[str, Any] | None = None,
    limit: int | None = None,
) -> Path:
    """Writes environment.json and runs.jsonl; returns the directory.

    speed, failed, skipped and flags are keyed by a model's label
    ("prefork/static") or, for one cell only, by its full name
    ("cpu/prefork+static/cores:2/workers:2"). `limit` keeps only that many
    lines, as after Ctrl-C. Same arguments, same bytes.
    """
    chance = random.Random(seed)
    cores = tuple(cores)
    plan = [
        (scenario, label, count, us)
        for scenario in scenarios
        for label in (PRIMITIVES if scenario == "primitives" else models)
        for count in ((1,) if scenario == "primitives" else cores)
        for us in (job_us if scenario == "cpu" else (1000,))
    ]
    entries: list[dict[str, Any]] = []
    for turn in range(repetitions):
        order = plan[:]
        chance.shuffle(order)
        for place, (scenario, label, count, us) in enumerate(order):
            # One batch for every cell of a scenario and its parameters.
            jobs = max(100, 1_000_000 // us) if scenario == "cpu" else 100_000
            entry = make_entry(
                scenario,
                label,
                cores=count,
                repetition=turn,
                repetitions=repetitions,
                job_us=us,
                jobs=jobs,
                noise=noise,
                speed=pick(speed, label, scenario, count, us, 1.0),
                chance=chance,
                round=turn,
                order=place,
            )
            key = entry["name"] if entry["name"] in (flags or {}) else label
            entry["flags"] = list((flags or {}).get(key, ()))
            for status, reasons in (("failed", failed), ("skipped", skipped)):
                for key in (label, entry["name"]):
                    if key in (reasons or {}):
                        fail(entry, reasons[key], status)
            entries.append(entry)
    directory.mkdir(parents=True, exist_ok=True)
    environment = make_context(
        seed=seed,
        repetitions=repetitions,
        planned=len(entries),
        models=models,
        scenarios=scenarios,
        job_us=job_us,
        **(context or {}),
    )
    (directory / "environment.json").write_text(
        json.dumps(environment, allow_nan=False, indent=2) + "\n"
    )
    write_lines(directory, entries[:limit])
    return directory


def pick(
    table: Mapping[str, float] | None,
    label: str,
    scenario: str,
    cores: int,
    us: int,
    otherwise: float,
) -> float:
    """The most exact key wins: cell name, then label, then the default."""
    if not table:
        return otherwise
    name = make_entry(scenario, label, cores=cores, job_us=us)["name"]
    return table.get(name, table.get(label, otherwise))


def write_lines(directory: Path, entries: Iterable[dict[str, Any]]) -> None:
    """runs.jsonl, one entry a line."""
    (directory / "runs.jsonl").write_text(
        "".join(json.dumps(e, allow_nan=False) + "\n" for e in entries)
    )
