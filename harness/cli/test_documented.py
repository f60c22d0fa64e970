"""Every command that README and docs/ name, run as it stands but shorter.

A block is one script, but for README's lists of things to try. What builds and
tests everything is left to .ci/run.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.testing import processes
from harness.testing.command_line import ROOT, Bench, records, small

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# A variable has no say where the command says how long.
SHORT = {
    "BENCH_REPS": "1",
    "BENCH_ROUNDS": "6",
    "BENCH_WARMUP": "1ms",
    "BENCH_MAX_WORKERS": "16",  # hundreds of threads would starve other tests
    "BENCH_NO_REPORT": "true",
    "BENCH_QUIET": "true",
}
# Scenarios of requests.
REQUESTS = "--scenario=(h|f|balance)"
# Where a lab shows what goes wrong: a cell fails.
FAILS = ("ulimit -n", "--timeout-ms=2")
# Until a server answers; its socket listens before that.
SERVES = (
    'python3 -c "import urllib.request as web; '
    "web.urlopen('http://127.0.0.1:\\2/health')\""
)
# In place of the launcher, which installs and builds first.
LAUNCHER = '#!/bin/sh\nexec "$BINARY" "$@"\n'


def blocks(page: Path) -> list[str]:
    """Its scripts, in order."""
    found = []
    for block in re.findall(r"^```sh\n(.*?)^```$", page.read_text(), re.M | re.S):
        apart = page.stem == "README" and "&" not in block
        found += block.splitlines() if apart else [block.strip()]
    return [one for one in found if not one.startswith("scripts/")]


def documented() -> dict[str, str]:
    """Each script once, by a name for its test."""
    found: dict[str, str] = {}
    for page in PAGES:
        for k, script in enumerate(blocks(page)):
            script = re.sub(r" +# .*$", "", script, flags=re.M)
            if script not in found.values():
                found[f"{page.stem}-{k}"] = script
    return found


DOCUMENTED = documented()


def settings(script: str) -> dict[str, str]:
    """Requests need a while to be answered; one core is half the work."""
    asks = re.search(REQUESTS, script)
    found = {"BENCH_DURATION": "400ms" if asks else "10ms"}
    if asks:
        found["BENCH_CONNECTIONS"] = "4"
    if "calibrate" in script:
        noisy = "--noise" in script
        found |= {"BENCH_SCENARIO": "cpu"} if noisy else {"BENCH_ROUNDS": "1"}
    if "messages" in script:
        found |= {"BENCH_BYTES": "1", "BENCH_TOUCHED_MIB": "0"}
    if "--scenario" in script and "--cores" not in script:
        found["BENCH_CORES"] = "1"
    if not re.search(r"--model|calibrate", script):  # two stand for all
        found["BENCH_MODEL"] = "event-loop,fork-ipc"
    return found


def shorter(script: str, run: Path) -> str:
    """What the variables do not reach."""
    script = script.replace(" --preset=smoke", "")
    script = re.sub(r"--duration=\d+s", "--duration=1s", script)
    script = re.sub(r"\bsleep (3|5|10)\b", "sleep 0.5", script)
    script = script.replace("--job-us=10000", "--job-us=1000")
    script = script.replace("scenario=grain", "scenario=grain --job-us=1,100")
    script = script.replace("scenario=startup", "scenario=startup --workers=1,2")
    script = re.sub(r"(report) DIR\b", rf"\1 {run}", script)
    script = re.sub(r"(compare) A B\b", rf"\1 {run} {run}", script)
    script = re.sub(r"(--rate=1000)$", r"\1 --duration=1s", script)
    script = script.replace("calibrate", "calibrate --machine=machine.json")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        script = script.replace("8080", str(one.getsockname()[1]))
    # Nobody has a server of theirs asked before it serves.
    script = re.sub(r"(--port=(\d+) &)\n", rf"\1 {SERVES}\n", script)
    script = re.sub(r"&\n(?!sleep|python3)", "& sleep 0.5\n", script)
    # Somebody looks at a server and presses Ctrl-C.
    return re.sub(
        r"(bench serve [^&\n]*)$", r"\1 & sleep 0.5; kill %1; wait %1", script
    )


@pytest.fixture(scope="module")
def run_before(shared_bench: Bench) -> Path:
    """What `report` is asked about."""
    path = shared_bench.cwd / "run"
    assert shared_bench.run(*small(), f"--out={path}").code == 0
    return path


def end_group(group: int) -> None:
    """Servers in the background."""
    try:
        os.killpg(group, signal.SIGTERM)
        while True:
            os.waitpid(-group, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def test_there_are_commands_in_every_lab() -> None:
    for page in (
        "README",
        "lab-cpu",
        "lab-io",
        "lab-http",
        "lab-cluster",
        "add-a-model",
        "add-a-policy",
    ):
        assert any(name.startswith(page) for name in DOCUMENTED), page


def starved(record: dict[str, Any]) -> bool:
    """No failure, or that of a server which the machine gave no time to answer in
    so short a window: that is the machine's doing, not the command's."""
    return record["status"] != "failed" or "in the window" in record["reason"]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_documented_command_runs(bench: Bench, run_before: Path, name: str) -> None:
    script = DOCUMENTED[name]
    launcher = bench.cwd / "bench"
    launcher.write_text(LAUNCHER)
    launcher.chmod(0o755)
    shell = subprocess.Popen(
        # Each line must hold; not where one ends what is in the background.
        ["bash", "-c" if "&" in script else "-ec", shorter(script, run_before)],
        cwd=bench.cwd,
        env={
            **bench.environment(),
            **SHORT,
            **settings(script),
            "BENCH_OUT": str(bench.cwd / "run"),
            "BINARY": str(bench.binary),
        },
        stdin=subprocess.DEVNULL,
        stdout=(bench.cwd / "stdout").open("w"),
        stderr=(bench.cwd / "stderr").open("w"),
        start_new_session=True,
    )
    code = shell.wait(timeout=120)
    end_group(shell.pid)
    assert processes.left_after(10) == []
    if code == 1 and re.search(REQUESTS, script):
        code = 0 if all(map(starved, records(bench.cwd / "run"))) else 1
    expected = 1 if any(part in script for part in FAILS) else 0
    assert code == expected, (bench.cwd / "stderr").read_text()
