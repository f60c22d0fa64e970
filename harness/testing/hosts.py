"""A server of ours by itself, as `bench serve` starts it. Only tests import this."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import threading
from dataclasses import dataclass
from typing import Any, Iterator

import pytest

from harness.testing import processes
from harness.testing.command_line import Bench, Ended, ended, wait_until


@dataclass(frozen=True)
class Served:
    process: subprocess.Popen[str]
    port: int

    def url(self, target: str = "/plaintext") -> str:
        return f"http://127.0.0.1:{self.port}{target}"

    def stop(self, number: signal.Signals = signal.SIGTERM) -> Ended:
        self.process.send_signal(number)
        return ended(self.process)


def wait_until_listening(process: subprocess.Popen[str], seconds: float = 60) -> int:
    """The port that it says; a server that says nothing fails the test."""
    assert process.stdout is not None
    overdue = threading.Timer(seconds, lambda: os.killpg(process.pid, signal.SIGKILL))
    overdue.start()
    try:
        line = process.stdout.readline()
    finally:
        overdue.cancel()
    found = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)\n", line)
    if not found:
        pytest.fail(f"it said {line!r}: {ended(process)}")
    return int(found[1])


def reserved_port() -> socket.socket:
    """Bound, and nobody listens: only who asks for its number can listen there.
    For servers that cannot say which port they took."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


def listens(process: subprocess.Popen[str], port: int) -> bool:
    """A server that has ended fails the test."""
    if process.poll() is not None:
        pytest.fail(f"it ended: {ended(process)}")
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def ask(port: int, target: str, method: str = "GET") -> bytes:
    """The whole answer to one request, on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        client.sendall(head.encode())
        return b"".join(iter(lambda: client.recv(65536), b""))


def body(served: Served, target: str) -> str:
    head, _, rest = ask(served.port, target).decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 "), head
    return rest


def status(served: Served) -> dict[str, Any]:
    """What it tells of itself; that is some 0.25 s late."""
    return json.loads(wait_until("the board", lambda: body(served, "/status.json")))


@contextlib.contextmanager
def serving(bench: Bench, *flags: str) -> Iterator[Served]:
    """Starts it on a free port; ends it if the test has not."""
    process = bench.start("serve", "--port=0", *flags)
    try:
        yield Served(process, wait_until_listening(process))
    finally:
        if process.poll() is None:
            process.terminate()
            ended(process)


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


def works(served: Served) -> bool:
    """False if whoever took the request died with it. Nobody may be refused."""
    try:
        return ask(served.port, "/plaintext").endswith(b"Hello, World!")
    except ConnectionResetError:
        return False
