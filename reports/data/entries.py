"""Reading runs.jsonl: one finished repetition per line, whatever survived.

A run may have been killed, the disk may have been full, the machine may have
lost power: the reader keeps every repetition that is whole, drops the rest
and says so. It never repairs a figure.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Iterable, Mapping

# A disturbed one was measured again; it is shown and never counted.
DISTURBED = "disturbed"
STATUSES = ("ok", "failed", "skipped", DISTURBED)
KEYS = frozenset(
    "name scenario model variant cores workers repetition_index status params reason "
    "jobs real_time cpu_time jobs_per_second start_seconds work_seconds round order "
    "teardown_seconds cpu_user_seconds cpu_system_seconds voluntary_switches "
    "involuntary_switches minor_faults major_faults peak_rss_bytes peak_pss_bytes "
    "latency_mean_seconds latency_p50_seconds latency_p90_seconds latency_p99_seconds "
    "latency_p999_seconds latency_from latency_note errors digest floor errnos http "
    "spin_probe_seconds steal_seconds load_average record_bytes processes in_flight "
    "in_flight_limit workers_rule wait_seconds compute_seconds little_ratio kind flags "
    "in_flight_mean in_flight_peak backend_cpu_seconds backend_late_p99_seconds "
    "jobs_per_worker job_end_seconds model_params".split()
)
# Files of earlier versions, and cells to which it does not apply, lack these.
OTHERWISE = {"kind": "model", "model_params": {}, "flags": (), "jobs_per_worker": ()}


class Repetition:
    """One repetition of one cell: the unit of every statistic.

    Attributes are the KEYS of the entry, in SI units, None where unknown;
    `raw` is the entry as it was read, including keys not known here.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw

    def __getattr__(self, key: str) -> Any:
        if key.startswith("cheap_"):
            return self.of_cheap(key.split("_")[1])
        if key not in KEYS:
            raise AttributeError(key)
        value = self.raw.get(key) or OTHERWISE.get(key, self.raw.get(key))
        value = tuple(value) if isinstance(value, list) else value
        self.__dict__[key] = value
        return value

    @property
    def in_flight(self) -> int:
        return self.raw.get("in_flight") or self.workers

    @property
    def ok(self) -> bool:
        return self.status == "ok"

    @property
    def turn(self) -> int:
        """Its round; files of earlier versions do not number their rounds."""
        return self.repetition_index if self.round is None else self.round

    @property
    def cpu_seconds_per_job(self) -> float | None:
        """User and system time of the whole process tree, per job."""
        user, system = self.cpu_user_seconds, self.cpu_system_seconds
        known = user is not None and system is not None and self.jobs
        return (user + system) / self.jobs if known else None

    @property
    def cpu_seconds_of_both_per_job(self) -> float | None:
        """The same with the CPU time of the load generator in the window."""
        own, clients = self.cpu_seconds_per_job, self.of_http("generator_cpu_seconds")
        return None if own is None or clients is None else own + clients / self.jobs

    def of_http(self, key: str) -> Any:
        """What only requests have: offered_per_second, histogram, ..."""
        return (self.http or {}).get(key)

    def of_cheap(self, part: str) -> Any:
        """Of the first kind of request, where a load has several."""
        return (self.of_http("groups") or [{}])[0].get(part)


_REQUIRED = dict.fromkeys(("name", "scenario", "model", "status"), str)
_REQUIRED |= dict.fromkeys(("cores", "workers", "repetition_index"), int)
_REQUIRED["params"] = dict
_MEASURED = ("real_time", "cpu_time", "jobs_per_second", "work_seconds")


def strict_loads(text: str) -> Any:
    """json.loads, but NaN, Infinity and numbers too large are errors (RFC 8259)."""

    def refuse(constant: str) -> float:
        raise ValueError(f"{constant} is not JSON")

    def finite(digits: str) -> float:
        number = float(digits)
        if not math.isfinite(number):
            raise ValueError(f"{digits} does not fit a double")
        return number

    return json.loads(text, parse_constant=refuse, parse_float=finite)


def repetition(entry: Any) -> Repetition:
    """An entry as an object. Raises ValueError with what is wrong with it."""
    if not isinstance(entry, dict):
        raise ValueError("it is not an object")
    for key, kind in _REQUIRED.items():
        if not isinstance(entry.get(key), kind) or isinstance(entry[key], bool):
            raise ValueError(f"{key} is missing or not of type {kind.__name__}")
    if entry["status"] not in STATUSES:
        raise ValueError(f"status is {entry['status']!r}")
    for key in _MEASURED if entry["status"] == "ok" else ():
        value = entry.get(key)
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not good or not math.isfinite(value) or value < 0:
            raise ValueError(f"status is ok and {key} is {value!r}")
    if entry["status"] == "ok" and not entry["jobs_per_second"] > 0:
        raise ValueError("status is ok and jobs_per_second is not positive")
    return Repetition(entry)


def unique(
    repetitions: Iterable[Repetition], where: str
) -> tuple[list[Repetition], list[str]]:
    """The first of each (name, repetition_index), and what was dropped."""
    kept: dict[tuple[str, int], Repetition] = {}
    aside: list[Repetition] = []
    notes: list[str] = []
    for one in repetitions:
        key = (one.name, one.repetition_index)
        if one.status == DISTURBED:
            aside.append(one)
        elif key in kept:
            notes.append(
                f"{where}: {one.name} has repetition {one.repetition_index} "
                "twice; the first one counts."
            )
        else:
            kept[key] = one
    return [*kept.values(), *aside], notes


def read_lines(path: Path) -> tuple[list[Repetition], list[str]]:
    """Every whole repetition in the file, and a sentence per oddity.

    Raises OSError when the file cannot be read.
    """
    found: list[Repetition] = []
    notes: list[str] = []
    data = path.read_bytes()
    where = path.name
    if b"\0" in data:
        # What a crash of the machine leaves where data were promised.
        notes.append(f"{where}: {data.count(0)} NUL bytes were skipped.")
        data = data.replace(b"\0", b"")
    lines = data.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(repetition(strict_loads(line.decode())))
            continue
        except ValueError as error:
            problem = error
        # A torn line to which a later session appended: the tail is whole.
        tail = line.rfind(b'{"name":')
        if tail > 0:
            try:
                found.append(repetition(strict_loads(line[tail:].decode())))
                notes.append(f"{where}: line {number} began with a torn piece.")
                continue
            except ValueError:
                pass
        if number == len(lines):
            notes.append(f"{where}: the last line is torn and was left out.")
        else:
            notes.append(f"{where}: line {number} was left out: {tell(problem)}.")
    kept, doubles = unique(found, where)
    return kept, notes + doubles


def tell(error: ValueError) -> str:
    """A ValueError in words that fit a sentence."""
    if isinstance(error, json.JSONDecodeError):
        return "it is not JSON"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return str(error).rstrip(".")
