"""What the tests of the page share: a run as a page, and reading it.

Owned by the tests of reports/; nothing else may call it.
"""

import os
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from plots import figures
from reports.data.run import Run, load
from reports.show import page
from reports.testing import make_run

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Reader(HTMLParser):
    """Tags in order, their attributes, and the text outside of style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if not {"style", "script"} & {*self.open[-1:]}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))

    def attributes(self, name: str) -> list[str]:
        return [attrs[name] for _, attrs in self.tags if attrs.get(name)]


def told(directory: Path, **options) -> Reader:
    """The page without its charts, for tests of what else it says."""
    return Reader(without_charts(load(make_run(directory, **options))))


def without_charts(run: Run) -> str:
    return page.render(run, [(view, []) for view in figures.views(run)])


@pytest.fixture(scope="session")
def overview(tmp_path_factory) -> Path:
    """The directory of a page with several workloads, written once, by one of all
    the processes that pytest-xdist may run."""
    directory = tmp_path_factory.getbasetemp().parent / "overview"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        directory = tmp_path_factory.mktemp("overview")
    try:
        (directory / "charts").mkdir(parents=True)
    except FileExistsError:
        for _ in range(3000):
            if (directory / "index.html").exists():
                return directory
            time.sleep(0.1)
    scenarios, flags = ("cpu", "io", "http", "null", "primitives"), ["late"]
    options = {"scenarios": scenarios, "flags": {"fork-ipc": flags + ["rate-missed"]}}
    options |= {"in_flight": (100,), "context": {"virtual_machine": True}}
    page.write(load(make_run(directory, **options)))
    return directory
