"""Tests of the sentences under figures, each with data that make the opposite true."""

from __future__ import annotations

import json

import pytest

from plots import cpu_split, dispatch, efficiency, memory, phases, speedup, throughput
from plots.testing import dots, texts, view_of
from plots.views import views
from reports.data.run import load
from reports.testing import FIVE, make_entry, make_run, write_lines


def test_throughput_says_what_the_verdicts_say(tmp_path):
    """Drawn or told, one object decides: the figure cannot contradict it."""
    view = view_of(tmp_path / "a", repetitions=10)
    equal = throughput.chart(view).so_what
    assert ", equal to " in equal and " within 1" in equal
    assert "2.0" in equal and "the lowest" in equal
    speed = {"thread-pool": 1.5}
    lead = throughput.chart(
        view_of(tmp_path / "b", speed=speed, repetitions=10)
    ).so_what
    assert lead.startswith("On 2 cores thread-pool finishes")
    assert "equal" not in lead and "undecided" not in lead


def test_throughput_when_all_are_equal(tmp_path):
    view = view_of(tmp_path, cores=(1,), repetitions=10)
    so_what = throughput.chart(view).so_what
    assert "equal to" in so_what and "times" not in so_what


def test_throughput_of_few_rounds_decides_nothing(tmp_path):
    so_what = throughput.chart(view_of(tmp_path, repetitions=5)).so_what
    assert so_what.endswith("; nothing is decided with so few rounds.")


def test_speed_up_when_models_gain_and_when_none_does(tmp_path):
    gain = speedup.chart(view_of(tmp_path / "a", repetitions=10)).so_what
    assert "are faster than sequential on one core" in gain
    assert "event-loop (1.00 ×) equals it" in gain
    slow = {"thread-pool": 0.3, "prefork": 0.3, "fork-ipc": 0.3, "event-loop": 0.6}
    none = speedup.chart(view_of(tmp_path / "b", speed=slow, repetitions=10)).so_what
    assert "are slower than sequential" in none
    assert "none is faster, even with 2 cores" in none
    assert "are faster" not in none


def test_speed_up_says_what_independent_processes_reach(tmp_path):
    make_run(tmp_path, repetitions=10, scenarios=("cpu",))
    lines = (tmp_path / "runs.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    more = []
    for one in entries:
        if one["model"] == "prefork" and one["cores"] == 2:
            name = f"cpu/independent/cores:{one['cores']}/workers:{one['cores']}"
            ideal = dict(one, kind="ideal", model="independent", name=name)
            ideal["jobs_per_second"] = 0.9 * one["jobs_per_second"]
            more.append({**ideal, "run_name": name})
    assert more
    plain = next(v for v in views(load(tmp_path)) if v.scenario == "cpu")
    write_lines(tmp_path, [*entries, *more])
    view = next(v for v in views(load(tmp_path)) if v.scenario == "cpu")
    assert [c.name for c in view.cells] == [c.name for c in plain.cells]
    told = speedup.chart(view)
    assert "(ideal: 2; independent processes reach 1.8" in told.so_what
    assert "independent" not in speedup.chart(plain).so_what
    for chart in (told, throughput.chart(view), efficiency.chart(view)):
        words = " ".join(texts(chart.svg))
        assert "reachable: independent processes" in words
        assert "independent" not in {row[0] for row in chart.table.rows}
        assert dots(chart.svg) == len(entries)


def test_speed_up_that_is_neither_shown_nor_excluded(tmp_path):
    view = view_of(tmp_path, noise=0.2, seed=3, repetitions=10)
    so_what = speedup.chart(view).so_what
    assert "event-loop" in so_what and "undecided beside" in so_what


def test_efficiency_full_and_lost(tmp_path):
    lost = efficiency.chart(view_of(tmp_path / "a")).so_what
    assert "the work of 1.0 of 2 cores is missing" in lost
    models = ("sequential", "thread-pool", "prefork")
    double = {"cpu/sequential/cores:2/workers:1": 2.0}
    full = efficiency.chart(
        view_of(tmp_path / "b", models=models, speed=double)
    ).so_what
    assert "every model turns at least" in full and "missing" not in full
    half = {label: 0.5 for label in ("thread-pool", "prefork", "fork-ipc")}
    none = efficiency.chart(view_of(tmp_path / "c", speed=half)).so_what
    assert "no model reaches 90 % of the ideal" in none


def test_phases_say_when_start_up_is_longer_than_the_work(tmp_path):
    short = phases.chart(view_of(tmp_path / "a")).so_what
    assert "of its work" in short and "does not pay" not in short
    run = make_run(tmp_path / "b", repetitions=5, scenarios=("cpu",))
    entries = [
        make_entry("cpu", label, cores=2, repetition=k, start_seconds=9.0)
        for label in FIVE
        for k in range(5)
    ]
    write_lines(run, entries)
    (view,) = views(load(run))
    assert "longer than its work" in phases.chart(view).so_what


def test_cpu_split_same_dearer_and_mostly_kernel(tmp_path):
    same = cpu_split.chart(view_of(tmp_path / "a")).so_what
    assert "the same CPU time under every model" in same
    dear = cpu_split.chart(view_of(tmp_path / "b", speed={"fork-ipc": 0.5})).so_what
    assert "under fork-ipc" in dear and "the same" not in dear
    run = make_run(tmp_path / "c", repetitions=5, scenarios=("cpu",))
    entries = [
        make_entry(
            "cpu",
            label,
            cores=2,
            repetition=k,
            cpu_user_seconds=0.2,
            cpu_system_seconds=0.8 if label == "fork-ipc" else 0.0,
        )
        for label in FIVE
        for k in range(5)
    ]
    write_lines(run, entries)
    (view,) = views(load(run))
    kernel = cpu_split.chart(view).so_what
    assert "fork-ipc spends 80 % of its time in the kernel" in kernel


def test_cpu_split_turns_to_shares_when_bars_would_vanish(tmp_path):
    near = cpu_split.chart(view_of(tmp_path / "a", "cpu"))
    assert "CPU time per job" in texts(near.svg)
    far = cpu_split.chart(view_of(tmp_path / "b", "null"))
    assert "share of the CPU time" in texts(far.svg)
    assert dots(far.svg) == 50


def test_parts_of_the_cpu_time_add_up(tmp_path):
    for row in cpu_split.chart(view_of(tmp_path)).table.rows:
        assert row[5] + row[6] == pytest.approx(row[2])


def test_memory_says_when_rss_claims_more_and_when_not(tmp_path):
    more = memory.chart(view_of(tmp_path / "a")).so_what
    assert "RSS would claim" in more
    assert "records" in more
    run = make_run(tmp_path / "b", repetitions=5, scenarios=("cpu",))
    entries = [
        make_entry(
            "cpu",
            label,
            cores=2,
            repetition=k,
            peak_rss_bytes=5_000_000,
            peak_pss_bytes=4_900_000,
        )
        for label in FIVE
        for k in range(5)
    ]
    write_lines(run, entries)
    (view,) = views(load(run))
    assert "RSS says about the same" in memory.chart(view).so_what


def test_dispatch_near_and_far_from_the_floor(tmp_path):
    scenarios = ("null", "primitives")
    mixed = dispatch.chart(view_of(tmp_path / "a", "null", scenarios=scenarios))
    assert "event-loop is furthest above its floor, 1.71 times" in mixed.so_what
    near = dispatch.chart(
        view_of(tmp_path / "b", "null", scenarios=scenarios, speed={"event-loop": 1.3})
    )
    assert "every model with a floor is within 1.5 times of it" in near.so_what
