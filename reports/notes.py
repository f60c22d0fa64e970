"""What a reader must know beside the verdicts: gaps, failures, flags, METG.

Sentences for people, made from a Run; nothing here decides who wins.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from reports import scaling, statistics, words
from reports.answers import CPU, THROUGHPUT, fits, ratio_of
from reports.run import Cell, Run


def caveats(run: Run) -> tuple[str, ...]:
    """In the order of weight: not judged, incomplete, contradicting, flagged."""
    lines: list[str] = []
    if not run.judged:
        lines.append(not_judged(run))
    lines += [line for wins, line in controls(run) if wins]
    if run.missing:
        planned = run.context["planned_repetitions"]
        have = words.counted(len(run.repetitions), "repetition")
        lines.append(f"The run is not complete: {have} of {planned:,}.")
    if run.set_aside:
        lines.append(measured_again(run))
    lines += disagreements(run)
    lines += flags(run)
    lines += [line for wins, line in controls(run) if not wins]
    lines += reachable(run)
    return (*lines, *run.notes)


def controls(run: Run) -> list[tuple[bool, str]]:
    """What two copies of one model showed, and whether one of them "won"."""
    found = []
    d = statistics.tolerance(run.context.get("noise_floor"))
    for cell, twin in run.twins if run.judged else ():
        own = cell.scenario != "null" and fits(cell, THROUGHPUT)
        metric = THROUGHPUT if own and fits(twin, THROUGHPUT) else CPU
        ratio = ratio_of(cell, twin, metric)
        if ratio is None:
            continue
        word = statistics.word(ratio, ratio.p, d)
        who = f"two copies of {cell.label} on {words.counted(cell.cores, 'core')}"
        of = f"{cell.scenario}, {MEASURES[metric]}"
        between = words.between(ratio.low, ratio.high) if ratio.low else ""
        if word == statistics.WINS:
            line = (
                f"Warning: {who} differ ({of}: {words.ratio(ratio.estimate)}, {between}). "
                "Something other than the models decides here: trust no verdict that is "
                "not far beyond that."
            )
        elif word == statistics.TIES:
            far = max(ratio.high, 1 / ratio.low) - 1
            line = f"Control: {who} tie within {100 * far:.1f} % ({of})."
        else:
            line = (
                f"Control: {who} can't be told apart and not called equal ({of}: "
                f"{between or words.ratio(ratio.estimate)})."
            )
        found.append((word == statistics.WINS, line))
    return found


def reachable(run: Run) -> list[str]:
    """What the cores can give, beside what so many of them would be worth."""
    lines = []
    for workload in run.workloads if run.judged else ():
        found = workload.reached
        plain = (c for c in workload.cells if c.model == "sequential" and c.comparable)
        base = next((c for c in plain if c.cores == 1), None)
        if base and found:
            most = max(found)
            one = statistics.median(base.values(THROUGHPUT))
            lines.append(
                f"Reachable: {most} independent processes on {most} cores finish "
                f"{words.ratio(found[most] / one)} times the jobs of {base.label} on one "
                f"({workload.title})."
            )
    return lines


MEASURES = {CPU: "CPU per job", THROUGHPUT: "jobs per second"}


def measured_again(run: Run) -> str:
    """'7 repetitions were disturbed and measured again (neighbours 5, stolen
    2); they count nowhere.'"""
    signs = Counter((one.reason or "").rpartition(": ")[2] for one in run.set_aside)
    each = ", ".join(f"{sign} {count}" for sign, count in signs.most_common())
    many = len(run.set_aside) > 1
    return (
        f"{words.counted(len(run.set_aside), 'repetition')} "
        f"{'were' if many else 'was'} disturbed and measured again ({each}); "
        f"{'they count' if many else 'it counts'} nowhere."
    )


# What a flag of a repetition means to its reader.
FLAGS = {
    "backend-bound": "the backend was busier than what it served, so throughput is "
    "the backend's and only CPU per job is judged",
    "backend-late": "the backend answered later than it was asked to, by more than "
    "10 % of the wait",
    "cpu-shared": "the backend or the load generator had no core of its own and took "
    "part of the model's; of requests only CPU per request is then judged",
    "cores-not-independent": "the CPUs take more than 1.5 times as long for the same "
    "work when all of them are busy as alone: they share a core, so the nominal ideal "
    "is out of reach",
    "far-apart": "a cache line takes more than 250 ns from the first CPU to another "
    "one and back: they share no cache, so whatever workers share is expensive",
    "cpu-exceeds-wall": "more CPU time than cores and wall time allow, so one of the "
    "two is wrong",
    "fewer-jobs": "the batch was cut short, because the whole would have taken too "
    "long; rates compare, totals do not",
    "generator-bound": "the load generator was busy for over 70 % of the time, and in a "
    "closed loop the server was not: requests/s are lower bounds and latencies upper "
    "ones, and CPU per request is judged",
    "late": "the load generator itself sent more than 1 in 100 requests over 1 ms too "
    "late, or left answers unread for so long, so the latencies are not the server's "
    "alone and are not judged",
    "mixed-cores": "the cell has cores of different speeds, so its last cores add less "
    "than its first ones",
    "little": "jobs per second times mean latency is more than 5 % off the jobs in flight: "
    "the batch is too short beside its longest jobs",
    "neighbours": "other processes took more than 5 % of the CPUs meanwhile",
    "oversubscribed": "more workers than cores",
    "rate-missed": "less than 99 % of the offered requests were answered in time: the "
    "server was beyond its limit, or the load generator was",
    "probe-slow": "just before or after it the CPUs were more than 10 % slower than "
    "the same probe found them in the middle of the run's probes",
    "suspended": "it took three times as long as its computing and waiting explain: it was "
    "stopped, or the machine was",
    "stolen": "the hypervisor gave CPU time to somebody else",
    "unbalanced": "one loop had more than its share of the requests by a quarter, while "
    "others waited for work",
    "throttled": "a cgroup's CPU quota held it back",
}


