"""One run from the command to the page: which files, and what is in them."""

from __future__ import annotations

import math
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.testing.command_line import (
    MODELS,
    Bench,
    Ended,
    cell_name,
    context,
    records,
    small,
)
from harness.testing.results import against_the_schema, results_in

COMPARE = Path("/usr/share/benchmark/compare.py")
REPETITIONS = 2


def counted(results: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in results["benchmarks"] if one["status"] != "disturbed"]


@pytest.fixture(scope="module")
def cores(shared_bench: Bench) -> list[int]:
    """1 and, where that can be had, 2."""
    two = shared_bench.run("--cores=2", "--dry-run").code == 0
    return [1, 2] if two else [1]


@pytest.fixture(scope="module")
def cells(cores: list[int]) -> set[str]:
    return {cell_name("cpu", model, n, n) for model in MODELS for n in cores}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs") / "smoke"


@pytest.fixture(scope="module")
def ended(shared_bench: Bench, out: Path, cores: list[int]) -> Ended:
    """The command of the README, but shorter, page included."""
    return shared_bench.run(
        "--scenario=cpu",
        "--model=all",
        "--preset=smoke",
        "--duration=0.05",
        "--jobs=50",  # on a busy machine a pilot would cut some batches short
        f"--cores=1..{cores[-1]}",
        f"--reps={REPETITIONS}",
        f"--out={out}",
    )


@pytest.fixture(scope="module")
def results(ended: Ended, out: Path) -> dict[str, Any]:
    return results_in(out)


def test_the_last_line_is_the_path_of_the_page(ended: Ended, out: Path) -> None:
    assert ended.code == 0, ended.err
    assert ended.last_line == str(out / "index.html")
    page = Path(ended.last_line).read_text()
    assert all(model in page for model in MODELS)


def test_all_files_of_a_run_are_there_and_no_other(ended: Ended, out: Path) -> None:
    names = {path.name for path in out.iterdir()}
    assert names == {
        "environment.json",
        "runs.jsonl",
        "results.json",
        "charts",
        "index.html",
    }
    kinds = {path.suffix for path in (out / "charts").iterdir()}
    assert kinds == {".svg", ".png", ".csv"}


def test_every_repetition_of_every_cell_is_one_line(
    ended: Ended, out: Path, cells: set[str]
) -> None:
    found = [(one["name"], one["repetition_index"]) for one in records(out)]
    asked = {(name, i) for name in cells for i in range(REPETITIONS)}
    assert len(found) == len(asked)
    assert set(found) == asked
    assert context(out)["planned_repetitions"] == len(asked)


def test_results_follow_the_schema(results: dict[str, Any]) -> None:
    assert against_the_schema(results) == []


def test_the_schema_can_refuse(results: dict[str, Any]) -> None:
    first = counted(results)[0]
    for broken in ({**first, "status": "fine"}, {**first, "jobs_per_second": None}):
        assert against_the_schema({**results, "benchmarks": [broken]})


def test_results_hold_what_the_lines_hold(results: dict[str, Any], out: Path) -> None:
    keys = ("name", "repetition_index", "real_time", "digest", "order")
    pick = lambda entry: tuple(entry[key] for key in keys)  # noqa: E731
    assert sorted(map(pick, counted(results))) == sorted(map(pick, records(out)))
    assert results["context"] == context(out)


def test_an_entry_says_which_cell_it_is(results: dict[str, Any]) -> None:
    for one in counted(results):
        workers, cores = one["workers"], one["cores"]
        assert one["name"] == cell_name("cpu", one["model"], cores, workers)
        assert one["run_name"] == one["name"]
        assert one["variant"] is None
        assert one["in_flight"] == workers * one["model_params"].get("depth", 1)
        params = one["params"]
        assert (params["kernel"], params["job_us"]) == ("sqrt", 1000)
        assert params["spread"] == 0
        assert params["size"] > 0


def test_an_entry_has_google_benchmarks_figures(results: dict[str, Any]) -> None:
    for one in counted(results):
        assert (one["run_type"], one["time_unit"]) == ("iteration", "ns")
        jobs, seconds = one["jobs"], one["work_seconds"]
        assert one["iterations"] == jobs
        assert math.isclose(one["real_time"], seconds / jobs * 1e9)
        assert math.isclose(one["jobs_per_second"], jobs / seconds)
        cpu = one["cpu_user_seconds"] + one["cpu_system_seconds"]
        assert math.isclose(one["cpu_time"], cpu / jobs * 1e9)
    known = {"date", "num_cpus", "caches", "load_avg", "library_build_type"}
    assert known <= results["context"].keys()


def test_every_cell_did_the_same_jobs(results: dict[str, Any]) -> None:
    entries = counted(results)
    assert len({(one["jobs"], one["digest"]) for one in entries}) == 1
    for one in entries:
        assert (one["status"], one["reason"], one["errors"]) == ("ok", None, 0)
        assert sum(one["jobs_per_worker"]) == one["jobs"]
        assert len(one["jobs_per_worker"]) == one["workers"]


def test_the_context_says_what_was_asked(ended: Ended, out: Path) -> None:
    said = context(out)
    assert (said["preset"], said["repetitions"]) == ("smoke", REPETITIONS)
    assert (said["duration_seconds"], said["seed"]) == (0.05, 1)
    assert f"--out={out}" in said["command"]
    assert said["record_bytes_per_job"] == 64
    assert {model["id"] for model in said["models"]} == set(MODELS)


def test_the_stock_compare_tool_reads_two_runs(
    ended: Ended, out: Path, cells: set[str], bench: Bench, tmp_path: Path
) -> None:
    if not COMPARE.is_file():
        pytest.skip("libbenchmark-tools is not installed")
    other = tmp_path / "other"
    flags = small(scenario="cpu", model="all", cores=None, jobs=None, out=other)
    assert bench.run(*flags).code == 0
    paths = [str(folder / "results.json") for folder in (out, other)]
    found = subprocess.run(
        ["/usr/bin/python3", COMPARE, "--no-color", "benchmarks", *paths],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=bench.environment(),
    )
    assert found.returncode == 0, found.stderr
    first_words = [line.split()[0] for line in found.stdout.splitlines() if line]
    assert cells <= set(first_words)


def test_a_run_works_from_any_folder(bench: Bench, tmp_path: Path) -> None:
    ended = bench.run(*small(out="sub/run"))
    assert ended.code == 0, ended.err
    assert ended.last_line == "sub/run/results.json"
    assert (bench.cwd / ended.last_line).is_file()
    assert os.listdir(bench.cwd) == ["sub"]


def test_a_report_can_be_made_again(ended: Ended, out: Path, bench: Bench) -> None:
    before = (out / "results.json").read_bytes()
    again = bench.run("report", str(out), "--no-report")
    assert (again.code, again.err) == (0, "")
    assert again.last_line == str(out / "results.json")
    assert (out / "results.json").read_bytes() == before
