"""Tests of the source of the models on the page."""

from __future__ import annotations

import pytest

from reports.show import page_code
from reports.show.page_code import Source, aligned, marked
from reports.testing import SKETCHES
from reports.testing.judging import run_of
from reports.testing.page import told


@pytest.fixture
def project(tmp_path):
    (tmp_path / "secret.txt").write_text("secret\n")
    folder = tmp_path / "project" / "models"
    folder.mkdir(parents=True)
    text = "int a;\n// LESSON: one\n// two\nint b; // LESSON: three\n"
    (folder / "event_loop.cpp").write_text(text)
    (folder / "thread_pool.cpp").write_text("int c < d;\n")
    return folder.parent


def test_the_code_is_shown_with_its_lessons(tmp_path, project):
    found = page_code.sources(run_of(tmp_path / "run", "cpu"), project)
    by_name = {source.name: source.lines for source in found}
    assert [x.lesson for x in by_name["event-loop"]] == [False, True, True, True]
    assert by_name["thread-pool"][0].text == "int c < d;"
    assert by_name["prefork"] == ()
    ((left, right),) = page_code.pairs(found)
    assert (left.name, right.name) == ("event-loop", "thread-pool")


def test_equal_lines_stand_at_one_height():
    a, b = (
        Source(("model",), "file", tuple(marked(lines.split(", "))))
        for lines in ("same, only a, end, {, }", "same, only b, and b, end, {, more, }")
    )
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
def test_nothing_outside_of_the_project_is_read(project, file):
    assert page_code.read(project, file) == ()


def test_variants_in_one_file_share_it(tmp_path):
    found = page_code.sources(run_of(tmp_path, "cpu", models=tuple(SKETCHES)))
    assert "event-loop, event-loop/offload" in [source.name for source in found]
    assert len({source.file for source in found}) == len(found)
