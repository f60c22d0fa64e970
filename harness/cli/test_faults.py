"""Models that cheat, jobs that crash or hang: a record, never a number.

All of it is done by bench_faulty: --how says what job 3 of each batch does.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from harness.testing import processes
from harness.testing.command_line import (
    MODELS,
    VARIANTS,
    Bench,
    cell_name,
    ended,
    records,
    small,
    wait_until,
)

ALL = (*MODELS, *VARIANTS)
VICTIM = 3  # the job that fares badly

# What must be null where nothing was measured.
MEASURED = (
    "real_time",
    "cpu_time",
    "jobs_per_second",
    "start_seconds",
    "work_seconds",
    "teardown_seconds",
    "cpu_user_seconds",
    "cpu_system_seconds",
    "voluntary_switches",
    "involuntary_switches",
    "minor_faults",
    "major_faults",
    "peak_rss_bytes",
    "peak_pss_bytes",
    "latency_p50_seconds",
    "latency_p90_seconds",
    "latency_p99_seconds",
    "latency_p999_seconds",
    "digest",
)

ENDS = {
    "crash": "was killed by SIGSEGV",
    "abort": "was killed by SIGABRT",
    "throw": "was killed by SIGABRT",
    "exit": "exited with 9",
}
NEVER_ENDS = ("hang", "spin")


def assert_failed(entry: dict[str, Any], reason: str) -> None:
    assert entry["status"] == "failed"
    assert reason in entry["reason"]
    assert entry["error_occurred"] is True
    assert entry["error_message"] == entry["reason"]
    assert {key: entry[key] for key in MEASURED} == dict.fromkeys(MEASURED)


@pytest.mark.parametrize(
    "how, reason",
    [
        ("drop", f"job {VICTIM} was begun 0 times and finished 0 times"),
        ("double", f"job {VICTIM} was begun 2 times and finished 2 times"),
        ("lie", f"job {VICTIM} gave a wrong answer (1 of 20 jobs"),
    ],
)
@pytest.mark.parametrize("scenario", ["null", "cpu"])
def test_a_model_that_cheats_is_found_out(
    faulty: Bench, tmp_path: Path, scenario: str, how: str, reason: str
) -> None:
    work = {"size": 40} if scenario == "cpu" else {}
    flags = small(scenario=scenario, model=f"sequential,faulty/{how}", reps=2, **work)
    assert faulty.run(*flags, f"--out={tmp_path / 'run'}").code == 3
    entries = records(tmp_path / "run")
    assert len(entries) == 4
    for entry in entries:
        if entry["model"] == "sequential":
            assert entry["status"] == "ok"
        else:
            assert_failed(entry, reason)


def test_a_model_that_throws_has_failed(faulty: Bench, tmp_path: Path) -> None:
    flags = small(model="sequential,faulty/throw", out=tmp_path / "run")
    assert faulty.run(*flags).code == 1
    found = {one["model"]: one for one in records(tmp_path / "run")}
    assert found["sequential"]["status"] == "ok"
    assert_failed(found["faulty"], "no luck today")


def test_wrong_answers_outweigh_a_failure(faulty: Bench, tmp_path: Path) -> None:
    flags = small(model="faulty/throw,faulty/lie", out=tmp_path / "run")
    assert faulty.run(*flags).code == 3


def sweep(bench: Bench, out: Path, hows: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Entries by name: every model does each of `hows`, and none."""
    flags = small(
        scenario="fault",
        model=",".join(ALL),
        workers=2,
        jobs=VICTIM + 2,
        how=",".join(("none", *hows)),
        deadline=1,
        out=out,
    )
    found = bench.run(*flags, seconds=300)
    assert found.code == 1, found.err
    entries = records(out)
    assert len(entries) == len(ALL) * (1 + len(hows))
    return {one["name"]: one for one in entries}


