"""What people mistype: exit 2, one line that says what to type instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.testing.command_line import Bench, Ended, small

# (what is typed, the flag that the message names, the value it repeats)
WRONG_VALUES = [
    ("--model=nope", "--model", "nope"),
    ("--model=prefork,nope", "--model", "nope"),
    ("--model=prefork/nope", "--model", "prefork/nope"),
    ("--scenario=nope", "--scenario", "nope"),
    ("--scenario=cpu,", "--scenario", ""),
    ("--cores=0", "--cores", "0"),
    ("--cores=99", "--cores", "99"),
    ("--cores=1,99", "--cores", "99"),
    ("--cores=2..1", "--cores", "2..1"),
    ("--cores=x", "--cores", "x"),
    ("--cores=1.5", "--cores", "1.5"),
    ("--workers=0", "--workers", "0"),
    ("--workers=x", "--workers", "x"),
    ("--workers=100000", "--workers", "100000"),
    ("--job-us=-1", "--job-us", "-1"),
    ("--job-us -1", "--job-us", "-1"),
    ("--job-us=0", "--job-us", "0"),
    ("--job-us=nan", "--job-us", "nan"),
    ("--job-us=inf", "--job-us", "inf"),
    ("--job-us=1e99", "--job-us", "1e99"),
    ("--job-us=100,x", "--job-us", "x"),
    ("--size=0", "--size", "0"),
    ("--size=1e3", "--size", "1e3"),
    ("--spread=2", "--spread", "2"),
    ("--kernel=foo", "--kernel", "foo"),
    ("--reps=abc", "--reps", "abc"),
    ("--reps=0", "--reps", "0"),
    ("--reps=1.5", "--reps", "1.5"),
    ("--jobs=0", "--jobs", "0"),
    ("--duration=0", "--duration", "0"),
    ("--duration=nan", "--duration", "nan"),
    ("--warmup=-1", "--warmup", "-1"),
    ("--deadline=0", "--deadline", "0"),
    ("--deadline=soon", "--deadline", "soon"),
    ("--seed=-1", "--seed", "-1"),
    ("--seed=99999999999999999999", "--seed", "99999999999999999999"),
    ("--preset=huge", "--preset", "huge"),
    ("--format=xml", "--format", "xml"),
    ("--color=sometimes", "--color", "sometimes"),
    ("--param=nonsense", "--param", "nonsense"),
    ("--param=nonsense=1", "--param", "nonsense=1"),
    ("--param=size=0", "--size", "0"),
    ("--config=no-such-file", "--config", "no-such-file"),
    ("--scenario=io --in-flight=0", "--in-flight", "0"),
    ("--scenario=io --in-flight=-1", "--in-flight", "-1"),
    ("--scenario=io --in-flight=nan", "--in-flight", "nan"),
    ("--scenario=io --in-flight=1e9", "--in-flight", "1e9"),
    ("--scenario=io --in-flight=100001", "--in-flight", "100001"),
    ("--scenario=io --in-flight=1,,2", "--in-flight", ""),
    ("--scenario=io --in-flight=", "--in-flight", ""),
    ("--in-flight=0", "--in-flight", "0"),  # though cpu jobs ignore it
    ("--scenario=io --wait=sleep", "--wait", "sleep"),
    ("--scenario=mixed --wait=file", "--wait", "file"),
    ("--scenario=io --wait-ms=0", "--wait-ms", "0"),
    ("--scenario=io --wait-ms=-1", "--wait-ms", "-1"),
    ("--scenario=io --wait-ms=nan", "--wait-ms", "nan"),
    ("--scenario=io --payload=0", "--payload", "0"),
    ("--scenario=io --payload=1048577", "--payload", "1048577"),
    ("--scenario=io --compute-us=-1", "--compute-us", "-1"),
    ("--scenario=io --timeout-ms=0", "--timeout-ms", "0"),
    ("--scenario=io --param=cold=perhaps", "--cold", "perhaps"),
    ("--scenario=mixed --cpu-share=101", "--cpu-share", "101"),
    ("--scenario=mixed --cpu-share=-1", "--cpu-share", "-1"),
    ("--scenario=mixed --cpu-share=5,x", "--cpu-share", "x"),
    ("--scenario=mixed --life-ms=0", "--life-ms", "0"),
    ("--scenario=pool --pool-job=x", "--pool-job", "x"),
    ("--scenario=io --uv-pool=0", "--uv-pool", "0"),
    ("--scenario=io --uv-pool=1025", "--uv-pool", "1025"),
    ("--scenario=io --max-workers=0", "--max-workers", "0"),
    ("--scenario=io --max-workers=x", "--max-workers", "x"),
    ("--scenario=io --workers=0", "--workers", "0"),
    ("--scenario=io --workers=2000", "--workers", "2000"),
    ("--scenario=io --workers=tuned", "--workers", "tuned"),
]

# (what is typed, what the message must name)
WRONG_CALLS = [
    ("--nonsense", "--nonsense"),
    ("--rep=3", "--rep"),
    ("--seed=1 --seed=2", "--seed"),
    ("--model=prefork --model=sequential", "--model"),
    ("--seed", "--seed"),
    ("--out", "--out"),
    ("--size=5 --job-us=5", "--job-us"),
    ("--depth=2 --model=sequential", "--depth"),
    ("--kernel=sqrt --scenario=null", "--kernel"),
    ("--param=size=1 --size=1", "size"),
    ("--benchmark_nonsense=1", "--benchmark_nonsense"),
    ("--no-report=3", "--no-report"),
    ("--scenario=io --wait=file --cold=yes", "--cold takes no value, got 'yes'"),
    ("--scenario=io --cold", "--cold goes with --wait=file, got --wait=backend"),
    ("--scenario=io --cold --wait=timer", "--cold goes with --wait=file, got --wait="),
    ("--scenario=io --cold --wait=file,backend", "--cold goes with --wait=file"),
    ("--scenario=cpu --cold", "--cold"),
    ("--scenario=io --cpu-share=5", "--cpu-share"),
    ("--scenario=mixed --wait-ms=5", "--wait-ms"),
    ("--scenario=io --uv-pool=4 --model=thread-pool", "--uv-pool"),
    ("--dry-run=x", "--dry-run"),
    ("stray", "stray"),
    ("run stray", "stray"),
    ("list stray", "stray"),
    ("list --nonsense", "--nonsense"),
    ("report", "DIR"),
    ("report --format=xml no-such-run", "--format"),
    ("report no-such-run --strict=3", "--strict"),
    ("compare A", "B"),
    ("compare no-such-run no-such-run", "no-such-run"),
    ("compare A B --fail-over=much", "--fail-over"),
]

# (what is typed, the flag that lacks its value, the flag behind it)
SWALLOWED = [
    ("--seed --quiet", "--seed", "--quiet"),
    ("--cores= --quiet", "--cores", "--quiet"),
    ("--out --quiet", "--out", "--quiet"),
    ("--out= --quiet", "--out", "--quiet"),
    ("--config --quiet", "--config", "--quiet"),
]


def assert_usage(found: Ended) -> None:
    assert found.code == 2, found
    assert found.out == ""
    assert found.err.count("\n") == 1 and found.err.endswith("\n"), found.err


def everything_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


@pytest.mark.parametrize("typed, flag, value", WRONG_VALUES, ids=lambda text: text)
def test_a_wrong_value(
    bench: Bench, tmp_path: Path, typed: str, flag: str, value: str
) -> None:
    before = everything_in(tmp_path)
    found = bench.run(*typed.split(" "), f"--out={tmp_path / 'run'}")
    assert_usage(found)
    assert f"{flag} takes " in found.err
    assert f"got '{value}'" in found.err
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("typed, name", WRONG_CALLS, ids=lambda text: text)
def test_a_wrong_call(bench: Bench, tmp_path: Path, typed: str, name: str) -> None:
    before = everything_in(tmp_path)
    words = typed.split(" ")
    if words[0].startswith("--") and "--out" not in words:
        given = {word.partition("=")[0] for word in words}
        # A call that is wrongly accepted is at least short.
        words = [w for w in small() if w.partition("=")[0] not in given] + words
        words.insert(0, f"--out={tmp_path / 'run'}")
    found = bench.run(*words)
    assert_usage(found)
    assert name in found.err
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("typed, flag, next_flag", SWALLOWED, ids=lambda text: text)
def test_a_missing_value_does_not_swallow_the_next_flag(
    bench: Bench, tmp_path: Path, typed: str, flag: str, next_flag: str
) -> None:
    before = everything_in(tmp_path)
    given = {word.partition("=")[0] for word in typed.split(" ")}
    rest = [word for word in small() if word.partition("=")[0] not in given]
    found = bench.run(*rest, *typed.split(" "))
    assert_usage(found)
    assert flag in found.err
    if f"{flag}=" in typed:
        assert next_flag not in found.err
    assert everything_in(tmp_path) == before


def test_an_unknown_verb_lists_the_verbs(bench: Bench) -> None:
    found = bench.run("frobnicate")
    assert_usage(found)
    for word in ("frobnicate", "run", "list", "report"):
        assert word in found.err


def test_quiet_has_a_short_name(bench: Bench, tmp_path: Path) -> None:
    found = bench.run("-q", *small(quiet=None, out=tmp_path / "run"))
    assert (found.code, found.err) == (0, "")


@pytest.mark.parametrize("place", ["a file", "under a file", "/proc", "/sys"])
def test_out_must_be_a_folder_that_can_be_written(
    bench: Bench, tmp_path: Path, place: str
) -> None:
    file = tmp_path / "file"
    file.write_text("mine\n")
    places = {"a file": file, "under a file": file / "sub" / "run"}
    out = places.get(place, place)
    before = everything_in(tmp_path)
    found = bench.run(*small(out=out))
    assert_usage(found)
    assert "--out takes " in found.err
    assert f"got '{out}'" in found.err
    assert everything_in(tmp_path) == before
    assert file.read_text() == "mine\n"


def test_out_must_not_hold_another_run(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert bench.run(*small(out=out)).code == 0
    before = {path: path.read_bytes() for path in out.iterdir()}
    found = bench.run(*small(out=out))
    assert_usage(found)
    assert "--out takes " in found.err
    assert f"got '{out}'" in found.err
    assert {path: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.parametrize("what", ["missing", "empty", "other files", "a file"])
def test_a_report_needs_a_run(bench: Bench, tmp_path: Path, what: str) -> None:
    folder = tmp_path / "folder"
    if what == "a file":
        folder.write_text("mine\n")
    elif what != "missing":
        folder.mkdir()
    if what == "other files":
        (folder / "notes.txt").write_text("mine\n")
    before = everything_in(tmp_path)
    found = bench.run("report", str(folder))
    assert_usage(found)
    assert str(folder) in found.err
    assert " takes " in found.err
    assert everything_in(tmp_path) == before


def test_77_when_no_primitive_belongs_to_the_model(
    faulty: Bench, tmp_path: Path
) -> None:
    flags = small(scenario="primitives", model="faulty/drop", out=tmp_path / "run")
    found = faulty.run(*flags)
    assert found.code == 77
    assert found.err.count("\n") == 1 and "faulty/drop" in found.err
    assert not (tmp_path / "run").exists()


def test_77_when_google_benchmarks_filter_leaves_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    flags = small(out=tmp_path / "run")
    found = bench.run(*flags, "--benchmark_filter=matches-nothing")
    assert found.code == 77
    assert "matches-nothing" in found.err
