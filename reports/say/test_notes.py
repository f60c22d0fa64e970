"""What is said beside who wins: gaps, failures, flags, the control."""

import pytest

from reports.data.run import load
from reports.say import notes
from reports.say.headline import headline
from reports.testing import FIVE, fail, write_lines
from reports.testing.saying import changed, lines, run_of


def test_failed_cells_are_named_and_counted(tmp_path):
    run = run_of(tmp_path, failed={"prefork": "worker 1 was killed by SIGSEGV"})
    assert lines(run).count("Not compared: prefork (failed).") == 2
    assert headline(run).endswith("2 cells failed.")
    failed = {label: "it hung" for label in FIVE}
    dead = run_of(tmp_path / "x", "http", failed=failed)
    assert "nobody can be compared" in headline(dead)


def test_a_model_alone_has_no_rival(tmp_path):
    run = run_of(tmp_path, models=("prefork",))
    assert headline(run) == "With 2 cores, 1 ms cpu jobs: nobody can be compared."
    assert "Speed-up from 1 to 2 cores: prefork 2.0" in lines(run)


def test_what_nobody_measured_is_said(tmp_path):
    assert headline(run_of(tmp_path, limit=0)).startswith("No repetition was finished")
    debug = run_of(tmp_path / "d", context={"build_type": "asan"})
    assert "asan build" in headline(debug) and "nothing is judged" in lines(debug)
    assert "Jobs per second" not in lines(debug)
    flags = {"thread-pool": ["neighbours"], "prefork": ["stolen", "little"]}
    calm = run_of(tmp_path / "c", cores=(2,), flags=flags)
    assert "nothing is judged" not in lines(calm)
    flags["fork-ipc"] = ["probe-slow"]
    crowded = run_of(tmp_path / "n", cores=(2,), flags=flags)
    total = len(crowded.repetitions)
    assert headline(crowded) == (
        f"Other programs had a part in {3 * total // 5} of {total} repetitions, so "
        "nothing is judged: run it again on a quiet machine."
    )
    assert "Jobs per second" not in lines(crowded)
    bare = run_of(tmp_path / "p", "primitives")
    assert headline(bare).startswith("Only primitives were measured")


def test_different_digests_and_gaps_and_flags_are_told(tmp_path):
    plain = run_of(tmp_path, cores=(1,), flags={"prefork": ["stolen"]})

    def odd(entry):
        if entry["round"] == 0 and entry["model"] == "prefork":
            entry["digest"] = "0" * 16
        return None if entry["round"] == 9 else entry

    text = lines(changed(tmp_path, plain, odd))
    assert "The digests of 1 ms cpu jobs differ between" in text
    assert "The run is not complete: 45 repetitions of 50." in text
    assert "Flag stolen in 9 of 45 repetitions: the hypervisor" in text


@pytest.mark.parametrize("faster, warns", [(1, False), (1.2, True)])
def test_the_control_is_told_and_warns_above_all(tmp_path, faster, warns):
    plain = run_of(tmp_path, cores=(2,))
    twins = []
    for one in plain.recorded:
        if one.model == "event-loop":
            twin = {"name": one.name + "/control", "kind": "control"}
            twin["jobs_per_second"] = one.jobs_per_second * faster
            twins.append({**one.raw, **twin})
    write_lines(tmp_path, [*(one.raw for one in plain.recorded), *twins])
    told = notes.caveats(load(tmp_path))
    if warns:
        assert told[0].startswith("Warning: two copies of event-loop on 2 cores differ")
        assert "(cpu, jobs per second: 0.83 (" in told[0]
    else:
        assert told[-1].startswith("Control: two copies of event-loop on 2 cores equal")


def test_what_was_measured_again_is_told(tmp_path):
    plain = run_of(tmp_path, cores=(2,))
    again = [
        {**one.raw, "status": "disturbed", "reason": "measured again: stolen"}
        for one in plain.recorded
        if one.model == "prefork"
    ]
    write_lines(tmp_path, [*(one.raw for one in plain.recorded), *again])
    told = "10 repetitions were disturbed and measured again (stolen 10); they count"
    assert told in lines(load(tmp_path))


def test_skipped_is_named_too(tmp_path):
    plain = run_of(tmp_path, cores=(1,))

    def skip(entry):
        return fail(entry, "no", "skipped") if entry["model"] == "prefork" else entry

    text = lines(changed(tmp_path, plain, skip))
    assert "Not compared: prefork (skipped)." in text


def test_what_independent_processes_reach_is_told(tmp_path):
    plain = run_of(tmp_path, models=("sequential", "prefork"))
    ideals = [
        {
            **one.raw,
            "kind": "ideal",
            "model": "independent",
            "name": "cpu/independent/cores:2/workers:2",
            "jobs_per_second": 0.9 * one.jobs_per_second,
        }
        for one in plain.recorded
        if one.model == "prefork" and one.cores == 2
    ]
    write_lines(tmp_path, [*(one.raw for one in plain.recorded), *ideals])
    (line,) = notes.reachable(load(tmp_path))
    assert line.startswith("Reachable: 2 independent processes on 2 cores finish 1.8")
    assert "independent" not in lines(load(tmp_path)).replace(line, "")
