"""Tests of the figures of requests: what they show and say, by figure."""

from __future__ import annotations

import pytest

from plots import cheap, head_of_line, hockey_stick, request_rates, spectrum
from plots.chart import Chart
from plots.testing import all_charts, assert_words_apart, assert_words_inside, dots
from plots.testing import texts, view_of
from plots.views import views
from reports.data.run import load
from reports.testing import FIVE, make_run, write_lines
from reports.testing.http import SERVERS

PEERS = ("nginx", "node-cluster", "apache-event")
MODELS = (*FIVE[:2], "event-loop/offload", *FIVE[2:])


@pytest.fixture(scope="module")
def charts(tmp_path_factory) -> dict[str, Chart]:
    return all_charts(
        tmp_path_factory.mktemp("run"),
        scenarios=("http", "head-of-line"),
        models=MODELS,
        requests={"peers": PEERS, "floor": True},
    )


def test_a_run_of_requests_has_these_charts(charts):
    assert list(charts) == [
        "http-forest",
        "http-served",
        "http-cpu-per-request",
        "http-spectrum",
        "http-hockey-stick",
        "head-of-line-forest",
        "head-of-line-spectrum",
        "head-of-line-time-line",
        "head-of-line-cheap",
    ]


# 6 models, 3 peers and a floor on 2 core counts, 5 repetitions.
@pytest.mark.parametrize(
    "name, repetitions",
    [
        ("http-served", 10 * 2 * 5),
        ("http-cpu-per-request", 10 * 2 * 5),
        ("http-spectrum", 4 * 6 * 5),  # the slowest of each
        ("http-hockey-stick", 2 * 3 * 6 * 5),
        ("head-of-line-spectrum", 2 * 6 * 5),
        ("head-of-line-cheap", 2 * 6 * 5),
    ],
)
def test_every_repetition_is_a_dot(charts, name, repetitions):
    assert dots(charts[name].svg) == repetitions


def test_every_chart_names_its_loop_and_its_machine(charts):
    for chart in charts.values():
        told = f"{chart.title} {chart.note} {' '.join(texts(chart.svg))}".lower()
        assert "open loop" in told or "closed loop" in told, chart.name
        assert "2 CPUs (AMD EPYC 7763 64-Core)" in chart.note
        assert "requests a repetition" in chart.note


def test_words_are_inside_and_apart(charts):
    for name, chart in charts.items():
        assert_words_inside(chart)
        if "time-line" not in name:
            assert_words_apart(chart)


def test_axes_have_names_and_linear_ones_begin_at_zero(charts):
    for name, axis in {
        "http-served": "requests per second",
        "http-cpu-per-request": "CPU time per request",
        "http-spectrum": "latency (logarithmic)",
        "http-hockey-stick": "latency (logarithmic)",
        "head-of-line-time-line": "latency (log)",
        "head-of-line-cheap": "p99 of the cheap requests (logarithmic)",
    }.items():
        assert axis in texts(charts[name].svg), name
    for name in ("http-served", "http-cpu-per-request", "http-hockey-stick"):
        assert "0" in texts(charts[name].svg), name


# Served.


def test_peers_and_floor_stand_beside_the_models_with_their_versions(charts):
    for name in ("http-served", "http-cpu-per-request"):
        words = " ".join(texts(charts[name].svg))
        for label in (
            "nginx 1.22.1",
            "node-cluster (node 18.19.0)",
            "floor: bare-epoll",
        ):
            assert label in words, (name, label)
        servers = {row[0] for row in charts[name].table.rows}
        assert {"nginx 1.22.1", "floor: bare-epoll", "event-loop"} <= servers


def test_shared_cpus_are_marked(charts, tmp_path):
    assert "2, shared" in texts(charts["http-served"].svg)
    assert "shared the CPUs on 2 cores" in charts["http-served"].note
    own = request_rates.rates(view_of(tmp_path, "http", requests={"shared": False}))
    assert "2, shared" not in texts(own.svg) and "shared" not in own.note


