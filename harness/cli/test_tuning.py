"""What a model leaves to the harness: measured, said and recorded."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from harness.testing.command_line import Bench, records, small


def tuning(out: Path) -> list[str]:
    return json.loads((out / "environment.json").read_text())["tuning"]


@pytest.mark.parametrize("model", ["fork-ipc", "event-loop/offload"])
def test_a_depth_is_picked_said_and_recorded(
    bench: Bench, tmp_path: Path, model: str
) -> None:
    out = tmp_path / "run"
    flags = small(model=model, workers=2, reps=3, quiet=None, out=out)
    found = bench.run(*flags)
    assert found.code == 0, found.err
    (said,) = tuning(out)
    assert said in found.err.splitlines()
    name = model.replace("/", "+")
    picked = re.fullmatch(
        rf"null/{re.escape(name)}: depth ([1248])"
        r"; on 1 core([,;] [248] gave [\d.]+ times the jobs per second of [124])+",
        said,
    )
    assert picked, said
    depth = int(picked[1])
    entries = [one for one in records(out) if one["kind"] == "model"]
    assert {
        (
            one["name"],
            one["model_params"]["depth"],
            *one["auto_params"],
            one["in_flight"],
        )
        for one in entries
    } == {
        (f"null/{name}/depth:1/cores:1/workers:2", 1, 2),
        (f"null/{name}/cores:1/workers:2", depth, "depth", 2 * depth),
    }


def test_a_depth_that_is_asked_for_is_not_measured(
    bench: Bench, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    assert bench.run(*small(model="fork-ipc", depth="1,4", out=out)).code == 0
    assert tuning(out) == []
    assert {
        (one["model_params"]["depth"], *one["auto_params"]) for one in records(out)
    } == {(1,), (4,)}


@pytest.mark.parametrize("depth", [None, "auto", "1,auto"])
def test_no_depth_is_measured_where_jobs_wait(
    bench: Bench, tmp_path: Path, depth: str | None
) -> None:
    out = tmp_path / "run"
    options = {"scenario": "io", "wait": "timer", "wait_ms": 1, "in_flight": 4}
    flags = small(model="fork-ipc", depth=depth, **options, out=out)
    assert bench.run(*flags).code == 0
    assert tuning(out) == []
    (one,) = records(out)
    assert (one["model_params"]["depth"], one["in_flight"]) == (1, 4)


def test_one_line_of_a_model_or_two(bench: Bench) -> None:
    """Along an axis one message at a time stands beside what was picked."""
    lengths = {"scenario": "cpu", "job_us": "10,100", "jobs": None}
    for options, each in ((lengths, 2), ({**lengths, "job_us": "10"}, 1)):
        found = bench.run(*small(model="fork-ipc", dry_run=True, **options))
        lines = found.out.splitlines()[:-1]
        lengths_there = {line.split("/")[2] for line in lines}
        assert len(lines) == each * len(lengths_there)
        assert sum("/depth:1/" in line for line in lines) == (each - 1) * len(
            lengths_there
        )


def test_lengths_of_a_job_are_narrowed_behind_the_rounds(
    bench: Bench, tmp_path: Path
) -> None:
    """Whether there is something to narrow is a matter of speed; all that was
    planned is there, each length once a round, and the same depth."""
    out = tmp_path / "run"
    of = {"scenario": "grain", "model": "sequential,fork-ipc", "depth": 2}
    flags = small(**of, job_us="1,1000", out=out)
    assert bench.run(*flags).code == 0
    found = records(out)
    planned = json.loads((out / "environment.json").read_text())
    assert len(found) == planned["planned_repetitions"] >= 4 * planned["repetitions"]
    assert len({(one["name"], one["round"]) for one in found}) == len(found)
    lengths = {one["params"]["job_us"] for one in found}
    assert {1, 1000} <= lengths and min(lengths) == 1 and max(lengths) == 1000
    calibrated = {one["job_us"] for one in planned["calibration"]}
    assert calibrated == lengths
