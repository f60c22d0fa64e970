"""Tests of the figures of jobs that wait: what they show and say, by figure."""

from __future__ import annotations

import re

import pytest

from plots import cpu_per_job, cpu_split, cuts, in_flight, latency, memory
from plots import memory_in_flight, phases, speedup, switches, throughput
from plots.chart import Chart
from plots.testing import all_charts, dots, texts, view_of
from plots.views import views
from reports.data import words
from reports.data.run import load
from reports.testing import FIVE, make_run
from reports.testing import write_lines
from reports.judge.waits import memory_slopes


@pytest.fixture(scope="module")
def charts(tmp_path_factory) -> dict[str, Chart]:
    return all_charts(tmp_path_factory.mktemp("run"), scenarios=("io",))


def test_a_run_of_waiting_jobs_has_these_charts(charts):
    assert list(charts) == [
        "io-forest",
        "io-in-flight",
        "io-latency",
        "io-cpu-per-job",
        "io-cpu-split",
        "io-switches",
        "io-memory-in-flight",
        "io-phases",
        "io-memory",
    ]


# 2 core counts: 4 models at 3 limits and sequential once; 5 repetitions.
CELLS = 2 * (4 * 3 + 1)


@pytest.mark.parametrize(
    "name, repetitions",
    [
        ("io-in-flight", CELLS * 5),
        ("io-cpu-per-job", (CELLS + 3) * 5),  # and the floor
        ("io-switches", CELLS * 5),
        ("io-memory-in-flight", CELLS * 5),
    ],
)
def test_every_repetition_is_a_dot(charts, name, repetitions):
    assert dots(charts[name].svg) == repetitions


def test_latency_has_a_dot_per_repetition_and_percentile(charts):
    # On 2 cores: p99 needs 10,000 jobs, which only 2 of 3 limits have.
    assert dots(charts["io-latency"].svg) == (13 * 2 + 8) * 5


def test_every_axis_has_a_name(charts):
    for name, axis in {
        "io-in-flight": "jobs per second (logarithmic)",
        "io-cpu-per-job": "CPU time per job",
        "io-memory-in-flight": "peak memory, all processes",
        "io-switches": "switches per job (logarithmic)",
    }.items():
        found = texts(charts[name].svg)
        assert axis in found, name
        # One name for the settings of both panels.
        assert found.count("jobs in flight, at most (logarithmic)") == 1, name
    assert "latency (logarithmic)" in texts(charts["io-latency"].svg)


def test_linear_axes_start_at_zero(charts):
    for name in ("io-cpu-per-job", "io-memory-in-flight"):
        assert "0" in texts(charts[name].svg), name


# In flight.


def test_the_cap_is_drawn_and_labelled(charts):
    assert "cap: in flight / 5 ms  200.0 k" in texts(charts["io-in-flight"].svg)
    rows = {(r[0], r[1], r[2]): r for r in charts["io-in-flight"].table.rows}
    row = rows["event-loop", 1, 100]
    assert row[8] == pytest.approx(100 / 0.005)
    assert row[9] == pytest.approx(row[5] / row[8])


def test_jobs_that_compute_have_a_cap_of_cpus_too(tmp_path):
    view = view_of(tmp_path, "io", waiting={"compute_us": 100})
    found = texts(in_flight.chart(view).svg)
    assert "cap: CPUs / compute  20,000" in found
    assert "cap: in flight / 5.1 ms  196.1 k" in found


def test_fewer_in_flight_than_asked_is_drawn_told_and_in_the_table(charts):
    chart = charts["io-in-flight"]
    assert any("thread-pool" in t and "(has 512)" in t for t in texts(chart.svg))
    assert "own cap: fewer in flight than asked" in texts(chart.svg)
    assert "Only 512 are in flight under thread-pool and fork-ipc" in chart.so_what
    rows = {(r[0], r[1], r[2]): r for r in chart.table.rows}
    assert rows["thread-pool", 2, 1000][3:5] == (512, 512)
    assert rows["event-loop", 2, 1000][3] == 1000


def test_nobody_has_fewer_in_flight_than_asked(tmp_path):
    chart = in_flight.chart(view_of(tmp_path, "io", in_flight=(10, 100)))
    assert "Only" not in chart.so_what
    assert "own cap: fewer in flight than asked" not in texts(chart.svg)


def test_in_flight_names_the_leader_and_its_equals(tmp_path):
    lead = in_flight.chart(view_of(tmp_path / "a", "io", repetitions=10))
    assert "with 1,000 in flight prefork finishes" in lead.so_what
    assert "equal" not in lead.so_what
    options = {"in_flight": (10, 100), "repetitions": 10}
    equal = in_flight.chart(view_of(tmp_path / "b", "io", **options))
    assert ", equal to " in equal.so_what


def test_sequential_stands_at_one_in_flight_in_every_panel(charts):
    for name in ("io-in-flight", "io-cpu-per-job", "io-memory-in-flight"):
        assert texts(charts[name].svg).count("sequential") == 2, name


def test_one_limit_is_drawn_over_cores_with_its_cap(tmp_path):
    view = view_of(tmp_path, "io", in_flight=(100,))
    assert in_flight.chart(view) is None and cuts.setting(view) is None
    chart = throughput.chart(view)
    assert "cap: 100 in flight / 5 ms  20,000" in texts(chart.svg)
    assert dots(chart.svg) == 50
    assert speedup.chart(view) is None


