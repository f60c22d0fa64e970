"""bench serve: starts, answers, stops, and says what is wrong."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from harness.testing import processes
from harness.testing.command_line import (
    MODELS,
    SERVERS,
    Bench,
    Ended,
    ended,
    wait_until,
)
from harness.testing.hosts import ask, serving, wait_until_listening


def refuses(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_a_signal_comes(
    bench: Bench, model: str, number: signal.Signals
) -> None:
    with serving(bench, f"--model={model}") as served:
        answer = ask(served.port, "/plaintext")
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert answer.endswith(b"\r\n\r\nHello, World!")
        found = served.stop(number)
        assert (found.code, found.out, found.err) == (0, "", "")
        assert refuses(served.port)


def test_ctrl_c_in_a_terminal_reaches_the_whole_group(bench: Bench) -> None:
    with serving(bench, "--model=prefork", "--workers=2") as served:
        os.killpg(served.process.pid, signal.SIGINT)
        assert ended(served.process).code == 0


@pytest.mark.parametrize("model", SERVERS)
def test_clients_may_lose_patience(bench: Bench, model: str) -> None:
    """They reset their connections while the server waits for its backend."""
    with serving(bench, f"--model={model}") as served:
        found = bench.run(
            "load",
            served.url("/io?ms=5"),
            "--timeout=5ms",
            "--connections=16",
            "--duration=0.2s",
            "--warmup=0s",
            "--format=json",
        )
        assert json.loads(found.out)["timed_out"] > 0, found.err
        assert ask(served.port, "/io?ms=1").startswith(b"HTTP/1.1 200 OK\r\n")
        assert served.stop().code == 0


@pytest.mark.parametrize("model", SERVERS)
def test_a_signal_to_every_process_is_one_stop(bench: Bench, model: str) -> None:
    """As service managers and pkill send it: to the backend and workers too."""
    with serving(bench, f"--model={model}") as served:
        with socket.create_connection(("127.0.0.1", served.port), timeout=60) as client:
            client.sendall(b"GET /io?ms=500 HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.1)  # it is under way, mostly; in the queue it counts too
            for pid in (served.process.pid, *processes.descendants(served.process.pid)):
                with contextlib.suppress(ProcessLookupError):  # told before by its own
                    os.kill(pid, signal.SIGTERM)
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert ended(served.process) == Ended(0, "", "")


def test_a_request_may_wait_for_the_backend(bench: Bench) -> None:
    with serving(bench) as served:
        assert b'"digest"' in ask(served.port, "/io?ms=1")


def test_a_stop_waits_for_what_was_asked(bench: Bench) -> None:
    with serving(bench) as served:
        client = socket.create_connection(("127.0.0.1", served.port), timeout=60)
        client.sendall(b"GET /io?ms=700 HTTP/1.1\r\nHost: x\r\n\r\n")
        (server,) = [
            child
            for child in processes.children(served.process.pid)
            if "__serve" in processes.command(child)
        ]
        # It has read the request once it asks the backend: a socket more.
        wait_until(
            "the request is under way",
            lambda: sum("socket" in one for one in processes.open_files(server)) > 2,
        )
        found = served.stop()
        assert found.code == 0
        with client:
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"Connection: close" in answer


def test_a_request_that_outlasts_the_grace_is_cut(bench: Bench) -> None:
    with serving(bench, "--grace-ms=0.05s", "--model=sequential") as served:
        with socket.create_connection(("127.0.0.1", served.port)) as client:
            client.sendall(b"GET /cpu?us=9000000 HTTP/1.1\r\nHost: x\r\n\r\n")
            wait_until("it computes", lambda: busy(served.process.pid))
            found = served.stop()
        assert found.code == 1
        assert "the server was killed: it had not stopped after 0.55 s" in found.err


def test_a_second_signal_ends_it_at_once(bench: Bench) -> None:
    with serving(bench, "--grace-ms=60m", "--model=sequential") as served:
        with socket.create_connection(("127.0.0.1", served.port)) as client:
            client.sendall(b"GET /cpu?us=9000000 HTTP/1.1\r\nHost: x\r\n\r\n")
            wait_until("it computes", lambda: busy(served.process.pid))
            (server,) = servers_of(served.process.pid)
            served.process.send_signal(signal.SIGINT)
            wait_until("it closes its port", lambda: stopping(server))
            time.sleep(0.15)  # two signals within 0.1 s are one stop
            found = served.stop(signal.SIGTERM)
        assert found.code == 1
        assert "a second signal came" in found.err


def servers_of(pid: int) -> list[int]:
    return [c for c in processes.children(pid) if "__serve" in processes.command(c)]


def busy(pid: int) -> bool:
    """A server below `pid` has used two ticks of CPU since it was ready."""
    (server,) = servers_of(pid)
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]) > 5


def stopping(server: int) -> bool:
    """SIGTERM has been delivered: its handler has woken the event descriptor."""
    for info in Path(f"/proc/{server}/fdinfo").iterdir():
        for line in info.read_text().splitlines():
            if line.startswith("eventfd-count:") and int(line.split()[1], 16) > 0:
                return True
    return False


@pytest.mark.parametrize("pin", [True, False])
def test_workers_may_be_pinned(bench: Bench, pin: bool) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two CPUs")
    flags = ["--model=prefork", "--cores=2", *["--pin"] * pin]
    with serving(bench, *flags) as served:
        (server,) = servers_of(served.process.pid)
        both = sorted(os.sched_getaffinity(server))
        workers = [os.sched_getaffinity(one) for one in processes.children(server)]
    assert len(both) == 2
    each = [[cpu] for cpu in both] if pin else [both, both]
    assert sorted(sorted(one) for one in workers) == each


@pytest.mark.parametrize("model", ["event-loop", "prefork/reuseport"])
def test_a_busy_port_is_refused(bench: Bench, model: str) -> None:
    with serving(bench, f"--model={model}") as served:
        found = bench.run("serve", f"--model={model}", f"--port={served.port}")
    assert found.code == 2
    assert found.err == (
        f"bench: --port takes a port that is free, got '{served.port}': listen "
        f"127.0.0.1:{served.port}: Address already in use (EADDRINUSE)\n"
    )


def test_a_port_is_free_again_at_once(bench: Bench) -> None:
    with serving(bench) as served:
        ask(served.port, "/plaintext")
        port = served.port
        assert served.stop().code == 0
    process = bench.start("serve", f"--port={port}")
    assert wait_until_listening(process) == port
    process.terminate()
    assert ended(process).code == 0


@pytest.mark.parametrize(
    "flag, words",
    {
        "--model=nope": ["--model takes one of sequential, event-loop", "'nope'"],
        "--model=prefork/*": ["--model takes one of", "got 'prefork/*'"],
        "--model=prefork/static": ["--model takes one of", "'prefork/static'"],
        "--port=70000": ["--port takes", "from 0 to 65535", "'70000'"],
        "--port=-1": ["--port takes", "'-1'"],
        "--port=http": ["--port takes", "'http'"],
        "--cores=0": ["--cores takes", "'0'"],
        "--cores=999": ["--cores takes", "'999'"],
        "--workers=0": ["--workers takes auto or a whole number", "'0'"],
        "--workers=tune": ["--workers takes auto or a whole number", "'tune'"],
        "--connections=0": ["--connections takes", "'0'"],
        "--health-ms=0": ["--health-ms takes a time from 1 to 3600000 ms", "'0'"],
        "--log=xml": ["--log takes one of plain, json", "'xml'"],
        "--grace-ms=x": ["--grace-ms takes a time from 1 to 3600000 ms", "'x'"],
        "--max-body=-5": ["--max-body takes", "'-5'"],
        "--seed=-1": ["--seed takes", "'-1'"],
        "--depth=4": ["--depth belongs to other models than event-loop"],
        "--nope": ["--nope"],
        "extra": ["extra"],
    }.items(),
)
def test_bad_flags_are_refused(bench: Bench, flag: str, words: list[str]) -> None:
    found = bench.run("serve", flag)
    assert found.code == 2
    assert found.out == ""
    assert found.err.count("\n") == 1
    for word in words:
        assert word in found.err
