"""Tests of the figures of mixes, of workers and of pools."""

from __future__ import annotations

import pytest

from plots import busy, mix, sizing, staircase
from plots.testing import all_charts, assert_words_apart, assert_words_inside
from plots.testing import dots, texts, view_of
from plots.views import views
from reports.data.run import load
from reports.judge.judgement import judge
from reports.testing import FIVE, NEW_SKETCHES, SKETCHES, make_run, write_lines

EVERY = (*SKETCHES, *NEW_SKETCHES)
POOLED = ("sequential", "event-loop", "event-loop/offload", "thread-pool")


def test_mixed_jobs_have_their_axis_and_nothing_per_cell(tmp_path):
    assert list(all_charts(tmp_path, scenarios=("mixed",))) == [
        "mixed-mix",
        "mixed-busy",
    ]


def test_one_share_is_drawn_as_any_other_jobs(tmp_path):
    charts = all_charts(tmp_path, scenarios=("mixed",), shares=(25,))
    assert "mixed-mix" not in charts
    assert charts["mixed-throughput"].title.startswith(
        "10 ms mixed jobs (25 % compute)"
    )


def test_every_repetition_is_a_dot(tmp_path):
    view = view_of(tmp_path, "mixed")
    # 5 models, 2 core counts, 7 shares, 5 repetitions.
    assert dots(mix.chart(view).svg) == 350
    assert dots(busy.chart(view).svg) == 350


def test_a_mix_is_measured_in_loops(tmp_path):
    chart = mix.chart(view_of(tmp_path, "mixed", noise=0.001))
    rows = {(r[0], r[1], r[2]): r for r in chart.table.rows}
    assert rows["prefork", 2, 50][5] == pytest.approx(2.0, rel=0.02)
    assert rows["prefork", 1, 50][5] == pytest.approx(1.0, rel=0.02)
    assert rows["event-loop", 2, 50][5] == 1.0
    assert "times event-loop" in texts(chart.svg)
    assert "0" in texts(chart.svg)


def test_the_bracket_is_that_of_the_verdicts(tmp_path):
    run = load(make_run(tmp_path, scenarios=("mixed",)))
    (view,) = views(run)
    told = {change.axis.groups[0].cores: change for change in judge(run).changes}
    assert mix.changes(view) == told
    chart = mix.chart(view)
    found = texts(chart.svg)
    assert "overtaken: 10 to 25 %" in found
    assert "nobody overtakes the loop" in found
    assert "on 2 cores prefork overtakes the loop between 10 and 25 %" in chart.so_what
    assert chart.so_what.startswith("On 1 core nobody overtakes the loop")


def test_a_mix_of_few_repetitions_claims_no_bracket(tmp_path):
    chart = mix.chart(view_of(tmp_path, "mixed", repetitions=2))
    assert "it is undecided whether the loop is overtaken" in chart.so_what
    assert "undecided whether the loop is overtaken" in texts(chart.svg)


def test_a_mix_without_the_loop_shows_jobs_per_second(tmp_path):
    models = [m for m in FIVE if m != "event-loop"]
    chart = mix.chart(view_of(tmp_path, "mixed", models=models))
    assert "jobs per second" in texts(chart.svg)
    assert all(row[5] is None for row in chart.table.rows)


def test_a_mix_keeps_one_line_per_model_where_workers_are_tuned(tmp_path):
    view = view_of(tmp_path, "mixed", tune={"thread-pool": (2, 8)})
    assert {row[0] for row in mix.chart(view).table.rows} == set(FIVE)


def test_busy_names_who_fills_the_cores(tmp_path):
    two = busy.chart(view_of(tmp_path / "a", "mixed"))
    assert "thread-pool, prefork and fork-ipc fill the CPUs" in two.so_what
    assert "the work of 1.0 of 2 cores" in two.so_what
    one = busy.chart(view_of(tmp_path / "b", "mixed", cores=(1,)))
    assert "every model keeps the CPUs at least 90 % busy" in one.so_what


# Workers.

TUNE = {"thread-pool": (8, 16, 64, 256), "fork-ipc": (64, 256)}


