"""Tests of the figures against runs of which the truth is known."""

from __future__ import annotations

import re
import statistics
from xml.etree import ElementTree

import pytest

from plots import cpu_split, dispatch, draw, efficiency, memory, phases
from plots import speedup, throughput
from plots.chart import Chart
from plots.inline import inline
from plots.testing import SVG, all_charts, assert_words_inside, dots, heights
from plots.testing import texts, view_of
from plots.view import views
from reports.run import load
from reports.testing import FIVE, SKETCHES, make_entry, make_run
from reports.testing import write_lines


@pytest.fixture(scope="module")
def charts(tmp_path_factory) -> dict[str, Chart]:
    return all_charts(tmp_path_factory.mktemp("run"))


def test_the_default_run_has_these_charts(charts):
    assert list(charts) == [
        "cpu-throughput",
        "cpu-speedup",
        "cpu-efficiency",
        "cpu-cpu-split",
        "cpu-phases",
        "cpu-memory",
        "null-throughput",
        "null-speedup",
        "null-dispatch",
        "null-cpu-split",
        "null-phases",
        "null-memory",
        "primitives-dispatch",
    ]


def test_the_same_run_gives_the_same_bytes(tmp_path, charts):
    again = all_charts(tmp_path)
    for name, chart in charts.items():
        assert chart.svg == again[name].svg, name
        assert chart.png == again[name].png, name


@pytest.mark.parametrize(
    "name, of_each",
    [
        ("cpu-throughput", 1),
        ("cpu-speedup", 1),
        ("cpu-efficiency", 1),
        ("cpu-cpu-split", 1),
        ("cpu-phases", 3),
        ("cpu-memory", 2),
    ],
)
def test_every_repetition_is_a_dot(charts, name, of_each):
    # 5 models, 2 core counts, 5 repetitions.
    assert dots(charts[name].svg) == 50 * of_each


def test_every_dot_stands_at_its_value_above_zero(tmp_path):
    view = view_of(tmp_path, noise=0.1)
    svg = throughput.chart(view).svg
    root = ElementTree.fromstring(svg)
    zero = next(t for t in root.iter(f"{SVG}text") if t.text == "0")
    pairs = [
        (value, height)
        for i, series in enumerate(view.series)
        for cell in series.cells
        for value, height in zip(
            cell.values("jobs_per_second"),
            heights(svg, f"repetitions-{i}-{cell.cores}"),
        )
    ]
    assert len(pairs) == 50
    (low, bottom), (high, top) = min(pairs), max(pairs)
    scale = (bottom - top) / (high - low)
    for value, height in pairs:
        assert height == pytest.approx(bottom - (value - low) * scale, abs=0.01)
    # The words at a tick hang a few points below it.
    floor = bottom + low * scale
    assert float(zero.get("y")) - floor == pytest.approx(0, abs=8)


def test_floors_are_drawn_with_all_their_repetitions(charts):
    # The floors are known on one core only, where 5 models have one each.
    assert dots(charts["null-dispatch"].svg) == 50 + 25


def test_charts_name_no_network_and_no_date(charts):
    for chart in charts.values():
        addresses = set(re.findall(r"https?://[^\s\"'<]+", chart.svg))
        assert addresses <= {
            "http://www.w3.org/2000/svg",
            "http://www.w3.org/1999/xlink",
            "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd",
        }
        assert "dc:date" not in chart.svg


def test_every_axis_has_a_name(charts):
    for name, words in {
        "cpu-throughput": ("cores (CPUs the model may use)", "jobs per second"),
        "cpu-speedup": ("speed-up (times)",),
        "cpu-phases": ("time (logarithmic, the same axis in all three)",),
        "cpu-cpu-split": ("CPU time per job",),
        "cpu-memory": ("peak memory",),
        "null-throughput": ("jobs per second (logarithmic)",),
        "null-dispatch": ("CPU time per job (logarithmic)",),
    }.items():
        for word in words:
            assert word in texts(charts[name].svg), name


def test_linear_axes_start_at_zero(charts):
    for name in ("cpu-throughput", "cpu-speedup", "cpu-cpu-split", "cpu-memory"):
        assert "0" in texts(charts[name].svg), name
    assert "0 %" in texts(charts["cpu-efficiency"].svg)


def test_every_chart_says_jobs_in_flight_and_machine(charts):
    for chart in charts.values():
        assert "jobs a repetition" in chart.note
        assert "in flight:" in chart.note
        assert "2 CPUs (AMD EPYC 7763 64-Core)" in chart.note
        assert any(chart.note.split(" · ")[0] in text for text in texts(chart.svg))


def test_tables_hold_the_medians(tmp_path):
    view = view_of(tmp_path)
    rows = {(r[0], r[1]): r for r in throughput.chart(view).table.rows}
    assert len(rows) == 10
    for cell in view.cells:
        values = cell.values("jobs_per_second")
        row = rows[cell.label, cell.cores]
        assert row[3] == statistics.median(values)
        assert (row[4], row[5]) == (min(values), max(values))
        assert row[6] == 5


def test_tables_of_speed_up_name_both_base_lines(tmp_path):
    view = view_of(tmp_path, speed={"thread-pool": 0.5}, noise=0.001)
    rows = {(r[0], r[1]): r for r in speedup.chart(view).table.rows}
    ours, own = rows["thread-pool", 2][2], rows["thread-pool", 2][5]
    # Half as fast as sequential on one core, but it scales perfectly.
    assert ours == pytest.approx(1.0, rel=0.02)
    assert own == pytest.approx(2.0, rel=0.02)


