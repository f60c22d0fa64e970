"""The folder of a run: owned by one run at a time, and disks get full."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

from harness.testing.command_line import (
    Bench,
    context,
    ended,
    lines_in,
    records,
    small,
    wait_until,
)


def test_a_second_run_in_the_folder_of_a_running_one(
    bench: Bench, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    first = bench.start(*small(reps=150, out=out))
    wait_until("the first lines", lambda: lines_in(out) >= 3)
    before = context(out)
    second = bench.run(*small(reps=150, seed=2, out=out))
    assert second.code in (1, 2)
    assert second.out == ""
    assert second.err.count("\n") == 1 and str(out) in second.err
    assert first.poll() is None, "the first run was over too soon to tell"
    assert ended(first).code == 0
    # The page's run adds what its own control has shown.
    told = ("noise", "noise_floor")
    assert {**context(out), **{key: before[key] for key in told}} == before
    assert [one["repetition_index"] for one in records(out)] == list(range(150))


def test_of_many_that_start_at_once_one_wins(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    started = [bench.start(*small(reps=100, seed=i, out=out)) for i in range(4)]
    found = [ended(process) for process in started]
    winners = [i for i, one in enumerate(found) if one.code == 0]
    assert len(winners) == 1
    assert {one.code for one in found} <= {0, 1, 2}
    assert context(out)["seed"] == winners[0]
    assert [one["repetition_index"] for one in records(out)] == list(range(100))


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    made = subprocess.run(mount, capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip(f"cannot mount a small disk: {made.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def assert_says_disk_full(err: str, path: Path) -> None:
    assert err.count("\n") == 1, err
    assert "No space left on device" in err
    assert str(path) in err


def test_the_disk_is_full_from_the_start(bench: Bench, tiny_disk: Path) -> None:
    with (tiny_disk / "ballast").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1024))
        except OSError:
            pass
    found = bench.run(*small(reps=2, out=tiny_disk / "run"))
    assert found.code in (1, 2)
    assert found.out == ""
    assert_says_disk_full(found.err, tiny_disk / "run")
    left = tiny_disk / "run"
    assert [path.name for path in left.glob("*") if "new" in path.suffix] == []
    assert lines_in(left) == 0
    # Room again: the same command works.
    (tiny_disk / "ballast").unlink()
    assert bench.run(*small(reps=2, out=tiny_disk / "run")).code == 0


def test_the_disk_gets_full_in_the_middle(
    bench: Bench, tiny_disk: Path, tmp_path: Path
) -> None:
    out = tiny_disk / "run"
    found = bench.run(*small(reps=200, out=out))
    assert found.code == 1
    assert found.out == ""
    assert_says_disk_full(found.err, out / "runs.jsonl")
    kept = lines_in(out)
    assert kept > 5
    # What was written before is whole, and can be reported from elsewhere.
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(out), str(copy)], check=True)
    report = bench.run("report", str(copy), "--no-report", "--format=csv")
    assert report.code == 0
    assert len(report.out.splitlines()) == 1 + kept


def test_a_report_onto_a_full_disk(bench: Bench, tiny_disk: Path) -> None:
    out = tiny_disk / "run"
    assert bench.run(*small(reps=200, out=out)).code == 1
    report = bench.run("report", str(out), "--no-report")
    assert report.code != 0
    assert "Traceback" not in report.err
    assert "No space left on device" in report.err


def test_output_that_cannot_be_written(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert bench.run(*small(out=out)).code == 0
    with open("/dev/full", "w") as full:
        report = bench.run("report", str(out), "--no-report", stdout=full)
        listed = bench.run("list", stdout=full)
    assert report.code != 0
    assert "Traceback" not in report.err
    assert listed.code != 0


def test_a_folder_whose_name_is_no_text(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / os.fsdecode(b"run-\xff")  # allowed on Linux, and no UTF-8
    found = bench.run(*small(out=out), errors="replace")
    # Refused or done, but never given up half-way.
    assert found.code in (0, 2), found.err
    assert "exception" not in found.err
    assert out.exists() == (found.code == 0)
