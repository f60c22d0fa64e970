"""A run: the files of one directory as typed objects; nothing is written here."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Mapping, Sequence

from reports.data import entries, words
from reports.data.cells import BARE, Cell
from reports.data.entries import DISTURBED, Repetition
from reports.data.workloads import Workload, common

ENVIRONMENT, LINES, RESULTS = "environment.json", "runs.jsonl", "results.json"
# With fewer rounds nothing is decided anyway.
DECIDING = 9
# The order of the lesson: from the simplest model to the costliest.
LESSON = ("sequential", "event-loop", "thread-pool", "prefork", "fork-ipc")


class NotARun(Exception):
    """The directory is not a run; the message is one whole sentence."""


@dataclass(frozen=True, eq=False)
class Run:
    """All that one call of bench produced, as far as it is on disk. `recorded` is
    every repetition, `repetitions` those that count, `set_aside` those that were
    disturbed and measured again; `notes` say what the reader had to tolerate."""

    directory: Path
    context: Mapping[str, Any]
    recorded: Sequence[Repetition]
    notes: Sequence[str] = ()

    released = property(lambda r: r.context.get("build_type", "release") == "release")

    repetitions = cached_property(lambda run: run._disturbed(False))
    set_aside = cached_property(lambda run: run._disturbed(True))

    def _disturbed(self, so: bool) -> tuple[Repetition, ...]:
        return tuple(r for r in self.recorded if (r.status == DISTURBED) is so)

    @property
    def judged(self) -> bool:
        """Debug and sanitizer builds are never judged; nor is a run most of which
        was a contest with others. Who has more processes gets more of a CPU that
        is fought for, and no interval can see that."""
        return self.released and not self.crowded

    # Repetitions that count and in which somebody else had a part.
    fought_for = cached_property(lambda run: sum(r.foreign for r in run.repetitions))

    @cached_property
    def crowded(self) -> bool:
        rounds = len({one.turn for one in self.repetitions})
        return rounds >= DECIDING and self.fought_for > len(self.repetitions) / 2

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """In the order scenario, parameters, cores, limit, model, workers."""
        by_name: dict[str, tuple[list[Repetition], list[Repetition]]] = {}
        for one in sorted(self.recorded, key=lambda one: one.repetition_index):
            kept = by_name.setdefault(one.name, ([], []))
            kept[one.status == DISTURBED].append(one)
        found = [(name, *map(tuple, kept)) for name, kept in by_name.items() if kept[0]]
        return tuple(sorted((Cell(*one) for one in found), key=self._place))

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        keys = (json.dumps([c.scenario, common(c)], sort_keys=True) for c in self.cells)
        loads = map(_workload, words.gathered(zip(keys, self.cells)).values())
        return tuple(one for one in loads if one.cells or one.floors or one.peers)

    @cached_property
    def twins(self) -> tuple[tuple[Cell, Cell], ...]:
        """Each control, and the cell that it is a copy of."""
        known = {cell.name: cell for cell in self.cells}
        pairs = ((known.get(c.name.removesuffix("/control")), c) for c in self.cells)
        return tuple((a, b) for a, b in pairs if b.is_control and a is not None)

    groups = cached_property(lambda r: tuple(g for w in r.workloads for g in w.groups))

    def _place(self, cell: Cell) -> tuple[Any, ...]:
        """Rounds run in random order; a report must not."""
        scenarios = [s.get("id") for s in self.context.get("scenarios") or []]
        models = [m.get("id") for m in self.context.get("models") or []]
        order = [*LESSON, *(m for m in models if m not in LESSON)]
        params = [
            (key, 0, x, "") if isinstance(x, (int, float)) else (key, 1, 0, str(x))
            for key, x in sorted(cell.params.items())
        ]
        where = _index(scenarios, cell.scenario), params, cell.cores, cell.limit or 0
        who = _index(order, cell.model), cell.variant or "", cell.workers
        return (*where, *who, cell.in_flight, cell.name)


def _workload(cells: list[Cell]) -> Workload:
    """Floors, peers and ideals stand beside, except among primitives."""
    first = cells[0]
    told = {"floor": "model"} if first.scenario in BARE else {}
    kinds = words.gathered((told.get(c.kind, c.kind), c) for c in cells)
    order = ("model", "floor", "peer", "ideal")
    groups = (tuple(kinds.get(kind, ())) for kind in order)
    return Workload(first.scenario, common(first), *groups)


def _index(order: list[Any], key: str) -> tuple[int, str]:
    return (order.index(key), "") if key in order else (len(order), key)


def load(path: Path | str) -> Run:
    """The run in a directory, or in a results.json. Raises NotARun with one sentence
    that names the path, what it takes and what was found there."""
    path = Path(path)
    try:
        if (path / ENVIRONMENT).is_file():
            context, lines = _object(path / ENVIRONMENT), path / LINES
            found = entries.read_lines(lines) if lines.is_file() else ((),)
            return Run(path, context, *found)
        results = path if path.name == RESULTS else path / RESULTS
        if results.is_file():
            return _from_results(results)
        there = words.listed(sorted(child.name for child in path.iterdir())[:4])
        problem = f"it holds {there or 'nothing'}"
    except OSError as error:
        problem = error.strerror
    except ValueError as error:
        problem = str(error).rstrip(".")
    takes = f"takes a directory with {ENVIRONMENT} and {LINES}, or a {RESULTS}"
    raise NotARun(f"{path}: {takes}; {problem}.")


def _object(path: Path) -> dict[str, Any]:
    value = entries.strict_loads(path.read_bytes())
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")
    return value


def _from_results(path: Path) -> Run:
    """Nothing is left out here: no other file would still hold it."""
    whole = _object(path)
    context, found = whole.get("context"), whole.get("benchmarks")
    if not isinstance(context, dict) or not isinstance(found, list):
        raise ValueError("context or benchmarks[] is missing")
    each = map(entries.repetition, found)
    return Run(path.parent, context, *entries.unique(each, path.name))