# What a job costs.


def test_cpu_time_has_its_floor_and_says_how_near(tmp_path, charts):
    chart = charts["io-cpu-per-job"]
    # It was measured on one core only: elsewhere it would be no floor.
    assert "floor: epoll-client  (1 core only)" in texts(chart.svg)
    assert "on 1 core a bare epoll-client needs" in chart.so_what
    assert "event-loop 1.3" in chart.so_what
    rows = {(r[0], r[1], r[2]): r for r in chart.table.rows}
    assert rows["fork-ipc", 1, 100][8] == pytest.approx(32 / 8, rel=0.02)
    assert rows["fork-ipc", 2, 100][8] is None
    chart = cpu_per_job.chart(view_of(tmp_path / "one", "io", cores=(1,), noise=1e-4))
    assert any(t.startswith("floor: epoll-client  8.0") for t in texts(chart.svg))
    without = [m for m in FIVE if m != "event-loop"]
    chart = cpu_per_job.chart(view_of(tmp_path / "none", "io", models=without))
    assert "bare" not in chart.so_what
    assert not any("floor:" in text for text in texts(chart.svg))


def test_cpu_time_turns_logarithmic_and_says_so(tmp_path):
    view = view_of(tmp_path, "io", models=(*FIVE, "fork-ipc/spawn"))
    assert "CPU time per job (logarithmic)" in texts(cpu_per_job.chart(view).svg)


def test_memory_writes_the_slope_of_every_model(tmp_path):
    view = view_of(tmp_path, "io")
    chart = memory_in_flight.chart(view)
    found = texts(chart.svg)
    slopes = {(s.most.label, s.most.cores): s for s in memory_slopes(view.workload)}
    for row in chart.table.rows:
        if row[2] is not None:
            slope = slopes[row[0], row[1]].bytes
            assert row[8] == slope
            written = f"{row[0]}  +{words.size(slope)} a job"
            assert row[1] == 1 or written in found
        else:
            assert row[8] is None
    dear = words.size(slopes["fork-ipc", 2].bytes)
    assert f"takes {dear} under fork-ipc" in chart.so_what


def test_memory_that_does_not_grow_is_not_said_to(tmp_path):
    run = make_run(tmp_path, scenarios=("io",), models=("sequential", "event-loop"))
    entries = [dict(one.raw) for one in load(run).repetitions]
    for entry in entries:
        entry["peak_pss_bytes"] = entry["peak_rss_bytes"] = (
            5_000_000 + 4096 * entry["repetition_index"] + entry["record_bytes"]
        )
    write_lines(run, entries)
    chart = memory_in_flight.chart(views(load(run))[0])
    assert any("+0, or below the noise" in text for text in texts(chart.svg))
    assert "less than 1 KiB in every model" in chart.so_what


def test_switches_per_job_come_from_both_kinds(tmp_path):
    run = make_run(tmp_path, repetitions=5, scenarios=("io",))
    entries = [dict(one.raw) for one in load(run).repetitions]
    for entry in entries:
        entry["voluntary_switches"] = 2 * entry["jobs"]
        entry["involuntary_switches"] = entry["jobs"]
    write_lines(run, entries)
    chart = switches.chart(views(load(run))[0])
    assert {row[5] for row in chart.table.rows} == {3.0}
    assert {(row[8], row[9]) for row in chart.table.rows} == {(2.0, 1.0)}
    assert "switches per job" in texts(chart.svg)


# Latency.


def test_latency_names_shortest_longest_and_what_nothing_delays(charts):
    chart = charts["io-latency"]
    assert re.search(
        "the p99 is .* under thread-pool and .* under event-loop", chart.so_what
    )
    assert "a job that nothing delays takes 5.00 ms" in chart.so_what
    assert "wait + compute: 5 ms" in texts(chart.svg)


def test_latency_of_few_jobs_goes_as_far_as_they_allow(tmp_path):
    view = view_of(tmp_path, "io", in_flight=(10, 20))
    chart = latency.chart(view)
    assert "the p90 is" in chart.so_what
    assert all(row[10] is None for row in chart.table.rows)


def test_latency_is_not_drawn_for_jobs_that_only_compute(tmp_path):
    assert latency.chart(view_of(tmp_path, "cpu")) is None


# Rows hold the settings fixed, and say so.


@pytest.mark.parametrize("figure", [cpu_split, phases, memory])
def test_rows_are_of_the_highest_limit_and_say_so(tmp_path, figure):
    chart = figure.chart(view_of(tmp_path, "io"))
    assert "only at 1,000 in flight" in chart.note
    assert len(chart.table.rows) == 10
    assert "only at" not in figure.chart(view_of(tmp_path / "b", "cpu")).note


def test_rows_are_of_the_rules_workers(tmp_path):
    tune = {"thread-pool": (8, 64, 512)}
    view = view_of(tmp_path, "io", tune=tune, waiting={"compute_us": 100})
    (row,) = [
        r
        for r in memory.chart(view).table.rows
        if r[0].startswith("thread-pool") and r[1] == 2
    ]
    assert row[0] == "thread-pool" and row[2] == 103
