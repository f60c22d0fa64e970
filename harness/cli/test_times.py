"""Flags that take a time: with a unit or in the one they name, everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.testing.command_line import Bench, context, records, small

# How the flags of a verb can be given without anything being started.
VERBS = {
    "run": ("run", "--scenario=all", "--model=all", "--dry-run"),
    "serve": ("serve",),
    "load": ("load", "http://127.0.0.1:9/"),
}
TIMES = re.compile(
    r"^ +--((?:\w+-)+[um]s|duration|warmup|deadline|timeout|timeline) ", re.MULTILINE
)
BAD = ("2x", "5h", "-1", "-1ms", "nan", "1e99", "1e99s", "ms", "2 s", "2s2")
MAY_BE_ZERO = {("run", "compute-us"), ("load", "warmup")}


def times(bench: Bench, verb: str) -> list[str]:
    found = TIMES.findall(bench.run(verb, "--help").out)
    assert len(found) > 3
    return found


@pytest.mark.parametrize("verb", VERBS)
def test_every_flag_refuses_what_is_no_time(bench: Bench, verb: str) -> None:
    for name in times(bench, verb):
        bad = BAD if (verb, name) in MAY_BE_ZERO else (*BAD, "0", "0s")
        for text in bad:
            found = bench.run(*VERBS[verb], f"--{name}={text}")
            assert (found.code, found.out) == (2, ""), (name, text)
            assert re.fullmatch(
                rf"bench: --{name} takes (auto or )?a time from [\d.]+ to "
                rf"\d+ (us|ms|s), in \2 or with a unit \(ns, us, ms, s, m\), got "
                rf"'{text}'\n",
                found.err,
            ), found.err
        empty = bench.run(*VERBS[verb], f"--{name}=")
        assert empty.err == f"bench: --{name} takes a value, got ''\n"
        assert empty.code == 2


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_tells_the_units_once(bench: Bench, verb: str) -> None:
    text = bench.run(verb, "--help").out
    assert text.count("(ns, us, ms, s, m)") == 1


def test_a_list_of_times_may_have_all_units(bench: Bench) -> None:
    found = bench.run(
        "--dry-run", *small(scenario="cpu", jobs=None), "--job-us=9,1ms,2s"
    )
    assert found.code == 0, found.err
    assert found.out.splitlines()[:-1] == [
        "cpu/sequential/job-us:9/cores:1/workers:1",
        "cpu/sequential/cores:1/workers:1",
        "cpu/sequential/job-us:2000000/cores:1/workers:1",
    ]


@pytest.mark.parametrize("source", ["flag", "variable", "file"])
def test_what_is_recorded_is_in_the_unit_of_the_flag(
    bench: Bench, tmp_path: Path, source: str
) -> None:
    given = {
        "duration": "20ms",
        "warmup": "1000us",
        "deadline": "1m",
        "wait_ms": "0.0005s",
        "compute_us": "1ms",
    }
    out = tmp_path / "run"
    env: dict[str, str] = {}
    flags = given if source == "flag" else dict.fromkeys(("duration", "warmup"))
    if source == "variable":
        env = {f"BENCH_{name.upper()}": text for name, text in given.items()}
    elif source == "file":
        lines = [f'{name.replace("_", "-")} = "{given[name]}"\n' for name in given]
        (bench.cwd / "bench.toml").write_text("".join(lines))
    work = {"scenario": "io", "wait": "timer", "in_flight": 1, "out": out}
    found = bench.run(*small(**{**work, **flags}), env=env)
    assert found.code == 0, found.err
    said = context(out)
    assert (said["duration_seconds"], said["warmup_seconds"]) == (0.02, 0.001)
    (entry,) = records(out)
    assert (entry["params"]["wait_ms"], entry["params"]["compute_us"]) == (0.5, 1000)


def test_a_deadline_has_a_unit_too(faulty: Bench, tmp_path: Path) -> None:
    flags = small(scenario="fault", how="hang", deadline="200ms", jobs=5)
    assert faulty.run(*flags, f"--out={tmp_path / 'run'}").code == 1
    (entry,) = records(tmp_path / "run")
    assert entry["reason"] == "did not end within 0.2 s (--deadline)"
