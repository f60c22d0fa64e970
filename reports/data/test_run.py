"""Reading a run: whole, torn, doubled, foreign."""

import json

import pytest

from reports.data import run
from reports.data.run import NotARun
from reports.testing import fail, make_entry, make_run, write_lines


@pytest.fixture
def small(tmp_path):
    """Two models on two cores, three repetitions: twelve lines."""
    options = {"models": ("sequential", "prefork"), "scenarios": ("cpu",)}
    return make_run(tmp_path / "small", **options, repetitions=3)


def lines(directory):
    return (directory / "runs.jsonl").read_text().splitlines(keepends=True)


def test_a_whole_run_without_notes(small):
    found = run.load(small)
    assert (len(found.repetitions), found.notes) == (12, [])
    assert [cell.name for cell in found.cells] == [
        "cpu/sequential/cores:1/workers:1",
        "cpu/prefork/cores:1/workers:1",
        "cpu/sequential/cores:2/workers:1",
        "cpu/prefork/cores:2/workers:2",
    ]
    cell = found.cells[3]
    assert [r.repetition_index for r in cell.repetitions] == [0, 1, 2]
    assert len(cell.values("jobs_per_second")) == 3
    assert cell.values("cpu_seconds_per_job")[0] == pytest.approx(1.003e-3, rel=0.05)
    assert [load.title for load in found.workloads] == ["1 ms cpu jobs"]
    assert [(g.cores, len(g.cells)) for g in found.groups] == [(1, 2), (2, 2)]


LAST = "line 12 was left out: it is the last one, and torn"
CRASH = ["\0" * 4096]
TORN = [
    (lambda x: x[:-1] + [x[-1][:200]], 11, LAST),
    (lambda x: x[:6] + CRASH + x[6:] + CRASH, 12, "8192 NUL bytes were skipped"),
    (lambda x: x[:5] + [x[5][:150]] + x[6:], 11, "line 6 began with a torn piece"),
]


@pytest.mark.parametrize("torn, left, note", TORN)
def test_what_is_whole_survives(small, torn, left, note):
    (small / "runs.jsonl").write_text("".join(torn(lines(small))))
    found = run.load(small)
    assert len(found.repetitions) == left
    assert [text.removeprefix("runs.jsonl: ") for text in found.notes] == [f"{note}."]


def test_the_first_of_a_double_counts(small):
    kept = lines(small)
    again = json.loads(kept[0])
    again["jobs_per_second"] = 1.0
    (small / "runs.jsonl").write_text("".join(kept) + json.dumps(again) + "\n")
    found = run.load(small)
    assert len(found.repetitions) == 12
    assert "twice; the first one counts" in found.notes[0]
    assert all(r.jobs_per_second > 1 for r in found.repetitions)


@pytest.mark.parametrize(
    "line, why",
    [
        ('{"name": NaN}', "Out of range float values are not JSON compliant"),
        ('{"name": 1e999}', "Out of range float values are not JSON compliant"),
        ("[1, 2]", "it is not an object"),
        ("{}", "name is missing or not of type str"),
        ("nonsense", "Expecting value: line 1 column 1 (char 0)"),
        (
            "\udcff",
            "'utf-8' codec can't decode byte 0xff in position 0: invalid start ",
        ),
    ],
)
def test_foreign_lines_are_left_out_with_the_reason(small, line, why):
    kept = lines(small)
    text = "".join(kept[:1]) + line + "\n" + "".join(kept[1:])
    (small / "runs.jsonl").write_text(text, errors="surrogateescape")
    found = run.load(small)
    assert len(found.repetitions) == 12
    (note,) = found.notes
    assert note.startswith(f"runs.jsonl: line 2 was left out: {why}")
    assert note[-1] == "."


@pytest.mark.parametrize(
    "key, value",
    [
        ("jobs_per_second", None),
        ("jobs_per_second", 0),
        ("work_seconds", -1.0),
        ("real_time", "fast"),
        ("status", "fine"),
        ("cores", True),
    ],
)
def test_an_entry_that_contradicts_itself_is_left_out(tmp_path, key, value):
    make_run(tmp_path, scenarios=("cpu",), limit=0)
    good, bad = make_entry("cpu", "prefork"), make_entry("cpu", "prefork")
    bad.update({"repetition_index": 1, key: value})
    write_lines(tmp_path, [good, bad])
    found = run.load(tmp_path)
    assert len(found.repetitions) == 1
    assert key in found.notes[0]


def test_failed_repetitions_have_a_reason_and_no_values(tmp_path):
    make_run(tmp_path, limit=0)
    bad = fail(make_entry("cpu", "prefork", repetition=1), "killed by \x1b[31mSIGSEGV")
    write_lines(tmp_path, [make_entry("cpu", "prefork"), bad])
    cell = run.load(tmp_path).cells[0]
    assert len(cell.ok) == len(cell.failed) == 1
    assert not cell.comparable
    # The escape character would have steered the reader's terminal.
    assert cell.reason == "failed in 1 of 2 repetitions: killed by  [31mSIGSEGV"
    assert len(cell.values("jobs_per_second")) == 1


def test_skipped_is_not_failed(tmp_path):
    make_run(tmp_path, skipped={"prefork": "no second core"}, scenarios=("cpu",))
    cell = next(c for c in run.load(tmp_path).cells if c.model == "prefork")
    assert (cell.comparable, cell.failed) == (False, ())
    assert cell.reason == "was skipped in 10 of 10 repetitions: no second core"


def test_a_run_that_was_stopped_at_once_is_a_run(tmp_path):
    make_run(tmp_path, limit=0)
    (tmp_path / "runs.jsonl").unlink()
    found = run.load(tmp_path)
    assert found.repetitions == ()


def test_what_is_not_a_run_is_told_in_one_sentence(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    for name, text in (("empty", None), ("broken", '{"date": '), ("listing", "[]")):
        (tmp_path / name).mkdir()
        if text:
            (tmp_path / name / "environment.json").write_text(text)
    for name, got in {
        "none": "No such file or directory",
        "notes.txt": "Not a directory",
        ".": "it holds broken, empty, listing and notes.txt",
        "empty": "it holds nothing",
        "broken": "Expecting value",
        "listing": "it is not a JSON object",
    }.items():
        with pytest.raises(NotARun) as error:
            run.load(tmp_path / name)
        message = str(error.value)
        assert str(tmp_path / name) in message and got in message
        assert "takes a directory with environment.json" in message
        assert message.endswith(".") and "\n" not in message
