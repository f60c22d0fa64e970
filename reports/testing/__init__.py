"""Believable runs for tests: the files that the binary would have written.

Owned by the tests of reports/ and plots/; nothing else may call it. The
entries come from testing_entries.py; everything a test needs of it can be
imported from here.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Sequence

from reports.testing.entries import fail, make_context, make_entry
from reports.testing.http import HEAD_OF_LINE, HTTP, make_http, plan_http
from reports.testing.models import FIVE, NEW_SKETCHES, PRIMITIVES, SKETCHES
from reports.testing.waits import WAITING, make_waiting, plan

__all__ = [
    "FIVE",
    "NEW_SKETCHES",
    "PRIMITIVES",
    "SKETCHES",
    "fail",
    "make_context",
    "make_entry",
    "make_http",
    "make_run",
    "make_waiting",
    "write_lines",
]


def make_run(
    directory: Path,
    *,
    seed: int = 1,
    cores: Iterable[int] = (1, 2),
    repetitions: int = 10,
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
    in_flight: Sequence[int] | None = None,
    shares: Sequence[int] | None = None,
    tune: Mapping[str, Sequence[int]] | None = None,
    uv_pools: Sequence[int] = (),
    waiting: Mapping[str, Any] | None = None,
    requests: Mapping[str, Any] | None = None,
) -> Path:
    """Writes environment.json and runs.jsonl; returns the directory.

    speed, failed, skipped and flags are keyed by a model's label
    ("prefork/static") or, for one cell only, by its full name
    ("cpu/prefork+static/cores:2/workers:2"). `limit` keeps only that many
    lines, as after Ctrl-C. Same arguments, same bytes.

    For scenarios io, mixed and pool: `in_flight` are the limits, `shares` the
    per cents of compute, `tune` more worker counts per label, `uv_pools` the
    sizes of libuv's pool, `waiting` goes to make_waiting (wait_ms, ...). For
    scenarios http and head-of-line `requests` goes to plan_http (peers, ...).
    """
    chance = random.Random(seed)
    cores = tuple(cores)
    cells: list[tuple[Callable[..., dict[str, Any]], dict[str, Any]]] = []
    for scenario in scenarios:
        if scenario in WAITING:
            axes = {"shares": shares} if shares is not None else {}
            more = plan(
                scenario,
                models,
                cores,
                in_flight,
                tune=tune,
                uv_pools=uv_pools,
                **axes,
            )
            cells += [(make_waiting, {**cell, **(waiting or {})}) for cell in more]
            continue
        if scenario in (HTTP, HEAD_OF_LINE):
            more = plan_http(scenario, models, cores, **(requests or {}))
            cells += [(make_http, cell) for cell in more]
            continue
        native = scenario == "primitives"
        cells += [
            (make_entry, dict(scenario=scenario, label=label, cores=count, job_us=us))
            for label in (PRIMITIVES if native else models)
            for count in ((1,) if native else cores)
            for us in (job_us if scenario == "cpu" else (1000,))
        ]
    names = {id(cell): make(**cell)["name"] for make, cell in cells}
    entries: list[dict[str, Any]] = []
    for turn in range(repetitions):
        order = cells[:]
        chance.shuffle(order)
        for place, (make, cell) in enumerate(order):
            label, name = cell["label"], names[id(cell)]
            if make is make_entry:
                # One batch for every cell of a scenario and its parameters.
                real = cell["scenario"] == "cpu"
                jobs = max(100, 1_000_000 // cell["job_us"]) if real else 100_000
                cell = {**cell, "jobs": jobs}
            entry = make(
                **cell,
                repetition=turn,
                repetitions=repetitions,
                noise=noise,
                speed=(speed or {}).get(name, (speed or {}).get(label, 1.0)),
                chance=chance,
                round=turn,
                order=place,
            )
            key = name if name in (flags or {}) else label
            entry["flags"] += (flags or {}).get(key, ())
            for status, reasons in (("failed", failed), ("skipped", skipped)):
                for key in (label, name):
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


def write_lines(directory: Path, entries: Iterable[dict[str, Any]]) -> None:
    """runs.jsonl, one entry a line."""
    (directory / "runs.jsonl").write_text(
        "".join(json.dumps(e, allow_nan=False) + "\n" for e in entries)
    )
