"""Somebody closed stdin, stdout or stderr: `ssh host './bench ... <&- &'`.

Whatever is missing is /dev/null, for bench and for all that it starts.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.testing import processes
from harness.testing.command_line import (
    SERVERS,
    Bench,
    Ended,
    ended,
    records,
    short_http,
    small,
    wait_until,
)
from harness.testing.hosts import ask, listens, reserved_port, serving

COMBINATIONS = ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2))


def start(bench: Bench, closed: tuple[int, ...], *flags: str) -> subprocess.Popen[str]:
    def close() -> None:
        for descriptor in closed:
            os.close(descriptor)

    return bench.start(*flags, preexec_fn=close)


def all_combinations(bench: Bench, *flags: str) -> dict[tuple[int, ...], Ended]:
    """The same command with each of them, at the same time. {} in a flag is a
    number of its own."""
    started = {
        closed: start(bench, closed, *(flag.format(i) for flag in flags))
        for i, closed in enumerate(COMBINATIONS)
    }
    return {closed: ended(process) for closed, process in started.items()}


def assert_done(found: dict[tuple[int, ...], Ended], words: str) -> None:
    """They print what can be printed, and nothing is wrong."""
    assert {closed: (one.code, one.err) for closed, one in found.items()} == (
        dict.fromkeys(COMBINATIONS, (0, ""))
    )
    for closed, one in found.items():
        assert (words in one.out) == (1 not in closed)


def streams(pid: int) -> list[str]:
    """What 0, 1 and 2 of a process lead to; nothing if it has ended."""
    try:
        found = set(os.listdir(f"/proc/{pid}/fd"))
        return [
            os.readlink(f"/proc/{pid}/fd/{i}") if i in found else "closed"
            for i in "012"
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []


@pytest.mark.parametrize("model", SERVERS)
def test_a_server_serves(bench: Bench, model: str) -> None:
    held = [reserved_port() for _ in COMBINATIONS]
    ports = [one.getsockname()[1] for one in held]
    flags = ("serve", f"--model={model}", "--workers=1", "--connections=4")
    if model in ("sequential", "event-loop"):
        flags = flags[:2]
    servers = [
        start(bench, closed, *flags, f"--port={port}")
        for closed, port in zip(COMBINATIONS, ports)
    ]
    for process, port in zip(servers, ports):
        wait_until("it listens", lambda: listens(process, port))
        for target in ("/plaintext", "/cpu?us=50", "/io?ms=1"):
            assert ask(port, target).startswith(b"HTTP/1.1 200 OK\r\n")
    for closed, process, port in zip(COMBINATIONS, servers, ports):
        for pid in (process.pid, *processes.descendants(process.pid)):
            for link in streams(pid):
                assert link.startswith(("/dev/null", "pipe:")), processes.command(pid)
        process.terminate()
        said = "" if 1 in closed else f"listening on http://127.0.0.1:{port}\n"
        assert ended(process) == Ended(0, said, "")
    for one in held:
        one.close()


def test_a_run_runs(bench: Bench, tmp_path: Path) -> None:
    flags = small(model="event-loop", out=tmp_path / "run-{}")
    assert_done(all_combinations(bench, *flags), "results.json")
    for i, _ in enumerate(COMBINATIONS):
        assert [one["status"] for one in records(tmp_path / f"run-{i}")] == ["ok"]
        assert (tmp_path / f"run-{i}" / "results.json").is_file()


def assert_runs(bench: Bench, out: Path, *flags: str) -> None:
    assert ended(start(bench, (0, 1, 2), *flags)) == Ended(0, "", "")
    assert {one["status"] for one in records(out)} == {"ok"}


@pytest.mark.parametrize(
    "given",
    [{"model": "fork-ipc/spawn"}, {"scenario": "io"}, {"no_report": None}],
    ids=str,
)
def test_a_run_with_other_processes(
    bench: Bench, tmp_path: Path, given: dict[str, Any]
) -> None:
    out = tmp_path / "run"
    assert_runs(bench, out, *small(**given, out=out))
    if "no_report" in given:
        assert "</html>" in (out / "index.html").read_text()


def test_a_run_of_requests(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert_runs(bench, out, *short_http(out, "--model=fork-ipc"))


def test_a_report_reports(bench: Bench, tmp_path: Path) -> None:
    assert bench.run(*small(out=tmp_path / "run")).code == 0
    found = all_combinations(bench, "report", str(tmp_path / "run"), "--no-report")
    assert_done(found, "results.json")


def test_a_load_loads(bench: Bench) -> None:
    with serving(bench) as served:
        flags = ("--duration=0.2s", "--warmup=0s", "--connections=2", "--timeout=20s")
        assert_done(all_combinations(bench, "load", served.url(), *flags), "p99")


@pytest.mark.parametrize("words", [["list"], ["--version"], ["serve", "--help"]])
def test_others_answer(bench: Bench, words: list[str]) -> None:
    assert_done(all_combinations(bench, *words), "e")
