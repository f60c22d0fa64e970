"""What the tests of the judge share: simulated runs, and asking about them.

Owned by the tests of reports/; nothing else may call it.
"""

from __future__ import annotations

from reports.data.metrics import RATE
from reports.data.run import load
from reports.judge.judgement import judge
from reports.testing import make_run, write_lines


def judged(directory, scenario="cpu", **options):
    return judge(load(make_run(directory, scenarios=(scenario,), **options)))


def changed(directory, found, change):
    """The same run with every entry passed through `change`, which may drop it."""
    entries = [change(dict(one.raw)) for one in found.run.recorded]
    write_lines(directory, [entry for entry in entries if entry])
    return judge(load(directory))


def group(found, **wanted):
    (one,) = [
        g
        for g in found.run.groups
        if all(getattr(g, key) == value for key, value in wanted.items())
    ]
    return one


def standing(found, metric=RATE, **wanted):
    return found.standing(group(found, **wanted), metric)


def labels(cells):
    return [cell.label for cell in cells]
