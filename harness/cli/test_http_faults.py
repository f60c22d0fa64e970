"""Servers that lie, die or never stop: a record, never a number."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from harness.testing import processes
from harness.testing.command_line import (
    Bench,
    ended,
    lines_in,
    records,
    run_http,
    short_http,
    wait_until,
)
from harness.testing.results import against_the_schema, results_in

FAULTS = {
    "wrong-body": (3, "", "answers had a wrong body"),
    "wrong-status": (1, "", "answers had a wrong status"),
    "dies": (1, "the server was killed by SIGSEGV", "while it was measured"),
    "not-ready": (1, "the server exited with 1", "no luck today"),
    "deaf": (1, "the server, asked to stop, did not stop within 5.5 s", ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_server_is_no_figure(
    faulty: Bench, tmp_path: Path, fault: str
) -> None:
    code, begin, end = FAULTS[fault]
    out = tmp_path / "run"
    models = f"--model=event-loop,faulty-server/{fault}"
    done = run_http(faulty, out, models, "--load=closed")
    assert done.code == code, done.err
    assert against_the_schema(results_in(out)) == []
    good, bad = sorted(records(out), key=lambda entry: entry["status"] != "ok")
    assert good["status"] == "ok"  # the run goes on
    assert bad["status"] == "failed"
    assert bad["reason"].startswith(begin) and bad["reason"].endswith(end)
    for name in ("jobs_per_second", "cpu_time", "latency_p50_seconds", "http"):
        assert bad[name] is None


def test_an_open_loop_needs_a_capacity(faulty: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    flags = short_http(out, "--model=faulty-server/not-ready", "--load=70")
    assert faulty.run(*flags).code == 1
    (entry,) = records(out)
    assert entry["reason"].startswith("nobody knows its capacity: the server exited")


def start_long_run(bench: Bench, out: Path, *flags: str) -> subprocess.Popen[str]:
    """Enough repetitions to outlast every test."""
    long = ["--reps=1000", "--model=prefork", "--load=closed", *flags]
    return bench.start(*short_http(out, *long))


def inner(pid: int, verb: str) -> list[int]:
    return [
        child for child in processes.children(pid) if verb in processes.command(child)
    ]


def test_a_killed_server_fails_its_repetition_only(
    bench: Bench, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    process = start_long_run(bench, out, "--duration=1")

    def measured() -> list[int]:
        at_work = inner(process.pid, "__load")
        return inner(process.pid, "__serve") if at_work and lines_in(out) else []

    (server,) = wait_until("a repetition", measured)
    os.kill(server, signal.SIGKILL)
    count = lines_in(out)
    wait_until("two more lines", lambda: lines_in(out) >= count + 2)
    process.send_signal(signal.SIGINT)
    assert ended(process).code == 130
    failed = [entry for entry in records(out) if entry["status"] == "failed"]
    assert len(failed) == 1
    assert "the server was killed by SIGKILL" in failed[0]["reason"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nobody_outlives_the_run(
    bench: Bench, tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "run"
    process = start_long_run(bench, out, "--route=/io")
    wait_until("a line", lambda: lines_in(out) > 0)
    wait_until("a generator", lambda: inner(process.pid, "__load"))
    process.send_signal(number)
    assert ended(process).code == (130 if number == signal.SIGINT else -number)
    assert processes.left_after(10) == []
