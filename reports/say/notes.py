"""What a reader must know beside the verdicts: gaps, failures, flags, control.

Sentences for people, made from a Run; nothing here decides who wins.
"""

from __future__ import annotations

from collections import Counter
from statistics import median

from reports.data import words
from reports.data.metrics import RATE
from reports.data.run import Cell, Run
from reports.judge import questions
from reports.judge.judgement import judge
from reports.judge.verdict import EQUAL, WINS
from reports.say.phrases import cores, figure, span, within


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
    for v in judge(run).asked(questions.CONTROL):
        who = f"two copies of {v.a.label} on {cores(v.a.cores)}"
        of = f"{v.a.scenario}, {v.metric.called(v.a.requests)}"
        if v.word == WINS:
            line = (
                f"Warning: {who} differ ({of}: {figure(v)}). Something other than the "
                "models decides here: trust no verdict that is not far beyond that."
            )
        elif v.word == EQUAL:
            line = f"Control: {who} equal within {within(v.within)} ({of})."
        elif v.known:
            line = f"Control: {who} undecided {span(v)} ({of})."
        else:
            line = f"Control: {who}, {figure(v)} times; too few rounds to say ({of})."
        found.append((v.word == WINS, line))
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
            one = median(base.values(RATE.key))
            lines.append(
                f"Reachable: {most} independent processes on {most} cores finish "
                f"{words.ratio(found[most] / one)} times the jobs of {base.label} on one "
                f"({workload.title})."
            )
    return lines


def trust(run: Run) -> str:
    """One line: what the control showed, what was disturbed, what is flagged."""
    if not run.judged:
        return not_judged(run)
    told = [line for _, line in sorted(controls(run), key=lambda pair: not pair[0])]
    parts = told[:1] or ["Control: no model was measured twice."]
    if len(told) > 1:
        parts[0] = f"{parts[0]} {words.counted(len(told) - 1, 'more control')} below."
    again, total = len(run.set_aside), words.counted(len(run.repetitions), "repetition")
    parts.append(f"{again:,} of {total} disturbed and measured again.")
    flagged = sum(1 for one in run.repetitions if one.flags)
    parts.append(f"{flagged:,} flagged." if flagged else "No flags.")
    return " ".join(parts)


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
    if run.crowded and run.released:
        return (
            f"Other programs had a part in {run.fought_for:,} of "
            f"{words.counted(len(run.repetitions), 'repetition')}, so nothing is "
            "judged: run it again on a quiet machine."
        )
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
