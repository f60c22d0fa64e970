"""Jobs that wait: the same answers in every model, pools and files."""

from __future__ import annotations

import functools
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from harness.testing import processes
from harness.testing.command_line import (
    MODELS,
    VARIANTS,
    Bench,
    records,
    small,
    wait_until,
)
from harness.testing.results import against_the_schema, results_in

ALL = (*MODELS, *VARIANTS)
FOR_FILES = "/var/tmp"  # a disk, where the temporary folder may be memory


def can_read_past_the_cache() -> bool:
    try:
        with tempfile.NamedTemporaryFile(dir=FOR_FILES) as file:
            os.close(os.open(file.name, os.O_RDONLY | os.O_DIRECT))
    except OSError:
        return False
    return True


WORKLOADS: dict[str, dict[str, object]] = {
    "timer": {"scenario": "io", "wait": "timer", "wait_ms": 1, "compute_us": 50},
    "backend": {"scenario": "io", "wait": "backend", "wait_ms": 1, "compute_us": 50},
    "file": {"scenario": "io", "wait": "file", "compute_us": 50},
    "cold": {"scenario": "io", "wait": "file", "cold": True, "compute_us": 50},
    # In more than one piece through any socket.
    "long answers": {"scenario": "io", "wait_ms": 1, "payload": 300_000},
    "mixed": {"scenario": "mixed", "life_ms": 2, "cpu_share": "0,5,50,100"},
    "mixed timer": {
        "scenario": "mixed",
        "life_ms": 2,
        "cpu_share": 25,
        "wait": "timer",
    },
    "pool": {"scenario": "pool", "job_us": 500, "in_flight": None, "jobs": None},
    "pool file": {
        "scenario": "pool",
        "pool_job": "file",
        "in_flight": None,
        "jobs": None,
    },
}


@pytest.fixture(scope="module")
def entries_of(shared_bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Entries of the models in a run of this workload, all models."""

    @functools.cache
    def run(workload: str) -> list[dict[str, Any]]:
        out = tmp_path_factory.mktemp("answers") / "run"
        given = {"model": "all/*", "in_flight": 4, "jobs": 20, **WORKLOADS[workload]}
        ended = shared_bench.run(*small(out=out, **given), env={"TMPDIR": FOR_FILES})
        assert ended.code == 0, ended.err
        assert against_the_schema(results_in(out)) == []
        return [one for one in records(out) if one["kind"] == "model"]

    return run


def name_of(entry: dict[str, Any]) -> str:
    variant = entry["variant"]
    return entry["model"] + (f"/{variant}" if variant else "")


@pytest.mark.parametrize("workload", WORKLOADS)
def test_all_models_give_the_same_answers(entries_of: Any, workload: str) -> None:
    if workload == "cold" and not can_read_past_the_cache():
        pytest.skip(f"{FOR_FILES} knows no O_DIRECT")
    entries = entries_of(workload)
    shares = {one["params"].get("cpu_share") for one in entries}
    assert len(shares) == (4 if workload == "mixed" else 1)
    for share in shares:
        alike = [one for one in entries if one["params"].get("cpu_share") == share]
        assert sorted(map(name_of, alike)) == sorted(ALL)
        assert len({one["digest"] for one in alike}) == 1
    for one in entries:
        assert (one["status"], one["errors"], one["errnos"]) == ("ok", 0, None)
        assert sum(one["jobs_per_worker"]) == one["jobs"]
        assert len(one["jobs_per_worker"]) <= one["workers"]
        assert one["in_flight_mean"] <= one["in_flight"] + 1e-6
        assert 1 <= one["in_flight_peak"] <= one["in_flight"]


def test_each_workload_has_answers_of_its_own(entries_of: Any) -> None:
    found = [
        {one["digest"] for one in entries_of(workload)}
        for workload in ("timer", "backend", "long answers", "mixed")
    ]
    assert len(set.union(*found)) == sum(map(len, found)) == 1 + 1 + 1 + 4


@pytest.mark.parametrize("workload", ["pool", "pool file"])
def test_the_staircase_of_a_pool_can_be_drawn(entries_of: Any, workload: str) -> None:
    for one in entries_of(workload):
        ends = one["job_end_seconds"]
        assert len(ends) == one["jobs"] == 16
        assert ends == sorted(ends) and ends[0] > 0
        # The last end is the end of the batch.
        assert abs(ends[-1] - one["work_seconds"]) < 1e-6


def test_without_a_backend_there_are_no_figures_of_it(entries_of: Any) -> None:
    for workload in ("timer", "file", "pool"):
        for one in entries_of(workload):
            assert one["backend_cpu_seconds"] is None
            assert one["backend_late_p99_seconds"] is None


def test_a_batch_of_many_jobs_has_no_list_of_ends(bench: Bench, tmp_path: Path) -> None:
    flags = small(scenario="io", wait="timer", wait_ms=0.1, jobs=65)
    assert bench.run(*flags, f"--out={tmp_path / 'run'}").code == 0
    assert records(tmp_path / "run")[0]["job_end_seconds"] is None


@pytest.mark.parametrize("pool_job", ["pbkdf2", "file"])
def test_no_more_threads_than_uv_pool_says(
    bench: Bench, tmp_path: Path, pool_job: str
) -> None:
    flags = small(scenario="pool", model="event-loop/offload", jobs=None, job_us=2000)
    out = tmp_path / "run"
    found = bench.run(*flags, "--uv-pool=1,4", f"--pool-job={pool_job}", f"--out={out}")
    assert found.code == 0, found.err
    entries = records(out)
    assert sorted(one["model_params"]["uv_pool"] for one in entries) == [1, 4]
    for one in entries:
        size = one["model_params"]["uv_pool"]
        assert one["workers"] == size
        assert 1 <= len(one["jobs_per_worker"]) <= size
        assert sum(one["jobs_per_worker"]) == 16


def test_the_file_lies_where_tmpdir_says(bench: Bench, tmp_path: Path) -> None:
    """It has no name, and so nothing can be left of it."""
    flags = small(scenario="io", wait="file", jobs=None, reps=1000)
    process = bench.start(*flags, f"--out={tmp_path / 'run'}")

    def has_a_file_there() -> bool:
        links = processes.open_files(process.pid)
        return any(link.startswith(f"{bench.scratch}/") for link in links)

    wait_until("the file", has_a_file_there)
    assert list(bench.scratch.iterdir()) == []
    process.terminate()
    process.communicate()
    assert process.returncode == 130