@pytest.fixture(scope="module")
def ending(
    shared_faulty: Bench, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    return sweep(shared_faulty, tmp_path_factory.mktemp("ends") / "run", tuple(ENDS))


@pytest.fixture(scope="module")
def endless(
    shared_faulty: Bench, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    return sweep(shared_faulty, tmp_path_factory.mktemp("hangs") / "run", NEVER_ENDS)


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("model", ALL)
def test_a_job_that_ends_its_worker(
    ending: dict[str, dict[str, Any]], model: str, how: str
) -> None:
    name = cell_name("fault", model, 1, 2, f"/how:{how}")
    assert_failed(ending[name], ENDS[how])


@pytest.mark.parametrize("how", NEVER_ENDS)
@pytest.mark.parametrize("model", ALL)
def test_a_job_that_never_ends(
    endless: dict[str, dict[str, Any]], model: str, how: str
) -> None:
    name = cell_name("fault", model, 1, 2, f"/how:{how}")
    assert_failed(endless[name], "did not end within 1 s (--deadline)")


@pytest.mark.parametrize("model", ALL)
def test_healthy_cells_of_the_same_sweep_are_unharmed(
    ending: dict[str, dict[str, Any]], endless: dict[str, dict[str, Any]], model: str
) -> None:
    name = cell_name("fault", model, 1, 2)
    for entries in (ending, endless):
        assert entries[name]["status"] == "ok"
        assert sum(entries[name]["jobs_per_worker"]) == VICTIM + 2


def test_a_job_may_hang_in_the_warm_up_too(faulty: Bench, tmp_path: Path) -> None:
    flags = small(scenario="fault", how="hang", deadline=0.2, warmup=1)
    assert faulty.run(*flags, f"--out={tmp_path / 'run'}").code == 1
    assert_failed(records(tmp_path / "run")[0], "did not end within 0.2 s")


def test_the_report_names_the_failed_cells(faulty: Bench, tmp_path: Path) -> None:
    flags = small(scenario="fault", how="none,crash", out=tmp_path / "run")
    found = faulty.run(*flags)
    assert found.code == 1
    assert "SIGSEGV" in found.out
    assert found.last_line == str(tmp_path / "run" / "results.json")


def daemons_of(pid: int) -> list[int]:
    """Descendants that have left the session of the run."""
    return [
        found
        for found in processes.descendants(pid)
        if processes.leads_a_session(found)
    ]


def test_a_process_that_left_its_group_is_found_and_killed(
    faulty: Bench, tmp_path: Path
) -> None:
    flags = small(model="faulty/leak", reps=2, out=tmp_path / "run")
    assert faulty.run(*flags).code == 0
    assert processes.left_behind() == []
    assert [one["status"] for one in records(tmp_path / "run")] == ["ok", "ok"]


def test_a_process_that_left_its_group_does_not_survive_ctrl_c(
    faulty: Bench, tmp_path: Path
) -> None:
    # The other jobs take so long that the stray process can be seen alive.
    work = {"scenario": "cpu", "size": 10**8, "jobs": 50, "deadline": 1000}
    flags = small(model="faulty/leak", out=tmp_path / "run", **work)
    process = faulty.start(*flags)
    wait_until("the stray process", lambda: daemons_of(process.pid))
    os.kill(process.pid, signal.SIGINT)
    assert ended(process).code == 130
    assert processes.left_behind() == []


def test_ten_megabytes_of_output_block_nobody(faulty: Bench, tmp_path: Path) -> None:
    flags = small(model="faulty/chatty", reps=2, out=tmp_path / "run")
    found = faulty.run(*flags)
    assert found.code == 0
    assert "xxxx" not in found.out + found.err
    assert [one["status"] for one in records(tmp_path / "run")] == ["ok", "ok"]


def test_a_talkative_process_has_a_short_reason(faulty: Bench, tmp_path: Path) -> None:
    flags = small(scenario="fault", how="crash", model="faulty/chatty")
    assert faulty.run(*flags, f"--out={tmp_path / 'run'}").code == 1
    entry = records(tmp_path / "run")[0]
    assert_failed(entry, "was killed by SIGSEGV")
    assert len(entry["reason"]) <= 300
