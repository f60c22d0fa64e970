"""Readers who leave, and files that cannot be written.

Nobody is told that a reader has left, and it changes nothing else. A file that
cannot be written is named, and what was measured is kept.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from harness.testing.command_line import (
    Bench,
    Ended,
    ended,
    lines_in,
    small,
    wait_until,
)
from harness.testing.hosts import ask, listens, reserved_port, serving

FILES = {"environment.json", "runs.jsonl", "results.json", "charts", "index.html"}


@pytest.fixture
def broken_pipe() -> Iterator[int]:
    """Whoever reads it has left."""
    out, into = os.pipe()
    os.close(out)
    yield into
    os.close(into)


@pytest.fixture
def full_disk() -> Iterator[int]:
    full = os.open("/dev/full", os.O_WRONLY)
    yield full
    os.close(full)


@pytest.fixture(scope="module")
def reported(shared_bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with its page."""
    out = tmp_path_factory.mktemp("reported") / "run"
    assert shared_bench.run(*small(no_report=None, out=out)).code == 0
    return out


@pytest.fixture
def a_run(reported: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(reported, tmp_path / "run"))


def commands(run: Path, new: Path) -> dict[str, list[str]]:
    return {
        "list": ["list"],
        "list --json": ["list", "--json"],
        "--version": ["--version"],
        "--help": ["--help"],
        "serve --help": ["serve", "--help"],
        "--dry-run": ["--dry-run"],
        "--print-config": ["--print-config"],
        "report": ["report", str(run), "--no-report"],
        "report --help": ["report", "--help"],
        "run": small(out=new),
    }


COMMANDS = list(commands(Path(), Path()))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_reader_of_results_may_leave(
    bench: Bench, a_run: Path, broken_pipe: int, name: str
) -> None:
    flags = commands(a_run, a_run.parent / "new")[name]
    assert bench.run(*flags, stdout=broken_pipe) == Ended(0, "", "")


@pytest.mark.parametrize("name", COMMANDS)
def test_results_that_cannot_be_written_are_told(
    bench: Bench, a_run: Path, full_disk: int, name: str
) -> None:
    flags = commands(a_run, a_run.parent / "new")[name]
    found = bench.run(*flags, stdout=full_disk)
    assert found.code == 1
    assert found.err.count("\n") == 1 and "stdout" in found.err


@pytest.mark.parametrize("stream", ["broken_pipe", "full_disk"])
def test_a_run_leaves_its_page_whoever_reads(
    bench: Bench, tmp_path: Path, request: pytest.FixtureRequest, stream: str
) -> None:
    flags = small(no_report=None, out=tmp_path / "run")
    found = bench.run(*flags, stdout=request.getfixturevalue(stream))
    assert found.code == (0 if stream == "broken_pipe" else 1)
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES


def test_a_load_and_its_reader(bench: Bench, broken_pipe: int, full_disk: int) -> None:
    with serving(bench) as served:
        flags = ("load", served.url(), "--duration=0.1s", "--warmup=0s")
        assert bench.run(*flags, stdout=broken_pipe) == Ended(0, "", "")
        found = bench.run(*flags, stdout=full_disk)
        assert (found.code, found.err) == (1, "bench: stdout cannot be written\n")
        # What the answers were is told all the same.
        wrong = bench.run(*flags, "--expect-status=404", stdout=broken_pipe)
        assert wrong.code == 3


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_server_serves_though_nobody_listens(
    bench: Bench, broken_pipe: int, stream: str
) -> None:
    with reserved_port() as held:
        port = held.getsockname()[1]
        streams: dict[str, Any] = {stream: broken_pipe}
        process = bench.start("serve", f"--port={port}", **streams)
        wait_until("it listens", lambda: listens(process, port))
        assert ask(port, "/plaintext").endswith(b"Hello, World!")
        process.terminate()
        found = ended(process)
        assert (found.code, found.err) == (0, "")


def test_a_server_that_cannot_say_its_port(bench: Bench, full_disk: int) -> None:
    found = bench.run("serve", "--port=0", stdout=full_disk)
    assert (found.code, found.err) == (1, "bench: stdout cannot be written\n")


