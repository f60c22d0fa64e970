"""bench serve: a reload loses nobody."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any, Iterator

import pytest

from harness.testing import processes
from harness.testing.command_line import MODELS, Bench, ended, wait_until
from harness.testing.hosts import Served, left_of, serving, status, works

PASSING = ["prefork/round-robin", "prefork/least-loaded"]


def line_with(text: str, served: Served) -> str:
    """The next line of its log that has `text` in it."""
    assert served.process.stderr is not None
    for line in served.process.stderr:
        if text in line:
            return line
    pytest.fail(f"it ended, and never said {text!r}")


@contextlib.contextmanager
def load(bench: Bench, served: Served, *flags: str) -> Iterator[dict[str, Any]]:
    """Requests as long as the block takes; then what became of them is in it."""
    found: dict[str, Any] = {}
    process = bench.start(
        "load",
        served.url(),
        "--rate=300",
        "--warmup=0.1s",
        "--duration=2s",
        "--timeout=30s",
        "--format=json",
        *flags,
    )
    time.sleep(0.5)  # it has begun, mostly
    yield found
    done = ended(process)
    found.update(json.loads(done.out), code=done.code)


def lost(found: dict[str, Any]) -> int:
    return sum(found["failures"].values())


def after_reloads(bench: Bench, served: Served, *flags: str) -> dict[str, Any]:
    """What became of requests while three generations followed each other."""
    former = left_of(served)
    with load(bench, served, *flags) as found:
        for _ in range(3):
            served.process.send_signal(signal.SIGHUP)
            former = left_of(served, former)
    assert (found["code"], lost(found)) == (0, 0), found
    return found


def program_of(process: int) -> int:
    return os.stat(f"/proc/{process}/exe").st_ino


def test_a_reload_starts_the_program_that_lies_there_now(
    bench: Bench, tmp_path: Path
) -> None:
    def install(content: bytes) -> int:
        (tmp_path / "next").write_bytes(content)
        (tmp_path / "next").chmod(0o755)
        (tmp_path / "next").rename(tmp_path / "bench")
        return (tmp_path / "bench").stat().st_ino

    good = bench.binary.read_bytes()
    first = install(good)
    copy = dataclasses.replace(bench, binary=tmp_path / "bench")
    with serving(copy, "--model=event-loop", "--log=plain") as served:
        old = left_of(served)
        assert program_of(old) == first
        second = install(good)
        served.process.send_signal(signal.SIGHUP)
        new = left_of(served, old)
        assert program_of(new) == second
        install(b"#!/bin/false\n")
        served.process.send_signal(signal.SIGHUP)
        line_with("did not get ready", served)
        assert works(served)
        assert left_of(served) == new


@pytest.mark.parametrize("model", [*MODELS, "prefork/reuseport", *PASSING])
def test_a_reload_loses_nobody(bench: Bench, model: str) -> None:
    flags = [f"--model={model}", "--log=json", "--connections=16"]
    with serving(bench, *flags) as served:
        after_reloads(bench, served, "--no-keep-alive")
        done = served.stop()
    assert done.code == 0
    events = [json.loads(line) for line in done.err.splitlines()]
    ready = [one["generation"] for one in events if one["event"] == "ready"]
    assert ready == [2, 3, 4]
    assert {one["text"] for one in events if one["event"] == "end"} == {"exited with 0"}


@pytest.mark.parametrize(
    "model",
    ["prefork", "prefork/reuseport", "prefork/blocking", "prefork/round-robin"],
)
def test_a_worker_that_is_over_a_limit_is_followed_by_another(
    bench: Bench, model: str
) -> None:
    flags = [f"--model={model}", "--workers=2", "--max-requests=50"]
    most = 0
    with serving(bench, *flags) as served:
        server = left_of(served)
        seen = status(served)

        def both_are_replaced() -> bool:
            nonlocal most
            most = max(most, len(processes.children(server)))
            seen.update(status(served))
            return bool(seen["replaced"]["requests"] >= 2)

        with load(bench, served, "--no-keep-alive") as found:
            wait_until("both are replaced", both_are_replaced)
        assert left_of(served) == server
        done = served.stop()
    assert (found["code"], lost(found)) == (0, 0), found
    assert most <= 3, "one at a time"
    assert sum(seen["replaced"].values()) == seen["replaced"]["requests"]
    assert "--max-requests; another process follows" in done.err


def test_a_generation_that_is_over_a_limit_is_followed_by_another(
    bench: Bench,
) -> None:
    flags = ["--workers=1", "--max-requests=100", "--log=json"]
    with serving(bench, *flags) as served:
        with load(bench, served, "--no-keep-alive") as found:
            pass
        done = served.stop()
    assert (found["code"], lost(found)) == (0, 0), found
    events = [json.loads(line)["event"] for line in done.err.splitlines()]
    kept = [one for one in events if one in ("limit", "ready")]
    assert kept[:2] == ["limit", "ready"]
    assert all(one != other for one, other in zip(kept, kept[1:])), kept


def serves(served: Served) -> list[Any]:
    """Who does, of all generations."""
    return [one for one in status(served)["workers"] if one["state"] == "serving"]


@pytest.mark.parametrize("flags", [[], ["--no-keep-alive"]])
def test_what_a_killed_child_had_is_done_by_another(
    bench: Bench, flags: list[str]
) -> None:
    with serving(bench, "--model=fork-ipc", "--workers=2") as served:
        with load(bench, served, "--also=/io?ms=20@0.5", *flags) as found:
            former = 0
            for _ in range(3):
                former = left_of(served, former)
                wait_until("both children serve", lambda: len(serves(served)) == 3)
                os.kill(processes.children(former)[0], signal.SIGKILL)
            left_of(served, former)
        done = served.stop()
    assert (found["code"], lost(found)) == (0, 0), found
    assert done.err.count("exited with 1: ") == 3


@pytest.mark.parametrize("model", ["event-loop", "prefork"])
def test_a_reload_cuts_no_answer_of_clients_that_stay(bench: Bench, model: str) -> None:
    with serving(bench, f"--model={model}", "--connections=16") as served:
        found = after_reloads(bench, served, "--connections=16")
        # A connection may be closed while a request is on its way to it.
        assert found["stale"] <= 3 * 16


def test_reloads_that_come_together_are_few(bench: Bench) -> None:
    with serving(bench, "--model=prefork", "--workers=3", "--log=json") as served:
        first = left_of(served)
        for _ in range(100):
            served.process.send_signal(signal.SIGHUP)
        last = left_of(served, first)
        assert len(processes.children(last)) == 3
        assert works(served)
        done = served.stop()
    assert done.code == 0
    ready = [line for line in done.err.splitlines() if '"ready"' in line]
    assert 1 <= len(ready) <= 20


def test_a_reload_reads_the_configuration_again(bench: Bench) -> None:
    config = bench.cwd / "server.toml"
    config.write_text("workers = 2\n")
    with serving(bench, "--model=prefork", f"--config={config}") as served:
        former = left_of(served)
        assert len(processes.children(former)) == 2
        config.write_text("workers = 3\n")
        served.process.send_signal(signal.SIGHUP)
        former = left_of(served, former)
        assert len(processes.children(former)) == 3
        config.write_text("workers = none\n")
        served.process.send_signal(signal.SIGHUP)
        line = line_with("not possible", served)
        assert "a reload is not possible: --workers takes auto or a whole" in line
        assert left_of(served) == former
        assert works(served)


def test_a_generation_that_does_not_get_ready_changes_nothing(
    faulty: Bench,
) -> None:
    config = faulty.cwd / "server.toml"
    config.write_text("model = event-loop\n")
    with serving(faulty, f"--config={config}") as served:
        former = left_of(served)
        config.write_text("model = faulty-server/not-ready\n")
        served.process.send_signal(signal.SIGHUP)
        line = line_with("serves on", served)
        assert "generation 2 did not get ready; the one before serves on" in line
        assert left_of(served) == former
        assert works(served)
        os.kill(former, signal.SIGKILL)  # who follows it is like it
        left_of(served, former)
        assert works(served)


@pytest.mark.parametrize("model", ["event-loop", "prefork", "fork-ipc"])
def test_a_stop_during_a_reload_leaves_nobody(bench: Bench, model: str) -> None:
    with serving(bench, f"--model={model}") as served:
        for _ in range(3):
            served.process.send_signal(signal.SIGHUP)
        assert served.stop().code == 0
    assert processes.left_after(10) == []


def test_a_reload_during_a_stop_is_too_late(bench: Bench) -> None:
    with serving(bench) as served:
        with socket.create_connection(("127.0.0.1", served.port), timeout=60) as client:
            client.sendall(b"GET /io?ms=500 HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.1)  # it is under way, mostly
            served.process.terminate()
            served.process.send_signal(signal.SIGHUP)
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert ended(served.process).code == 0


@pytest.mark.parametrize("model", ["prefork", "prefork/reuseport", "fork-ipc"])
def test_a_worker_more_or_less(bench: Bench, model: str) -> None:
    with serving(bench, f"--model={model}", "--workers=2") as served:
        former = left_of(served)
        served.process.send_signal(signal.SIGTTIN)
        former = left_of(served, former)
        assert len(processes.children(former)) == 3
        served.process.send_signal(signal.SIGTTOU)
        former = left_of(served, former)
        assert len(processes.children(former)) == 2
        assert works(served)
        served.process.send_signal(signal.SIGUSR1)
        time.sleep(0.1)
        done = served.stop()
    assert done.code == 0
    assert "generation 3 is serving: pid " in done.err


def test_one_loop_has_no_worker_more(bench: Bench) -> None:
    with serving(bench) as served:
        served.process.send_signal(signal.SIGTTIN)
        time.sleep(0.1)
        done = served.stop()
    assert (
        done.err == "bench: a worker more is not possible: event-loop has one worker\n"
    )
