"""What is printed: table, markdown, csv; and the words for figures."""

import csv
import io

import pytest

from reports.data import run
from reports.show import terminal
from reports.testing import NEW_SKETCHES, SKETCHES, make_run
from reports.testing.judging import run_of

LONG = "a very long reason " * 20


class Tty(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    "choice, stream, environment, expected",
    [
        ("auto", Tty(), {"TERM": "xterm", "NO_COLOR": ""}, True),
        ("auto", io.StringIO(), {}, False),
        ("auto", Tty(), {"NO_COLOR": "1"}, False),
        ("auto", Tty(), {"TERM": "dumb"}, False),
        ("always", io.StringIO(), {"NO_COLOR": "1"}, True),
        ("never", Tty(), {}, False),
    ],
)
def test_color(choice, stream, environment, expected):
    assert terminal.wants_color(choice, stream, environment) is expected


@pytest.mark.parametrize(
    "options",
    [
        {"models": list(SKETCHES), "failed": {"cpu/prefork/cores:2/workers:2": LONG}},
        {"repetitions": 1},
        {"noise": 0.3, "repetitions": 20, "scenarios": ("cpu",), "job_us": (1,)},
        {"scenarios": ("http", "mixed"), "repetitions": 2},
    ],
)
def test_nothing_is_wider_than_a_hundred_columns(tmp_path, options):
    text = terminal.shown(run.load(make_run(tmp_path, **options)), "table")
    assert max(map(len, text.splitlines())) <= 100
    assert text.isascii() and "\x1b" not in text
    # Every model's name is there in full.
    for model in options.get("models", ("sequential", "event-loop", "thread-pool")):
        assert any(line.startswith(model + " ") for line in text.splitlines())


def test_the_table_has_what_matters_and_color_adds_only_escapes(cpu):
    text = coloured = terminal.shown(cpu, "table", color=True)
    for code in (terminal.BOLD, terminal.DIM, terminal.PLAIN):
        assert code in text
        text = text.replace(code, "")
    assert text == terminal.shown(cpu, "table") != coloured
    lines = [line.split() for line in text.splitlines()]
    wanted = "model cores workers jobs/s interval speed-up CPU/job start-up peak PSS"
    assert wanted.split() in lines
    (row,) = [line for line in lines if line[:3] == ["prefork", "2", "2"]][:1]
    assert 1900 < float(row[3].replace(",", "")) < 2100 and row[5] in ("1.99", "2.00")


def test_markdown_tables_are_whole_and_reasons_no_markup(tmp_path):
    found = run_of(tmp_path, "cpu", failed={"prefork": "killed | by *SIGSEGV*"})
    wanted = (
        "cpu/prefork/cores:2/workers:2: failed in 10 of 10 repetitions: killed | by"
    )
    assert wanted in " ".join(terminal.shown(found, "table").split())
    text = terminal.shown(found, "markdown")
    assert "killed \\| by \\*SIGSEGV\\*" in text
    assert "### 2 cores, 1 ms cpu jobs" in text.splitlines()
    (table,) = [part for part in text.split("\n\n") if part.startswith("|")]
    assert len({line.count("|") for line in table.splitlines()}) == 1
    assert table.splitlines()[1].startswith("| --- | ---: |")


def test_csv_has_a_row_per_repetition(tmp_path):
    failed = {"prefork": 'a "quoted", reason'}
    found = run_of(tmp_path, "cpu", "http", failed=failed, repetitions=2)
    rows = list(csv.DictReader(io.StringIO(terminal.shown(found, "csv"))))
    assert len(rows) == len(found.repetitions)
    for row, one in zip(rows, found.repetitions):
        assert row["name"] == one.name
        rate = row["jobs_per_second"]
        assert (float(rate) if rate else None) == one.jobs_per_second
        assert (row["reason"] or None) == one.reason
    assert rows[0].keys() >= {"params.size", "http.sent", "jobs_per_worker"}
    assert "http.histogram" not in rows[0]


def test_every_model_on_nothing_and_every_primitive_in_sixty_lines(tmp_path):
    models = [*SKETCHES, *NEW_SKETCHES]
    flags = {"prefork": ["stolen"], "fork-ipc/spawn": ["fewer-jobs", "little"]}
    options = {"models": models, "repetitions": 20, "flags": flags}
    found = run_of(tmp_path, "null", "primitives", **options)
    lines = terminal.shown(found, "table").splitlines()
    assert len(lines) <= 60 and max(map(len, lines)) <= 100
    (row,) = [line.split() for line in lines if line.startswith("prefork/static ")]
    # CPU per job on one core and on two stand beside one another.
    assert [float(row[1]), float(row[3])] == pytest.approx([90, 90], rel=0.01)
    assert row[2] == row[4] == "ns"
