"""Runs of scenario http: entries, accounting, what each cell is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from harness.testing.command_line import (
    MODELS,
    Bench,
    context,
    records,
    run_http,
    short_http,
)
from harness.testing.results import against_the_schema, results_in

OUTCOMES = ("ok", "bad_status", "bad_body", "timed_out", "reset", "in_flight_at_end")


def assert_adds_up(entry: dict[str, Any]) -> None:
    http = entry["http"]
    assert http["sent"] == sum(http[name] for name in OUTCOMES)
    assert entry["jobs"] == http["ok"] > 0
    assert entry["errors"] == sum(http[name] for name in OUTCOMES[1:5])
    assert entry["jobs_per_second"] == pytest.approx(
        entry["jobs"] / entry["work_seconds"]
    )
    consumed = entry["cpu_user_seconds"] + entry["cpu_system_seconds"]
    assert entry["cpu_time"] == pytest.approx(consumed / entry["jobs"] * 1e9)
    assert 0 < consumed
    assert http["generator_cpu_seconds"] > 0


@pytest.fixture(scope="module")
def everybody(
    shared_bench: Bench, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], dict[str, Any]]:
    """All models, in a closed loop and at 30 % of what it shows: far enough from
    the limit that a busy machine does not make a queue without an end."""
    out = tmp_path_factory.mktemp("http") / "run"
    flags = ("--model=all/*", "--load=closed,30", "--timeout-ms=60000")
    done = run_http(shared_bench, out, *flags, window=0.3)
    assert done.code == 0, done.err
    assert against_the_schema(results_in(out)) == []
    return {
        (entry["name"].split("/")[1], entry["params"]["load"]): entry
        for entry in records(out)
    }


def test_every_model_serves(everybody: dict[tuple[str, str], dict[str, Any]]) -> None:
    models = {model for model, _ in everybody}
    assert models >= {*MODELS, "prefork+round-robin", "thread-pool+loops"}
    assert "prefork+static" not in models  # it only runs batches
    for entry in everybody.values():
        assert entry["status"] == "ok", entry["reason"]
        assert entry["in_flight_limit"] == (1 if entry["model"] == "sequential" else 4)
        assert_adds_up(entry)


def test_loops_are_told_apart(
    everybody: dict[tuple[str, str], dict[str, Any]],
) -> None:
    for (model, load), entry in everybody.items():
        http = entry["http"]
        if load == "closed":
            assert entry["latency_from"] == "send"
            assert http["offered_per_second"] is None
            assert http["naive"] is http["naive_histogram"] is None
            assert entry["little_ratio"] > 0
            continue
        assert entry["latency_from"] == "intended send"
        assert entry["little_ratio"] is None
        assert sum(http["naive_histogram"].values()) > 0
        # The rate is a share of what the rounds of the closed loop have reached.
        closed = everybody[model, "closed"]
        assert closed["order"] < entry["order"]
        assert closed["http"]["capacity_per_second"] is None
        reached = pytest.approx(closed["jobs_per_second"])
        assert http["capacity_per_second"] == reached


def test_workers_follow_from_who_has_the_connections(
    everybody: dict[tuple[str, str], dict[str, Any]],
) -> None:
    workers = {model: entry["workers"] for (model, _), entry in everybody.items()}
    assert workers["thread-pool"] == workers["prefork+blocking"] == 4
    assert workers["event-loop"] == workers["prefork"] == workers["fork-ipc"] == 1


def test_every_worker_gives_account(
    everybody: dict[tuple[str, str], dict[str, Any]],
) -> None:
    for (model, _), entry in everybody.items():
        workers = entry["http"]["workers"]
        if model in ("thread-pool+stealing", "thread-pool+per-job"):
            assert workers is None  # they come and go
            continue
        assert sum(one["connections"] for one in workers) == entry["http"]["opened"]
        assert sum(one["requests"] for one in workers) >= entry["http"]["ok"]
        # Where the parent has all connections, there is one who serves.
        parent = model in ("fork-ipc", "fork-ipc+spawn", "event-loop+offload")
        assert len(workers) == (1 if parent else entry["workers"])


@pytest.mark.parametrize("route", ["/json", "/cpu", "/io", "/mixed", "/bytes"])
def test_every_route(bench: Bench, tmp_path: Path, route: str) -> None:
    out = tmp_path / "run"
    flags = ("--model=event-loop", "--load=closed", f"--route={route}")
    assert run_http(bench, out, *flags).code == 0
    (entry,) = records(out)
    assert entry["status"] == "ok", entry["reason"]
    assert f"/route:{route[1:]}/" in entry["name"]
    assert_adds_up(entry)


def test_a_connection_per_request(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    flags = ("--model=event-loop", "--load=closed", "--keep-alive=no")
    assert run_http(bench, out, *flags).code == 0
    (entry,) = records(out)
    assert entry["http"]["opened"] >= entry["http"]["ok"]


def test_only_an_open_loop_measures_the_capacity_first(
    bench: Bench, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    flags = ("--model=event-loop", "--load=50", "--reps=2")
    assert run_http(bench, out, *flags).code == 0
    first, second = (entry["http"] for entry in records(out))
    assert first["capacity_per_second"] == second["capacity_per_second"] > 0
    for http in (first, second):
        assert 0.2 < http["offered_per_second"] / http["capacity_per_second"] < 0.8


def test_a_rate_takes_the_place_of_a_load(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    flags = ("--model=event-loop", "--rate=1000", "--arrival=constant")
    assert run_http(bench, out, *flags).code == 0
    (entry,) = records(out)
    assert entry["params"]["load"] is None
    assert entry["params"]["rate"] == 1000
    assert entry["http"]["capacity_per_second"] is None
    assert entry["http"]["offered_per_second"] == pytest.approx(1000, rel=0.02)
    assert bench.run(*short_http(out, *flags, "--load=50")).code == 2


def test_head_of_line_tells_the_kinds_apart(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    flags = ("--model=event-loop", "--heavy-ms=5")
    assert run_http(bench, out, *flags, scenario="head-of-line").code == 0
    assert against_the_schema(results_in(out)) == []
    (entry,) = records(out)
    cheap, heavy = entry["http"]["groups"]
    assert cheap["target"] == "/plaintext"
    assert heavy["target"] == "/cpu?us=5000"
    assert cheap["count"] > heavy["count"]
    timeline = entry["http"]["timeline"]
    assert len(timeline["count"]) == len(timeline["p50"]) == len(timeline["max"])
    assert sum(timeline["count"]) == cheap["count"]


@pytest.mark.parametrize("handler, kinds", [("tiny", 0), ("heavy-tailed", 6)])
def test_balance_tells_what_each_worker_had(
    bench: Bench, tmp_path: Path, handler: str, kinds: int
) -> None:
    out = tmp_path / "run"
    flags = (f"--handler={handler}", "--workers=3", "--load=closed")
    flags += ("--model=prefork/first-come,prefork/round-robin",)
    assert run_http(bench, out, *flags, scenario="balance").code == 0
    assert against_the_schema(results_in(out)) == []
    for entry in records(out):
        workers, jain = entry["http"]["workers"], entry["http"]["jain"]
        assert len(workers) == 3 and len(entry["http"]["groups"]) == kinds
        assert sum(one["connections"] for one in workers) >= entry["jobs"]
        for index in jain.values():
            assert 1 / 3 <= index * 1.000001 and index <= 1.000001
        if entry["variant"] == "round-robin":
            had = [one["connections"] for one in workers]
            assert max(had) - min(had) <= 1


def test_the_dry_run_names_cells_and_reasons(bench: Bench, tmp_path: Path) -> None:
    cpus = len(os.sched_getaffinity(0))
    out = tmp_path / "run"
    flags = ["--scenario=http", "--model=thread-pool", f"--cores={cpus}"]
    done = bench.run(*flags, "--dry-run", f"--out={out}")
    assert done.code == 0
    assert done.out.splitlines()[0] == (
        f"http/thread-pool/load:closed/cores:{cpus}/workers:64"
    )
    assert "http: 64 connections, a worker for each where workers block" in done.out
    assert "the load generator has no core of its own" in done.out
    assert not out.exists()


def test_a_generator_without_a_cpu_is_told(bench: Bench, tmp_path: Path) -> None:
    cpus = len(os.sched_getaffinity(0))
    out = tmp_path / "run"
    flags = ("--model=event-loop", "--load=closed", f"--cores={cpus}")
    assert run_http(bench, out, *flags).code == 0
    (entry,) = records(out)
    assert "cpu-shared" in entry["flags"]
    assert entry["http"]["generator_shares_cpus"] is True


@pytest.mark.parametrize(
    "flag, words",
    {
        "--in-flight=5": "--in-flight belongs to no selected scenario",
        "--jobs=5": "--jobs belongs to no selected scenario",
        "--load=55": "--load takes one of closed, least, median, 10, 20",
        "--connections=0": "--connections takes a whole number from 1",
        "--route=/nope": "--route takes one of /plaintext",
        "--workers=tuned": "--workers takes auto, tune, or whole numbers",
        "--peers=iis": "--peers takes all, nginx",
    }.items(),
)
def test_bad_flags_are_refused(
    bench: Bench, tmp_path: Path, flag: str, words: str
) -> None:
    done = bench.run("--scenario=http", flag, f"--out={tmp_path / 'run'}")
    assert done.code == 2
    assert words in done.err
    assert not (tmp_path / "run").exists()


def test_the_seed_fixes_work_and_order(bench: Bench, tmp_path: Path) -> None:
    names = []
    for attempt in ("a", "b"):
        out = tmp_path / attempt
        flags = ("--model=all", "--load=closed", "--seed=5")
        assert run_http(bench, out, *flags).code == 0
        names.append([entry["name"] for entry in records(out)])
        assert context(out)["seed"] == 5
    assert names[0] == names[1]
