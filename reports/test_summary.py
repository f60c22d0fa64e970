"""What a run tells people beside who wins: gaps, flags, METG."""

import re

from reports import run, verdicts
from reports.testing import make_run, write_lines


def judged(directory, **options):
    found = run.load(make_run(directory, **options))
    return found, verdicts.judge(found)


def test_different_digests_are_told(tmp_path):
    directory = make_run(tmp_path, scenarios=("cpu",), cores=(1,))
    raw = [dict(one.raw) for one in run.load(directory).repetitions]
    raw[0]["digest"] = "0" * 16
    write_lines(directory, raw)
    text = "\n".join(verdicts.summary_lines(run.load(directory)))
    assert "The digests of 1 ms cpu jobs differ between" in text


def test_several_job_lengths_give_metg(tmp_path):
    found, _ = judged(
        tmp_path, scenarios=("cpu",), job_us=(1, 10, 100, 1000), models=("fork-ipc",)
    )
    lines = verdicts.summary_lines(found)
    where = lines.index("Shortest useful job:")
    # The simulator's price of dispatch is 6 us, so half is lost at 6 us.
    assert "fork-ipc at 7.0" in lines[where + 1] or "fork-ipc at 6." in lines[where + 1]


def test_one_thread_has_no_metg_on_two_cores(tmp_path):
    """It reaches just half of the ideal, so only noise would decide."""
    found, _ = judged(tmp_path, scenarios=("cpu",), job_us=(1, 1000))
    lines = [x for x in verdicts.summary_lines(found) if "METG" in x]
    assert "event-loop" in lines[0] and "on 1 core " in lines[0]
    assert "event-loop" not in lines[1] and "on 2 cores " in lines[1]


def test_an_interrupted_run_says_how_far_it_came(tmp_path):
    found, _ = judged(tmp_path, limit=40)
    assert "The run is not complete: 40 repetitions of 135." in "\n".join(
        verdicts.summary_lines(found)
    )


def test_flags_are_counted_and_explained(tmp_path):
    found, _ = judged(
        tmp_path, limit=50, flags={"prefork": ["stolen"], "fork-ipc": ["odd-one"]}
    )
    text = "\n".join(verdicts.summary_lines(found))
    assert re.search(r"Flag stolen in \d+ of 50 repetitions: the hypervisor", text)
    assert re.search(r"Flag odd-one in \d+ of 50 repetitions\.", text)


def test_nothing_at_all(tmp_path):
    found, all_of_them = judged(tmp_path, limit=0)
    assert all_of_them == ()
    assert verdicts.headline(found).startswith("No repetition was finished")
