"""Driving the bench binary from tests: start it, wait, read what it wrote.

Only tests import this. Nothing here decides by time: waiting ends when
something has happened, and the limits only keep a broken run from hanging.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]

MODELS = ("sequential", "event-loop", "thread-pool", "prefork", "fork-ipc")
VARIANTS = (
    "event-loop/offload",
    "thread-pool/loops",
    "thread-pool/per-job",
    "thread-pool/stealing",
    "thread-pool/tbb-queue",
    "thread-pool/ticket",
    "prefork/blocking",
    "prefork/static",
    "prefork/threads",
    "fork-ipc/spawn",
)
# They hand connections out, and have no jobs to hand out.
ONLY_SERVE = (
    "prefork/first-come",
    "prefork/least-loaded",
    "prefork/power-of-two",
    "prefork/reuseport",
    "prefork/round-robin",
)
SERVERS = (*MODELS, *(one for one in VARIANTS if one != "prefork/static"), *ONLY_SERVE)
# More workers are no choice for these.
ONE_WORKER = ("sequential", "event-loop")
# A loop has as many jobs in flight as it may; who blocks, one for each worker.
IN_LOOPS = (
    "event-loop",
    "event-loop/offload",
    "thread-pool/loops",
    "prefork",
    "prefork/static",
)
# As many workers as jobs in flight.
PER_JOB = ("thread-pool/per-job", "fork-ipc/spawn")

# A run in which nothing takes long: one cell, one short repetition.
SMALL: Mapping[str, object] = {
    "scenario": "null",
    "model": "sequential",
    "cores": 1,
    "jobs": 20,
    "reps": 1,
    "duration": 0.02,
    "warmup": 0.001,
    "no_report": True,
    "quiet": True,
}


def small(**given: object) -> list[str]:
    """SMALL as flags; `given` replaces, adds or (None) takes away some."""
    flags = []
    for name, value in {**SMALL, **given}.items():
        google = name.startswith("benchmark_")  # whose flags keep their underscores
        flag = "--" + (name if google else name.replace("_", "-"))
        if value is True:
            flags.append(flag)
        elif value is not None:
            flags.append(f"{flag}={value}")
    return flags


def short_http(out: Path, *flags: str, scenario: str = "http") -> list[str]:
    """One repetition of a few connections, on one core; `flags` go first."""
    own = [
        f"--scenario={scenario}",
        "--cores=1",
        "--connections=4",
        "--reps=1",
        "--duration=0.5",
        "--quiet",
        "--no-report",
        f"--out={out}",
    ]
    given = {flag.partition("=")[0] for flag in flags}
    return [*(one for one in own if one.partition("=")[0] not in given), *flags]


@dataclass(frozen=True)
class Ended:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return self.out.rstrip("\n").rpartition("\n")[2]


@dataclass(frozen=True)
class Bench:
    """The binary, called in `cwd` with a clean environment."""

    binary: Path
    cwd: Path
    scratch: Path  # what TMPDIR is for it

    def environment(self) -> dict[str, str]:
        """What the caller's shell says of bench must not steer a test."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("BENCH_") or name == "BENCH_PYTHON"
        }
        for name in ("NO_COLOR", "PYTHONPATH", "PYTHONSAFEPATH"):
            kept.pop(name, None)
        return {**kept, "TERM": "xterm", "TMPDIR": str(self.scratch)}

    def start(
        self, *flags: str, env: Mapping[str, str] | None = None, **popen: Any
    ) -> subprocess.Popen[str]:
        """Leads a session of its own, so that its group can be signalled."""
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [self.binary, *flags],
            stdin=subprocess.DEVNULL,
            cwd=popen.pop("cwd", self.cwd),
            env={**self.environment(), **(env or {})},
            text=True,
            start_new_session=True,
            **{**streams, **popen},
        )

    def run(
        self,
        *flags: str,
        env: Mapping[str, str] | None = None,
        seconds: float = 120,
        **popen: Any,
    ) -> Ended:
        return ended(self.start(*flags, env=env, **popen), seconds)


def run_http(
    bench: Bench, out: Path, *flags: str, scenario: str = "http", window: float = 0.15
) -> Ended:
    """A short run, and again with a longer window if nobody got an answer in this
    one: on a busy machine the load generator may not run for as long as that."""
    for longer in (1, 3, 9, 64):
        duration = f"--duration={longer * window}"
        done = bench.run(*short_http(out, duration, *flags, scenario=scenario))
        unanswered = "requests was answered in the window"
        reasons = [entry["reason"] or "" for entry in records(out)]
        if longer == 64 or not any(unanswered in reason for reason in reasons):
            return done
        shutil.rmtree(out)
    raise AssertionError("the last attempt counts")


def ended(process: subprocess.Popen[str], seconds: float = 120) -> Ended:
    """Waits for the end; a process that does not end fails the test."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        pytest.fail(f"did not end within {seconds} s: {process.args}")
    return Ended(process.returncode, out or "", err or "")


def wait_until(
    what: str, condition: Callable[[], Any], seconds: float = 60, pause: float = 0.002
) -> Any:
    """The first value of `condition` that is true."""
    limit = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > limit:
            pytest.fail(f"waited {seconds} s in vain: {what}")
        time.sleep(pause)
    return value


def strict(text: str) -> Any:
    """JSON without NaN, Infinity and doubled keys."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError(f"a key stands twice: {[key for key, _ in pairs]}")
        return found

    return json.loads(text, parse_constant=refuse, object_pairs_hook=once)


def lines_in(directory: Path) -> int:
    """Whole lines of runs.jsonl that count; 0 if there is no file yet."""
    try:
        lines = (directory / "runs.jsonl").read_bytes().split(b"\n")[:-1]
        return sum(b'"status":"disturbed"' not in line for line in lines)
    except FileNotFoundError:
        return 0


def records(directory: Path) -> list[dict[str, Any]]:
    """The entries of runs.jsonl that count, every line of which must be whole."""
    text = (directory / "runs.jsonl").read_text()
    assert text == "" or text.endswith("\n"), "the last line is torn"
    every = [strict(line) for line in text.split("\n")[:-1]]
    return [entry for entry in every if entry["status"] != "disturbed"]


def context(directory: Path) -> dict[str, Any]:
    return strict((directory / "environment.json").read_text())


def cell_name(scenario: str, model: str, cores: int, workers: int, extra: str = ""):
    """As in the contract: cpu/prefork+static/job-us:100/cores:2/workers:2."""
    who = model.replace("/", "+")
    count = 1 if model in ONE_WORKER else workers
    return f"{scenario}/{who}{extra}/cores:{cores}/workers:{count}"
