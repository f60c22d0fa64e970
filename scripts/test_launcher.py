"""The launcher and the build: nobody has to listen to what they say."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMBINATIONS = ((), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2))

# In the place of a program: says something, and writes down its streams.
WITNESS = """#!/bin/sh
echo "words of $0" >&2 || exit 9
links=$(for i in 0 1 2; do readlink /proc/$$/fd/$i || echo closed; done)
echo "$links" >>"{notes}"
"""
CMAKE = """#!/bin/sh
touch build/release/build.ninja
echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" >build/release/CMakeCache.txt
"""
NINJA = """#!/bin/sh
echo '[1/2] Building'
echo '[2/2] Linking'
"""


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def call(*words: str | Path, closed: tuple[int, ...] = (), **popen):
    def close() -> None:
        for descriptor in closed:
            os.close(descriptor)

    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=60,
        preexec_fn=close,
        **{**streams, **popen},
    )


@pytest.fixture
def broken_pipe() -> Iterator[int]:
    """Whoever reads it has left."""
    out, into = os.pipe()
    os.close(out)
    yield into
    os.close(into)


@pytest.mark.parametrize("closed", COMBINATIONS)
def test_whoever_is_called_has_all_streams(
    tmp_path: Path, closed: tuple[int, ...]
) -> None:
    shutil.copy(ROOT / "bench", tmp_path)
    notes = tmp_path / "notes"
    for name in ("scripts/setup", "scripts/build", "build/release/bench"):
        program(tmp_path / name, WITNESS.format(notes=notes))
    done = call(tmp_path / "bench", closed=closed)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.count("words of") == (0 if 2 in closed else 3)
    links = notes.read_text().splitlines()
    assert len(links) == 9
    for i, link in enumerate(links):
        missing = i % 3 in closed or i % 3 == 0  # stdin is /dev/null anyway
        assert link.startswith("/dev/null" if missing else "pipe:")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One to be built, with a build system that finds little to do."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/build", tmp_path / "scripts")
    program(tmp_path / "bin/cmake", CMAKE)
    program(tmp_path / "bin/ninja", NINJA)
    return tmp_path


def build(project: Path, preset: str, **popen):
    env = {**os.environ, "PATH": f"{project / 'bin'}:{os.environ['PATH']}"}
    return call(project / "scripts/build", preset, env=env, **popen)


def test_a_build_says_that_it_builds(project: Path) -> None:
    done = build(project, "release")
    assert (done.returncode, done.stdout) == (0, "")
    assert "building preset release" in done.stderr


def test_a_build_needs_no_listener(project: Path, broken_pipe: int) -> None:
    assert build(project, "release", stderr=broken_pipe).returncode == 0
    assert build(project, "nonsense", stderr=broken_pipe).returncode == 2
    program(project / "bin/ninja", "#!/bin/sh\nexit 1\n")
    assert build(project, "release", stderr=broken_pipe).returncode == 70


@pytest.mark.parametrize("closed", COMBINATIONS)
def test_a_build_needs_no_streams(project: Path, closed: tuple[int, ...]) -> None:
    assert build(project, "release", closed=closed).returncode == 0
    assert build(project, "nonsense", closed=closed).returncode == 2
