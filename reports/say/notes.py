"""What a reader must know beside the verdicts: gaps, failures, flags, control.

Sentences for people, made from a Run; nothing here decides who wins.
"""

from __future__ import annotations

from collections import Counter
from statistics import median

from reports.data import words
from reports.data.flags import FLAGS
from reports.data.metrics import RATE
from reports.data.run import Cell, Run
from reports.data.scenarios import SEQUENTIAL
from reports.judge import questions
from reports.judge.judgement import judge
from reports.judge.verdict import EQUAL, WINS
from reports.say.phrases import cores, figure, span, within


def caveats(run: Run) -> tuple[str, ...]:
    """In the order of weight: not judged, incomplete, contradicting, flagged."""
    told = controls(run)
    lines = [] if run.judged else [not_judged(run)]
    lines += [line for wins, line in told if wins]
    lines += footnote(run)
    if run.missing:
        planned = run.context["planned_repetitions"]
        have = words.counted(len(run.repetitions), "repetition")
        lines.append(f"The run is not complete: {have} of {planned:,}.")
    if run.set_aside:
        lines.append(measured_again(run))
    lines += [*disagreements(run), *flags(run)]
    lines += [line for wins, line in told if not wins]
    return (*lines, *reachable(run), *run.notes)


def footnote(run: Run) -> list[str]:
    """How sure all of it is."""
    counts = sorted(
        {v.rounds for v in judge(run).verdicts if v.known and not v.control}
    )
    if not counts:
        return []
    some = f"{counts[0]}" + (f" to {counts[-1]}" if counts[1:] else "")
    return [
        f"{some} rounds; the intervals of a line hold together at 95 %; equal: within "
        f"{100 * judge(run).d:.2g} %."
    ]


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
        plain = (c for c in workload.cells if c.model == SEQUENTIAL and c.comparable)
        base = next((c for c in plain if c.cores == 1), None)
        if base and found:
            most = max(found)
            times = words.ratio(found[most] / median(base.values(RATE.key)))
            lines.append(
                f"Reachable: {most} independent processes on {most} cores finish "
                f"{times} times the jobs of {base.label} on one ({workload.title})."
            )
    return lines


def trust(run: Run) -> str:
    """One line: what the control showed, what was disturbed, what is flagged."""
    if not run.judged:
        return not_judged(run)
    told = [line for _, line in sorted(controls(run), key=lambda pair: not pair[0])]
    parts = told[:1] or ["Control: no model was measured twice."]
    if len(told) > 1:
        parts[0] += f" {words.counted(len(told) - 1, 'more control')} below."
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


def flags(run: Run) -> list[str]:
    """A line per flag: how often, and what it means."""
    counts = Counter(flag for one in run.repetitions for flag in one.flags)
    total = len(run.repetitions)
    return [
        f"Flag {flag} ({count:,} of {total:,}): {FLAGS.get(flag, 'not known here')}."
        for flag, count in sorted(counts.items())
    ]


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
    found: dict[tuple[str, int | None], dict[str, str]] = {}
    for cell in (cell for workload in run.workloads for cell in workload.cells):
        title = words.work(cell.scenario, cell.params)
        for one in cell.ok:
            # How many requests a server answers is not the same work.
            if one.digest is not None and not cell.requests:
                digests = found.setdefault((title, one.jobs), {})
                digests.setdefault(one.digest, cell.label)
    return [
        f"The digests of {title} differ between {words.listed(digests.values())}: "
        "they did not do the same work."
        for (title, _), digests in found.items()
        if len(digests) > 1
    ]
