"""What is printed: table, markdown, csv; and the words for figures."""

import csv
import io

import pytest

from reports.data import run, words

from reports.show import terminal
from reports.testing import SKETCHES, make_run


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    return run.load(make_run(tmp_path_factory.mktemp("quick")))


class Tty(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    "choice, stream, environment, expected",
    [
        ("auto", Tty(), {}, True),
        ("auto", Tty(), {"TERM": "xterm-256color"}, True),
        ("auto", io.StringIO(), {}, False),
        ("auto", Tty(), {"NO_COLOR": "1"}, False),
        ("auto", Tty(), {"NO_COLOR": ""}, True),
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
        {},
        {"models": list(SKETCHES)},
        {"failed": {"prefork": "a very long reason " * 20}},
        {"repetitions": 1},
        {"noise": 0.3, "repetitions": 20, "scenarios": ("cpu",), "job_us": (1,)},
    ],
)
def test_nothing_is_wider_than_a_hundred_columns(tmp_path, options):
    text = terminal.as_table(run.load(make_run(tmp_path, **options)))
    assert max(map(len, text.splitlines())) <= 100
    assert text.isascii() and "\x1b" not in text
    # Every model's name is there in full.
    for model in options.get("models", ()):
        assert any(line.startswith(model + " ") for line in text.splitlines())


def test_color_changes_nothing_but_escapes(quick):
    plain = terminal.as_table(quick)
    coloured = terminal.as_table(quick, color=True)
    assert "\x1b[1m" in coloured
    for code in (terminal.BOLD, terminal.RED, terminal.DIM, terminal.PLAIN):
        coloured = coloured.replace(code, "")
    assert coloured == plain


def test_the_table_has_what_matters(quick):
    lines = terminal.as_table(quick).splitlines()
    head = next(line for line in lines if line.startswith("model "))
    for column in "cores workers jobs/s interval speed-up CPU/job start-up".split():
        assert column in head.split()
    assert "peak PSS" in head
    row = next(
        line.split() for line in lines if line.startswith("prefork ") and " 2 " in line
    )
    assert row[:3] == ["prefork", "2", "2"]
    assert 1900 < float(row[3].replace(",", "")) < 2100
    assert row[5] == "2.00"
    assert len({len(line) for line in lines if line.startswith("sequential ")}) < 3


def test_columns_are_aligned(quick):
    lines = terminal.as_table(quick).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("model "))
    assert len({len(line) for line in lines[start : start + 11]}) == 1


def test_failed_cells_come_with_their_reason(tmp_path):
    found = run.load(make_run(tmp_path, failed={"prefork": "killed | by *SIGSEGV*"}))
    wanted = "prefork, 2 cores, 2 workers: failed in 10 of 10 repetitions: killed | by"
    assert wanted in terminal.as_table(found)
    assert "killed \\| by \\*SIGSEGV\\*" in terminal.as_markdown(found)


def test_markdown_tables_are_whole(quick):
    lines = terminal.as_markdown(quick).splitlines()
    tables = [line for line in lines if line.startswith("|")]
    assert len([line for line in tables if line.startswith("| ---")]) == 3
    for line, following in zip(lines, lines[1:]):
        if line.startswith("|") and following.startswith("|"):
            assert line.count("|") == following.count("|")
    assert "### 2 cores, 1 ms cpu jobs" in lines


def test_csv_has_a_row_per_repetition(tmp_path):
    found = run.load(
        make_run(tmp_path, failed={"prefork": 'a "quoted", reason'}, repetitions=2)
    )
    rows = list(csv.DictReader(io.StringIO(terminal.as_csv(found))))
    assert len(rows) == len(found.repetitions)
    for row, one in zip(rows, found.repetitions):
        assert row["name"] == one.name
        rate = row["jobs_per_second"]
        assert (float(rate) if rate else None) == one.jobs_per_second
        assert (row["reason"] or None) == one.reason
    assert rows[0].keys() >= {"params.size", "params.job_us", "jobs_per_worker"}


def test_csv_of_nothing(tmp_path):
    assert terminal.as_csv(run.load(make_run(tmp_path, limit=0))) == ""


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"),
        (1, "1.00"),
        (9.999, "10.0"),
        (0.0123, "0.0123"),
        (123456, "123000"),
        (-2.5, "-2.50"),
        (None, "-"),
    ],
)
def test_number(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(
    "value, text",
    [
        (1.5, "1.50 s"),
        (999.96e-6, "1.00 ms"),
        (4.56e-6, "4.56 us"),
        (35e-9, "35.0 ns"),
        (0.2e-9, "0.200 ns"),
        (0, "0 ns"),
        (None, "-"),
    ],
)
def test_seconds(value, text):
    assert words.seconds(value) == text


@pytest.mark.parametrize(
    "value, text",
    [
        (1996.4, "1,996"),
        (99999.9, "100.0 k"),
        (166900, "166.9 k"),
        (999960, "1.000 M"),
        (9870000, "9.870 M"),
        (2.5e9, "2.500 G"),
        (12.345, "12.35"),
        (0.5, "0.5000"),
        (None, "-"),
    ],
)
def test_rate(value, text):
    assert words.rate(value) == text


def test_rates_share_a_unit():
    assert words.rates(1980, 2000) == "1,980-2,000"
    assert words.rates(332100, 334300) == "332.1-334.3 k"
    assert words.rates(990000, 1010000) == "0.9900-1.010 M"


def test_other_words():
    assert words.size(3 * 2**20) == "3.00 MiB"
    assert words.ratio(1.974) == "1.97"
    assert words.ratio(150.4) == "150"
    assert words.ratio(0.00667) == "0.00667"
    assert words.between(None, None) == "interval unknown"
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.work("cpu", {"job_us": 1000, "size": 7}) == "1 ms cpu jobs"
    assert (
        words.work("cpu", {"job_us": None, "size": 25000}) == "cpu jobs (size 25,000)"
    )
    assert (
        words.work("cpu", {"job_us": 50, "kernel": "pbkdf2", "spread": 0.5})
        == "50 us cpu jobs (pbkdf2, uneven, spread 0.5)"
    )
    assert words.work("null", {}) == "null jobs"
    assert words.printable("a\x1b[2Jb\nc") == "a [2Jb c"
