"""What the tests of words share: a simulated run, and all its lines.

Owned by the tests of reports/; nothing else may call it.
"""

from __future__ import annotations

from reports.data.run import load
from reports.say.summary import blocks
from reports.testing import make_run, write_lines


def run_of(directory, *scenarios, **options):
    return load(make_run(directory, scenarios=scenarios or ("cpu",), **options))


def lines(run):
    return "\n".join(line for block in blocks(run) for line in block.lines)


def changed(directory, run, change):
    entries = [change(dict(one.raw)) for one in run.recorded]
    write_lines(directory, [entry for entry in entries if entry])
    return load(directory)
