"""The command line as bench calls it: a process, its streams, its exit."""

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

import reports.show
from reports.show import terminal
from reports.__main__ import main
from reports.testing import FIVE, make_run

ROOT = Path(__file__).parent.parent
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


def report(*arguments, options=(), **popen):
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.run(
        [PYTHON, *options, "-m", "reports", *map(str, arguments)],
        cwd=ROOT,
        text=True,
        timeout=120,
        **{**streams, **popen},
    )


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """As small as a run can be that decides something."""
    options = {"scenarios": ("cpu",), "models": FIVE[:2], "repetitions": 6}
    return make_run(tmp_path_factory.mktemp("quick"), **options)


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_the_last_line_on_stdout_is_the_path(quick, form):
    done = report(quick, "--no-page", f"--format={form}")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == str(quick / "results.json")
    assert "Against sequential: " in done.stdout
    assert "\x1b" not in done.stdout


def test_table_is_the_default(quick):
    assert (
        report(quick, "--no-page").stdout
        == report(quick, "--no-page", "--format=table").stdout
    )


def test_json_is_results_json_and_nothing_else(quick):
    done = report(quick, "--no-page", "--format=json")
    assert done.stdout == (quick / "results.json").read_text()
    assert json.loads(done.stdout).keys() == {"context", "benchmarks", "verdicts"}
    assert done.stderr == f"{quick / 'results.json'}\n"


def test_csv_is_rows_and_nothing_else(quick):
    done = report(quick, "--no-page", "--format=csv")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("name,") and len(lines) == 25
    assert done.stderr == f"{quick / 'results.json'}\n"


def test_the_page_is_written_before_anything_is_printed(quick, monkeypatch, capsys):
    seen = []

    def write(found, directory, progress):
        progress("throughput", 1, 2)
        seen.append((len(found.repetitions), directory, capsys.readouterr().out))
        return directory / "index.html"

    page = types.ModuleType("reports.show.page")
    page.write = write
    monkeypatch.setitem(sys.modules, "reports.show.page", page)
    monkeypatch.setattr(reports.show, "page", page, raising=False)
    assert main([str(quick)]) == 0
    [(count, directory, before)] = seen
    assert (count, directory) == (24, quick)
    # Whoever reads no more than the first line gets the page as well.
    assert before == ""
    out = capsys.readouterr().out
    assert "Against sequential: " in out
    assert out.splitlines()[-1] == str(quick / "index.html")


def test_color_is_for_terminals_unless_asked(quick):
    assert "\x1b[1m" in report(quick, "--no-page", "--color=always").stdout
    assert "\x1b" not in report(quick, "--no-page", "--color=never").stdout


def test_what_was_tolerated_goes_to_stderr(tmp_path):
    make_run(tmp_path, scenarios=("cpu",), repetitions=1)
    with (tmp_path / "runs.jsonl").open("a") as file:
        file.write('{"name":"cpu/pre')
    done = report(tmp_path, "--no-page", "--format=json")
    assert done.returncode == 0
    assert "the last line is torn and was left out." in done.stderr
    json.loads(done.stdout)


@pytest.mark.parametrize(
    "arguments, parts",
    [
        (["/nonexistent/run"], ["/nonexistent/run", "takes a directory", "no such"]),
        ([], ["DIR"]),
        (["x", "--format=xml"], ["--format", "xml", "table", "csv"]),
        (["x", "--color=pink"], ["--color", "pink", "always"]),
        (["x", "--pages"], ["--pages"]),
    ],
)
def test_usage_is_one_sentence_and_exit_2(arguments, parts):
    done = report(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and done.stderr.endswith(".\n")
    for part in parts:
        assert part in done.stderr


def test_a_place_that_cannot_be_written(tmp_path):
    make_run(tmp_path, scenarios=("cpu",), repetitions=1)
    # A directory in the way; permissions would not stop root.
    (tmp_path / "results.json").mkdir()
    path = tmp_path / "results.json"
    done = report(tmp_path, "--no-page")
    assert done.returncode == 1
    assert done.stderr == f"report: cannot write {path}: Is a directory.\n"
    # What was measured can be read all the same; a path would promise a file.
    assert "1 ms cpu jobs" in done.stdout and str(path) not in done.stdout
    assert sorted(os.listdir(tmp_path)) == [
        "environment.json",
        "results.json",
        "runs.jsonl",
    ]


@pytest.fixture
def broken_pipe():
    """Whoever reads it has left."""
    out, into = os.pipe()
    os.close(out)
    yield into
    os.close(into)


@pytest.mark.parametrize("form", terminal.FORMATS)
def test_a_reader_of_results_may_leave(quick, broken_pipe, form):
    done = report(quick, "--no-page", f"--format={form}", stdout=broken_pipe)
    assert done.returncode == 0
    assert done.stderr.count("\n") == (form in ("json", "csv"))  # the path


def test_nobody_need_read_messages(tmp_path, broken_pipe):
    make_run(tmp_path, scenarios=("cpu",), repetitions=1)
    with (tmp_path / "runs.jsonl").open("a") as file:
        file.write('{"name":"cpu/pre')
    done = report(tmp_path, "--no-page", stderr=broken_pipe)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == str(tmp_path / "results.json")
    assert report("/nowhere", stderr=broken_pipe).returncode == 2


@pytest.mark.parametrize("words", [["--no-page"], ["--help"]])
def test_a_full_disk_is_told(quick, words):
    with open("/dev/full", "w") as full:
        done = report(quick, *words, stdout=full)
    assert done.returncode == 1
    assert done.stderr == ("report: cannot write stdout: No space left on device.\n")


@pytest.mark.parametrize(
    "closed", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]
)
def test_closed_descriptors_are_as_good_as_dev_null(quick, closed):
    def close():
        for descriptor in closed:
            os.close(descriptor)

    for directory, code in ((quick, 0), ("/nowhere", 2)):
        done = report(directory, "--no-page", preexec_fn=close)
        assert done.returncode == code
        assert ("Against sequential: " in done.stdout) == (
            code == 0 and 1 not in closed
        )
        assert ("/nowhere" in done.stderr) == (code == 2 and 2 not in closed)


def test_without_a_page_the_heavy_modules_stay_out(quick):
    done = report(quick, "--no-page", options=("-X", "importtime"))
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "reports.judge.verdict" in imported
    heavy = {"matplotlib", "jinja2", "scipy.stats", "scipy"}
    assert not heavy & imported
    assert not {name for name in imported if name.startswith("plots")}


def test_help_and_nothing_written(tmp_path):
    done = report("--help")
    assert done.returncode == 0
    for flag in ("--format", "--no-page", "--color", "-q"):
        assert flag in done.stdout
