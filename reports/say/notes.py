"""What a reader must know beside the verdicts: gaps, failures, flags, control."""

from collections import Counter
from typing import Iterator

from reports.data import Run, words
from reports.judge import questions
from reports.judge.checks import disturbed, unstable
from reports.judge.judgement import judge
from reports.judge.verdict import EQUAL, WINS
from reports.say.phrases import SAID, conclusion, cores


def caveats(run: Run) -> tuple[str, ...]:
    """In the order of weight: not judged, incomplete, contradicting, flagged."""
    lines = [*([] if run.judged else [not_judged(run)]), *controls(run, True)]
    rounds = max((v.rounds for v in judge(run).verdicts if v.known), default=0)
    if rounds:
        lines.append(SAID["rounds"].format(rounds=rounds, d=100 * judge(run).d))
    planned = run.context.get("planned_repetitions") or 0
    if len(run.repetitions) < planned:
        have = words.counted(len(run.repetitions), "repetition")
        lines.append(SAID["incomplete"].format(have=have, planned=planned))
    if run.set_aside:
        signs = Counter((one.reason or "").rpartition(": ")[2] for one in run.set_aside)
        each = ", ".join(f"{sign} {count}" for sign, count in signs.most_common())
        lines.append(SAID["again"].format(count=len(run.set_aside), each=each))
    lines += flags(run)
    return (*lines, *controls(run, False), *run.notes)


def controls(run: Run, differ: bool) -> Iterator[str]:
    """What two copies of one model showed, of those that differ or of the others."""
    asked = judge(run).asked(questions.CONTROL)
    for v in (v for v in asked if (v.word == WINS) is differ):
        who = f"two copies of {v.a.label} on {cores(v.a.cores)}"
        of = f"{conclusion(v)} ({v.a.scenario}, {v.metric.called(v.a.requests)})"
        yield SAID["differ" if differ else "alike"].format(who=who, of=of)


def trust(run: Run) -> tuple[str, str]:
    """One line: how far to trust, and why: the control, what was disturbed, flags."""
    if not run.judged:
        return "⚠ Not judged", not_judged(run)
    asked = sorted(judge(run).asked(questions.CONTROL), key=lambda v: v.word != WINS)
    mark, said = "⚠ No control", ["no model was measured twice"]
    if asked:
        differ = "differ, " if asked[0].winner else ""
        said = [f"two copies of {asked[0].a.label} {differ}{conclusion(asked[0])}"]
        steady = all(v.word == EQUAL for v in asked)
        mark = "✓ Steady run" if steady else "⚠ Noisy run"
    if more := len(asked[1:]):
        said[0] += f" ({words.counted(more, 'more control')} below)"
    if hit := len(disturbed(run)):
        said.append(f"{words.counted(hit, 'cell')} mostly disturbed")
    again, total = len(run.set_aside), words.counted(len(run.repetitions), "repetition")
    said.append(f"{again:,} of {total} disturbed and measured again")
    flagged = sum(1 for one in run.repetitions if one.flags)
    said.append(f"{flagged:,} flagged" if flagged else "no flags")
    return "⚠ Unsteady run" if unstable(run) else mark, f"{'; '.join(said)}."


def flags(run: Run) -> list[str]:
    """A line per flag: how often, and what it means."""
    counts = Counter(flag for one in run.repetitions for flag in one.flags)
    every, known = len(run.repetitions), words.FLAGS
    each = ((f, n, known.get(f, "not known here")) for f, n in sorted(counts.items()))
    return [SAID["flag"].format(flag=f, count=n, all=every, what=w) for f, n, w in each]


def not_judged(run: Run) -> str:
    if run.crowded and run.released:
        every = words.counted(len(run.repetitions), "repetition")
        return SAID["crowded"].format(count=run.fought_for, all=every)
    return SAID["build"].format(build=run.context.get("build_type"))
