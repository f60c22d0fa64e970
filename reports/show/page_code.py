"""The source of the models of a run, and two of them side by side, aligned.

Reads files of the project that the run names; nothing outside the project is
ever read, whatever a run's file says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from reports.data.run import Run
from reports.show.winner_map import slug

PROJECT = Path(__file__).resolve().parents[2]
# Where the lesson begins: two models that obey the same steps, one by stopping
# its thread, one by being called back; then the same model with processes.
PAIRS = (("event-loop", "thread-pool"), ("thread-pool", "prefork"))


@dataclass(frozen=True)
class Line:
    """A line of a file, or a gap where only the other file has one."""

    text: str = ""
    lesson: bool = False
    number: int | None = None
    differs: bool = False


@dataclass(frozen=True)
class Source:
    """One file with the models that it holds; no lines when it is missing."""

    labels: tuple[str, ...]
    file: str
    lines: tuple[Line, ...]

    @property
    def key(self) -> str:
        return f"code-{slug(self.labels[0])}"

    @property
    def name(self) -> str:
        return ", ".join(self.labels)


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
    return [Source(tuple(some), f, read(project, f)) for f, some in files.items()]


def pairs(found: list[Source]) -> list[tuple[Source, Source]]:
    """Those that are compared without being asked."""
    by_label = {label: s for s in found if s.lines for label in s.labels}
    chosen = [pair for pair in PAIRS if {*pair} <= {*by_label}]
    known = [source for source in found if source.lines]
    if not chosen:
        return [(known[0], known[1])] if len(known) > 1 else []
    return [(by_label[a], by_label[b]) for a, b in chosen]


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


def marked(lines: list[str]) -> Iterator[Line]:
    """A lesson is a comment that begins with LESSON:, to its last line."""
    inside = False
    for number, line in enumerate(lines, 1):
        comment = line.lstrip().startswith("//")
        inside = "// LESSON:" in line or (inside and comment)
        yield Line(line.expandtabs(2), inside, number)


def aligned(a: Source, b: Source) -> tuple[list[Line], list[Line]]:
    """Both files with gaps, so that equal lines stand at one height."""
    texts = ([line.text for line in one.lines] for one in (a, b))
    left: list[Line] = []
    right: list[Line] = []
    for tag, *ends in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        for side, lines, start, stop in (
            (left, a.lines, ends[0], ends[1]),
            (right, b.lines, ends[2], ends[3]),
        ):
            for line in lines[start:stop]:
                other = tag != "equal"
                side.append(Line(line.text, line.lesson, line.number, other))
        for side in (left, right):
            side += [Line()] * (max(len(left), len(right)) - len(side))
    return left, right
