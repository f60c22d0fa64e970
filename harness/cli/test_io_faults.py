"""The backend dies or falls silent, the run is interrupted or killed.

All of it happens while the backend has a request, so in the middle of a
repetition. What must come of it: a reason with the name of an errno and no
number, repetitions that go on, and nobody left.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any, Callable

import pytest

from harness.testing import processes
from harness.testing.backends import (
    Serving,
    backends_of,
    still_listening,
    stopped,
    strike,
    wait_for_request,
)
from harness.testing.command_line import (
    MODELS,
    VARIANTS,
    Bench,
    ended,
    lines_in,
    records,
    small,
    wait_until,
)
from harness.testing.results import against_the_schema, results_in

ALL = (*MODELS, *VARIANTS)
IN_FLIGHT = 4
JOBS = 8
REPETITIONS = 3
ENDS_WITHIN = 60  # seconds; what should end in one
TIMES = ("wait_ms", "timeout_ms")
GONE_WITHIN = 2  # seconds, for all descendants of a killed harness
HUNG_UP = {"ECONNRESET", "ECONNREFUSED", "ECONNABORTED"}

# What must be null where nothing was measured.
MEASURED = (
    "real_time",
    "cpu_time",
    "jobs",
    "jobs_per_second",
    "work_seconds",
    "latency_p50_seconds",
    "latency_mean_seconds",
    "little_ratio",
    "in_flight_mean",
    "job_end_seconds",
    "jobs_per_worker",
    "backend_cpu_seconds",
    "backend_late_p99_seconds",
    "digest",
)


def start(
    bench: Bench, out: Path, model: str, **given: object
) -> subprocess.Popen[str]:
    """A run whose jobs wait long enough to be caught at it, without a floor."""
    options: dict[str, object] = {
        "scenario": "io",
        "in_flight": IN_FLIGHT,
        "jobs": JOBS,
        "reps": REPETITIONS,
        "wait_ms": 100,
        "benchmark_filter": "-epoll-client",
    }
    return bench.start(*small(model=model, out=out, **{**options, **given}))


def start_and_strike(
    number: signal.Signals, bench: Bench, folder: Path, model: str, **given: int
) -> tuple[subprocess.Popen[str], Serving, Path]:
    """Signals the backend after the first recorded repetition. Where a busy
    machine (or one with ten thousand sockets to look through) kept the test from
    looking until the run was over, tries again with longer waits."""
    for attempt in range(10):
        out = folder / f"run-{attempt}"
        longer = min(2**attempt, 16)
        times = {"wait_ms": 100 * longer}
        times |= {k: v * longer for k, v in given.items() if k in TIMES}
        process = start(bench, out, model, **{**given, **times})
        wait_until(
            "the first line", lambda: lines_in(out) > 0 or process.poll() is not None
        )
        if backend := strike(process, number):
            return process, backend, out
        ended(process, ENDS_WITHIN)
    pytest.fail("ten runs were over before anybody had a look at them")


def only_failure(out: Path) -> dict[str, Any]:
    """The entry that failed; all repetitions before and after it are well."""
    entries = records(out)
    assert len(entries) == REPETITIONS
    failed = [one for one in entries if one["status"] != "ok"]
    assert len(failed) == 1, [one["reason"] for one in entries]
    entry = failed[0]
    assert entry["status"] == "failed"
    assert entry["error_occurred"] is True
    assert entry["error_message"] == entry["reason"]
    assert {key: entry[key] for key in MEASURED} == dict.fromkeys(MEASURED)
    assert against_the_schema(results_in(out)) == []
    return entry


def assert_counted(entry: dict[str, Any], model: str, errnos: set[str]) -> None:
    """Who was in flight failed; nobody after that waited for a time limit."""
    counts = dict(entry["errnos"])
    cancelled = counts.pop("ECANCELED", 0)
    assert counts and set(counts) <= errnos
    assert any(name in entry["reason"] for name in counts)
    assert sum(counts.values()) <= (1 if model == "sequential" else IN_FLIGHT)
    assert entry["errors"] == sum(counts.values()) + cancelled <= JOBS


@pytest.mark.parametrize("model", ALL)
def test_the_backend_is_killed(bench: Bench, tmp_path: Path, model: str) -> None:
    process, backend, out = start_and_strike(signal.SIGKILL, bench, tmp_path, model)
    found = ended(process, ENDS_WITHIN)
    assert found.code == 1, found.err
    assert processes.left_behind() == []
    assert still_listening(backend) == set()
    entry = only_failure(out)
    assert entry["reason"].startswith("the backend was killed by SIGKILL; job ")
    assert_counted(entry, model, HUNG_UP)
    assert "failed" in found.out


@pytest.mark.parametrize("model", MODELS)
def test_the_backend_never_answers(bench: Bench, tmp_path: Path, model: str) -> None:
    process, backend, out = start_and_strike(
        signal.SIGSTOP, bench, tmp_path, model, wait_ms=50, timeout_ms=500
    )
    found = ended(process, ENDS_WITHIN)
    assert found.code == 1, found.err
    assert processes.left_behind() == []
    assert still_listening(backend) == set()
    entry = only_failure(out)
    assert entry["reason"].startswith("job ")
    assert_counted(entry, model, {"ETIMEDOUT"})


def test_the_backend_of_the_floor_is_killed(bench: Bench, tmp_path: Path) -> None:
    process, _, out = start_and_strike(
        signal.SIGKILL,
        bench,
        tmp_path,
        "event-loop",
        benchmark_filter="epoll-client",
        jobs=10 * JOBS,  # so that it is not over when the signal comes
    )
    assert ended(process, ENDS_WITHIN).code == 1
    entry = only_failure(out)
    assert entry["kind"] == "floor"
    assert entry["reason"].startswith("the backend was killed by SIGKILL; ")
    assert "Connection reset" in entry["reason"] or "ECONN" in entry["reason"]


def test_one_loss_is_told_by_the_report(bench: Bench, tmp_path: Path) -> None:
    process, _, _ = start_and_strike(
        signal.SIGKILL, bench, tmp_path, "event-loop", quiet=None
    )
    found = ended(process, ENDS_WITHIN)
    assert "SIGKILL" in found.out and "1 of 3 repetitions" in found.out


def test_a_backend_that_dies_in_the_warm_up_spoils_no_repetition(
    bench: Bench, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    process = start(bench, out, "event-loop", wait_ms=1000, jobs=IN_FLIGHT, reps=1)
    assert strike(process, signal.SIGKILL)  # its first request is of the warm-up
    assert lines_in(out) == 0
    assert ended(process, ENDS_WITHIN).code == 0
    assert [one["status"] for one in records(out)] == ["ok"]


def to_the_bench(pid: int, number: signal.Signals) -> None:
    os.kill(pid, number)


def to_its_group(pid: int, number: signal.Signals) -> None:
    """As a terminal does it."""
    os.killpg(pid, number)


@pytest.mark.parametrize("send", [to_the_bench, to_its_group])
@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name
)
@pytest.mark.parametrize("model", MODELS)
def test_a_signal_ends_the_run_and_its_backend(
    bench: Bench,
    tmp_path: Path,
    model: str,
    number: signal.Signals,
    send: Callable[[int, signal.Signals], None],
) -> None:
    out = tmp_path / "run"
    process = start(bench, out, model, wait_ms=500, reps=1000)
    backend = wait_for_request(process)
    send(process.pid, number)
    found = ended(process, ENDS_WITHIN)
    assert found.code == 130, found.err
    assert f"interrupted: {len(records(out))} of 1000" in found.err
    assert processes.left_behind() == []
    assert still_listening(backend) == set()


@pytest.mark.parametrize("model", MODELS)
def test_a_silent_backend_does_not_delay_ctrl_c(
    bench: Bench, tmp_path: Path, model: str
) -> None:
    out = tmp_path / "run"
    process = start(bench, out, model, wait_ms=60_000, timeout_ms=600_000)
    backend = strike(process, signal.SIGSTOP)
    assert backend
    wait_until("the backend to stop", lambda: stopped(backend.pid))
    os.kill(process.pid, signal.SIGINT)
    assert ended(process, ENDS_WITHIN).code == 130
    assert processes.left_behind() == []


def kill_and_count(process: subprocess.Popen[str], backend: Serving) -> None:
    """SIGKILL to the harness alone; its descendants must follow."""
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert processes.left_after(GONE_WITHIN) == []
    assert still_listening(backend) == set()


@pytest.mark.parametrize("model", ALL)
def test_nobody_outlives_a_killed_harness(
    bench: Bench, tmp_path: Path, model: str
) -> None:
    process = start(bench, tmp_path / "run", model, wait_ms=60_000, timeout_ms=600_000)
    backend = wait_for_request(process)
    assert backends_of(process.pid) == [backend.pid]
    kill_and_count(process, backend)


def test_a_stopped_backend_does_not_outlive_it_either(
    bench: Bench, tmp_path: Path
) -> None:
    process = start(bench, tmp_path / "run", "event-loop", wait_ms=60_000)
    backend = strike(process, signal.SIGSTOP)
    assert backend
    wait_until("the backend to stop", lambda: stopped(backend.pid))
    kill_and_count(process, backend)


@pytest.mark.parametrize("wait", ["backend", "timer", "file"])
def test_a_run_leaves_neither_process_nor_file(
    bench: Bench, tmp_path: Path, wait: str
) -> None:
    """The fixture looks for both; a run without TMPDIR uses /var/tmp."""
    ours = lambda: set(Path("/var/tmp").glob("bench-*"))  # noqa: E731
    before = ours()
    flags = small(
        scenario="io", model="all", wait=wait, wait_ms=1, in_flight=4, jobs=20
    )
    for folder in (str(bench.scratch), ""):
        out = tmp_path / (folder and "there" or "default")
        found = bench.run(*flags, f"--out={out}", env={"TMPDIR": folder})
        assert found.code == 0, found.err
        assert processes.left_behind() == []
    assert ours() == before
