"""Ctrl-C and other signals: what was measured is kept, nobody is left."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Callable

import pytest

from harness.testing import processes
from harness.testing.command_line import (
    Bench,
    Ended,
    context,
    ended,
    lines_in,
    records,
    small,
    wait_until,
)

ENOUGH = 5  # lines to wait for before the signal
Send = Callable[[int, signal.Signals], None]


def to_the_bench(pid: int, number: signal.Signals) -> None:
    os.kill(pid, number)


def to_its_group(pid: int, number: signal.Signals) -> None:
    """As a terminal does it."""
    os.killpg(pid, number)


def start_long_run(bench: Bench, out: Path, **given: object) -> subprocess.Popen[str]:
    options: dict[str, object] = {"model": "sequential,prefork", "reps": 300}
    return bench.start(*small(out=out, **{**options, **given}))


def assert_kept(found: Ended, out: Path, least: int) -> None:
    """130, whole lines, and a message that names count and directory."""
    assert found.code == 130, found.err
    entries = records(out)
    assert len(entries) >= least
    keys = {(one["name"], one["repetition_index"]) for one in entries}
    assert len(keys) == len(entries)
    assert f"interrupted: {len(entries)} of " in found.err
    assert str(out) in found.err
    assert found.err.count("\n") == 1
    assert {path.name for path in out.iterdir()} == {"environment.json", "runs.jsonl"}
    assert processes.left_behind() == []


@pytest.mark.parametrize("send", [to_the_bench, to_its_group])
@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name
)
def test_a_signal_ends_the_run_and_keeps_its_lines(
    bench: Bench, tmp_path: Path, number: signal.Signals, send: Send
) -> None:
    out = tmp_path / "run"
    process = start_long_run(bench, out)
    wait_until("the first lines", lambda: lines_in(out) >= ENOUGH)
    send(process.pid, number)
    assert_kept(ended(process), out, ENOUGH)


def test_ctrl_c_twice(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = start_long_run(bench, out)
    wait_until("the first lines", lambda: lines_in(out) >= ENOUGH)
    os.kill(process.pid, signal.SIGINT)
    os.kill(process.pid, signal.SIGINT)
    assert_kept(ended(process), out, ENOUGH)


def test_the_page_is_made_from_what_was_kept(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = start_long_run(bench, out)
    wait_until("the first lines", lambda: lines_in(out) >= ENOUGH)
    os.kill(process.pid, signal.SIGINT)
    assert_kept(ended(process), out, ENOUGH)
    kept = (out / "runs.jsonl").read_bytes()
    report = bench.run("report", str(out))
    assert report.code == 0, report.err
    assert report.last_line == str(out / "index.html")
    assert (out / "index.html").stat().st_size > 0
    assert "not complete" in report.out
    assert (out / "runs.jsonl").read_bytes() == kept


def repetition_of(pid: int) -> bool:
    return any("__repetition" in processes.command(p) for p in processes.children(pid))


@pytest.mark.parametrize("how", ["hang", "spin"])
@pytest.mark.parametrize("model", ["sequential", "thread-pool", "fork-ipc/spawn"])
def test_a_hanging_job_does_not_delay_ctrl_c(
    faulty: Bench, tmp_path: Path, model: str, how: str
) -> None:
    flags = small(scenario="fault", how=how, model=model, deadline=1000, warmup=1)
    process = faulty.start(*flags, f"--out={tmp_path / 'run'}")
    wait_until("the hanging process", lambda: repetition_of(process.pid))
    os.kill(process.pid, signal.SIGINT)
    assert_kept(ended(process, 30), tmp_path / "run", 0)


def test_a_run_without_a_single_line_has_a_report(
    faulty: Bench, tmp_path: Path
) -> None:
    flags = small(scenario="fault", how="hang", deadline=1000, warmup=1)
    process = faulty.start(*flags, f"--out={tmp_path / 'run'}")
    wait_until("the hanging process", lambda: repetition_of(process.pid))
    os.kill(process.pid, signal.SIGINT)
    assert_kept(ended(process), tmp_path / "run", 0)
    report = faulty.run("report", str(tmp_path / "run"))
    assert report.code == 0, report.err
    assert (tmp_path / "run" / "index.html").is_file()


def test_ctrl_c_ends_the_calibration(bench: Bench, tmp_path: Path) -> None:
    # Calibration would run jobs of this size for an hour.
    flags = small(scenario="cpu", size=10**12, jobs=1, out=tmp_path / "run")
    process = bench.start(*flags)
    wait_until(
        "the run to take signals",
        lambda: processes.holds_back(process.pid, signal.SIGINT),
    )
    os.kill(process.pid, signal.SIGINT)
    assert ended(process, 10).code == 130


@pytest.mark.parametrize("send", [to_the_bench, to_its_group])
def test_ctrl_c_ends_the_making_of_the_report(
    bench: Bench, tmp_path: Path, send: Send
) -> None:
    # A Python that has all libraries and never comes back.
    started = tmp_path / "started"
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\n[ "$1" = -c ] && exit\n>"{started}"\nexec sleep 99\n'
    )
    python.chmod(0o755)
    env = {"BENCH_PYTHON": str(python)}
    process = bench.start(*small(out=tmp_path / "run"), env=env)
    wait_until("the report", started.exists)
    send(process.pid, signal.SIGINT)
    assert ended(process, 10).code == 130
    assert len(records(tmp_path / "run")) == 1


def test_nohup_is_respected(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    ignore = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)  # noqa: E731
    process = bench.start(*small(reps=100, out=out), preexec_fn=ignore)
    wait_until("the first lines", lambda: lines_in(out) >= ENOUGH)
    os.kill(process.pid, signal.SIGHUP)
    found = ended(process)
    assert found.code == 0, found.err
    assert len(records(out)) == context(out)["planned_repetitions"] == 100


def test_a_script_stops_what_it_started_in_the_background(
    bench: Bench, tmp_path: Path
) -> None:
    """A shell ignores SIGINT for such commands; an explicit one still counts."""
    out = tmp_path / "run"
    ignore = lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)  # noqa: E731
    process = bench.start(*small(reps=1000, out=out), preexec_fn=ignore)
    wait_until("the first lines", lambda: lines_in(out) >= ENOUGH)
    os.kill(process.pid, signal.SIGINT)
    assert ended(process).code == 130
    assert len(records(out)) >= ENOUGH
