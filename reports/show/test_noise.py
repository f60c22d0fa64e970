"""Tests of the noise floor: whose it is, what it is made of, where it goes."""

import json
import math

import pytest

from reports.data import run
from reports.judge.checks import pairs
from reports.show import results
from reports.testing.judging import changed, run_of, told

MODELS = ["event-loop", "thread-pool"]


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """A run in which every model was measured twice."""
    home = tmp_path_factory.mktemp("noise")
    found = run_of(home, "cpu", cores=(2,), repetitions=8, models=MODELS)
    copies = []
    for one in found.recorded:
        copy = {**one.raw, "kind": "control", "name": f"{one.name}/control"}
        # Drift that a round has in common is in neither; this is the noise.
        copy["jobs_per_second"] *= 1 + 0.002 * (one.round * 3 % 8 - 3.5)
        copies.append(copy | {"run_name": copy["name"]})
    return changed(found, more=copies)


def test_d_is_half_of_the_interval_of_two_copies(twins):
    rates, prices = pairs(twins)[:2]
    assert (rates.metric, prices.metric) == ("jobs_per_second", "cpu_seconds_per_job")
    assert (rates.scenario, rates.model, rates.cores) == ("cpu", "event-loop", 2)
    assert rates.rounds == 8 and rates.ratio == pytest.approx(1, abs=0.01)
    width = math.log(rates.high) - math.log(rates.low)
    assert math.log1p(rates.d) == pytest.approx(width / 2) and 0 < rates.d < 0.02


def test_a_run_records_what_its_own_control_showed(twins):
    home = twins.directory
    results.write(twins)
    stored = json.loads((home / "environment.json").read_text())
    whole = json.loads((home / "results.json").read_text())
    assert [p["model"] for p in stored["noise"]["control"]][::2] == MODELS
    assert stored == whole["context"] and stored["noise"]["calibrated"] is None
    # Again, and nothing changes: what was calibrated stays as well.
    stored["noise"]["calibrated"] = {"rounds": 50}
    (home / "environment.json").write_text(json.dumps(stored))
    results.write(run.load(home))
    assert json.loads((home / "environment.json").read_text()) == stored


def test_calibrate_says_each_pair_and_keeps_the_machine(twins, tmp_path, capsys):
    kept = tmp_path / "elsewhere" / "machine.json"
    words = (capsys, twins.directory, "--color=never")
    code, out, _ = told(*words, f"--profile={kept}")
    assert code == 0
    assert out.startswith("Two copies of one model") and out.count("thread-pool") == 2
    assert f"kept in {kept}" in out.splitlines()[-1]
    profile = json.loads(kept.read_text())
    assert {"cpu_model", "num_cpus", "kernel", "date"} <= set(profile)
    assert [p["model"] for p in profile["pairs"]][::2] == MODELS
    # A place that cannot be written is named.
    code, _, err = told(*words, f"--profile={kept / 'below'}")
    assert code == 1 and "cannot write" in err
