"""`compare A B`, `--fail-over`, `--fail-if` and `--strict`: words and exits."""

import csv
import io
import json

import pytest

from reports.__main__ import main
from reports.data.run import load
from reports.judge import thresholds
from reports.judge.compare import compare
from reports.show import results
from reports.testing import FIVE, make_run
from reports.testing.judging import changed, run_of

TWO = {"models": FIVE[2:4], "cores": (2,), "repetitions": 12}
SLOW = {"prefork": 0.9}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The same but for prefork, which is a tenth slower; other rounds."""
    home = tmp_path_factory.mktemp("compare")
    a = run_of(home / "a", "cpu", **TWO)
    b = run_of(home / "b", "cpu", "null", **TWO, seed=2, speed=SLOW)
    return a, b


def words_of(found, metric="jobs_per_second"):
    return {d.a.model: d.word for d in found.differences if d.metric.key == metric}


def test_cells_are_matched_by_name_and_judged_by_the_same_words(runs):
    found = compare(*runs)
    assert words_of(found) == {"thread-pool": "equal", "prefork": "wins"}
    (slow,) = [
        d for d in found.differences if d.metric.lower is False and not d.a.label[7:]
    ]
    assert slow.low < 0.9 < slow.high and slow.better is False
    assert {round(d.level, 3) for d in found.differences} == {0.975}
    assert found.only_a == () and len(found.only_b) == 2 and not found.different
    back = compare(*reversed(runs))
    (other,) = [d for d in back.differences if d.better and not d.metric.lower]
    assert (other.low, other.high) == pytest.approx((1 / slow.high, 1 / slow.low))


def test_rounds_of_two_runs_are_not_paired(runs):
    """Whatever order the rounds of B come in."""

    def turned(entry):
        return {**entry, "round": 11 - entry["round"]}

    before = compare(*runs)
    after = compare(runs[0], changed_copy(runs[1], turned))
    for one, two in zip(before.differences, after.differences):
        assert (one.low, one.high) == (two.low, two.high)


def changed_copy(run, change):
    copy = run.directory.parent / "copy"
    copy.mkdir(exist_ok=True)
    for name in ("environment.json", "runs.jsonl"):
        (copy / name).write_bytes((run.directory / name).read_bytes())
    return changed(load(copy), change)


def test_two_runs_of_one_thing_are_equal_and_few_rounds_decide_nothing(tmp_path, runs):
    again = run_of(tmp_path / "again", "cpu", **TWO, seed=3)
    assert set(words_of(compare(runs[0], again)).values()) == {"equal"}
    few = run_of(tmp_path / "few", "cpu", **{**TWO, "repetitions": 2}, speed=SLOW)
    found = compare(few, few)
    assert {(d.word, d.low) for d in found.differences} == {("undecided", None)}


def test_a_bound_is_not_compared(tmp_path):
    flags = {"prefork": ["generator-bound"]}
    requests = {"loads": ("closed",)}
    options = {"models": FIVE[2:4], "cores": (1,), "requests": requests}
    a = run_of(tmp_path / "a", "http", **options)
    b = run_of(tmp_path / "b", "http", **options, flags=flags)
    found = compare(a, b)
    assert [name.split("/")[1] for _, name in found.left_out] == ["prefork"]
    assert {d.a.model for d in found.differences if d.metric.lower} == {*FIVE[2:4]}


def told(capsys, *words):
    code = main([*map(str, words)])
    streams = capsys.readouterr()
    return code, streams.out, streams.err


@pytest.mark.parametrize("form", ["table", "markdown", "json", "csv"])
def test_every_format_has_every_comparison(capsys, runs, form):
    a, b = (run.directory for run in runs)
    code, out, err = told(capsys, "compare", a, b, f"--format={form}")
    assert (code, err) == (0, "")
    if form == "json":
        whole = json.loads(out)
        assert {c["b_is"] for c in whole["comparisons"]} == {
            "equal",
            "slower",
            "costlier",
        }
        assert len(whole["only_b"]) == 2 and whole["only_a"] == []
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(out)))
        assert [row["word"] for row in rows] == ["equal", "wins"] * 2
        assert all(float(row["low"]) <= float(row["ratio"]) for row in rows)
    else:
        flat = out.replace("\\", "")
        assert "Jobs per second, 2 cells: B is slower in 1, equal in 1." in flat
        assert "Only in B: null/thread-pool/cores:2/workers:2 and null/" in flat
        assert max(map(len, out.splitlines())) <= 100 or form == "markdown"


def test_results_json_is_as_good_as_a_directory(capsys, runs):
    paths = [results.write(run) for run in runs]
    by_file = told(capsys, "compare", *paths)
    assert by_file == told(capsys, "compare", *(run.directory for run in runs))


def test_another_machine_is_said_first(tmp_path, capsys, runs):
    other = {"cpu_model": "Another CPU", "num_cpus": 64, "compiler": "g++ 13"}
    make_run(tmp_path, scenarios=("cpu",), **TWO, context=other)
    _, out, _ = told(capsys, "compare", runs[0].directory, tmp_path)
    first, second = out.splitlines()[:2]
    assert first.startswith("The machines differ: cpu model AMD EPYC 7763 64-Core")
    assert "num cpus 2 and 64" in first + second
    debug = {"build_type": "debug"}
    make_run(tmp_path, scenarios=("cpu",), **TWO, context=debug, speed={"prefork": 0.5})
    words = ("compare", runs[0].directory, tmp_path, "--fail-over=5%")
    code, out, err = told(capsys, *words)
    assert "B is not judged, so nothing is decided." in out and "slower" not in out
    assert (code, err) == (0, "Nothing is decided, so nothing can be worse.\n")


@pytest.mark.parametrize("over, code", [("5%", 99), ("8 %", 99), ("12%", 0)])
def test_fail_over_asks_for_the_whole_interval(capsys, runs, over, code):
    a, b = (run.directory for run in runs)
    got, _, err = told(capsys, "compare", a, b, f"--fail-over={over}")
    assert got == code
    wanted = f"cpu/prefork/cores:2/workers:2 is worse by more than {over[0]} %"
    assert (wanted in err) == (code == 99) and "thread-pool" not in err
    # A gain is no reason to fail.
    assert told(capsys, "compare", b, a, f"--fail-over={over}")[0] == 0


@pytest.mark.parametrize(
    "words, parts",
    [
        (["compare", "A"], ["B"]),
        (["compare", "A", "/nowhere"], ["/nowhere", "No such file"]),
        (["compare", "A", "A", "--fail-over=much"], ["--fail-over", "5%", "much"]),
        (["compare", "A", "A", "--fail-over=-5%"], ["--fail-over"]),
        (["compare", "A", "A", "--format=xml"], ["--format", "table"]),
        (["A", "--fail-if=fast"], ["--fail-if", "SCENARIO.MODEL.METRIC"]),
        (["A", "--fail-if=gpu.prefork.jobs<1"], ["no 'gpu.prefork'", "cpu.prefork"]),
        (["A", "--fail-if=cpu.prefork.fast<1"], ["no 'fast'", "cpu_seconds_per_job"]),
    ],
)
def test_usage_is_one_sentence_and_exit_2(capsys, runs, words, parts):
    words = [str(runs[0].directory) if word == "A" else word for word in words]
    words += ["--no-page"] if words[0] != "compare" else []
    try:
        code, _, err = told(capsys, *words)
    except SystemExit as left:
        code, err = left.code, capsys.readouterr().err
    assert code == 2 and err.count("\n") == 1 and err.endswith(".\n")
    for part in parts:
        assert part in err


@pytest.mark.parametrize(
    "expression, broken",
    [
        ("cpu.prefork.jobs_per_second<1500", []),
        ("cpu.prefork.jobs_per_second < 1900", ["prefork"]),
        ("cpu.prefork.jobs_per_second>=1.5e3", ["prefork"]),
        ("cpu.*.cpu_seconds_per_job>0.00105", ["prefork"]),
        ("*.*.cpu_seconds_per_job>=0", ["thread-pool", "prefork"] * 2),
        ("null.thread-pool.peak_pss_bytes<=1", []),
    ],
)
def test_each_cell_that_an_expression_meets_must_hold_it(runs, expression, broken):
    found = thresholds.broken(runs[1], expression)
    assert [cell.model for cell, _ in found] == broken


def test_fail_if_exits_99_and_says_which(capsys, runs):
    words = [runs[1].directory, "--no-page", "--fail-if=cpu.prefork.jobs_per_second<1"]
    assert told(capsys, *words)[0] == 0
    code, out, err = told(capsys, *words, "--fail-if=cpu.*.jobs_per_second<1900")
    assert code == 99 and "Jobs per second: thread-pool wins" in out
    assert err.count("\n") == 1 and "cpu/prefork/cores:2/workers:2 has 17" in err


def test_a_failed_cell_holds_nothing(tmp_path):
    run = run_of(tmp_path, "cpu", **TWO, failed={"prefork": "hung"})
    ((cell, value),) = thresholds.broken(run, "cpu.*.jobs_per_second<1")
    assert (cell.model, value) == ("prefork", None)


@pytest.mark.parametrize(
    "options, reason",
    [
        ({}, None),
        ({"control": 1.2}, "two copies of event-loop differ"),
        ({"flags": {"prefork": ["stolen"]}}, "12 of 12 repetitions of cpu/prefork"),
        ({"flags": {"prefork": ["fewer-jobs"]}}, None),
        ({"context": {"build_type": "debug"}}, "nothing is judged"),
    ],
)
def test_strict_exits_4_where_a_run_is_not_to_be_trusted(
    tmp_path, capsys, options, reason
):
    models = FIVE[1:5]
    make_run(tmp_path, scenarios=("cpu",), **{**TWO, "models": models}, **options)
    assert told(capsys, tmp_path, "--no-page")[0] == 0
    code, _, err = told(capsys, tmp_path, "--no-page", "--strict")
    assert code == (4 if reason else 0)
    assert err.startswith("unstable: " if reason else "") and (reason or "") in err
    # A threshold that was passed says more.
    wanted = "--fail-if=cpu.*.jobs_per_second>0"
    assert told(capsys, tmp_path, "--no-page", "--strict", wanted)[0] == 99