def test_rates_are_told_where_they_are_the_servers_own(charts, tmp_path):
    so_what = charts["http-served"].so_what
    assert so_what.startswith("On 1 core sequential answers 66,")
    assert "nginx 1.22.1 answers 5" in so_what
    flags = {"sequential": ["generator-bound"]}
    view = view_of(tmp_path / "a", "http", cores=(1,), flags=flags)
    chart = request_rates.rates(view)
    assert chart.so_what.startswith("On 1 core event-loop answers")
    assert chart.so_what.endswith("left out: sequential.")
    assert any("(generator-bound)" in text for text in texts(chart.svg))
    flags = {label: ["generator-bound"] for label in FIVE}
    view = view_of(tmp_path / "b", "http", cores=(1,), flags=flags)
    assert "load generator was the bottleneck" in request_rates.rates(view).so_what
    view = view_of(tmp_path / "c", "http", requests={"shared": True})
    assert "read CPU per request instead" in request_rates.rates(view).so_what


def test_prices_name_cheapest_dearest_floor_and_peer(charts):
    so_what = charts["http-cpu-per-request"].so_what
    assert "15.0 µs of CPU time under sequential and 41." in so_what
    assert "the floor, bare-epoll, needs 11.0 µs" in so_what
    assert "nginx 1.22.1 needs 18." in so_what


# Spectrum.


def test_percentiles_go_as_far_as_samples_allow(charts, tmp_path):
    rows = {(r[0], r[1]): r for r in charts["http-spectrum"].table.rows}
    row = rows["Open loop at 90 % of capacity", "event-loop"]
    assert row[2] == pytest.approx(5 * 56_250, abs=10)
    assert None not in row[3:7] and row[7] is None  # p99.99 needs a million
    assert row[8] > row[6] > row[5] > row[4] > row[3]
    slow = {label: 0.05 for label in FIVE}
    view = view_of(tmp_path, "http", cores=(1,), speed=slow, repetitions=1)
    few = spectrum.chart(view)
    assert "99.9" not in texts(few.svg) and "max" in texts(few.svg)


def test_the_naive_line_is_drawn_only_where_it_lies(charts, tmp_path):
    assert any(
        text.startswith("naive: ") for text in texts(charts["http-spectrum"].svg)
    )
    assert "would tell" in charts["http-spectrum"].so_what
    run = load(make_run(tmp_path, repetitions=5, scenarios=("http",), cores=(1,)))
    entries = [dict(one.raw) for one in run.repetitions]
    for entry in entries:
        http = dict(entry["http"])
        if http["naive_histogram"]:
            http["naive_histogram"] = http["histogram"]
        entry["http"] = http
    write_lines(tmp_path, entries)
    chart = spectrum.chart(views(load(tmp_path))[0])
    assert not any("naive" in text for text in texts(chart.svg))
    assert "would tell" not in chart.so_what


def test_closed_and_open_loops_are_panels(charts):
    found = texts(charts["http-spectrum"].svg)
    for title in ("Closed loop", "Open loop at 50 % of capacity"):
        assert title in found


# Hockey stick.


def test_capacity_and_rates_are_in_the_table(charts):
    rows = {(r[0], r[1]): r for r in charts["http-hockey-stick"].table.rows}
    row = rows["event-loop", "90 %"]
    assert row[2] == pytest.approx(0.9 * row[3]) and row[5] > row[4]
    assert row[8] < row[5]
    assert "From 50 % to 90 % of its capacity the p99 of" in (
        charts["http-hockey-stick"].so_what
    )
    assert "capacity, closed loop" in texts(charts["http-hockey-stick"].svg)


def test_one_open_loop_is_no_stick(tmp_path):
    for loads in (("closed",), ("closed", "70")):
        view = view_of(tmp_path / "".join(loads), "http", requests={"loads": loads})
        assert hockey_stick.chart(view) is None


# Head of line.


