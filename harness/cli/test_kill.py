"""The harness itself is killed: whole lines, each once, and nobody left."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from harness.testing import processes
from harness.testing.command_line import (
    MODELS,
    VARIANTS,
    Bench,
    lines_in,
    small,
    strict,
    wait_until,
)

ALL = (*MODELS, *VARIANTS)
GONE_WITHIN = 2  # seconds, for all descendants of a killed harness

# With two workers on one core, the parent included; 1 for all others.
PROCESSES = {
    "prefork": 3,
    "prefork/blocking": 3,
    "prefork/static": 3,
    "prefork/threads": 2,
    "fork-ipc": 3,
    "fork-ipc/spawn": 2,
}


def kill_and_count(process: subprocess.Popen[str]) -> None:
    """SIGKILL to the harness alone; its descendants must follow."""
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert processes.left_after(GONE_WITHIN) == []


@pytest.mark.parametrize("moment", range(8))
def test_killed_at_any_moment(bench: Bench, tmp_path: Path, moment: int) -> None:
    out = tmp_path / "run"
    flags = small(scenario="cpu", model="all/*", workers=2, size=20_000, reps=100)
    process = bench.start(*flags, f"--out={out}")
    pause = random.Random(moment).uniform(0, 1)
    # Half of the moments lie before the first line: calibration, warm-up.
    if moment % 2:
        wait_until("the first line", lambda: lines_in(out) > 0)
    time.sleep(pause)
    kill_and_count(process)
    text = (out / "runs.jsonl").read_text() if out.exists() else ""
    *lines, tail = text.split("\n")
    every = [strict(line) for line in lines]
    entries = [one for one in every if one["status"] != "disturbed"]
    keys = {(one["name"], one["repetition_index"]) for one in entries}
    assert len(keys) == len(entries) >= moment % 2
    assert tail == "" or tail.startswith("{")


def test_the_report_reads_what_a_killed_run_left(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = bench.start(*small(reps=300, out=out))
    wait_until("some lines", lambda: lines_in(out) >= 3)
    kill_and_count(process)
    kept = lines_in(out)
    with (out / "runs.jsonl").open("a") as file:
        file.write('{"name":"null/sequential/cor')  # as if torn by the kill
    report = bench.run("report", str(out), "--no-report", "--format=json")
    assert report.code == 0
    told = strict(report.out)["benchmarks"]
    assert sum(one["status"] != "disturbed" for one in told) == kept
    assert "torn" in report.err


@pytest.mark.parametrize("how", ["hang", "spin"])
@pytest.mark.parametrize("model", ALL)
def test_no_worker_outlives_a_killed_harness(
    faulty: Bench, tmp_path: Path, model: str, how: str
) -> None:
    # A warm-up of so many seconds has all jobs in it: it hangs at once.
    flags = small(scenario="fault", how=how, model=model, workers=2, jobs=8, warmup=1)
    process = faulty.start(*flags, "--deadline=1000", f"--out={tmp_path / 'run'}")

    def all_here() -> bool:
        here = processes.descendants(process.pid)
        named = [
            pid
            for pid in here
            if re.search("__(repetition|job)", processes.command(pid))
        ]
        return len(named) >= PROCESSES.get(model, 1)

    wait_until("all workers", all_here)
    kill_and_count(process)


@pytest.mark.parametrize("attempt", range(5))
def test_a_job_that_is_just_starting_does_not_outlive_it_either(
    faulty: Bench, tmp_path: Path, attempt: int
) -> None:
    # A new program must ask for its parent's death signal by itself: the kill
    # comes as soon as the program is there, and so as a rule before that.
    flags = small(
        scenario="fault", how="spin", model="fork-ipc/spawn", jobs=8, warmup=1
    )
    process = faulty.start(*flags, "--deadline=1000", f"--out={tmp_path / 'run'}")

    def victim_is_here() -> bool:
        here = map(processes.command, processes.descendants(process.pid))
        return any("__job" in text and re.search(r"} 3\b", text) for text in here)

    wait_until("the process of job 3", victim_is_here, pause=0)
    kill_and_count(process)
