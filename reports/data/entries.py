"""Reading runs.jsonl: one finished repetition per line, whatever survived.

A run may have been killed, the disk may have been full, the machine may have
lost power: the reader keeps every repetition that is whole, drops the rest
and says so. It never repairs a figure.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Iterable, Mapping

# A disturbed one was measured again; it is shown and never counted.
DISTURBED = "disturbed"
STATUSES = ("ok", "failed", "skipped", DISTURBED)


class NotStrict(ValueError):
    """NaN or Infinity, which JSON (RFC 8259) does not have."""


def strict_loads(text: str) -> Any:
    """json.loads, but NaN, Infinity and numbers too large are errors."""

    def refuse(constant: str) -> float:
        raise NotStrict(f"{constant} is not JSON")

    def finite(digits: str) -> float:
        number = float(digits)
        if not math.isfinite(number):
            raise NotStrict(f"{digits} does not fit a double")
        return number

    return json.loads(text, parse_constant=refuse, parse_float=finite)


@dataclass(frozen=True, eq=False)
class Repetition:
    """One repetition of one cell: the unit of every statistic.

    Attributes are the keys of the entry, in SI units, None where unknown;
    `raw` is the entry as it was read, including keys not known here.
    """

    raw: Mapping[str, Any]
    name: str
    scenario: str
    model: str
    variant: str | None
    cores: int
    workers: int
    in_flight: int
    repetition_index: int
    status: str
    params: Mapping[str, Any]
    reason: str | None = None
    flags: tuple[str, ...] = ()
    jobs: int | None = None
    real_time: float | None = None
    cpu_time: float | None = None
    jobs_per_second: float | None = None
    start_seconds: float | None = None
    work_seconds: float | None = None
    teardown_seconds: float | None = None
    cpu_user_seconds: float | None = None
    cpu_system_seconds: float | None = None
    voluntary_switches: int | None = None
    involuntary_switches: int | None = None
    minor_faults: int | None = None
    major_faults: int | None = None
    peak_rss_bytes: int | None = None
    peak_pss_bytes: int | None = None
    latency_p50_seconds: float | None = None
    latency_p90_seconds: float | None = None
    latency_p99_seconds: float | None = None
    latency_p999_seconds: float | None = None
    latency_from: str | None = None
    latency_note: str | None = None
    jobs_per_worker: tuple[int, ...] = ()
    errors: int | None = None
    digest: str | None = None
    floor: str | None = None
    round: int | None = None
    order: int | None = None
    spin_probe_seconds: float | None = None
    steal_seconds: float | None = None
    load_average: float | None = None
    record_bytes: int | None = None
    processes: int | None = None
    kind: str = "model"
    in_flight_limit: int | None = None
    workers_rule: int | None = None
    wait_seconds: float | None = None
    compute_seconds: float | None = None
    latency_mean_seconds: float | None = None
    little_ratio: float | None = None
    in_flight_mean: float | None = None
    in_flight_peak: int | None = None
    errnos: Mapping[str, int] | None = None
    backend_cpu_seconds: float | None = None
    backend_late_p99_seconds: float | None = None
    job_end_seconds: tuple[float, ...] | None = None
    model_params: Mapping[str, Any] = field(default_factory=dict)
    http: Mapping[str, Any] | None = None

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
        if (
            self.cpu_user_seconds is None
            or self.cpu_system_seconds is None
            or not self.jobs
        ):
            return None
        return (self.cpu_user_seconds + self.cpu_system_seconds) / self.jobs

    @property
    def cpu_seconds_of_both_per_job(self) -> float | None:
        """The same with the CPU time of the load generator in the window."""
        own, clients = self.cpu_seconds_per_job, None
        if self.http is not None:
            clients = self.http.get("generator_cpu_seconds")
        if own is None or clients is None:
            return None
        return own + clients / self.jobs

    @property
    def cheap_p50_seconds(self) -> float | None:
        return self._cheap("p50")

    @property
    def cheap_p90_seconds(self) -> float | None:
        return self._cheap("p90")

    @property
    def cheap_p99_seconds(self) -> float | None:
        return self._cheap("p99")

    def _cheap(self, part: str) -> float | None:
        """Of the first kind of request, where a load has several."""
        groups = (self.http or {}).get("groups")
        return groups[0].get(part) if groups else None


_REQUIRED = {
    "name": str,
    "scenario": str,
    "model": str,
    "cores": int,
    "workers": int,
    "repetition_index": int,
    "status": str,
    "params": dict,
}
_FIELDS = frozenset(f.name for f in fields(Repetition)) - {"raw"}
_MEASURED = ("real_time", "cpu_time", "jobs_per_second", "work_seconds")


def repetition(entry: Any) -> Repetition:
    """An entry as an object. Raises ValueError with what is wrong with it."""
    if not isinstance(entry, dict):
        raise ValueError("it is not an object")
    for key, kind in _REQUIRED.items():
        if not isinstance(entry.get(key), kind) or isinstance(entry[key], bool):
            raise ValueError(f"{key} is missing or not of type {kind.__name__}")
    if entry["status"] not in STATUSES:
        raise ValueError(f"status is {entry['status']!r}")
    known = {key: entry[key] for key in _FIELDS & entry.keys()}
    known["in_flight"] = entry.get("in_flight") or entry["workers"]
    known["variant"] = entry.get("variant")
    for key in ("flags", "jobs_per_worker"):
        known[key] = tuple(entry.get(key) or ())
    # Files of earlier versions have none of these keys.
    known["kind"] = entry.get("kind") or "model"
    known["model_params"] = entry.get("model_params") or {}
    ends = entry.get("job_end_seconds")
    known["job_end_seconds"] = None if ends is None else tuple(ends)
    if entry["status"] == "ok":
        for key in _MEASURED:
            value = entry.get(key)
            good = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not good or not math.isfinite(value) or value < 0:
                raise ValueError(f"status is ok and {key} is {value!r}")
        if not entry["jobs_per_second"] > 0:
            raise ValueError("status is ok and jobs_per_second is not positive")
    return Repetition(raw=entry, **known)


def unique(
    repetitions: Iterable[Repetition], where: str
) -> tuple[list[Repetition], list[str]]:
    """The first of each (name, repetition_index), and what was dropped."""
    kept: dict[tuple[str, int], Repetition] = {}
    aside: list[Repetition] = []
    notes: list[str] = []
    for one in repetitions:
        if one.status == DISTURBED:
            aside.append(one)
            continue
        key = (one.name, one.repetition_index)
        if key in kept:
            notes.append(
                f"{where}: {one.name} has repetition {one.repetition_index} "
                "twice; the first one counts."
            )
        kept.setdefault(key, one)
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
