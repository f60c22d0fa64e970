"""Tests of the noise floor: whose it is, what it is made of, where it goes."""

from __future__ import annotations

import json
import math

import pytest

from reports.data import run
from reports.judge.noise import pairs
from reports.show import results
from reports.__main__ import main
from reports.testing.judging import changed, run_of


def with_controls(directory, faster=1.0, **given):
    """A run in which every model on 2 cores was measured twice."""
    found = run_of(directory, "cpu", cores=(2,), repetitions=8, **given)
    copies = []
    for one in found.recorded:
        copy = {**one.raw, "kind": "control", "name": f"{one.name}/control"}
        copy["run_name"] = copy["name"]
        # Drift that a round has in common is in neither; this is the noise.
        copy["jobs_per_second"] *= faster * (1 + 0.002 * (one.round * 3 % 8 - 3.5))
        copies.append(copy)
    return changed(found, more=copies)


def test_d_is_half_of_the_interval_of_two_copies(tmp_path):
    found = pairs(with_controls(tmp_path, models=("event-loop",)))
    rates, prices = found
    assert (rates.metric, prices.metric) == ("jobs_per_second", "cpu_seconds_per_job")
    assert (rates.scenario, rates.model, rates.cores) == ("cpu", "event-loop", 2)
    assert rates.rounds == 8 and rates.ratio == pytest.approx(1, abs=0.01)
    width = math.log(rates.high) - math.log(rates.low)
    assert math.log1p(rates.d) == pytest.approx(width / 2)
    assert 0 < rates.d < 0.02


def test_a_run_records_what_its_own_control_showed(tmp_path):
    found = with_controls(tmp_path, models=("event-loop",))
    results.write(found)
    stored = json.loads((tmp_path / "environment.json").read_text())
    whole = json.loads((tmp_path / "results.json").read_text())
    assert [pair["model"] for pair in stored["noise"]["control"]] == ["event-loop"] * 2
    assert stored == whole["context"]
    assert stored["noise"]["calibrated"] is None
    # Again, and nothing changes: what was calibrated stays as well.
    stored["noise"]["calibrated"] = {"rounds": 50}
    (tmp_path / "environment.json").write_text(json.dumps(stored))
    results.write(run.load(tmp_path))
    assert json.loads((tmp_path / "environment.json").read_text()) == stored


def test_calibrate_prints_a_table_and_keeps_the_machine(tmp_path, capsys):
    with_controls(tmp_path / "run", models=("event-loop", "thread-pool"))
    kept = tmp_path / "elsewhere" / "machine.json"
    assert main([str(tmp_path / "run"), f"--noise-floor={kept}", "--color=never"]) == 0
    out = capsys.readouterr().out
    assert "two copies of one model" in out and out.count("thread-pool") == 2
    assert f"kept in {kept}" in out.splitlines()[-1]
    profile = json.loads(kept.read_text())
    assert {"cpu_model", "num_cpus", "kernel", "date"} <= set(profile)
    assert [p["model"] for p in profile["pairs"]] == ["event-loop"] * 2 + [
        "thread-pool"
    ] * 2
    assert not (tmp_path / "run" / "index.html").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path, capsys):
    with_controls(tmp_path / "run", models=("event-loop",))
    (tmp_path / "file").write_text("")
    bad = tmp_path / "file" / "machine.json"
    assert main([str(tmp_path / "run"), f"--noise-floor={bad}"]) == 1
    assert "cannot write" in capsys.readouterr().err
