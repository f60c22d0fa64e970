"""Entries of jobs that wait: who had how many in flight, and what it was like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.testing.command_line import (
    IN_LOOPS,
    MODELS,
    ONE_WORKER,
    PER_JOB,
    VARIANTS,
    Bench,
    Ended,
    context,
    records,
    small,
    strict,
)
from harness.testing.results import against_the_schema, results_in

ALL = (*MODELS, *VARIANTS)
LIMITS = (4, 20)
RULE = 11  # 1 core x (1 + 2 ms / 0.2 ms)
JOBS = 60


def name_of(entry: dict[str, Any]) -> str:
    variant = entry["variant"]
    return entry["model"] + (f"/{variant}" if variant else "")


@pytest.fixture(scope="module")
def out(shared_bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("io") / "run"


@pytest.fixture(scope="module")
def ended(shared_bench: Bench, out: Path) -> Ended:
    """Every model at two limits, with a backend and some compute."""
    flags = small(
        scenario="io",
        model="all/*",
        in_flight=",".join(map(str, LIMITS)),
        wait_ms=2,
        compute_us=200,
        jobs=JOBS,
        quiet=None,
        out=out,
    )
    found = shared_bench.run(*flags)
    assert found.code == 0, found.err
    return found


@pytest.fixture(scope="module")
def entries(ended: Ended, out: Path) -> list[dict[str, Any]]:
    return records(out)


def workers_of(model: str, limit: int) -> int:
    if model in ONE_WORKER or model in IN_LOOPS:
        return 1  # core
    return limit if model in PER_JOB else min(RULE, limit)


def test_a_cell_has_the_workers_that_the_rule_gives(
    entries: list[dict[str, Any]],
) -> None:
    found = {(name_of(one), one["in_flight_limit"]): one for one in entries}
    asked = {(model, limit) for model in ALL for limit in LIMITS}
    asked = {key for key in asked if key[0] != "sequential"} | {("sequential", None)}
    assert len(found) == len(entries)
    assert set(found) == asked
    for (model, limit), one in found.items():
        workers = workers_of(model, limit or 1)
        assert one["workers"] == workers, one["name"]
        assert one["in_flight"] == (limit if model in IN_LOOPS else workers)
        blocks = model not in (*IN_LOOPS, *PER_JOB, "sequential")
        assert one["workers_rule"] == (min(RULE, limit) if blocks else None)
        who = model.replace("/", "+")
        place = f"/in-flight:{limit}" if limit else ""
        assert one["name"] == (
            f"io/{who}/wait-ms:2/compute-us:200{place}/cores:1/workers:{workers}"
        )


def test_an_entry_says_what_waiting_was_like(entries: list[dict[str, Any]]) -> None:
    for one in entries:
        assert one["kind"] == "model"
        assert one["wait_seconds"] == pytest.approx(0.002)
        assert one["compute_seconds"] == pytest.approx(0.0002)
        params = one["params"]
        assert (params["wait"], params["wait_ms"], params["cold"]) == (
            "backend",
            2,
            "no",
        )
        assert (params["compute_us"], params["timeout_ms"]) == (200, 10_000)
        assert params["size"] > 0
        assert one["latency_from"] == "admission"
        # A job waits for that long, whatever else happens to it.
        assert one["latency_mean_seconds"] > 0.002
        assert one["latency_p50_seconds"] > 0.002
        assert 0 < one["in_flight_mean"] <= one["in_flight"] + 1e-6
        assert 1 <= one["in_flight_peak"] <= one["in_flight"]
        # It needs a middle, where all places are taken.
        places = one["in_flight_limit"] or 1
        assert (one["little_ratio"] is not None) == (JOBS >= 5 * places)
        assert one["backend_cpu_seconds"] > 0
        assert one["backend_late_p99_seconds"] is not None
        assert len(one["job_end_seconds"]) == JOBS
        assert "oversubscribed" not in one["flags"]


def test_the_results_of_a_run_follow_the_schema(ended: Ended, out: Path) -> None:
    results = results_in(out)
    assert against_the_schema(results) == []
    assert results["context"] == context(out)


def test_the_rule_is_said_before_the_first_number(ended: Ended, out: Path) -> None:
    for limit in LIMITS:
        rule = f"io: W = 1 x (1 + 2 ms / 0.2 ms) = {RULE}"
        if limit < RULE:
            rule += f", capped by in-flight {limit}"
        rule += f": {min(RULE, limit)} workers"
        assert ended.err.splitlines().count(rule) == 1
        assert context(out)["sizing"].count(rule) == 1


def test_the_floor_of_exchanges_is_measured_in_the_same_run(
    bench: Bench, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    flags = small(
        scenario="io", model="event-loop", wait_ms=1, in_flight="2,8", reps=2, jobs=40
    )
    found = bench.run(*flags, "--format=json", f"--out={out}")
    assert found.code == 0, found.err
    assert against_the_schema(strict(found.out)) == []
    floors = [one for one in records(out) if one["kind"] == "floor"]
    loops = [one for one in records(out) if one["kind"] == "model"]
    assert {one["floor"] for one in loops} == {"epoll-client"}
    assert len(floors) == len(loops) == 2 * 2
    names = {one["name"] for one in floors}
    assert names == {
        f"io/epoll-client/wait-ms:1/in-flight:{limit}/cores:1/workers:1"
        for limit in (2, 8)
    }
    for one in floors:
        assert (one["status"], one["model"], one["floor"]) == (
            "ok",
            "epoll-client",
            None,
        )
        assert one["in_flight"] == one["in_flight_limit"]
        assert one["jobs"] == 40 and one["jobs_per_second"] > 0
        assert one["cpu_time"] > 0 and one["backend_cpu_seconds"] > 0
        assert one["params"]["wait"] == "backend"
