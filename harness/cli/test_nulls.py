"""No figure is null without a reason: of all scenarios and models, in real runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest

from harness.testing.command_line import Bench, records, run_http, small
from harness.testing.results import against_the_schema, results_in

# Words that say what a cell is, or that something has not happened.
LABELS = frozenset(
    "variant reason errnos floor workers_rule in_flight_limit latency_note "
    "http.peer_version".split()
)
OBJECTS = ("http", "http.naive")
LISTS = ("http.groups", "http.workers")


def nulls(figures: dict[str, Any], before: str = "") -> Iterator[str]:
    """Names of what is null, also inside of http."""
    for key, value in figures.items():
        name = before + key
        if value is None and name not in LABELS:
            yield name
        elif name in OBJECTS:
            yield from nulls(value, f"{name}.")
        elif name in LISTS:
            for one in value:
                yield from nulls(one, f"{name}.")


def assert_reasons(out: Path) -> set[str]:
    """All that is null and nothing else has a reason; which figures were."""
    assert against_the_schema(results_in(out)) == []
    found: set[str] = set()
    for entry in records(out):
        reasons = entry["null_because"]
        told = [name for names in reasons.values() for name in names]
        if entry["status"] in ("failed", "skipped"):
            assert entry["reason"] and reasons == {}, entry["name"]
            continue
        assert sorted(told) == sorted(set(nulls(entry))), entry["name"]
        assert all(reason.strip() for reason in reasons), entry["name"]
        found |= set(told)
    return found


def reason_of(entry: dict[str, Any], figure: str) -> str:
    (reason,) = [why for why, names in entry["null_because"].items() if figure in names]
    return reason


def test_of_jobs(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    flags = small(
        scenario="cpu,io,mixed,null,pool,primitives",
        model="all/*",
        in_flight=4,
        jobs=20,
        cpu_share="0,50",
        life_ms=2,
        wait_ms=1,
        job_us=100,
        out=out,
    )
    assert bench.run(*flags).code == 0
    found = assert_reasons(out)
    assert {"http", "backend_cpu_seconds", "peak_pss_bytes", "digest"} <= found
    for entry in records(out):
        name, scenario = entry["name"], entry["scenario"]
        if entry["kind"] == "floor":
            assert "bare mechanism" in reason_of(entry, "digest"), name
            continue
        asks = scenario == "io" or scenario == "mixed"
        assert (entry["backend_cpu_seconds"] is None) != asks, name
        per_job = entry["variant"] in ("spawn", "per-job")
        if per_job:
            assert "one job" in reason_of(entry, "peak_pss_bytes"), name
        else:
            assert entry["peak_pss_bytes"] > 0, name
            assert entry["page_table_bytes"] > 0, name
            assert entry["kernel_stack_bytes"] > 0, name


@pytest.mark.parametrize(
    "model, load", [("all/*", "--load=closed"), ("all", "--rate=300")]
)
def test_of_requests(bench: Bench, tmp_path: Path, model: str, load: str) -> None:
    run_http(bench, tmp_path / "run", f"--model={model}", load)
    found = assert_reasons(tmp_path / "run")
    closed = load == "--load=closed"
    assert {"digest", "http.timeline"} <= found
    assert ("http.naive" in found) == closed
    assert ("little_ratio" in found) == (not closed)


def test_of_a_mixture_with_a_backend(bench: Bench, tmp_path: Path) -> None:
    flags = ("--model=event-loop,thread-pool", "--rate=300")
    run_http(bench, tmp_path / "run", *flags, scenario="head-of-line", window=0.5)
    assert "http.timeline" not in assert_reasons(tmp_path / "run")