def flags(run: Run) -> list[str]:
    """A line per flag: how often, and what it means."""
    counts: dict[str, int] = {}
    for one in run.repetitions:
        for flag in one.flags:
            counts[flag] = counts.get(flag, 0) + 1
    total = words.counted(len(run.repetitions), "repetition")
    lines = []
    for flag, count in sorted(counts.items()):
        meaning = f": {FLAGS[flag]}" if flag in FLAGS else ""
        lines.append(f"Flag {flag} in {count:,} of {total}{meaning}.")
    return lines


def not_judged(run: Run) -> str:
    kind = run.context.get("build_type")
    return f"This is a {kind} build: its times are no results and nothing is judged."


def failures(run: Run) -> list[Cell]:
    return [cell for cell in run.cells if cell.failed]


def disagreements(run: Run) -> list[str]:
    """The same jobs must have the same digest, whoever did them."""
    lines = []
    for workload in run.workloads:
        found: dict[tuple[str, int | None], dict[str, str]] = {}
        for cell in workload.cells:
            # Along a mix axis the jobs are others at every share.
            title = words.work(cell.scenario, cell.params)
            for one in cell.ok:
                # How many requests a server answers is not the same work.
                if one.digest is not None and not cell.requests:
                    digests = found.setdefault((title, one.jobs), {})
                    digests.setdefault(one.digest, cell.label)
        for (title, _), digests in found.items():
            if len(digests) > 1:
                models = words.listed(digests.values())
                lines.append(
                    f"The digests of {title} differ between {models}: "
                    "they did not do the same work."
                )
    return lines


def job_seconds(run: Run, cell: Cell) -> float | None:
    """The calibrated length of the cell's jobs, or what was asked for."""
    length = cell.params.get("job_us")
    if not length:
        return None
    for entry in run.context.get("calibration") or []:
        same = ("kernel", "job_us", "size")
        if entry.get("scenario") == cell.scenario and all(
            entry.get(key) == cell.params.get(key) for key in same
        ):
            return float(entry["seconds"])
    return length * 1e-6


@dataclass(frozen=True)
class Curve:
    """One model's throughput against the length of its jobs, on one core
    count: points are (seconds per job, median jobs per second)."""

    label: str
    work: str
    cores: int
    points: tuple[tuple[float, float], ...]


def curves(run: Run) -> list[Curve]:
    """Where the run has several job lengths and else the same parameters.

    A model with so few workers that it cannot pass half of the cores has no
    METG there, only noise around the half that it may just touch.
    """
    found: dict[str, list[tuple[Cell, float]]] = {}
    for cell in run.cells:
        length = job_seconds(run, cell)
        if cell.is_control or cell.is_ideal:
            continue
        if length is None or not cell.comparable or 2 * cell.workers <= cell.cores:
            continue
        if cell.waits or cell.limit is not None or cell.requests:
            # What limits these is how many may be in flight.
            continue
        key = [cell.scenario, rest(cell), cell.id, cell.workers, cell.in_flight]
        family = json.dumps([cell.cores, *key], sort_keys=True)
        found.setdefault(family, []).append((cell, length))
    return [
        Curve(
            some[0][0].label,
            words.work(some[0][0].scenario, rest(some[0][0])),
            some[0][0].cores,
            tuple(
                (length, statistics.median(cell.values("jobs_per_second")))
                for cell, length in some
            ),
        )
        for some in found.values()
        if len({length for _, length in some}) > 1
    ]


def rest(cell: Cell) -> dict[str, Any]:
    """The parameters other than the length of a job."""
    return {k: v for k, v in cell.params.items() if k not in ("job_us", "size")}


def shortest_jobs(run: Run) -> tuple[str, ...]:
    """METG(50 %) per workload and core count."""
    found: dict[tuple[str, int], list[str]] = {}
    for curve in curves(run):
        seconds, rates = zip(*curve.points)
        answer = scaling.metg(seconds, rates, curve.cores)
        text = f"{curve.label} at {words.seconds(answer.seconds)}"
        if answer.bound == "never":
            text = f"{curve.label} at none of the lengths"
        elif answer.bound == "at most":
            text += " or less"
        found.setdefault((curve.work, curve.cores), []).append(text)
    return tuple(
        f"{words.capital(work)} on {words.counted(cores, 'core')} reach half of the "
        f"ideal throughput (METG 50 %) with {words.listed(each)}."
        for (work, cores), each in found.items()
    )
