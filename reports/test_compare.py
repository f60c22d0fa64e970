"""`compare A B`, `--fail-over`, `--fail-if` and `--strict`: words and exits."""

import csv
import io
import json

import pytest

from reports.data.run import load
from reports.judge import checks
from reports.judge.checks import compare
from reports.say import notes
from reports.show import results
from reports.testing import FIVE, make_run
from reports.testing.judging import run_of, told

TWO = {"models": FIVE[2:4], "cores": (2,), "repetitions": 12}
SLOW = {"prefork": 0.9}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The same but for prefork, which is a tenth slower; other rounds."""
    home = tmp_path_factory.mktemp("compare")
    a = run_of(home / "a", "cpu", **TWO)
    b = run_of(home / "b", "cpu", "null", **TWO, seed=2, speed=SLOW)
    return a, b


def rates(found):
    return {d.a.model: d for d in found.differences if not d.metric.lower}


def test_cells_are_matched_by_name_and_judged_by_the_same_words(runs):
    found = compare(*runs)
    slow, same = rates(found)["prefork"], rates(found)["thread-pool"]
    assert (slow.word, slow.winner, same.word) == ("wins", slow.b, "equal")
    assert slow.low < 0.9 < slow.high
    assert {round(d.level, 3) for d in found.differences} == {0.975}
    assert found.only_a == () and len(found.only_b) == 2 and not found.different
    other = rates(compare(*reversed(runs)))["prefork"]
    assert (other.low, other.high) == pytest.approx((1 / slow.high, 1 / slow.low))


def test_two_runs_of_one_thing_are_equal_and_few_rounds_decide_nothing(tmp_path, runs):
    again = run_of(tmp_path / "again", "cpu", **TWO, seed=3)
    found = compare(runs[0], again).differences
    assert {d.word for d in found} == {"equal"}
    few = run_of(tmp_path / "few", "cpu", **{**TWO, "repetitions": 2}, speed=SLOW)
    found = compare(few, few).differences
    assert {(d.word, d.low) for d in found} == {("undecided", None)}


def test_a_bound_is_not_compared(tmp_path, capsys):
    options = {"models": FIVE[2:4], "cores": (1,), "requests": {"loads": ("closed",)}}
    a = run_of(tmp_path / "a", "http", **options)
    flags = {"prefork": ["generator-bound"]}
    b = run_of(tmp_path / "b", "http", **options, flags=flags)
    assert [*rates(compare(a, b))] == ["thread-pool"]
    text = " ".join(told(capsys, "compare", a.directory, b.directory)[1].split())
    assert "Not compared, for a run has failed there or has only a bound: h" in text


@pytest.mark.parametrize("form", ["table", "markdown", "json", "csv"])
def test_every_format_has_every_comparison(capsys, runs, form):
    a, b = (run.directory for run in runs)
    code, out, err = told(capsys, "compare", a, b, f"--format={form}")
    assert (code, err) == (0, "")
    if form == "json":
        whole = json.loads(out)
        said = {c["b_is"] for c in whole["comparisons"]}
        assert said == {"equal", "slower", "costlier"}
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
    # results.json is as good as a directory.
    files = map(results.write, runs)
    by_file = told(capsys, "compare", *files, f"--format={form}")
    assert form == "json" or by_file == (code, out, err)


def test_another_machine_is_said_first(tmp_path, capsys, runs):
    other = {"cpu_model": "Another CPU", "num_cpus": 64, "build_type": "debug"}
    make_run(tmp_path, scenarios=("cpu",), **TWO, context=other, speed=SLOW)
    words = ("compare", runs[0].directory, tmp_path, "--fail-over=5%")
    code, out, err = told(capsys, *words)
    text = " ".join(out.split())
    assert text.startswith("The machines differ: cpu model AMD EPYC 7763 64-Core")
    assert "num cpus 2 and 64. The builds differ: build type release and debug." in text
    assert "B is not judged, so nothing is decided." in text and "slower" not in out
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
    "expression, broken",
    [
        ("cpu.prefork.jobs_per_second<1500", []),
        ("cpu.prefork.jobs_per_second >= 1.5e3", ["prefork"]),
        ("cpu.*.cpu_seconds_per_job>0.00105", ["prefork"]),
        ("*.*.cpu_seconds_per_job>=0", ["thread-pool", "prefork"] * 2),
    ],
)
def test_each_cell_that_an_expression_meets_must_hold_it(runs, expression, broken):
    found = checks.broken(runs[1], expression)
    assert [cell.model for cell, _ in found] == broken


def test_a_failed_cell_holds_nothing_and_fail_if_says_which(tmp_path, capsys, runs):
    run = run_of(tmp_path, "cpu", **TWO, failed={"prefork": "hung"})
    ((cell, value),) = checks.broken(run, "cpu.*.jobs_per_second<1")
    assert (cell.model, value) == ("prefork", None)
    words = [runs[1].directory, "--no-page", "--fail-if=cpu.prefork.jobs_per_second<1"]
    assert told(capsys, *words)[0] == 0
    code, out, err = told(capsys, *words, "--fail-if=cpu.*.jobs_per_second<1900")
    assert code == 99 and "Jobs per second: thread-pool wins" in out
    assert err.count("\n") == 1 and "cpu/prefork/cores:2/workers:2 has 17" in err


@pytest.mark.parametrize(
    "options, reason",
    [
        ({"flags": {"prefork": ["fewer-jobs"]}}, None),
        ({"control": 1.2}, "two copies of event-loop differ"),
        ({"flags": {"prefork": ["stolen"]}}, "12 of 12 repetitions of cpu/prefork"),
        ({"context": {"build_type": "debug"}}, "nothing is judged"),
    ],
)
def test_strict_exits_4_where_a_run_is_not_to_be_trusted(
    tmp_path, capsys, options, reason
):
    make_run(tmp_path, scenarios=("cpu",), **{**TWO, "models": FIVE[1:5]}, **options)
    assert told(capsys, tmp_path, "--no-page")[0] == 0
    code, _, err = told(capsys, tmp_path, "--no-page", "--strict")
    assert code == (4 if reason else 0)
    assert err.startswith("unstable: " if reason else "") and (reason or "") in err
    line = notes.trust(load(tmp_path))
    assert ("Unsteady" in line[0]) == bool(reason and "judged" not in reason)
    # A threshold that was passed says more.
    wanted = "--fail-if=cpu.*.jobs_per_second>0"
    assert told(capsys, tmp_path, "--no-page", "--strict", wanted)[0] == 99
