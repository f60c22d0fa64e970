"""Tests of the source of the models on the page."""

import pytest

from reports.show import page_code
from reports.show.page_code import Source, aligned, marked
from reports.testing import SKETCHES
from reports.testing.judging import run_of


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
    run = run_of(tmp_path / "run", "cpu", models=tuple(SKETCHES))
    found = page_code.sources(run, project)
    loop, pool, *others = [source for source in found if source.lines]
    assert loop.name == "event-loop, event-loop/offload" and not others
    assert [line.lesson for line in loop.lines] == [False, True, True, True]
    assert pool.lines[0].text == "int c < d;"
    assert page_code.pairs(found) == [(loop, pool)]


def test_equal_lines_stand_at_one_height():
    both = ("same, only a, end, {, }", "same, only b, and b, end, {, more, }")
    made = (tuple(marked(lines.split(", "))) for lines in both)
    a, b = (Source(("model",), "file", lines) for lines in made)
    left, right = aligned(a, b)
    assert [line.text for line in left] == ["same", "only a", "", "end", "{", "", "}"]
    assert [line.text for line in right] == [line.text for line in b.lines]
    assert [line.number for line in left] == [1, 2, None, 3, 4, None, 5]
    assert [line.text for line in right if line.differs] == ["only b", "and b", "more"]
    assert not left[2].differs and left[1].differs


@pytest.mark.parametrize("file", ["../secret.txt", "/etc/passwd", "models", ""])
def test_nothing_outside_of_the_project_is_read(project, file):
    assert page_code.read(project, file) == ()