def test_sizing_is_drawn_where_several_numbers_were_measured(tmp_path):
    assert sizing.chart(view_of(tmp_path / "a", "io")) is None
    view = view_of(tmp_path / "b", "io", tune=TUNE, waiting={"compute_us": 100})
    chart = sizing.chart(view)
    found = texts(chart.svg)
    # W = cores x (1 + 5 ms / 0.1 ms), rounded up by what a double holds.
    assert "rule: 52" in found and "rule: 103" in found
    assert any(t.startswith("thread-pool  best: ") for t in found)
    assert "assumed by the rule  20,000" in found
    assert "the rule asks for 103 workers" in chart.so_what
    assert "here at 1,000 in flight" in chart.note
    # 4 numbers and the rule's, and 2 and the rule's, on 2 core counts.
    assert dots(chart.svg) == 2 * (5 + 3) * 5
    assert {row[4] for row in chart.table.rows if row[5] == "rule"} >= {52, 103}


def test_sizing_says_when_the_rule_falls_short(tmp_path):
    fast = {"io/thread-pool/in-flight:1000/cores:2/workers:256": 2.0}
    options = {"speed": fast, "waiting": {"compute_us": 100}, "repetitions": 10}
    view = view_of(tmp_path, "io", tune=TUNE, **options)
    chart = sizing.chart(view)
    assert "thread-pool gets only 50 % of what 256 bring" in chart.so_what
    assert "no other number is better for fork-ipc" in chart.so_what


def test_sizing_of_a_mix_has_a_panel_per_share(tmp_path):
    chart = sizing.chart(
        view_of(
            tmp_path,
            "mixed",
            in_flight=(64,),
            tune={"thread-pool": (2, 4, 16, 64)},
        )
    )
    found = texts(chart.svg)
    assert "2 cores, 10 % compute" in found and "1 core, 10 % compute" not in found
    assert "all others are in the table" in chart.note
    assert "jobs per second (logarithmic)" in found


# Pools.


def test_a_pool_has_its_staircase_alone(tmp_path):
    charts = all_charts(tmp_path, scenarios=("pool",), models=POOLED)
    assert list(charts) == ["pool-forest", "pool-staircase"]
    # 4 models, 2 core counts, 5 repetitions of 16 jobs.
    assert dots(charts["pool-staircase"].svg) == 4 * 2 * 5 * 16


def test_the_fifth_job_waits_for_a_pool_of_four(tmp_path):
    run = make_run(
        tmp_path, scenarios=("pool",), models=POOLED, uv_pools=(4,), cores=(4,)
    )
    entries = [dict(one.raw) for one in load(run).repetitions]
    for entry in entries:
        if entry["variant"] == "offload":
            entry["job_end_seconds"] = [0.1 * (k // 4 + 1) for k in range(16)]
    write_lines(run, entries)
    chart = staircase.chart(views(load(run))[0])
    assert "event-loop/offload 4 jobs end together" in chart.so_what
    assert "the next one after 2.00 times as long" in chart.so_what
    rows = {row[0]: row for row in chart.table.rows}
    assert rows["event-loop/offload"][4:7] == (
        pytest.approx(0.1),
        4,
        pytest.approx(0.2),
    )


def test_without_a_pool_jobs_end_one_after_the_other(tmp_path):
    view = view_of(tmp_path, "pool", models=("sequential", "event-loop"))
    assert "the jobs end one after the other" in staircase.chart(view).so_what


def test_the_line_is_the_repetition_in_the_middle(tmp_path):
    view = view_of(tmp_path, "pool", noise=0.1)
    for row in staircase.chart(view).table.rows:
        cell = next(
            c for c in view.cells if (view.label(c), c.cores) == (row[0], row[1])
        )
        ends = sorted(one.job_end_seconds[-1] for one in cell.ok)
        assert row[7] == ends[2]


def test_words_are_inside_the_picture_and_apart(tmp_path):
    for cores in ((1,), (1, 2, 4, 8)):
        made = all_charts(
            tmp_path / str(len(cores)),
            scenarios=("mixed", "pool"),
            models=EVERY,
            cores=cores,
            uv_pools=(1, 4),
            shares=(0, 10, 50, 100),
            repetitions=1,
        )
        for chart in made.values():
            assert_words_inside(chart)
            assert_words_apart(chart)


def test_words_of_sizing_are_inside_and_apart(tmp_path):
    blocking = ("thread-pool", "thread-pool/stealing", "fork-ipc", "prefork/blocking")
    tune = {label: (1, 2, 4, 8, 16, 32, 64, 100, 128, 256, 512) for label in blocking}
    view = view_of(
        tmp_path,
        "io",
        models=EVERY,
        tune=tune,
        repetitions=2,
        waiting={"compute_us": 100},
    )
    chart = sizing.chart(view)
    assert_words_inside(chart)
    assert_words_apart(chart)
