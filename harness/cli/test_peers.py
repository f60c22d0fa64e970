"""Peers in a run: measured where they are installed, skipped with a reason
where they are not."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.testing.command_line import Bench, records

PEERS = (
    "nginx",
    "node",
    "node-pool",
    "node-cluster",
    "apache-event",
    "apache-prefork",
)

# One short cell of a model, and the same of every peer.
FLAGS = (
    "--scenario=http",
    "--route=/plaintext",
    "--model=sequential",
    "--cores=1",
    "--connections=4",
    "--load=closed",
    "--reps=1",
    "--duration=0.5",
    "--warmup=0.05",
    "--no-report",
    "--quiet",
)

ECHO = (
    "--scenario=messages",
    "--peers=node,python",
    "--bytes=1",
    "--depth=1",
    "--cores=1",
    "--reps=1",
    "--no-report",
    "--quiet",
)
ECHOES = {
    "process-node",
    "thread-node",
    "process-python-pipe",
    "process-python-pool",
    "thread-python-pool",
}


def peers_in(directory: Path) -> dict[str, dict[str, Any]]:
    found = {entry["model"]: entry for entry in records(directory)}
    return {name: one for name, one in found.items() if name in {*PEERS, *ECHOES}}


def test_peers_stand_beside_the_models(bench: Bench, tmp_path: Path) -> None:
    """conftest.py sees to it that none of them leaves a process or a file."""
    ended = bench.run(*FLAGS, "--peers=all", f"--out={tmp_path / 'run'}")
    assert ended.code == 0, ended.err
    found = peers_in(tmp_path / "run")
    assert found.keys() == set(PEERS)
    for entry in found.values():
        if entry["status"] == "skipped":
            assert "scripts/setup --peers" in entry["reason"]
            continue
        assert entry["status"] == "ok", entry["reason"]
        assert entry["errors"] == 0
        assert entry["http"]["ok"] > 0
        name, version = entry["http"]["peer_version"].split(" ")
        assert name in ("nginx", "Node", "Apache") and version[0].isdigit()


@pytest.mark.parametrize(
    "flags, names", [((*FLAGS, "--peers=all"), set(PEERS)), (ECHO, ECHOES)]
)
def test_missing_peers_are_skipped_with_the_reason(
    bench: Bench, tmp_path: Path, flags: tuple[str, ...], names: set[str]
) -> None:
    few = tmp_path / "few"  # programs: what the report's script needs
    few.mkdir()
    for name in ("bash", "dirname", "readlink"):
        (few / name).symlink_to(shutil.which(name))
    out = tmp_path / "run"
    ended = bench.run(*flags, f"--out={out}", env={"PATH": str(few)})
    assert ended.code == 0, ended.err
    found = peers_in(out)
    assert found.keys() == names
    for entry in found.values():
        assert entry["status"] == "skipped"
        assert "scripts/setup --peers installs it" in entry["reason"]


def test_others_play_the_same_game_of_messages(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    ended = bench.run(*ECHO, f"--out={out}")
    assert ended.code == 0, ended.err
    found = peers_in(out)
    assert found.keys() == ECHOES
    for name, entry in found.items():
        if entry["status"] == "skipped":
            assert "node" in name and "scripts/setup --peers" in entry["reason"]
            continue
        assert entry["status"] == "ok", entry["reason"]
        assert entry["jobs"] > 0
        assert entry["cpu_time"] > 0


@pytest.mark.parametrize("flag", ["iis", "nginx,iis", "nginx,"])
def test_unknown_peers_are_refused(bench: Bench, flag: str) -> None:
    ended = bench.run(*FLAGS, f"--peers={flag}")
    assert ended.code == 2
    assert "--peers takes all, nginx, node" in ended.err
