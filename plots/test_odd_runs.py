"""Tests of figures of runs that are not as they should be."""

from __future__ import annotations

from plots import cpu_split, dispatch, memory, phases, throughput
from plots.testing import all_charts, dots, texts, view_of
from plots.views import views
from reports.data.run import load
from reports.testing import FIVE, SKETCHES, make_entry, make_run, write_lines


def test_one_core_gives_bars_and_no_lines(tmp_path):
    charts = all_charts(tmp_path, cores=(1,), scenarios=("cpu",))
    assert "cpu-efficiency" not in charts
    chart = charts["cpu-throughput"]
    assert "cores (CPUs the model may use)" not in texts(chart.svg)
    assert dots(chart.svg) == 25
    assert "ideal" not in " ".join(texts(chart.svg))


def test_one_repetition_has_dots_and_no_interval(tmp_path):
    charts = all_charts(tmp_path, repetitions=1, scenarios=("cpu",))
    chart = charts["cpu-throughput"]
    assert dots(chart.svg) == 10
    assert all(row[4] is None and row[5] is None for row in chart.table.rows)
    assert "Too few repetitions" in chart.table.caption
    assert not any("interval" in text for text in texts(chart.svg))


def test_six_repetitions_have_a_95_percent_interval(tmp_path):
    five = throughput.chart(view_of(tmp_path / "a", repetitions=5))
    assert "lowest to highest: 94 % interval" in five.table.caption
    six = throughput.chart(view_of(tmp_path / "b", repetitions=6))
    assert "95 % interval of the median" in six.table.caption


def test_without_sequential_there_is_no_speed_up(tmp_path):
    charts = all_charts(tmp_path, scenarios=("cpu",), models=("thread-pool", "prefork"))
    assert "cpu-throughput" in charts
    assert "cpu-speedup" not in charts and "cpu-efficiency" not in charts


def test_a_failed_model_is_named_and_not_drawn(tmp_path):
    view = view_of(tmp_path, failed={"prefork": "worker 1 was killed by SIGSEGV"})
    chart = throughput.chart(view)
    assert "failed, not drawn: prefork" in chart.note
    assert dots(chart.svg) == 40
    assert "prefork" not in chart.so_what


def test_survivors_are_drawn_and_marked_but_not_spoken_of(tmp_path):
    run = make_run(tmp_path, repetitions=5, scenarios=("cpu",), speed={"prefork": 3.0})
    entries = [dict(one.raw) for one in load(run).repetitions]
    for entry in entries:
        if entry["model"] == "prefork" and entry["repetition_index"] == 0:
            entry["status"], entry["reason"] = "failed", "it hung"
    write_lines(run, entries)
    (view,) = views(load(run))
    chart = throughput.chart(view)
    assert dots(chart.svg) == 48
    assert any("(1 failed)" in text for text in texts(chart.svg))
    assert "prefork" not in chart.so_what


def test_nothing_good_means_no_view(tmp_path):
    failed = {label: "killed" for label in FIVE}
    run = load(make_run(tmp_path, repetitions=5, scenarios=("cpu",), failed=failed))
    assert views(run) == []


def test_parameters_name_the_files(tmp_path):
    options = {"scenarios": ("cpu",), "job_us": (100, 1000), "models": FIVE[:2]}
    charts = all_charts(tmp_path, **options)
    assert "cpu-throughput" in charts
    assert "cpu-job-us-100-throughput" in charts
    assert dots(charts["cpu-job-us-100-throughput"].svg) == 20


def test_several_worker_counts_are_lines_of_their_own(tmp_path):
    run = make_run(tmp_path, repetitions=5, scenarios=("cpu",))
    entries = [
        make_entry("cpu", "thread-pool", cores=c, workers=w, repetition=k)
        for c in (1, 2)
        for w in (1, 2, 8)
        for k in range(5)
    ]
    write_lines(run, entries)
    (view,) = views(load(run))
    assert [s.label for s in view.series] == [
        "thread-pool, 1 worker",
        "thread-pool, 2 workers",
        "thread-pool, 8 workers",
    ]
    assert dots(throughput.chart(view).svg) == 30


def test_many_cores_and_models_keep_every_dot_in_lines(tmp_path):
    view = view_of(tmp_path, models=tuple(SKETCHES), cores=(1, 2, 4, 8, 16))
    chart = throughput.chart(view)
    assert dots(chart.svg) == 9 * 5 * 5
    assert "cores (CPUs the model may use; logarithmic)" in texts(chart.svg)
    # Rows show the ends only and say so; the table has all.
    rows = memory.chart(view)
    assert "the other core counts are in the table" in rows.note
    assert len(rows.table.rows) == 45
    assert dots(rows.svg) == 9 * 2 * 5 * 2


def test_zeros_do_not_break_logarithmic_axes(tmp_path):
    run = make_run(tmp_path, repetitions=5, scenarios=("null",))
    entries = [
        make_entry(
            "null",
            label,
            cores=2,
            repetition=k,
            teardown_seconds=0.0,
            cpu_user_seconds=0.0,
            cpu_system_seconds=0.0 if k else 1e-4,
        )
        for label in FIVE
        for k in range(5)
    ]
    write_lines(run, entries)
    (view,) = views(load(run))
    assert dots(phases.chart(view).svg) == 75
    assert dots(dispatch.chart(view).svg) == 25
    assert "the clock resolves" in cpu_split.chart(view).so_what