@pytest.mark.parametrize("stream", ["broken_pipe", "full_disk"])
def test_messages_may_be_lost(
    bench: Bench, a_run: Path, request: pytest.FixtureRequest, stream: str
) -> None:
    stderr = request.getfixturevalue(stream)
    with (a_run / "runs.jsonl").open("a") as lines:
        lines.write("{")  # the report has something to say
    found = bench.run("report", str(a_run), "--no-report", stderr=stderr)
    assert found.code == 0
    assert found.last_line == str(a_run / "results.json")
    flags = ("--no-report", "--format=json")  # the path goes to stderr
    assert bench.run("report", str(a_run), *flags, stderr=stderr).code == 0
    out = a_run.parent / "new"
    found = bench.run(*small(quiet=None, out=out), stderr=stderr)
    assert found.code == 0
    assert found.last_line == str(out / "results.json")
    assert bench.run("--nope", stderr=stderr).code == 2
    assert bench.run("report", "/nowhere", stderr=stderr).code == 2


def at_most(size: int) -> Callable[[], None]:
    """No file may grow beyond it: `ulimit -f`, to the byte."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_run_that_may_not_even_begin(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    found = bench.run(*small(out=out), preexec_fn=at_most(1000))
    assert (found.code, found.out) == (2, "")
    assert found.err == (
        f"bench: --out takes a folder that can be written, got '{out}': "
        f"write {out / 'environment.json'}: File too large\n"
    )
    assert list(out.iterdir()) == []


def test_a_run_whose_lines_find_no_room(
    bench: Bench, reported: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    line = (reported / "runs.jsonl").stat().st_size
    room = (reported / "environment.json").stat().st_size + 8 * line
    found = bench.run(*small(reps=50, out=out), preexec_fn=at_most(room))
    kept = lines_in(out)
    assert (found.code, found.out) == (1, "")
    assert found.err == (
        f"bench: write {out / 'runs.jsonl'}: File too large; {kept} of 50 repetitions "
        f"are saved; ./bench report {out} makes the page from them\n"
    )
    again = bench.run("report", str(out), "--no-report", "--format=csv")
    assert again.code == 0
    assert len(again.out.splitlines()) == 1 + kept > 2


def biggest(folder: Path, suffix: str) -> Path:
    return max(folder.glob(f"*{suffix}"), key=lambda path: path.stat().st_size)


@pytest.mark.parametrize("what", ["results.json", "charts", "index.html"])
def test_a_report_whose_files_find_no_room(
    bench: Bench, a_run: Path, what: str
) -> None:
    path = biggest(a_run / "charts", "png") if what == "charts" else a_run / what
    before = {one: one.read_bytes() for one in a_run.rglob("*") if one.is_file()}
    limit = at_most(path.stat().st_size - 1)
    found = bench.run("report", str(a_run), preexec_fn=limit)
    assert found.code == 1
    assert found.err == f"report: cannot write {path}: File too large.\n"
    # The verdicts can be read, the path is that of what there is, and the old
    # file is there as it was.
    assert "Null jobs" in found.out
    assert (found.last_line == str(a_run / "results.json")) == (what != "results.json")
    assert path.read_bytes() == before[path]
    assert before.keys() == {one for one in a_run.rglob("*") if one.is_file()}


@pytest.mark.parametrize("what", ["results.json", "charts", "index.html"])
def test_something_stands_where_a_file_belongs(
    bench: Bench, a_run: Path, what: str
) -> None:
    path = a_run / what
    if what == "charts":
        shutil.rmtree(path)
        path.write_text("mine\n")
    else:
        path.unlink()
        path.mkdir()
    found = bench.run("report", str(a_run))
    assert found.code == 1
    assert found.err.startswith(f"report: cannot write {path}: ")
    assert found.err.count("\n") == 1
    assert "Null jobs" in found.out


@pytest.fixture
def read_only_run(a_run: Path, tmp_path: Path) -> Iterator[Path]:
    """Root may write into any folder, but not onto such a disk."""
    if os.geteuid() != 0:
        a_run.chmod(0o555)
        yield a_run
        a_run.chmod(0o755)
        return
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "tmpfs", str(disk)]
    made = subprocess.run(mount, capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip(f"cannot mount a disk: {made.stderr.strip()}")
    try:
        shutil.copytree(a_run, disk / "run")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        yield disk / "run"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_folder_that_may_only_be_read(bench: Bench, read_only_run: Path) -> None:
    found = bench.run("report", str(read_only_run))
    assert found.code == 1
    assert found.err.startswith(f"report: cannot write {read_only_run}/results.json: ")
    assert found.err.count("\n") == 1
    assert "Null jobs" in found.out
