"""The command line as bench calls it: a process, its streams, its exit."""

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

import reports.show
from reports.testing import FIVE, make_run
from reports.testing.judging import told

ROOT = Path(__file__).parent.parent
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
SAID = "Jobs per second over sequential: "


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


def test_the_last_line_on_stdout_is_the_path(quick, capsys):
    path = str(quick / "results.json")
    plain = told(capsys, quick, "--no-page")
    assert plain == told(capsys, quick, "--no-page", "--format=table")
    marked = told(capsys, quick, "--no-page", "--format=markdown")
    for code, out, err in (plain, marked):
        assert (code, err) == (0, "") and out.splitlines()[-1] == path
        assert SAID in out and "\x1b" not in out
    assert "\x1b[1m" in told(capsys, quick, "--no-page", "--color=always")[1]


def test_json_and_csv_are_that_and_nothing_else(quick, capsys):
    path = quick / "results.json"
    whole = told(capsys, quick, "--no-page", "--format=json")
    assert whole == (0, path.read_text(), f"{path}\n")
    of_a_run = {"context", "benchmarks", "verdicts", "shortest"}
    assert json.loads(whole[1]).keys() == of_a_run
    code, out, err = told(capsys, quick, "--no-page", "--format=csv")
    assert out.startswith("name,") and len(out.splitlines()) == 25
    assert (code, err) == (0, f"{path}\n")


def test_the_page_is_written_before_anything_is_printed(quick, monkeypatch, capsys):
    seen = []

    def write(found, progress):
        progress("throughput", 1, 2)
        seen.append((len(found.repetitions), capsys.readouterr().out))
        return quick / "index.html"

    page = types.ModuleType("reports.show.page")
    page.write = write
    monkeypatch.setitem(sys.modules, "reports.show.page", page)
    monkeypatch.setattr(reports.show, "page", page, raising=False)
    code, out, _ = told(capsys, quick)
    # Whoever reads no more than the first line gets the page as well.
    assert (code, seen) == (0, [(24, "")])
    assert SAID in out and out.splitlines()[-1] == str(quick / "index.html")


@pytest.mark.parametrize(
    "words, parts",
    [
        ("/nonexistent/run", ["/nonexistent/run", "takes a directory", "No such"]),
        ("", ["DIR"]),
        ("x --format=xml", ["--format", "xml", "table", "csv"]),
        ("x --pages", ["--pages"]),
        ("compare RUN", ["B"]),
        ("compare RUN /nowhere", ["/nowhere", "No such file"]),
        ("compare RUN RUN --fail-over=much", ["--fail-over", "5%", "much"]),
        ("RUN --no-page --fail-if=fast", ["--fail-if", "SCENARIO.MODEL.METRIC"]),
        ("RUN --no-page --fail-if=gpu.x.jobs<1", ["no 'gpu.x'", "cpu.sequential"]),
        ("RUN --no-page --fail-if=*.*.fast<1", ["no 'fast'", "cpu_seconds_per_job"]),
    ],
)
def test_usage_is_one_sentence_and_exit_2(capsys, quick, words, parts):
    code, _, err = told(capsys, *words.replace("RUN", str(quick)).split())
    assert code == 2 and err.count("\n") == 1 and err.endswith(".\n")
    assert [part for part in parts if part not in err] == []


def test_a_place_that_cannot_be_written(tmp_path, capsys):
    make_run(tmp_path, scenarios=("cpu",), repetitions=1)
    # A directory in the way; permissions would not stop root.
    path = tmp_path / "results.json"
    path.mkdir()
    code, out, err = told(capsys, tmp_path, "--no-page")
    assert (code, err) == (1, f"report: cannot write {path}: Is a directory.\n")
    # What was measured can be read all the same; a path would promise a file.
    assert "1 ms cpu jobs" in out and str(path) not in out
    assert len(os.listdir(tmp_path)) == 3


@pytest.mark.parametrize(
    "words, code", [("--format=table", 0), ("--fail-if=*.*.jobs_per_second>0", 99)]
)
def test_a_reader_of_results_may_leave(quick, words, code):
    out, into = os.pipe()
    os.close(out)
    done = report(quick, "--no-page", words, stdout=into)
    os.close(into)
    assert done.returncode == code and "cannot" not in done.stderr


@pytest.mark.parametrize("words", [["--no-page"], ["--help"]])
def test_a_full_disk_is_said(quick, words):
    with open("/dev/full", "w") as full:
        done = report(quick, *words, stdout=full)
    assert done.returncode == 1
    assert done.stderr == "report: cannot write stdout: No space left on device.\n"
    with open("/dev/full", "w") as full:
        assert report("/nowhere", stderr=full).returncode == 2


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_closed_descriptors_are_as_good_as_dev_null(quick, closed):
    closing = {"preexec_fn": lambda: [*map(os.close, closed)]}
    done = report(quick, "--no-page", **closing)
    assert done.returncode == 0 and (SAID in done.stdout) == (1 not in closed)
    done = report("/nowhere", **closing)
    assert done.returncode == 2 and ("/nowhere" in done.stderr) == (2 not in closed)


def test_without_a_page_the_heavy_modules_stay_out(quick):
    for words in ((quick, "--no-page"), ("compare", quick, quick)):
        done = report(*words, options=("-X", "importtime"))
        lines = done.stderr.splitlines()
        imported = {line.rpartition("|")[2].strip() for line in lines}
        assert "reports.judge.verdict" in imported
        assert not {"matplotlib", "jinja2", "scipy.stats", "scipy"} & imported
        assert not {name for name in imported if name.startswith("plots")}
