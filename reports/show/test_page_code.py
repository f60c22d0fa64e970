"""Tests of the source of the models on the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.show import page_code
from reports.show.page_code import Source, aligned, marked
from reports.data.run import load
from reports.testing import SKETCHES, make_run
from reports.testing.page import told


def models(directory: Path, **files: str) -> Path:
    folder = directory / "models"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.cpp").write_text(text)
    return directory


def source(*lines: str) -> Source:
    return Source(("model",), "file", tuple(marked(list(lines))))


def test_the_code_is_shown_with_its_lessons(tmp_path):
    project = models(
        tmp_path / "project",
        event_loop="int a;\n// LESSON: one\n// two\nint b; // LESSON: three\n",
        thread_pool="int c < d;\n",
    )
    run = load(make_run(tmp_path / "run", scenarios=("cpu",)))
    found = page_code.sources(run, project)
    by_label = {s.labels[0]: s for s in found}
    lines = by_label["event-loop"].lines
    assert [line.lesson for line in lines] == [False, True, True, True]
    assert by_label["thread-pool"].lines[0].text == "int c < d;"
    assert by_label["prefork"].lines == ()
    ((left, right),) = page_code.pairs(found)
    assert (left.name, right.name) == ("event-loop", "thread-pool")


def test_equal_lines_stand_at_one_height():
    a = source("same", "only a", "end", "{", "}")
    b = source("same", "only b", "and b", "end", "{", "more", "}")
    left, right = aligned(a, b)
    assert [line.text for line in left] == ["same", "only a", "", "end", "{", "", "}"]
    assert [line.text for line in right] == [line.text for line in b.lines]
    assert [line.number for line in left] == [1, 2, None, 3, 4, None, 5]
    assert [line.text for line in right if line.differs] == ["only b", "and b", "more"]
    assert not left[2].differs and left[1].differs


def test_missing_files_are_said_to_be_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(page_code.sources, "__defaults__", (tmp_path / "nowhere",))
    text = told(tmp_path / "run", scenarios=("cpu",)).text
    assert text.count("is not there any more") == 5


@pytest.mark.parametrize("file", ["../secret.txt", "/etc/passwd", "models", ""])
def test_nothing_outside_of_the_project_is_read(tmp_path, file):
    (tmp_path / "secret.txt").write_text("secret\n")
    project = models(tmp_path / "project", sequential="int x;\n")
    assert page_code.read(project, file) == ()


def test_variants_in_one_file_share_it(tmp_path):
    run = load(make_run(tmp_path, scenarios=("cpu",), models=tuple(SKETCHES)))
    found = page_code.sources(run)
    assert ("event-loop", "event-loop/offload") in [s.labels for s in found]
    assert len({s.key for s in found}) == len(found)