def test_the_time_line_has_a_panel_and_a_p99_per_model(charts):
    found = texts(charts["head-of-line-time-line"].svg)
    assert all(model in found for model in MODELS)
    assert sum(text.startswith("p99 ") for text in found) == len(MODELS)
    rows = {r[0]: r for r in charts["head-of-line-time-line"].table.rows}
    assert rows["event-loop"][8] > 0.9 and rows["event-loop/offload"][8] == 0
    assert "event-loop/offload none ever does" in (
        charts["head-of-line-time-line"].so_what
    )


def test_cheap_requests_are_told_in_times_the_loops(charts):
    found = texts(charts["head-of-line-cheap"].svg)
    assert any("× event-loop" in text for text in found)
    rows = {(r[0], r[1]): r for r in charts["head-of-line-cheap"].table.rows}
    assert rows["event-loop", 1][6] == pytest.approx(1)
    assert rows["event-loop/offload", 1][6] < 0.05
    assert "blocks all other requests" in charts["head-of-line-cheap"].so_what


def test_cheap_requests_without_a_p99_or_the_loop(tmp_path):
    options = {"models": ("thread-pool", "prefork"), "requests": {"heavy_rate": 500}}
    chart = cheap.chart(view_of(tmp_path, "head-of-line", **options))
    assert chart.title.endswith("their p90")
    assert not any("event-loop" in text for text in texts(chart.svg))


# Runs that are not as they should be.


def test_one_repetition_has_charts_without_intervals(tmp_path):
    charts = all_charts(
        tmp_path, scenarios=("http", "head-of-line"), models=FIVE, repetitions=1
    )
    assert len(charts) == 9
    assert "interval" not in " ".join(texts(charts["http-served"].svg))


def test_failed_servers_are_named_and_not_spoken_of(tmp_path):
    failed = {"sequential": "the server was killed by SIGSEGV"}
    charts = all_charts(
        tmp_path, scenarios=("http", "head-of-line"), models=FIVE, failed=failed
    )
    for chart in charts.values():
        assert "failed, not drawn: sequential" in chart.note
        assert "sequential" not in chart.so_what


def test_survivors_are_drawn_and_not_spoken_of(tmp_path):
    run = load(make_run(tmp_path, repetitions=5, scenarios=("http", "head-of-line")))
    entries = [dict(one.raw) for one in run.repetitions]
    for entry in entries:
        if entry["model"] == "sequential" and entry["repetition_index"] == 0:
            entry["status"], entry["reason"] = "failed", "it hung"
    write_lines(tmp_path, entries)
    for view in views(load(tmp_path)):
        for figure in (
            request_rates.rates,
            spectrum.chart,
            hockey_stick.chart,
            cheap.chart,
        ):
            chart = figure(view)
            if chart:
                assert "sequential" not in chart.so_what, chart.name


def test_skipped_peers_leave_no_trace(tmp_path):
    view = view_of(
        tmp_path,
        "http",
        requests={"peers": ("nginx",)},
        skipped={"nginx": "nginx is not installed"},
    )
    chart = request_rates.rates(view)
    assert "nginx" not in " ".join(texts(chart.svg)) + chart.so_what


def test_entries_without_figures_of_the_load_give_no_such_charts(tmp_path):
    run = load(
        make_run(
            tmp_path, repetitions=5, scenarios=("http", "head-of-line"), models=FIVE
        )
    )
    entries = [{**one.raw, "http": None} for one in run.repetitions]
    write_lines(tmp_path, entries)
    kinds = (spectrum, hockey_stick, head_of_line, cheap)
    for view in views(load(tmp_path)):
        assert [kind.chart(view) for kind in kinds] == [None] * 4


def test_many_servers_still_have_room_for_their_names(tmp_path):
    models = [label for label in SERVERS if label.split("/")[0] in FIVE]
    charts = all_charts(
        tmp_path,
        scenarios=("http", "head-of-line"),
        models=models,
        requests={"peers": ("nginx", "node", *PEERS[1:], "apache-prefork")},
    )
    for name, chart in charts.items():
        assert_words_inside(chart)
        if "time-line" not in name:
            assert_words_apart(chart)
