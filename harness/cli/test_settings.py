"""Flags, BENCH_* variables and bench.toml: who wins, and who says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.testing.command_line import Bench, Ended, context, small

LINE = re.compile(r'(\S+) = "(.*)"  # (.+)')


def config(bench: Bench, *flags: str, **env: str) -> dict[str, tuple[str, str]]:
    """What --print-config shows: value and origin by flag."""
    found = bench.run("--print-config", *flags, env=env)
    assert found.code == 0, found.err
    matches = [LINE.fullmatch(line) for line in found.out.splitlines()]
    assert all(matches), found.out
    return {match[1]: (match[2], match[3]) for match in matches if match}


def write_file(bench: Bench, text: str) -> None:
    (bench.cwd / "bench.toml").write_text(text)


@pytest.mark.parametrize(
    "sources, value, origin",
    [
        ("default", "1", "default"),
        ("file", "5", "bench.toml"),
        ("environment", "6", "BENCH_SEED"),
        ("line", "7", "command line"),
        ("file environment", "6", "BENCH_SEED"),
        ("file line", "7", "command line"),
        ("environment line", "7", "command line"),
        ("file environment line", "7", "command line"),
    ],
)
def test_the_nearest_source_wins(
    bench: Bench, sources: str, value: str, origin: str
) -> None:
    if "file" in sources:
        write_file(bench, "seed = 5\n")
    env = {"BENCH_SEED": "6"} if "environment" in sources else {}
    flags = ["--seed=7"] if "line" in sources.split() else []
    assert config(bench, *flags, **env)["seed"] == (value, origin)


def test_a_variable_that_says_no_beats_a_file_that_says_yes(bench: Bench) -> None:
    write_file(bench, "quiet = true\n")
    assert config(bench)["quiet"] == ("true", "bench.toml")
    shown = config(bench, BENCH_QUIET="false").get("quiet", ("false", "BENCH_QUIET"))
    assert shown == ("false", "BENCH_QUIET")


def test_every_flag_is_shown(bench: Bench) -> None:
    listed = re.findall(r"^  --([a-z-]+)", bench.run("--help").out, re.MULTILINE)
    assert {"seed", "reps", "job-us"} <= set(listed)
    assert set(listed) - config(bench).keys() == set()


@pytest.mark.parametrize(
    "name, value",
    [
        ("scenario", "null"),
        ("model", "prefork"),
        ("cores", "1"),
        ("workers", "3"),
        ("preset", "smoke"),
        ("reps", "2"),
        ("duration", "0.5"),
        ("warmup", "0.5"),
        ("jobs", "9"),
        ("deadline", "9"),
        ("seed", "9"),
        ("kernel", "primes"),
        ("job-us", "50"),
        ("size", "50"),
        ("spread", "0.5"),
        ("depth", "2"),
        ("param", "spread=0.5"),
        ("out", "there"),
        ("format", "csv"),
        ("color", "never"),
        ("no-report", "true"),
        ("strict", "true"),
        ("fail-if", "cpu.prefork.jobs_per_second<1"),
        ("quiet", "true"),
    ],
)
def test_every_flag_is_a_variable_and_a_line_of_the_file(
    bench: Bench, name: str, value: str
) -> None:
    variable = "BENCH_" + name.upper().replace("-", "_")
    assert config(bench, **{variable: value})[name] == (value, variable)
    write_file(bench, f'{name} = "{value}"\n')
    assert config(bench)[name] == (value, "bench.toml")


def test_lists_of_the_file_are_lists_of_the_line(bench: Bench) -> None:
    write_file(bench, 'model = ["sequential", "prefork"]\nworkers = [1, 2]\n')
    shown = config(bench)
    assert shown["model"] == ("sequential,prefork", "bench.toml")
    assert shown["workers"] == ("1,2", "bench.toml")


def test_the_file_may_give_several_params(bench: Bench) -> None:
    write_file(bench, 'param = ["size=50", "spread=0.5"]\nmodel = "sequential"\n')
    found = bench.run("--dry-run", "--cores=1")
    assert found.code == 0, found.err
    first_line = found.out.splitlines()[0]
    assert first_line == "cpu/sequential/size:50/spread:0.5/cores:1/workers:1"


def test_another_file_can_be_named(bench: Bench) -> None:
    write_file(bench, "seed = 5\n")
    (bench.cwd / "other.toml").write_text("reps = 3\n")
    shown = config(bench, "--config=other.toml")
    assert shown["reps"] == ("3", "other.toml")
    assert shown["seed"] == ("1", "default")
    assert config(bench, BENCH_CONFIG="other.toml")["reps"] == ("3", "other.toml")


@pytest.mark.parametrize(
    "text, named",
    [
        ("seeed = 5\n", ["bench.toml", "seeed"]),
        ("[run]\nseed = 5\n", ["bench.toml", "run.seed"]),
        ('reps = "abc"\n', ["--reps", "'abc'", "takes"]),
        ("quiet = 7\n", ["bench.toml", "quiet", "'7'", "takes"]),
    ],
)
def test_a_wrong_file(bench: Bench, tmp_path: Path, text: str, named: list) -> None:
    write_file(bench, text)
    found = bench.run(*small(quiet=None, reps=None, out=tmp_path / "run"))
    assert_refused(found, named)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "env, named",
    [
        ({"BENCH_REPS": "abc"}, ["'abc'", "takes"]),
        ({"BENCH_QUIET": "maybe"}, ["BENCH_QUIET", "'maybe'", "takes"]),
        ({"BENCH_CONFIG": "no-such-file"}, ["'no-such-file'", "takes"]),
    ],
)
def test_a_wrong_variable(
    bench: Bench, tmp_path: Path, env: dict[str, str], named: list[str]
) -> None:
    found = bench.run(*small(quiet=None, reps=None, out=tmp_path / "run"), env=env)
    assert_refused(found, named)
    assert not (tmp_path / "run").exists()


def assert_refused(found: Ended, named: list[str]) -> None:
    assert found.code == 2, found
    assert found.err.count("\n") == 1
    assert [word for word in named if word not in found.err] == []


def test_what_is_shown_is_what_is_run(bench: Bench, tmp_path: Path) -> None:
    write_file(bench, "seed = 5\nreps = 2\nduration = 0.03\n")
    flags = small(seed=None, reps=None, duration=None, out=tmp_path / "run")
    assert bench.run(*flags, env={"BENCH_REPS": "3"}).code == 0
    said = context(tmp_path / "run")
    assert (said["seed"], said["repetitions"]) == (5, 3)
    assert said["duration_seconds"] == 0.03


def test_presets_give_what_nobody_else_gives(bench: Bench, tmp_path: Path) -> None:
    flags = small(reps=None, duration=None, warmup=None, preset="smoke")
    assert bench.run(*flags, f"--out={tmp_path / 'run'}").code == 0
    said = context(tmp_path / "run")
    assert (said["preset"], said["repetitions"]) == ("smoke", 2)
    assert (said["duration_seconds"], said["warmup_seconds"]) == (0.1, 0.02)


def test_print_config_runs_nothing(bench: Bench, tmp_path: Path) -> None:
    config(bench, f"--out={tmp_path / 'run'}")
    assert not (tmp_path / "run").exists()
    assert list(bench.cwd.iterdir()) == []
