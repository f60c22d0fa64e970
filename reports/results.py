"""results.json: context, benchmarks and verdicts in one file, written whole.

The file has Google Benchmark's shape, so that its compare.py reads it, and
validates against harness/results.schema.json. A reader never sees half of
it: it is written beside its place, synced, and renamed.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Mapping, Sequence

from reports.entries import Repetition
from reports.run import RESULTS, Run
from reports.verdicts import Verdict, judge


def assemble(run: Run, verdicts: Sequence[Verdict] | None = None) -> dict[str, Any]:
    """The object that results.json holds; judges unless verdicts are given."""
    found = judge(run) if verdicts is None else verdicts
    return {
        "context": dict(run.context),
        "benchmarks": [benchmark(one) for one in run.repetitions],
        "verdicts": [verdict.entry() for verdict in found],
    }


def benchmark(one: Repetition) -> Mapping[str, Any]:
    """The entry as it was measured; a repetition without a time is marked.

    compare.py multiplies the real_time of every entry that is not an
    aggregate, and dies of a null. There is no honest number to give it, so
    an entry without a time is declared no iteration: of run_type aggregate
    (over nothing) and without a unit, compare.py passes over it and still
    compares the repetitions of that cell that have a time.
    """
    if one.ok:
        return one.raw
    return {**one.raw, "run_type": "aggregate", "time_unit": None}


def text(results: Mapping[str, Any]) -> str:
    """Strict JSON (RFC 8259). Raises ValueError for NaN and Infinity."""
    return json.dumps(results, allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def write(run: Run, verdicts: Sequence[Verdict] | None = None) -> Path:
    """Writes results.json into the run's directory and returns its path.

    Raises OSError; the old file is then untouched.
    """
    path = run.directory / RESULTS
    replace_file(path, text(assemble(run, verdicts)).encode())
    return path


def replace_file(path: Path, data: bytes) -> None:
    """Either the old content or the new, also after a loss of power.

    The temporary file lies in the same directory, for rename(2) is atomic
    within one file system only; the directory is synced because the rename
    is an entry of it.
    """
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            # mkstemp keeps the file to its owner; others may read a result.
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _umask() -> int:
    """There is no way to read it but to set it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
