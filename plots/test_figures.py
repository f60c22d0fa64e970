"""Tests of all that is declared, on a few simulated runs: one test for all."""

import csv
import io
import re
from pathlib import Path

import pytest

from plots import figures, lines, rows
from plots.chart import Chart
from plots.figures import FIGURES, views
from plots.testing import assert_words_are_inside_and_apart, dots, kinds, texts
from plots.view import View
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
    "balance": "forest shares policies evenness served cpu-per-request spectrum",
}


@pytest.fixture(scope="session")
def directories() -> dict[str, Path]:
    """Of the runs that are drawn."""
    return {}


@pytest.fixture(scope="session")
def drawn(tmp_path_factory, directories):
    """Per run the views and their charts, drawn once."""
    made: dict[str, list[tuple[View, list[Chart]]]] = {}

    def get(name: str) -> list[tuple[View, list[Chart]]]:
        if name not in made:
            options = {"repetitions": 10, **RUNS[name]}
            path = make_run(tmp_path_factory.mktemp(name), **options)
            directories[name] = path
            made[name] = list(figures.charts(load(path)))
        return made[name]

    return get


@pytest.mark.parametrize("name", RUNS)
def test_each_chart_has_all_that_a_page_needs(drawn, name):
    for view, charts in drawn(name):
        assert charts, view.slug
        for chart in charts:
            assert chart.name == f"{view.slug}-{chart.kind}"
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


@pytest.mark.parametrize("name", RUNS)
def test_words_are_inside_the_picture_and_apart(drawn, name):
    for _, charts in drawn(name):
        for chart in charts:
            assert_words_are_inside_and_apart(chart)


@pytest.mark.parametrize(
    "name", ["jobs", "mix", "policies", "requests", "faults", "waiting"]
)
def test_a_scenario_has_its_figures_in_the_order_of_the_page(drawn, name):
    for view, charts in drawn(name):
        assert " ".join(chart.kind for chart in charts) == EXPECTED[view.scenario]


@pytest.mark.parametrize("name", [name for name in RUNS if name != "many"])
def test_every_repetition_is_a_dot(drawn, name):
    """What rows and lines show of a cell they show in all its repetitions; here
    there are never more than two core counts."""
    for view, charts in drawn(name):
        found = {chart.kind: chart for chart in charts}
        for figure in FIGURES:
            if figure.form not in (lines.sheet, rows.sheet) or figure.kind not in found:
                continue
            cut = figure.cut(view)
            if cut is None:
                continue
            points = figure.points(cut)
            picture = found[figure.kind].svg
            count = sum(len(p.dots) for some in points for p in some.values())
            assert dots(picture) == count > 0, (view.slug, figure.kind)


def test_the_same_run_gives_the_same_bytes(drawn, directories):
    one = [chart for _, some in drawn("requests") for chart in some]
    run = load(directories["requests"])
    assert [chart for _, some in figures.charts(run) for chart in some] == one


def test_charts_name_no_network_and_no_date_and_share_no_id(drawn):
    charts = [chart for _, some in drawn("jobs") for chart in some]
    for chart in charts:
        addresses = set(re.findall(r"https?://[^\s\"'<]+", chart.svg))
        assert all(one.startswith("http://www.w3.org/") for one in addresses)
        assert "dc:date" not in chart.svg
    page = "".join(chart.svg for chart in charts)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', page))
    assert used and used <= set(ids)
    assert not re.search("<style|style=|<[?]xml", page)


def test_linear_axes_start_at_zero_and_others_say_so(drawn):
    for _, charts in drawn("jobs") + drawn("waiting"):
        for chart in charts:
            words = texts(chart.svg)
            log = any("logarithmic" in text for text in words)
            ratio = chart.kind in ("forest", "changes")
            assert log or ratio or {"0", "0 %"} & {*words}, chart.name


def test_files_are_written_whole_and_old_ones_removed(tmp_path, drawn):
    charts = drawn("jobs")[0][1]
    figures.write(charts, tmp_path)
    names = {
        f"{chart.name}.{kind}" for chart in charts for kind in ("svg", "png", "csv")
    }
    assert {path.name for path in tmp_path.iterdir()} == names
    figures.write(charts[:1], tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    name = charts[0].name
    assert (tmp_path / f"{name}.svg").read_text() == charts[0].svg
    assert (tmp_path / f"{name}.csv").read_text() == charts[0].csv


def test_nothing_good_means_no_view_and_parameters_name_the_files(tmp_path):
    failed = {label: "killed" for label in FIVE}
    run = load(
        make_run(tmp_path / "a", repetitions=2, failed=failed, scenarios=("cpu",))
    )
    assert views(run) == []
    options = {"scenarios": ("cpu",), "job_us": (100, 1000), "models": FIVE[:2]}
    run = load(make_run(tmp_path / "b", repetitions=2, **options))
    assert [view.slug for view in views(run)] == ["cpu-job-us-100", "cpu"]
    assert {"throughput", "memory"} <= {*kinds(views(run)[0])}
