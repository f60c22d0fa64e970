"""Fixtures of the end-to-end tests: the binaries, and who tidies up.

BENCH_BINARY and BENCH_FAULTY_BINARY name the binaries under test; the default
is the release build.
"""

from __future__ import annotations

import os
import resource
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

from harness.testing import processes
from harness.testing.command_line import ROOT, Bench


def _binary(variable: str, name: str) -> Path:
    path = Path(os.environ.get(variable, ROOT / "build/release" / name)).absolute()
    if not path.is_file():
        pytest.fail(f"{path} is missing; scripts/build release makes it")
    return path


@pytest.fixture(scope="session", autouse=True)
def adopting() -> None:
    processes.adopt_orphans()
    # Jobs crash here on purpose; nobody wants the cores.
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


@pytest.fixture(scope="session", autouse=True)
def release_build() -> None:
    """Other builds verify answers and record no times."""
    binary = _binary("BENCH_BINARY", "bench")
    text = subprocess.run([binary, "--version"], capture_output=True, text=True).stdout
    if "release" not in text:
        pytest.skip(f"these tests are for release builds, this is {text.strip()}")


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    """After every test: not a process, not a zombie."""
    yield
    left = processes.left_behind()
    processes.clear_away()
    assert left == []


def _bench(binary: Path, folder: Path) -> Bench:
    for name in ("cwd", "scratch"):
        (folder / name).mkdir(exist_ok=True)
    return Bench(binary, folder / "cwd", folder / "scratch")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    found = _bench(_binary("BENCH_BINARY", "bench"), tmp_path)
    yield found
    assert list(found.scratch.iterdir()) == [], "a temporary file is left"


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[Bench]:
    """bench with models and a scenario that break the rules."""
    found = _bench(_binary("BENCH_FAULTY_BINARY", "bench_faulty"), tmp_path)
    yield found
    assert list(found.scratch.iterdir()) == [], "a temporary file is left"


@pytest.fixture(scope="module")
def shared_bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """For a run that all tests of a module look at."""
    return _bench(_binary("BENCH_BINARY", "bench"), tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="module")
def shared_faulty(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("shared")
    return _bench(_binary("BENCH_FAULTY_BINARY", "bench_faulty"), folder)
