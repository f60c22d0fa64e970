"""Who lives: children and descendants of a process, from /proc.

The test process adopts orphans, so that whatever a run leaves behind becomes
its child, a daemon and a zombie as well, and cannot hide.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """From now on orphaned descendants become children of this process."""
    if ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError("prctl(PR_SET_CHILD_SUBREAPER)")


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""  # it ended meanwhile


def children(pid: int) -> list[int]:
    """Of all its threads, zombies included."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except (FileNotFoundError, ProcessLookupError):
        return []  # it ended meanwhile
    return [
        int(child)
        for thread in threads
        for child in _read(Path(f"/proc/{pid}/task/{thread}/children")).split()
    ]


def descendants(pid: int) -> list[int]:
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def command(pid: int) -> str:
    return _read(Path(f"/proc/{pid}/cmdline")).replace("\0", " ").strip()


def open_files(pid: int) -> list[str]:
    """What its descriptors lead to: paths, "socket:[123]" and the like."""
    found = []
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            try:
                found.append(os.readlink(f"/proc/{pid}/fd/{name}"))
            except FileNotFoundError:
                pass  # it was closed meanwhile
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        pass  # it ended meanwhile
    return found


def _state(pid: int) -> list[str]:
    """The fields of /proc/PID/stat that follow the name."""
    return _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()


def leads_a_session(pid: int) -> bool:
    fields = _state(pid)
    return len(fields) > 3 and fields[3] == str(pid)


def holds_back(pid: int, number: signal.Signals) -> bool:
    """True if the process no longer dies of this signal by default."""
    for line in _read(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith(("SigBlk:", "SigCgt:")):
            if int(line.split()[1], 16) >> (number - 1) & 1:
                return True
    return False


def left_behind() -> list[str]:
    """Every child that this process has, in words: there should be none."""
    return [
        f"{pid} ({' '.join(_state(pid)[:1])}) {command(pid)}"
        for pid in children(os.getpid())
    ]


def clear_away() -> None:
    """Kills and reaps all children."""
    while found := children(os.getpid()):
        for pid in found:
            os.kill(pid, signal.SIGKILL)
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass


def left_after(seconds: float) -> list[str]:
    """Who is still there after at most so many seconds, the dead reaped."""
    limit = time.monotonic() + seconds
    while True:
        try:
            reaped, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return []
        if reaped == 0:
            if time.monotonic() > limit:
                return left_behind()
            time.sleep(0.005)
