"""What the tests of judge and words share: simulated runs, and asking about them.

Owned by the tests of reports/; nothing else may call it.
"""

from reports.__main__ import main
from reports.data.metrics import RATE
from reports.data.run import load
from reports.judge.judgement import judge
from reports.say.summary import blocks
from reports.testing import make_run, write_lines


def run_of(directory, *scenarios, **options):
    return load(make_run(directory, scenarios=scenarios or ("cpu",), **options))


def changed(run, change=lambda entry: entry, more=()):
    """The same run with every entry passed through `change`, which may drop it."""
    entries = [change(dict(one.raw)) for one in run.recorded]
    write_lines(run.directory, [*filter(None, entries), *more])
    return load(run.directory)


def judged(directory, *scenarios, **options):
    return judge(run_of(directory, *scenarios, **options))


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


def told(capsys, *words):
    """Exit code, stdout and stderr of a command line."""
    try:
        code = main([*map(str, words)])
    except SystemExit as left:
        code = left.code
    return code, *capsys.readouterr()


def lines(run):
    return "\n".join(line for block in blocks(run) for line in block.lines)
