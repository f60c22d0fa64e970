"""Believable runs for tests: the files that the binary would have written.

Owned by the tests of reports/ and plots/; nothing else may call it. Everything
a test needs of it can be imported from here.
"""

import json
import random
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Sequence

from reports.testing.entries import (
    FLOOR,
    IO,
    MIXED,
    POOL,
    WAITING,
    fail as fail,
    make_entry,
    make_waiting,
)
from reports.testing.http import (
    BALANCE,
    HEAD_OF_LINE,
    HTTP,
    make_fault,
    make_http,
    plan_http,
)
from reports.testing.models import (
    EVERY,
    FIVE,
    NEW_SKETCHES as NEW_SKETCHES,
    PRIMITIVES,
    SKETCHES as SKETCHES,
)

Cells = list[tuple[Callable[..., dict[str, Any]], dict[str, Any]]]
SHARES = (0, 5, 10, 25, 50, 75, 100)
LIMITS = {IO: (10, 100, 1000), MIXED: (8,), POOL: (16,)}


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
    control: float | None = None,
) -> Path:
    """Writes environment.json and runs.jsonl; returns the directory.

    speed, failed, skipped and flags are keyed by a model's label
    ("prefork/static") or, for one cell only, by its full name
    ("cpu/prefork+static/cores:2/workers:2"). `limit` keeps only that many
    lines, as after Ctrl-C. `control` measures event-loop twice; the copy is so
    many times as fast. Same arguments, same bytes.

    For scenarios io, mixed and pool: `in_flight` are the limits, `shares` the
    per cents of compute, `tune` more worker counts per label, `uv_pools` the
    sizes of libuv's pool, `waiting` goes to make_waiting (wait_ms, ...). For
    scenarios http and head-of-line `requests` goes to plan_http (peers, ...).
    Scenario faults is one event, supervised or not.
    """
    chance = random.Random(seed)
    cells: Cells = []
    for scenario in scenarios:
        if scenario in WAITING:
            limits = in_flight or LIMITS[scenario]
            along = (shares or SHARES) if scenario == MIXED else (10,)
            more = plan(scenario, models, cores, limits, along, tune or {}, uv_pools)
            cells += [(make_waiting, {**cell, **(waiting or {})}) for cell in more]
        elif scenario == "faults":
            more = plan_http(HEAD_OF_LINE, models, (1,))
            for kept in ("yes", "no"):
                changes = {"scenario": scenario, "supervised": kept}
                cells += [(make_fault, {**cell, **changes}) for cell in more]
        elif scenario in (HTTP, HEAD_OF_LINE, BALANCE):
            more = plan_http(scenario, models, tuple(cores), **(requests or {}))
            cells += [(make_http, cell) for cell in more]
        else:
            cells += batches(scenario, models, tuple(cores), job_us)
    names = {id(cell): make(**cell)["name"] for make, cell in cells}
    entries: list[dict[str, Any]] = []
    for turn in range(repetitions):
        if limit is not None and len(entries) >= limit:
            break
        order = cells[:]
        chance.shuffle(order)
        for place, (make, cell) in enumerate(order):
            keys = (names[id(cell)], cell["label"])

            def of(some: Mapping[str, Any] | None, otherwise: Any) -> Any:
                known = (some[key] for key in keys if key in (some or {}))
                return next(known, otherwise)

            entry = make(
                **cell,
                repetition=turn,
                repetitions=repetitions,
                noise=noise,
                speed=of(speed, 1.0),
                chance=chance,
                order=place,
            )
            entry["flags"] += of(flags, ())
            for status, reasons in (("failed", failed), ("skipped", skipped)):
                if reason := of(reasons, None):
                    fail(entry, reason, status)
            entries.append(entry)
            if control and cell["label"] == "event-loop":
                name = f"{entry['name']}/control"
                twin = {**entry, "name": name, "run_name": name, "kind": "control"}
                twin["jobs_per_second"] *= control
                entries.append(twin)
    directory.mkdir(parents=True, exist_ok=True)
    found = make_context(models, scenarios, job_us)
    found |= {"seed": seed, "repetitions": repetitions}
    found |= {"planned_repetitions": len(cells) * repetitions, **(context or {})}
    text = json.dumps(found, allow_nan=False, indent=2)
    (directory / "environment.json").write_text(text + "\n")
    write_lines(directory, entries[:limit])
    return directory


def batches(
    scenario: str, models: Sequence[str], cores: Sequence[int], job_us: Sequence[int]
) -> Cells:
    native, real = scenario == "primitives", scenario in ("cpu", "grain")
    cells: Cells = []
    for label in PRIMITIVES if native else models:
        for count in (1,) if native else cores:
            for us in job_us if real else (1000,):
                # One batch for every cell of a scenario and its parameters.
                jobs = max(100, 1_000_000 // us) if real else 100_000
                cell = dict(scenario=scenario, label=label, cores=count, job_us=us)
                many = (1, 8, 64) if scenario == "startup" else (None,)
                for workers in many if EVERY[label].parallel else (1,):
                    more = {"jobs": jobs, "workers": workers}
                    cells.append((make_entry, {**cell, **more}))
    return cells


def plan(
    scenario: str,
    models: Sequence[str],
    cores: Iterable[int],
    limits: Sequence[int],
    shares: Sequence[int],
    tune: Mapping[str, Sequence[int]],
    uv_pools: Sequence[int],
) -> list[dict[str, Any]]:
    """The arguments of make_waiting for every cell of one scenario."""
    floor = [FLOOR] if scenario == IO and "event-loop" in models else []
    cells: dict[str, dict[str, Any]] = {}
    for label in (*models, *floor):
        # The floor on one core, as the primitives are; `sequential` once, whatever
        # the limits are.
        for count in (c for c in cores if label != FLOOR or c == 1):
            pools = uv_pools if label.startswith("event-loop/") else ()
            for more in (
                dict(share=share, limit=limit, workers=workers, uv_pool=pool)
                for share in shares
                for limit in (limits[:1] if label == "sequential" else limits)
                for workers in (None, *(min(w, limit) for w in tune.get(label, ())))
                for pool in pools or (None,)
            ):
                cell = dict(scenario=scenario, label=label, cores=count, **more)
                cells.setdefault(make_waiting(**cell)["name"], cell)
    return list(cells.values())


def make_context(
    models: Sequence[str], scenarios: Sequence[str], job_us: Sequence[int]
) -> dict[str, Any]:
    """One environment.json as the binary writes it."""
    computes = job_us if "cpu" in scenarios else ()
    return {
        **json.loads((Path(__file__).parent / "context.json").read_text()),
        "calibration": [
            {"scenario": "cpu", "kernel": "sqrt", "job_us": us, "size": 250 * us}
            | {"seconds": us * 1.003e-6, "spread": 0.0, "jobs": 1_000_000 // us}
            for us in computes
        ],
        "models": [
            {"id": model, "variant": variant or None, "summary": f"how {label} works"}
            | {"file": f"models/{model.replace('-', '_')}.cpp"}
            for label in models
            for model, _, variant in [label.partition("/")]
        ],
        "scenarios": [
            {"id": one, "summary": f"the {one} jobs", "file": f"scenarios/{one}.cpp"}
            for one in scenarios
        ],
    }


def write_lines(directory: Path, entries: Iterable[dict[str, Any]]) -> None:
    """runs.jsonl, one entry a line."""
    (directory / "runs.jsonl").write_text(
        "".join(json.dumps(e, allow_nan=False) + "\n" for e in entries)
    )
