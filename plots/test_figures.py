"""Tests of the figures against runs of which the truth is known."""

from __future__ import annotations

import re
import statistics
from xml.etree import ElementTree

import pytest

from plots import dispatch, draw, efficiency, render, speedup, throughput
from plots.chart import Chart
from plots.inline import inline
from plots.testing import SVG, all_charts, assert_words_inside, dots, heights
from plots.testing import texts, view_of
from reports.testing import FIVE, SKETCHES
from reports.testing.plain import real_png


@pytest.fixture(scope="module")
def charts(tmp_path_factory) -> dict[str, Chart]:
    return all_charts(tmp_path_factory.mktemp("run"))


def test_the_default_run_has_these_charts(charts):
    assert list(charts) == [
        "cpu-forest",
        "cpu-throughput",
        "cpu-speedup",
        "cpu-efficiency",
        "cpu-cpu-split",
        "cpu-phases",
        "cpu-memory",
        "null-forest",
        "null-throughput",
        "null-dispatch",
        "null-cpu-split",
        "null-phases",
        "null-memory",
        "primitives-dispatch",
    ]


@pytest.mark.parametrize("scenario", ["cpu", "io", "mixed", "http", "head-of-line"])
def test_the_same_run_gives_the_same_bytes(tmp_path, scenario):
    options = {"models": FIVE[1:3], "repetitions": 2, "scenarios": (scenario,)}
    one, two = (all_charts(tmp_path, again=True, **options) for _ in range(2))
    assert [chart.svg for chart in one.values()] == [c.svg for c in two.values()]


def test_the_same_figure_gives_the_same_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(render, "png", real_png)
    one, two = (throughput.chart(view_of(tmp_path)) for _ in range(2))
    assert one.png == two.png and len(one.png) > 10_000


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
