"""A server of ours by itself, as `bench serve` starts it. Only tests import this."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import Iterator

import pytest

from harness.testing.command_line import Bench, Ended, ended


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
