"""The source of the models of a run, ready to stand side by side.

Reads files of the project that the run names; nothing outside the project is
ever read, whatever a run's file says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from reports.data.run import Run

PROJECT = Path(__file__).resolve().parents[2]
# Where the lesson begins: two models that obey the same steps, one by
# stopping its thread, one by being called back.
FIRST_SHOWN = ("event-loop", "thread-pool")


@dataclass(frozen=True)
class Line:
    text: str
    lesson: bool


@dataclass(frozen=True)
class Source:
    """One file with the models that it holds; no lines when it is missing."""

    key: str  # for ids in the page
    labels: tuple[str, ...]
    file: str
    lines: tuple[Line, ...]
    shown: bool

    @property
    def lessons(self) -> int:
        return sum(
            1
            for before, line in zip((Line("", False), *self.lines), self.lines)
            if line.lesson and not before.lesson
        )


def sources(run: Run, project: Path = PROJECT) -> list[Source]:
    """The files of the models that were measured, in the run's order; models
    that share a file share its entry."""
    measured = {cell.asked_for for cell in run.cells}
    files: dict[str, list[str]] = {}
    for model in run.context.get("models") or []:
        label = model.get("id") or ""
        if model.get("variant"):
            label += f"/{model['variant']}"
        if label in measured and isinstance(model.get("file"), str):
            files.setdefault(model["file"], []).append(label)
    found = []
    for file, labels in files.items():
        key = re.sub(r"[^a-z0-9]+", "-", labels[0].lower())
        lines = read(project, file)
        found.append([f"code-{key}", tuple(labels), file, lines])
    wanted = [e for e in found if set(e[1]) & set(FIRST_SHOWN)] or found
    shown = [e[2] for e in wanted if e[3]][:2]
    return [Source(*entry, shown=entry[2] in shown) for entry in found]


def read(project: Path, file: str) -> tuple[Line, ...]:
    """The lines of a file of the project; none if it is not there."""
    path = (project / file).resolve()
    if not path.is_relative_to(project.resolve()) or not path.is_file():
        return ()
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(marked(text.splitlines()))


def marked(lines: list[str]) -> list[Line]:
    """A lesson is a comment that begins with LESSON:, to its last line."""
    found = []
    inside = False
    for line in lines:
        comment = line.lstrip().startswith("//")
        inside = "// LESSON:" in line or (inside and comment)
        found.append(Line(line.expandtabs(2), inside))
    return found
