"""bench serve: who dies is replaced."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from harness.testing import processes
from harness.testing.command_line import MODELS, SERVERS, Bench, ended, wait_until
from harness.testing.hosts import (
    Served,
    ask,
    generations,
    left_of,
    serving,
    wait_until_listening,
    works,
)

PREFORKED = [one for one in SERVERS if one.startswith("prefork")]
PASSING = ["prefork/round-robin", "prefork/least-loaded", "prefork/power-of-two"]


def test_who_never_gets_ready_is_given_up(faulty: Bench) -> None:
    found = faulty.run("serve", "--port=0", "--model=faulty-server/not-ready")
    assert found.code == 1
    assert found.out == ""
    last = found.err.splitlines()[-1]
    assert last == (
        "bench: the server exited with 1: bench: no luck today; so did 4 before it, "
        "none of which got ready"
    )


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
        *[(model, signal.SIGKILL) for model in PREFORKED],
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


def test_without_a_worker_a_parent_with_connections_starts_anew(
    bench: Bench,
) -> None:
    with serving(bench, "--model=fork-ipc", "--workers=2") as served:
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
            os.kill(loops[0], number)
            wait_until(
                "it is gone", lambda: not Path(f"/proc/{loops[0]}/stat").exists()
            )
        assert works(served)
        done = served.stop()
    assert done.code == 0
    assert "shows no life" in done.err
    assert "was killed by SIG" in done.err


def test_who_is_aborted_is_told_of_though_a_stop_comes_before_its_end(
    bench: Bench,
) -> None:
    with serving(bench, "--model=event-loop", "--health-ms=1s") as served:
        former = left_of(served)
        os.kill(former, signal.SIGSTOP)  # SIGABRT waits, so it dies after all others
        wait_until("another one is started", lambda: generations(served) != [former])
        done = served.stop()
    assert done.code == 0
    assert "was killed by SIGKILL" in done.err


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


@pytest.mark.parametrize("model", PASSING)
def test_a_connection_on_its_way_to_a_worker_that_dies_goes_to_another(
    bench: Bench, model: str
) -> None:
    with serving(bench, f"--model={model}", "--workers=2") as served:
        server = left_of(served)
        victim = processes.children(server)[0]
        os.kill(victim, signal.SIGSTOP)
        with contextlib.ExitStack() as stack:
            clients = [
                stack.enter_context(
                    socket.create_connection(("127.0.0.1", served.port), timeout=60)
                )
                for _ in range(8)
            ]
            for one in clients:
                one.sendall(b"GET /plaintext HTTP/1.1\r\nHost: x\r\n\r\n")
            # Whom the other worker has is answered; the rest has nobody yet.
            answered = wait_until(
                "somebody is answered", lambda: select.select(clients, [], [], 0)[0]
            )
            assert 0 < len(answered) < 8
            os.kill(victim, signal.SIGKILL)
            for one in clients:
                assert one.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert left_of(served) == server
        assert served.stop().code == 0


def test_a_child_that_it_has_not_started_is_reaped_and_no_worker(bench: Bench) -> None:
    command = 'sleep 0.3 & exec "$0" serve --model=prefork --workers=2 --port=0'
    shell = subprocess.Popen(
        ["sh", "-c", command, bench.binary],
        cwd=bench.cwd,
        env=bench.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    served = Served(shell, wait_until_listening(shell))
    server = left_of(served)
    workers = processes.children(server)
    wait_until(
        "the stranger is gone",
        lambda: all(
            "serve" in processes.command(one) or "backend" in processes.command(one)
            for one in processes.children(shell.pid)
        ),
    )
    assert works(served)
    assert (left_of(served), processes.children(server)) == (server, workers)
    done = served.stop()
    assert (done.code, done.err) == (0, "")
