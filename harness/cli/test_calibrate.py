"""`bench calibrate`: pairs of one model, and what later runs know of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.testing.command_line import Bench, context, records, small
from harness.testing.results import against_the_schema, results_in

SHORT = ("--scenario=cpu", "--duration=0.02", "--quiet")


@pytest.fixture(scope="module")
def calibrated(
    shared_bench: Bench, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, Path]:
    folder = tmp_path_factory.mktemp("calibrate")
    out, machine = folder / "run", folder / "machine.json"
    done = shared_bench.run(
        "calibrate", *SHORT, "--rounds=6", f"--out={out}", f"--machine={machine}"
    )
    assert done.code == 0, done.err
    return done.out, out, machine


def test_every_model_is_measured_twice(calibrated: tuple[str, Path, Path]) -> None:
    out, folder, _ = calibrated
    found = records(folder)
    rounds: dict[str, set[int]] = {}
    for entry in found:
        rounds.setdefault(entry["name"], set()).add(entry["round"])
        assert entry["status"] == "ok", entry["reason"]
    assert all(some == set(range(6)) for some in rounds.values())
    models = {name for name in rounds if not name.endswith("/control")}
    assert set(rounds) == models | {f"{name}/control" for name in models}
    assert {entry["model"] for entry in found} == {"event-loop", "thread-pool"}
    assert against_the_schema(results_in(folder)) == []
    assert "Noise floor of this machine" in out
    assert not (folder / "index.html").exists()


def test_a_later_run_knows_the_machine(
    bench: Bench, calibrated: tuple[str, Path, Path], tmp_path: Path
) -> None:
    _, _, machine = calibrated
    profile = json.loads(machine.read_text())
    assert {pair["model"] for pair in profile["pairs"]} == {"event-loop", "thread-pool"}
    largest = max(
        pair["d"] for pair in profile["pairs"] if pair["metric"] == "jobs_per_second"
    )
    for scenario, floor in (("cpu", largest), ("null", None)):
        out = tmp_path / scenario
        done = bench.run(*small(scenario=scenario, out=out, machine=machine))
        assert done.code == 0, done.err
        known = context(out)
        # What a busy machine shows is told, and makes no ties.
        quiet = floor is None or floor <= 0.1
        assert known["noise_floor"] == (floor if quiet else None)
        told = [line for line in known["warnings"] if "makes no ties" in line]
        assert len(told) == (0 if quiet else 1)
        assert known["noise"] == {"calibrated": profile, "control": []}
        assert against_the_schema(results_in(out)) == []


def test_another_machine_is_none_of_ours(
    bench: Bench, calibrated: tuple[str, Path, Path], tmp_path: Path
) -> None:
    _, _, machine = calibrated
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**json.loads(machine.read_text()), "num_cpus": 999}))
    out = tmp_path / "run"
    flags = small(out=out, machine=other, quiet=None)
    done = bench.run(*flags)
    assert done.code == 0, done.err
    assert "is of another machine (num_cpus was 999" in done.err
    assert context(out)["noise_floor"] is None


def test_what_things_cost(bench: Bench, tmp_path: Path) -> None:
    out, machine = tmp_path / "costs", tmp_path / "machine.json"
    flags = ("--rounds=1", "--duration=0.001", "--quiet", f"--machine={machine}")
    done = bench.run("calibrate", *flags, f"--out={out}")
    assert done.code == 0, done.err
    assert "make a system call" in done.out
    found = records(out)
    bad = [(one["name"], one["reason"]) for one in found if one["status"] != "ok"]
    assert bad == []
    assert {one["scenario"] for one in found} == {"calls", "messages", "starts"}
    # Whoever waits for a message gives way: both took turns all the time.
    for one in found:
        if one["scenario"] == "messages" and one["cores"] == 1:
            assert one["voluntary_switches"] + one["involuntary_switches"] > 0
    prices = json.loads(machine.read_text())["costs"]["prices"]
    assert len(prices) == len(found)
    run = tmp_path / "run"
    done = bench.run(*small(out=run, machine=machine))
    assert done.code == 0, done.err
    assert context(run)["costs"]["prices"] == prices
    assert against_the_schema(results_in(run)) == []


def test_every_run_records_its_probes(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = bench.run(*small(scenario="cpu,null", out=out))
    assert done.code == 0, done.err
    assert {one["kind"] for one in context(out)["probes"]} == {"sqrt", "roots"}
    kinds = {entry["scenario"]: entry["probe_kind"] for entry in records(out)}
    assert kinds == {"cpu": "sqrt", "null": "roots"}
    for entry in records(out):
        assert entry["spin_probe_seconds"] > 0
        # On one core there is nobody to share with.
        assert entry["together_ratio"] is None and entry["round_trip_seconds"] is None


@pytest.mark.parametrize(
    "flag, takes",
    [
        (
            "--noise --rounds=5",
            "--rounds takes a whole number from 6 to 10000, got '5'",
        ),
        (
            "--noise --rounds=many",
            "--rounds takes a whole number from 6 to 10000, got 'many'",
        ),
        ("--model=nobody", "--model"),
        ("--scenario=nothing", "--scenario"),
        ("--color=pink", "--color takes"),
        ("--reps=3", "--reps"),
    ],
)
def test_usage(bench: Bench, tmp_path: Path, flag: str, takes: str) -> None:
    done = bench.run("calibrate", *flag.split(), f"--out={tmp_path / 'run'}")
    assert done.code == 2
    assert takes in done.err and done.err.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_a_profile_that_is_no_file(bench: Bench, tmp_path: Path) -> None:
    done = bench.run(*small(machine=tmp_path, out=tmp_path / "run"))
    assert done.code == 2
    assert "--machine takes a file that ./bench calibrate wrote" in done.err


def test_nothing_to_calibrate_with(bench: Bench, tmp_path: Path) -> None:
    done = bench.run(
        "calibrate", "--scenario=primitives", f"--out={tmp_path / 'run'}", "--quiet"
    )
    assert done.code == 77
    assert "nothing to calibrate with" in done.err
