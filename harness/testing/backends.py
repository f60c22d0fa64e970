"""The backend of a run: find it while it works, signal it, look for traces.

Only tests import this. A backend is a process of the harness; that it has a
request is known from /proc, not from a pause.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.testing import processes
from harness.testing.command_line import wait_until

# States of a socket in /proc/net/tcp. [include/net/tcp_states.h]
_ESTABLISHED = "01"
_LISTEN = "0A"


@dataclass(frozen=True)
class Serving:
    """A backend that has at least one request."""

    pid: int
    listeners: frozenset[str]  # inodes, which no other socket gets soon


def _sockets_of(pid: int) -> set[str]:
    """Inodes."""
    links = processes.open_files(pid)
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:")}


def _states_of_tcp() -> dict[str, str]:
    """State by inode of all TCP sockets here."""
    rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return {fields[9]: fields[3] for fields in map(str.split, rows)}


def backends_of(harness: int) -> list[int]:
    """The backend's first process, if there is one."""
    return [
        child
        for child in processes.children(harness)
        if "__backend" in processes.command(child)
    ]


def serving(harness: int) -> Serving | None:
    """The backend of this harness if it has accepted a connection, which it
    does when the request is there, and not answered it."""
    for pid in backends_of(harness):
        mine = _sockets_of(pid)
        states = {
            inode: state for inode, state in _states_of_tcp().items() if inode in mine
        }
        if _ESTABLISHED in states.values():
            listeners = {i for i, state in states.items() if state == _LISTEN}
            return Serving(pid, frozenset(listeners))
    return None


def wait_for_request(process: subprocess.Popen[str]) -> Serving:
    return wait_until("a request at the backend", lambda: serving(process.pid))


def strike(process: subprocess.Popen[str], number: signal.Signals) -> Serving | None:
    """Signals the backend in the middle of a repetition; none if the run ended
    before that. A backend that ends meanwhile is let go: its repetition was
    over, and the next one counts."""

    def struck() -> Serving | None:
        found = serving(process.pid)
        if found is None:
            return None
        try:
            handle = os.pidfd_open(found.pid)
        except ProcessLookupError:
            return None
        try:
            # The handle is of the process that was seen, if it still has work.
            if serving(process.pid) != found:
                return None
            signal.pidfd_send_signal(handle, number)
            return found
        except ProcessLookupError:
            return None
        finally:
            os.close(handle)

    def struck_or_ended() -> tuple[Serving | None] | None:
        found = struck()
        return (found,) if found or process.poll() is not None else None

    return wait_until("a backend to strike", struck_or_ended)[0]


def still_listening(backend: Serving) -> set[str]:
    """Listeners of the backend that have not been closed."""
    states = _states_of_tcp()
    return {inode for inode in backend.listeners if states.get(inode) == _LISTEN}


def stopped(pid: int) -> bool:
    text = Path(f"/proc/{pid}/status").read_text()
    return re.search(r"^State:\s+T", text, re.MULTILINE) is not None
