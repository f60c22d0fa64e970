"""bench serve: who dies is replaced, and a reload loses nobody."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any, Iterator

import pytest

from harness.testing import processes
from harness.testing.command_line import MODELS, SERVERS, Bench, ended, wait_until
from harness.testing.hosts import Served, ask, serving

PREFORKED = [one for one in SERVERS if one.startswith("prefork")]
# Their parents accept or own the connections: without a worker they start anew.
PASSING = ["prefork/round-robin", "prefork/least-loaded"]
SUPERVISED = [one for one in PREFORKED if one not in PASSING]


def leads_a_group(pid: int) -> bool:
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False  # it ended meanwhile


def generations(served: Served) -> list[int]:
    """The processes that serve, without their workers, who come to the supervisor
    when their parents die."""
    return [
        one
        for one in processes.children(served.process.pid)
        if "__serve" in processes.command(one) and leads_a_group(one)
    ]


def left_of(served: Served, former: int = 0) -> int:
    """The generation that is left when `former` and all others have gone."""
    found: list[int] = []

    def one_is_left() -> bool:
        found[:] = generations(served)
        return len(found) == 1 and former not in found

    wait_until("one generation is left", one_is_left)
    return found[0]


def waits_for_events(pid: int) -> bool:
    """True if the kernel says that one of its threads does."""
    return any(
        "ep_poll" in one.read_text()
        for one in Path(f"/proc/{pid}/task").glob("*/wchan")
    )


def line_with(text: str, served: Served) -> str:
    """The next line of its log that has `text` in it."""
    assert served.process.stderr is not None
    for line in served.process.stderr:
        if text in line:
            return line
    pytest.fail(f"it ended, and never said {text!r}")


def works(served: Served) -> bool:
    """False if whoever took the request died with it. Nobody may be refused."""
    try:
        return ask(served.port, "/plaintext").endswith(b"Hello, World!")
    except ConnectionResetError:
        return False


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


@pytest.mark.parametrize("model", [*MODELS, "prefork/reuseport", *PASSING])
def test_a_reload_loses_nobody(bench: Bench, model: str) -> None:
    flags = [f"--model={model}", "--log=json", "--connections=16"]
    with serving(bench, *flags) as served:
        former = left_of(served)
        with load(bench, served, "--no-keep-alive") as found:
            for _ in range(3):
                served.process.send_signal(signal.SIGHUP)
                former = left_of(served, former)
        assert (found["code"], lost(found)) == (0, 0), found
        done = served.stop()
    assert done.code == 0
    events = [json.loads(line) for line in done.err.splitlines()]
    assert [one["generation"] for one in events if one["event"] == "ready"] == [
        2,
        3,
        4,
    ]
    assert {one["text"] for one in events if one["event"] == "end"} == {"exited with 0"}


@pytest.mark.parametrize("model", ["event-loop", "prefork"])
def test_a_reload_cuts_no_answer_of_clients_that_stay(bench: Bench, model: str) -> None:
    with serving(bench, f"--model={model}", "--connections=16") as served:
        former = left_of(served)
        with load(bench, served, "--connections=16") as found:
            for _ in range(3):
                served.process.send_signal(signal.SIGHUP)
                former = left_of(served, former)
        assert (found["code"], lost(found)) == (0, 0), found
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


def test_who_never_gets_ready_is_given_up(faulty: Bench) -> None:
    found = faulty.run("serve", "--port=0", "--model=faulty-server/not-ready")
    assert found.code == 1
    assert found.out == ""
    last = found.err.splitlines()[-1]
    assert last == (
        "bench: the server exited with 1: bench: no luck today; so did 4 before it, "
        "none of which got ready"
    )


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


@pytest.mark.parametrize(
    "model, number",
    [
        *[(model, signal.SIGKILL) for model in MODELS],
        ("event-loop", signal.SIGTERM),
        ("prefork", signal.SIGTERM),
    ],
)
def test_a_generation_that_ends_is_replaced(
    bench: Bench, model: str, number: signal.Signals
) -> None:
    with serving(bench, f"--model={model}") as served:
        former = left_of(served)
        os.kill(former, number)
        # Nobody is refused meanwhile: the socket is not the generation's.
        wait_until("it serves", lambda: works(served))
        left_of(served, former)
        assert served.stop().code == 0


@pytest.mark.parametrize(
    "model, number",
    [
        *[(model, signal.SIGKILL) for model in SUPERVISED],
        ("prefork", signal.SIGSEGV),
        ("prefork", signal.SIGABRT),
    ],
)
def test_a_worker_that_dies_is_replaced(
    bench: Bench, model: str, number: signal.Signals
) -> None:
    flags = [f"--model={model}", "--workers=3", "--cores=1"]
    with serving(bench, *flags) as served:
        server = left_of(served)
        before = processes.children(server)
        for victim in before:
            os.kill(victim, number)
            wait_until(
                "somebody is in its place",
                lambda: victim not in processes.children(server)
                and len(processes.children(server)) == len(before),
            )
            assert works(served)
        assert left_of(served) == server
        done = served.stop()
    assert done.code == 0
    assert done.err.count(f"was killed by {number.name}") == len(before)


@pytest.mark.parametrize("model", [*PASSING, "fork-ipc"])
def test_without_a_worker_a_parent_with_connections_starts_anew(
    bench: Bench, model: str
) -> None:
    with serving(bench, f"--model={model}", "--workers=2") as served:
        former = left_of(served)
        os.kill(processes.children(former)[0], signal.SIGKILL)
        left_of(served, former)
        assert works(served)
        assert served.stop().code == 0


@pytest.mark.parametrize("number", [signal.SIGSTOP, None])
@pytest.mark.parametrize("model", ["event-loop", "prefork", "thread-pool/loops"])
def test_a_loop_that_shows_no_life_is_replaced(
    bench: Bench, model: str, number: signal.Signals | None
) -> None:
    """It is stopped, or busy with one request for longer than the patience lasts."""
    flags = [f"--model={model}", "--workers=2", "--health-ms=1s"]
    with serving(bench, *flags) as served:
        server = left_of(served)
        loops = processes.children(server) or [server]
        if number is None:
            client = socket.create_connection(("127.0.0.1", served.port), timeout=60)
            client.sendall(b"GET /cpu?us=9000000 HTTP/1.1\r\nHost: x\r\n\r\n")
            with client:  # nobody answers any more
                assert client.recv(1) == b""
        else:
            # Before its first turn a loop has shown nothing, and is not judged.
            began = time.monotonic()
            wait_until(
                "its loop turns",
                lambda: time.monotonic() - began > 5 or waits_for_events(loops[0]),
            )
            os.kill(loops[0], number)
            wait_until(
                "it is gone", lambda: not Path(f"/proc/{loops[0]}/stat").exists()
            )
        assert works(served)
        done = served.stop()
    assert done.code == 0
    assert "shows no life" in done.err
    assert "was killed by SIG" in done.err


def test_who_computes_for_less_than_the_patience_is_left_alone(bench: Bench) -> None:
    with serving(bench, "--model=prefork", "--health-ms=20s") as served:
        assert b'"digest"' in ask(served.port, "/cpu?us=1500000")
        assert served.stop().err == ""


@pytest.mark.parametrize("state", ["idle", "stopped", "computing"])
@pytest.mark.parametrize("model", ["thread-pool", "prefork"])
def test_nobody_outlives_the_supervisor(bench: Bench, model: str, state: str) -> None:
    with serving(bench, f"--model={model}", "--workers=2") as served:
        client = socket.create_connection(("127.0.0.1", served.port), timeout=60)
        if state == "stopped":
            for one in processes.descendants(served.process.pid):
                os.kill(one, signal.SIGSTOP)
        elif state == "computing":
            client.sendall(b"GET /cpu?us=9000000 HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.1)  # it has begun, mostly
        served.process.kill()
        assert ended(served.process).code == -signal.SIGKILL
        client.close()
    assert processes.left_after(10) == []
    with socket.socket() as listener:  # the port is free
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", served.port))


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
    assert "generation 3 has served: pid " in done.err


def test_one_loop_has_no_worker_more(bench: Bench) -> None:
    with serving(bench) as served:
        served.process.send_signal(signal.SIGTTIN)
        time.sleep(0.1)
        done = served.stop()
    assert (
        done.err == "bench: a worker more is not possible: event-loop has one worker\n"
    )


def test_restarts_leave_nothing_behind(bench: Bench) -> None:
    """Descriptors and memory of who restarts, after few and after many."""
    with serving(bench, "--model=prefork", "--workers=2") as served:
        server = left_of(served)

        def replace(times: int) -> tuple[int, int]:
            for _ in range(times):
                workers = processes.children(server)
                os.kill(workers[0], signal.SIGKILL)
                wait_until(
                    "it is replaced",
                    lambda: workers[0] not in processes.children(server)
                    and len(processes.children(server)) == 2,
                )
                time.sleep(0.11)  # it has lived
            resident = Path(f"/proc/{server}/statm").read_text().split()[1]
            return len(processes.open_files(server)), int(resident)

        few = replace(3)
        many = replace(12)
        assert many[0] == few[0]
        assert many[1] <= few[1] + 64  # pages
        assert works(served)
