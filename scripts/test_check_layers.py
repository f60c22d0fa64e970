"""A tree that breaks one rule is found by that rule, at the right line."""

import subprocess
import sys
from pathlib import Path
from runpy import run_path

import pytest

SCRIPT = Path(__file__).resolve().parent / "check_layers"
RULES = run_path(str(SCRIPT))["RULES"]

# (file, its second line, the rule that it breaks)
WRONG = [
    ("models/m.cpp", '#include "scenarios/cpu.h"', "models know no scenario"),
    ("models/m.cpp", '#include "../scenarios/s.h"', "models know no scenario"),
    ("scenarios/s.cpp", '#include "models/m.h"', "scenarios know no model"),
    ("harness/core/h.cpp", '#include "models/m.h"', "the harness knows no model"),
    (
        "harness/core/h.cpp",
        '  #  include "scenarios/s.h"',
        "the harness knows no scenario",
    ),
    (
        "harness/posix/p.h",
        '#include "harness/core/h.h"',
        "a room uses only rooms below it",
    ),
    ("harness/posix/p.h", '#include "../core/h.h"', "a room uses only rooms below it"),
    (
        "harness/load/r.h",
        '#include "harness/peers/p.h"',
        "a room uses only rooms below it",
    ),
    (
        "models/prefork.cpp",
        "#include <uv.h>",
        "libuv only where it is the subject",
    ),
    (
        "models/event_loop.cpp",
        "#include <oneapi/tbb/task_arena.h>",
        "oneTBB only where it is the subject",
    ),
    (
        "harness/core/h.cpp",
        "#include <tbb/tbb.h>",
        "oneTBB only where it is the subject",
    ),
    (
        "harness/core/h.cpp",
        "#include <openssl/evp.h>",
        "OpenSSL only where it is the work",
    ),
    (
        "harness/sweep/s.cpp",
        "#include <hwloc.h>",
        "hwloc only where it is the subject",
    ),
    (
        "scenarios/s.cpp",
        "#include <llhttp.h>",
        "llhttp only where it is the subject",
    ),
    (
        "harness/http/connection.cpp",
        "#include <sys/socket.h>",
        "the protocol knows no sockets",
    ),
    (
        "models/m.cpp",
        "#include <nlohmann/json.hpp>",
        "models know no file format or command line",
    ),
    (
        "models/m.cpp",
        "#include <CLI/CLI.hpp>",
        "models know no file format or command line",
    ),
    ("plots/p.py", "import harness.x", "plots read a run's files only"),
    ("plots/p.py", "from harness import x", "plots read a run's files only"),
    ("plots/p.py", "from reports.say import x", "plots use data and judge only"),
    ("reports/data/d.py", "from reports.judge import x", "data know no judge"),
    ("reports/judge/j.py", "from plots import x", "the judge knows data only"),
    ("reports/say/s.py", "import reports.show.x", "words know no layout"),
    (
        "reports/sub/r.py",
        "def f(): from ...harness import x",
        "reports read a run's files only",
    ),
]

RIGHT = {
    "harness/core/h.h": "#pragma once",
    "harness/drive/loop.h": "#include <uv.h>",
    "harness/drive/loop_test.cpp": "#include <uv.h>",
    "harness/sweep/environment.cpp": "#include <openssl/crypto.h>",
    "harness/http/reader.h": "#include <llhttp.h>",
    "harness/load/reader.h": "#include <llhttp.h>",
    "harness/load/client.cpp": "#include <sys/socket.h>",
    "harness/posix/p.h": '#include "harness/posix/fd.h"',
    "models/m.h": '#include "harness/core/h.h"',
    "models/event_loop_offload.cpp": "#include <uv.h>",
    "models/thread_pool.cpp": "#include <oneapi/tbb/task_arena.h>",
    "models/comment.cpp": '// #include "scenarios/s.h"',
    "scenarios/s.h": '#include "harness/core/h.h"',
    "scenarios/primitives.cpp": "#include <uv.h>",
    "scenarios/pbkdf2.cpp": "#include <openssl/evp.h>",
    "plots/p.py": "import matplotlib",
    "reports/sub/r.py": "from plots import p",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for name, line in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"\n{line}\n", encoding="utf-8")
    return root


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
    )


def test_right_tree_passes(tmp_path: Path) -> None:
    done = check(str(write(tmp_path, RIGHT)))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(("name", "line", "rule"), WRONG)
def test_wrong_line_is_found(tmp_path: Path, name: str, line: str, rule: str) -> None:
    done = check(str(write(tmp_path, {**RIGHT, name: line})))
    assert done.returncode == 1
    assert [text.split(" ")[0] for text in done.stdout.splitlines()] == [f"{name}:2:"]
    assert f"({rule})" in done.stdout


def test_files_of_the_harness_are_in_rooms(tmp_path: Path) -> None:
    done = check(str(write(tmp_path, {**RIGHT, "harness/x.cpp": ""})))
    assert done.returncode == 1
    assert done.stdout == "harness/x.cpp:1: stands in no room of harness/\n"


def test_every_rule_has_a_wrong_tree() -> None:
    assert {rule.name for rule in RULES} == {rule for _, _, rule in WRONG}


def test_folder_without_sources_is_refused(tmp_path: Path) -> None:
    done = check(str(tmp_path))
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr


def test_this_project_passes() -> None:
    done = check()
    assert (done.returncode, done.stdout) == (0, "")
