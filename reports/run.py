"""A run: the files of one directory as typed objects.

`load` takes a directory with environment.json and runs.jsonl, or one that
has only results.json, or the path of a file of that name. Nothing is written
here; see results.py for that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Mapping

from reports import words
from reports.entries import Repetition, read_lines, repetition, strict_loads
from reports.entries import tell, unique

ENVIRONMENT = "environment.json"
LINES = "runs.jsonl"
RESULTS = "results.json"

# The order of the lesson: from the simplest model to the costliest.
LESSON = ("sequential", "event-loop", "thread-pool", "prefork", "fork-ipc")


class NotARun(Exception):
    """The directory is not a run; the message is one whole sentence."""


@dataclass(frozen=True, eq=False)
class Cell:
    """Scenario x parameters x model/variant x cores x workers."""

    name: str
    repetitions: tuple[Repetition, ...]

    @property
    def first(self) -> Repetition:
        return self.repetitions[0]

    @property
    def scenario(self) -> str:
        return self.first.scenario

    @property
    def model(self) -> str:
        return self.first.model

    @property
    def variant(self) -> str | None:
        return self.first.variant

    @property
    def cores(self) -> int:
        return self.first.cores

    @property
    def workers(self) -> int:
        return self.first.workers

    @property
    def in_flight(self) -> int:
        return self.first.in_flight

    @property
    def params(self) -> Mapping[str, Any]:
        return self.first.params

    @property
    def label(self) -> str:
        """For people: thread-pool/stealing."""
        return f"{self.model}/{self.variant}" if self.variant else self.model

    @property
    def id(self) -> str:
        """For files, where a slash separates levels: thread-pool+stealing."""
        return f"{self.model}+{self.variant}" if self.variant else self.model

    @cached_property
    def ok(self) -> tuple[Repetition, ...]:
        return tuple(r for r in self.repetitions if r.status == "ok")

    @cached_property
    def failed(self) -> tuple[Repetition, ...]:
        return tuple(r for r in self.repetitions if r.status == "failed")

    @cached_property
    def skipped(self) -> tuple[Repetition, ...]:
        return tuple(r for r in self.repetitions if r.status == "skipped")

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """Every flag that any repetition carries, in alphabetical order."""
        return tuple(sorted({flag for r in self.repetitions for flag in r.flags}))

    @property
    def comparable(self) -> bool:
        """No repetition failed: survivors alone are not a fair sample."""
        return bool(self.ok) and not self.failed

    @property
    def reason(self) -> str | None:
        """Why the cell is not compared, or None."""
        if self.comparable:
            return None
        bad = self.failed or self.skipped
        reasons = dict.fromkeys(r.reason or "no reason was given" for r in bad)
        verb = "failed" if self.failed else "was skipped"
        share = f"{len(bad)} of {len(self.repetitions)} repetitions"
        return words.printable(f"{verb} in {share}: {'; '.join(reasons)}")

    def values(self, metric: str) -> list[float]:
        """One value per ok repetition that knows it, in recorded order."""
        known = (getattr(r, metric) for r in self.ok)
        return [float(value) for value in known if value is not None]

    def cpu_per_job(self) -> list[float]:
        """CPU seconds of the process tree per job, per ok repetition."""
        return self.values("cpu_seconds_per_job")


@dataclass(frozen=True, eq=False)
class Group:
    """The cells that may be compared: one workload on one core count."""

    scenario: str
    params: Mapping[str, Any]
    cores: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, eq=False)
class Workload:
    """One scenario with one set of parameters, on every core count."""

    scenario: str
    params: Mapping[str, Any]
    cells: tuple[Cell, ...]

    @property
    def title(self) -> str:
        """'1 ms cpu jobs'."""
        return words.work(self.scenario, self.params)

    @property
    def cores(self) -> tuple[int, ...]:
        return tuple(sorted({cell.cores for cell in self.cells}))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        return tuple(
            Group(
                self.scenario,
                self.params,
                count,
                tuple(c for c in self.cells if c.cores == count),
            )
            for count in self.cores
        )


@dataclass(frozen=True, eq=False)
class Run:
    """All that one call of bench produced, as far as it is on disk.

    `notes` are sentences about what the reader had to tolerate.
    """

    directory: Path
    context: Mapping[str, Any]
    repetitions: tuple[Repetition, ...]
    notes: tuple[str, ...] = ()

    @property
    def judged(self) -> bool:
        """Debug and sanitizer builds are never judged."""
        return self.context.get("build_type", "release") == "release"

    @property
    def missing(self) -> int:
        """How many planned repetitions are not there (0 if unknown)."""
        planned = self.context.get("planned_repetitions") or 0
        return max(0, planned - len(self.repetitions))

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """In the order scenario, parameters, cores, model, workers."""
        by_name: dict[str, list[Repetition]] = {}
        for one in self.repetitions:
            by_name.setdefault(one.name, []).append(one)
        cells = [
            Cell(name, tuple(sorted(some, key=lambda r: r.repetition_index)))
            for name, some in by_name.items()
        ]
        return tuple(sorted(cells, key=self._place))

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        found: dict[str, list[Cell]] = {}
        for cell in self.cells:
            key = json.dumps([cell.scenario, cell.params], sort_keys=True)
            found.setdefault(key, []).append(cell)
        return tuple(
            Workload(cells[0].scenario, cells[0].params, tuple(cells))
            for cells in found.values()
        )

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        return tuple(group for load in self.workloads for group in load.groups)

    def _place(self, cell: Cell) -> tuple[Any, ...]:
        """Rounds run in random order; a report must not."""
        scenarios = [s.get("id") for s in self.context.get("scenarios") or []]
        models = [m.get("id") for m in self.context.get("models") or []]
        order = list(LESSON) + [m for m in models if m not in LESSON]
        params = [
            (key, 0, value, "")
            if isinstance(value, (int, float))
            else (key, 1, 0, str(value))
            for key, value in sorted(cell.params.items())
        ]
        return (
            _index(scenarios, cell.scenario),
            params,
            cell.cores,
            _index(order, cell.model),
            cell.variant or "",
            cell.workers,
            cell.in_flight,
            cell.name,
        )


def _index(order: list[Any], key: str) -> tuple[int, str]:
    return (order.index(key), "") if key in order else (len(order), key)


def load(path: Path | str) -> Run:
    """The run in a directory or in a results.json.

    Raises NotARun with one sentence that names the path, what it takes and
    what was found there.
    """
    path = Path(path)
    takes = f"takes a directory with {ENVIRONMENT} and {LINES}, or a {RESULTS}"
    try:
        if path.is_file() and path.name == RESULTS:
            return _from_results(path, takes)
        if not path.is_dir():
            got = "it is a file" if path.exists() else "there is no such directory"
            raise NotARun(f"{path}: {takes}; {got}.")
        if (path / ENVIRONMENT).is_file():
            return _from_lines(path, takes)
        if (path / RESULTS).is_file():
            return _from_results(path / RESULTS, takes)
        inside = sorted(child.name for child in path.iterdir())
        got = f"it holds {words.listed(inside[:4])}" if inside else "it is empty"
        raise NotARun(f"{path}: {takes}; {got}{', ...' if inside[4:] else ''}.")
    except OSError as error:
        raise NotARun(f"{path}: {takes}; {error.strerror}.") from error


def _object(path: Path, takes: str) -> dict[str, Any]:
    try:
        value = strict_loads(path.read_bytes().decode())
    except ValueError as error:
        raise NotARun(f"{path}: {takes}; {tell(error)}.") from error
    if not isinstance(value, dict):
        raise NotARun(f"{path}: {takes}; it is not a JSON object.")
    return value


def _from_lines(directory: Path, takes: str) -> Run:
    context = _object(directory / ENVIRONMENT, takes)
    lines = directory / LINES
    found, notes = read_lines(lines) if lines.is_file() else ([], [])
    return Run(directory, context, tuple(found), tuple(notes))


def _from_results(path: Path, takes: str) -> Run:
    whole = _object(path, takes)
    if not isinstance(whole.get("context"), dict) or not isinstance(
        whole.get("benchmarks"), list
    ):
        raise NotARun(f"{path}: {takes}; context or benchmarks[] is missing.")
    found: list[Repetition] = []
    for place, entry in enumerate(whole["benchmarks"]):
        try:
            found.append(repetition(entry))
        except ValueError as error:
            # Nothing is left out here: no other file would still hold it.
            raise NotARun(f"{path}: {takes}; entry {place}: {error}.") from error
    kept, notes = unique(found, path.name)
    return Run(path.parent, whole["context"], tuple(kept), tuple(notes))