def test_table_of_dispatch_has_floor_and_factor(tmp_path):
    view = view_of(tmp_path, "null", scenarios=("null", "primitives"), noise=0.001)
    rows = {(r[0], r[1]): r for r in dispatch.chart(view).table.rows}
    assert rows["thread-pool", 1][6] == "tbb-queue"
    assert rows["thread-pool", 1][8] == pytest.approx(600 / 450, rel=0.02)
    # The floor was measured on one core; on two the queue is contended.
    assert rows["thread-pool", 2][8] is None


def test_null_without_primitives_has_no_floor(tmp_path):
    chart = dispatch.chart(view_of(tmp_path, "null"))
    assert all(row[8] is None for row in chart.table.rows)
    assert dots(chart.svg) == 50
    assert "floor" not in chart.so_what


def test_efficiency_is_speed_up_by_cores(tmp_path):
    view = view_of(tmp_path)
    fast = {(r[0], r[1]): r[2] for r in speedup.chart(view).table.rows}
    for row in efficiency.chart(view).table.rows:
        assert row[2] == pytest.approx(fast[row[0], row[1]] / row[1])


# So-what sentences: each with the data that make the opposite true.


def test_throughput_ties_and_no_ties(tmp_path):
    tie = throughput.chart(view_of(tmp_path / "a")).so_what
    assert "tie with it" in tie
    lead = throughput.chart(view_of(tmp_path / "b", speed={"thread-pool": 1.5})).so_what
    assert lead.startswith("On 2 cores thread-pool finishes")
    assert "tie" not in lead and "the highest median of 5" in lead


def test_throughput_when_nobody_stands_out(tmp_path):
    view = view_of(tmp_path, cores=(1,))
    assert throughput.chart(view).so_what.endswith("none of them stands out.")


def test_throughput_of_one_repetition_claims_no_tie(tmp_path):
    so_what = throughput.chart(view_of(tmp_path, repetitions=1)).so_what
    assert "in a single repetition" in so_what and "tie" not in so_what


def test_speed_up_when_models_gain_and_when_none_does(tmp_path):
    gain = speedup.chart(view_of(tmp_path / "a")).so_what
    assert "are faster than sequential on one core" in gain
    assert "event-loop (1.00 ×) ties with it" in gain
    slow = {"thread-pool": 0.3, "prefork": 0.3, "fork-ipc": 0.3, "event-loop": 0.6}
    none = speedup.chart(view_of(tmp_path / "b", speed=slow)).so_what
    assert "are slower than sequential" in none
    assert "none is faster, even with 2 cores" in none
    assert "are faster" not in none


def test_speed_up_that_is_neither_shown_nor_excluded(tmp_path):
    so_what = speedup.chart(view_of(tmp_path, noise=0.2, seed=3)).so_what
    assert "event-loop" in so_what and "not told apart from" in so_what


def test_speed_up_of_one_repetition_is_not_sure(tmp_path):
    view = view_of(tmp_path, repetitions=1)
    assert speedup.chart(view).so_what.endswith("Too few repetitions to be sure.")


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
    run = make_run(tmp_path / "b", scenarios=("cpu",))
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
    run = make_run(tmp_path / "c", scenarios=("cpu",))
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
    run = make_run(tmp_path / "b", scenarios=("cpu",))
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


# Runs that are not as they should be.


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
    run = make_run(tmp_path, scenarios=("cpu",), speed={"prefork": 3.0})
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
    run = load(make_run(tmp_path, scenarios=("cpu",), failed=failed))
    assert views(run) == []


def test_parameters_name_the_files(tmp_path):
    charts = all_charts(tmp_path, scenarios=("cpu",), job_us=(100, 1000))
    assert "cpu-throughput" in charts
    assert "cpu-job-us-100-throughput" in charts
    assert dots(charts["cpu-job-us-100-throughput"].svg) == 50


def test_several_worker_counts_are_lines_of_their_own(tmp_path):
    run = make_run(tmp_path, scenarios=("cpu",))
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
    run = make_run(tmp_path, scenarios=("null",))
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


def test_labels_are_inside_the_picture(tmp_path):
    view = view_of(tmp_path, models=tuple(SKETCHES))
    for figure in draw.FIGURES:
        chart = figure(view)
        if chart is not None:
            assert_words_inside(chart)


def test_inlined_charts_share_no_id(charts):
    page = "".join(inline(chart) for chart in charts.values())
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', page))
    assert used and used <= set(ids)
    assert "<style" not in page and "<?xml" not in page


def test_files_are_written_whole_and_old_ones_removed(tmp_path, charts):
    folder = tmp_path / "charts"
    draw.write(list(charts.values()), folder)
    assert {p.name for p in folder.iterdir()} == {
        f"{name}.{kind}" for name in charts for kind in ("svg", "png")
    }
    one = charts["cpu-memory"]
    draw.write([one], folder)
    assert sorted(p.name for p in folder.iterdir()) == [
        "cpu-memory.png",
        "cpu-memory.svg",
    ]
    assert (folder / "cpu-memory.svg").read_text() == one.svg


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "index.html"
    draw.replace(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(draw.os, "fsync", full)
    with pytest.raises(OSError):
        draw.replace(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["index.html"]
