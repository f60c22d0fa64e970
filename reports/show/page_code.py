"""The source of the models of a run, and two of them side by side, aligned.

Reads files of the project that the run names; nothing outside the project is
ever read, whatever a run's file says.
"""

from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Iterator, NamedTuple

from reports.data.run import Run

PROJECT = Path(__file__).resolve().parents[2]
# Where the lesson begins: two models that obey the same steps, one by stopping
# its thread, one by being called back; then the same model with processes.
PAIRS = (("event-loop", "thread-pool"), ("thread-pool", "prefork"))


class Line(NamedTuple):
    """A line of a file, or a gap where only the other file has one."""

    text: str = ""
    lesson: bool = False
    number: int | None = None
    differs: bool = False


class Source(NamedTuple):
    """One file with the models that it holds; no lines when it is missing."""

    labels: tuple[str, ...]
    file: str
    lines: tuple[Line, ...]

    name = property(lambda source: ", ".join(source.labels))


def sources(run: Run, project: Path = PROJECT) -> list[Source]:
    """The files of the measured models, in the run's order, each of them once."""
    measured = {cell.asked_for for cell in run.cells}
    files: dict[str, list[str]] = {}
    for model in run.context.get("models") or []:
        label = "/".join(filter(None, (model.get("id"), model.get("variant"))))
        if label in measured and isinstance(model.get("file"), str):
            files.setdefault(model["file"], []).append(label)
    return [Source(tuple(some), f, read(project, f)) for f, some in files.items()]


def read(project: Path, file: str) -> tuple[Line, ...]:
    """The lines of a file of the project; none if it is not there."""
    path = (project / file).resolve()
    if not path.is_relative_to(project.resolve()) or not path.is_file():
        return ()
    text = path.read_text(encoding="utf-8", errors="replace")
    return tuple(marked(text.splitlines()))


def marked(lines: list[str]) -> Iterator[Line]:
    """A lesson is a comment that begins with LESSON:, to its last line."""
    inside = False
    for number, line in enumerate(lines, 1):
        comment = line.lstrip().startswith("//")
        inside = "// LESSON:" in line or (inside and comment)
        yield Line(line.expandtabs(2), inside, number)


def pairs(found: list[Source]) -> list[tuple[Source, Source]]:
    """Those that are compared without being asked."""
    known = [source for source in found if source.lines]
    by_label = {label: source for source in known for label in source.labels}
    chosen = [(by_label[a], by_label[b]) for a, b in PAIRS if {a, b} <= {*by_label}]
    return chosen or ([(known[0], known[1])] if len(known) > 1 else [])


def aligned(a: Source, b: Source) -> list[tuple[Line, ...]]:
    """Both files with gaps, so that equal lines stand at one height."""
    texts = ([line.text for line in source.lines] for source in (a, b))
    rows: list[tuple[Line, Line]] = []
    for tag, *ends in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        sides = (a.lines[slice(*ends[:2])], b.lines[slice(*ends[2:])])
        new = ([line._replace(differs=tag != "equal") for line in s] for s in sides)
        rows += zip_longest(*new, fillvalue=Line())
    return [*zip(*rows)]
