"""What scripts/try-debian takes, and what scripts/setup installs where."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def call(script: str, *words: str, path: str = "") -> subprocess.CompletedProcess[str]:
    before = f"{path}:" if path else ""
    return subprocess.run(
        [ROOT / "scripts" / script, *words],
        env={**os.environ, "PATH": before + os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "words", [(), ("",), ("11",), ("--keep",), ("--help",), ("12;id",), ("../12",)]
)
def test_wrong_use_is_one_sentence(words: tuple[str, ...]) -> None:
    done = call("try-debian", *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "takes [--keep] 12, 13 or a suite" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may make a system")
def test_without_root_there_is_no_system() -> None:
    done = call("try-debian", "13")
    assert done.returncode == 77
    assert len(done.stderr.splitlines()) == 1
    assert "root" in done.stderr


def test_it_runs_the_commands_of_the_readme() -> None:
    text = (ROOT / "scripts" / "try-debian").read_text()
    found = re.search(r"^commands=\((.*)\)$", text, re.MULTILINE)
    assert found
    readme = (ROOT / "README.md").read_text().splitlines()
    for command in re.findall(r"'([^']*)'", found[1]):
        assert any(re.fullmatch(rf"{re.escape(command)} +#.*", one) for one in readme)


def pretend(folder: Path, name: str, text: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/bash\n{text}\n")
    program.chmod(0o755)


def installs(folder: Path, *, apt_knows: str, files: str = "") -> list[str]:
    """What setup asks apt for. All but llhttp is installed, and of the package
    with its sources the `files`."""
    calls = folder / "calls"
    pretend(folder, "sudo", '"$@"')
    pretend(folder, "apt-get", f'echo "$@" >> {calls}')
    pretend(folder, "apt-cache", f'[[ " {apt_knows} " == *" $2 "* ]]')
    pretend(
        folder,
        "dpkg-query",
        f"""
        [[ $1 == -L ]] && {{ echo "{files}"; exit; }}
        for name in "${{@:4}}"; do
          [[ $name == *llhttp* ]] || echo -n "$name:installed "
        done""",
    )
    done = call("setup", path=str(folder))
    assert done.returncode == 0, done.stderr
    if not calls.exists():
        return []
    found = [line for line in calls.read_text().splitlines() if " install " in line]
    return re.findall(r"\S*llhttp\S*", "\n".join(found))


HEADER = "/usr/share/include/llhttp/llhttp.h"


@pytest.mark.parametrize(
    ("apt_knows", "files", "wanted"),
    [
        ("libllhttp-dev node-llhttp", "", ["libllhttp-dev"]),
        ("libllhttp-dev node-llhttp", "/usr/share/nodejs/x.js", ["libllhttp-dev"]),
        ("node-llhttp", "", ["node-llhttp"]),
        ("node-llhttp", HEADER, []),
        ("", "", ["libllhttp-dev"]),
    ],
)
def test_the_parser_is_a_library_where_there_is_one(
    tmp_path: Path, apt_knows: str, files: str, wanted: list[str]
) -> None:
    assert installs(tmp_path, apt_knows=apt_knows, files=files) == wanted
