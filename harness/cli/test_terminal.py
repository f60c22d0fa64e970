"""What only a terminal gets: colours and progress."""

from __future__ import annotations

import os
import pty
from pathlib import Path

import pytest

from harness.testing.command_line import Bench, ended, small

ESCAPE = "\x1b"


@pytest.mark.parametrize(
    "flags, colored",
    [([], False), (["--color=always"], True), (["--color=never"], False)],
    ids=str,
)
def test_a_pipe_gets_colors_only_on_demand(
    bench: Bench, tmp_path: Path, flags: list[str], colored: bool
) -> None:
    found = bench.run(*small(quiet=None, out=tmp_path / "run"), *flags)
    assert (ESCAPE in found.out) == colored
    assert ESCAPE not in found.err and "\r" not in found.err


def on_a_terminal(bench: Bench, stream: str, *flags: str, **env: str) -> str:
    """What a run writes to stdout or stderr when that is a terminal."""
    ours, its = pty.openpty()
    process = bench.start(*flags, env=env, **{stream: its})
    os.close(its)
    text = b""
    try:
        while block := os.read(ours, 65536):
            text += block
    except OSError:
        pass  # EIO: nobody has the other end any more
    os.close(ours)
    assert ended(process).code == 0
    return text.decode()


@pytest.mark.parametrize(
    "flags, env, colored",
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"TERM": "dumb"}, False),
        (["--color=never"], {}, False),
        (["--color=always"], {"NO_COLOR": "1"}, True),
    ],
    ids=str,
)
def test_a_terminal_gets_colors_unless_told_not_to(
    bench: Bench, tmp_path: Path, flags: list[str], env: dict[str, str], colored: bool
) -> None:
    words = [*small(out=tmp_path / "run"), *flags]
    assert (ESCAPE in on_a_terminal(bench, "stdout", *words, **env)) == colored


@pytest.mark.parametrize(
    "quiet, env, drawn",
    [(None, {}, True), (True, {}, False), (None, {"TERM": "dumb"}, False)],
)
def test_progress_is_drawn_on_a_terminal_only(
    bench: Bench, tmp_path: Path, quiet: bool | None, env: dict[str, str], drawn: bool
) -> None:
    words = small(quiet=quiet, reps=2, out=tmp_path / "run")
    text = on_a_terminal(bench, "stderr", *words, **env)
    assert ("round 2 of 2" in text) == drawn
    assert ("\r" + ESCAPE in text) == drawn
