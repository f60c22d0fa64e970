"""Reading runs.jsonl: one finished repetition per line, whatever survived. What is
whole is kept, the rest dropped and said; no figure is ever repaired."""

import json
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping

# A disturbed one was measured again; it is shown and never counted.
DISTURBED = "disturbed"
# Flags with which somebody else had a part in it.
FOREIGN = frozenset({"neighbours", "stolen", "throttled", "probe-slow", "suspended"})
STATUSES = ("ok", "failed", "skipped", DISTURBED)
# Files of earlier versions, and cells to which it does not apply, lack these.
OTHERWISE = {"kind": "model", "model_params": {}, "flags": (), "jobs_per_worker": ()}
REQUIRED = dict.fromkeys(("name", "scenario", "model", "status"), str)
REQUIRED |= dict.fromkeys(("cores", "workers", "repetition_index"), int)
REQUIRED["params"] = dict
# What begins so is in a part of the entry: http_offered_per_second. `cheap` is the
# first kind of request, where a load has several; its keys have no unit.
PARTS: dict[str, Callable[[Any], Any]] = {
    "http": lambda one: one.http,
    "fault": lambda one: one.http_fault,
    "naive": lambda one: one.http_naive,
    "cheap": lambda one: (one.http_groups or [None])[0],
}
MEASURED = ("real_time", "jobs_per_second", "work_seconds")


class Repetition:
    """One repetition of one cell: the unit of every statistic. Attributes are the
    keys of the entry `raw`, in SI units, None where unknown."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        front, _, rest = key.partition("_")
        if rest and front in PARTS:
            part = PARTS[front](self) or {}
            return part.get(rest, part.get(rest.removesuffix("_seconds")))
        value = self.raw.get(key) or OTHERWISE.get(key, self.raw.get(key))
        value = tuple(value) if isinstance(value, list) else value
        self.__dict__[key] = value
        return value

    ok = property(lambda one: one.status == "ok")
    in_flight = property(lambda one: one.raw.get("in_flight") or one.workers)
    foreign = property(lambda one: bool(FOREIGN & {*one.flags}))
    # Its round; files of earlier versions do not number their rounds.
    turn = property(lambda r: r.repetition_index if r.round is None else r.round)

    @property
    def cpu_seconds_per_job(self) -> float | None:
        """User and system time of the whole process tree, per job."""
        user, system = self.cpu_user_seconds, self.cpu_system_seconds
        known = user is not None and system is not None and self.jobs
        return (user + system) / self.jobs if known else None

    @property
    def cpu_seconds_of_both_per_job(self) -> float | None:
        """The same with the CPU time of the load generator in the window."""
        own, clients = self.cpu_seconds_per_job, self.http_generator_cpu_seconds
        return None if own is None or clients is None else own + clients / self.jobs

    lost_and_one = property(
        lambda r: None if r.fault_lost is None else r.fault_lost + 1
    )

    @property
    def first_job_seconds(self) -> float | None:
        """From the start until the first job is done; known of small batches."""
        ends = self.job_end_seconds
        return self.start_seconds + ends[0] if ends else None

    @property
    def own_memory_bytes(self) -> int | None:
        """Peak memory (PSS where known) without the harness's records."""
        peak, rss = self.peak_pss_bytes, self.peak_rss_bytes
        peak = rss if peak is None else peak
        return None if peak is None else peak - (self.record_bytes or 0)


def strict_loads(data: bytes) -> Any:
    """json.loads, but NaN, Infinity and numbers too large are errors (RFC 8259)."""
    value = json.loads(data.decode())
    json.dumps(value, allow_nan=False)
    return value


def repetition(entry: Any) -> Repetition:
    """An entry as an object. Raises ValueError with what is wrong with it."""
    if not isinstance(entry, dict):
        raise ValueError("it is not an object")
    for key, kind in REQUIRED.items():
        if not isinstance(entry.get(key), kind) or isinstance(entry[key], bool):
            raise ValueError(f"{key} is missing or not of type {kind.__name__}")
    if entry["status"] not in STATUSES:
        raise ValueError(f"status is {entry['status']!r}")
    for key in MEASURED if entry["status"] == "ok" else ():
        value, least = entry.get(key), 1e-300 if key == "jobs_per_second" else 0
        if type(value) not in (int, float) or value < least:
            raise ValueError(f"status is ok and {key} is {value!r}")
    return Repetition(entry)


# What was read, and a sentence per oddity.
Found = tuple[list[Repetition], list[str]]


def unique(repetitions: Iterable[Repetition], where: str) -> Found:
    """The first of each (name, repetition_index), and what was dropped."""
    kept: dict[Any, Repetition] = {}
    notes: list[str] = []
    for one in repetitions:
        aside = one.status == DISTURBED
        key = id(one) if aside else (one.name, one.repetition_index)
        if kept.setdefault(key, one) is not one:
            again = f"{one.name} has repetition {one.repetition_index} twice"
            notes.append(f"{where}: {again}; the first one counts.")
    return sorted(kept.values(), key=lambda one: one.status == DISTURBED), notes


def read_lines(path: Path) -> tuple[list[Repetition], list[str]]:
    """Every whole repetition in the file, and a sentence per oddity."""
    found: list[Repetition] = []
    notes: list[str] = []
    data = path.read_bytes()
    if nothing := data.count(0):
        # What a crash of the machine leaves where data were promised.
        notes.append(f"{path.name}: {nothing} NUL bytes were skipped.")
    lines = data.replace(b"\0", b"").split(b"\n")
    for number, line in enumerate(lines, start=1):
        where = f"{path.name}: line {number}"
        try:
            if line.strip():
                found.append(repetition(strict_loads(line)))
        except ValueError as error:
            why = str(error).rstrip(".")
            why = "it is the last one, and torn" if number == len(lines) else why
            try:
                # A torn line to which a later session appended: the tail is whole.
                tail = line[max(0, line.rfind(b'{"name":')) :]
                found.append(repetition(strict_loads(tail)))
                notes.append(f"{where} began with a torn piece.")
            except ValueError:
                notes.append(f"{where} was left out: {why}.")
    kept, doubles = unique(found, path.name)
    return kept, notes + doubles
