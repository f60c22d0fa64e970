"""Tests of all that is declared, on a few simulated runs: one test for all."""

import csv
import io
import re

import pytest

from plots import figures, lines, rows
from plots.figures import FIGURES, views
from plots.testing import (
    assert_words_are_inside_and_apart,
    chart,
    dots,
    kinds,
    texts,
    view_of,
)
from reports.data.run import load
from reports.testing import FIVE, NEW_SKETCHES, SKETCHES, make_run

MANY = (*SKETCHES, *NEW_SKETCHES)
PEERS = {"peers": ("nginx", "node-cluster", "apache-event"), "floor": True}
RUNS = {
    "jobs": {},
    "waiting": {
        "scenarios": ("io",),
        "waiting": {"compute_us": 100},
        "tune": {"thread-pool": (8, 64, 256), "fork-ipc": (64, 256)},
    },
    "mix": {"scenarios": ("mixed", "pool"), "models": ("event-loop/offload", *FIVE)},
    "requests": {"scenarios": ("http", "head-of-line"), "requests": PEERS},
    "faults": {"scenarios": ("faults",)},
    "policies": {
        "scenarios": ("balance",),
        "models": ("prefork", "prefork/least-loaded"),
        "requests": {"loads": ("closed", "least")},
    },
    "short": {
        "scenarios": ("grain", "startup"),
        "job_us": (1, 10, 100),
        "models": ("thread-pool/stealing", *FIVE),
        "cores": (2,),
    },
    "one": {"scenarios": ("cpu", "io", "http"), "cores": (1,), "repetitions": 1},
    "many": {
        "scenarios": ("cpu", "io"),
        "models": MANY,
        "cores": (1, 2, 4),
        "repetitions": 1,
        "in_flight": (10, 1000),
        "uv_pools": (1, 4),
    },
}
EXPECTED = {
    "cpu": "forest throughput changes cpu-split phases memory",
    "null": "forest throughput changes dispatch cpu-split phases memory",
    "primitives": "dispatch",
    "io": "forest in-flight changes latency sizing cpu-per-job cpu-split switches "
    "memory-in-flight phases memory",
    "mixed": "mix busy",
    "pool": "forest changes staircase",
    "http": "forest served cpu-per-request changes spectrum hockey-stick",
    "head-of-line": "forest changes spectrum time-line",
    "faults": "forest changes answers losses recovery",
    "grain": "grain",
    "startup": "start-up memory-workers",
    "balance": "forest shares policies evenness served cpu-per-request spectrum",
}


@pytest.mark.parametrize("name", RUNS)
def test_charts_of_a_run(tmp_path, name):
    """All that holds of every chart, in one test: each run is drawn once."""
    run = load(make_run(tmp_path, **{"repetitions": 10, **RUNS[name]}))
    drawn = list(figures.charts(run))
    for view, charts in drawn:
        assert charts, view.slug
        if name not in ("one", "many"):
            kinds = " ".join(chart.kind for chart in charts)
            assert kinds == EXPECTED[view.scenario]
        if name != "many":
            assert_every_repetition_is_a_dot(view, charts)
        for chart in charts:
            assert chart.name == f"{view.slug}-{chart.kind}"
            assert_has_all_that_a_page_needs(chart)
            assert_words_are_inside_and_apart(chart)
            # Its titles and panels are too long and too narrow for that.
            if name != "policies":
                assert_axes_start_at_zero_or_say_so(chart)
    assert_names_no_network_and_shares_no_id([c for _, some in drawn for c in some])
    if name == "requests":
        again = list(figures.charts(run))
        assert [charts for _, charts in again] == [charts for _, charts in drawn]


def assert_has_all_that_a_page_needs(chart):
    assert chart.question.endswith("?") and "{" not in chart.question
    assert re.match(r"[A-Z1-9].*\.$", chart.so_what), chart.so_what
    assert "{" not in chart.title + chart.so_what
    assert chart.table.rows and chart.table.caption.endswith(".")
    width = len(chart.table.columns)
    assert all(len(row) == width for row in chart.table.rows)
    read = list(csv.reader(io.StringIO(chart.csv)))
    assert len(read) == len(chart.table.rows) + 1
    assert {len(line) for line in read} == {width}
    assert "2 CPUs (AMD EPYC 7763 64-Core)" in chart.note


def assert_every_repetition_is_a_dot(view, charts):
    """What rows and lines show of a cell they show in all its repetitions; here
    there are never more than two core counts."""
    found = {chart.kind: chart for chart in charts}
    for figure in FIGURES:
        cut = figure.cut(view)
        if cut and figure.form in (lines.sheet, rows.sheet) and figure.kind in found:
            points = [p for some in figure.points(cut) for p in some.values()]
            count = sum(len(point.dots) for point in points)
            assert dots(found[figure.kind].svg) == count > 0, (view.slug, figure.kind)


def assert_axes_start_at_zero_or_say_so(chart):
    words = texts(chart.svg)
    log = any("logarithmic" in text for text in words)
    ratio = chart.kind in ("forest", "changes", "mix")
    assert log or ratio or {"0", "0 %"} & {*words}, chart.name


def assert_names_no_network_and_shares_no_id(charts):
    page = "".join(chart.svg for chart in charts)
    addresses = set(re.findall(r"https?://[^\s\"'<]+", page))
    assert all(one.startswith("http://www.w3.org/") for one in addresses)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', page))
    assert used and used <= set(ids)
    assert not re.search("dc:date|<style|style=|<[?]xml", page)


def test_files_are_written_whole_and_old_ones_removed(tmp_path):
    charts = [chart(view_of(tmp_path / "run"), kind) for kind in ("phases", "memory")]
    figures.write(charts, tmp_path / "charts")
    names = {f"{one.name}.{kind}" for one in charts for kind in ("svg", "png", "csv")}
    assert {path.name for path in (tmp_path / "charts").iterdir()} == names
    figures.write(charts[:1], tmp_path / "charts")
    assert len(list((tmp_path / "charts").iterdir())) == 3
    stem = tmp_path / "charts" / charts[0].name
    assert stem.with_suffix(".svg").read_text() == charts[0].svg
    assert stem.with_suffix(".csv").read_text() == charts[0].csv


def test_nothing_good_means_no_view_and_parameters_name_the_files(tmp_path):
    failed = {label: "killed" for label in FIVE}
    options = {"scenarios": ("cpu",), "repetitions": 2}
    assert views(load(make_run(tmp_path / "a", **options, failed=failed))) == []
    options |= {"job_us": (100, 1000), "models": FIVE[:2]}
    run = load(make_run(tmp_path / "b", **options))
    assert [view.slug for view in views(run)] == ["cpu-job-us-100", "cpu"]
    assert {"throughput", "memory"} <= {*kinds(views(run)[0])}
