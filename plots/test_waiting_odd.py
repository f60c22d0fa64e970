"""Tests of the figures of jobs that wait, on runs that are not as they should
be: failures, too few repetitions, too many models."""

from __future__ import annotations

import pytest

from plots import in_flight, switches
from plots.testing import all_charts, assert_words_apart, assert_words_inside
from plots.testing import dots, texts, view_of
from plots.views import views
from reports.data.run import load
from reports.testing import FIVE, NEW_SKETCHES, SKETCHES, make_run, make_waiting
from reports.testing import write_lines

EVERY = (*SKETCHES, *NEW_SKETCHES)
# 2 core counts: 4 models at 3 limits and sequential once.
CELLS = 2 * (4 * 3 + 1)


def test_a_failed_limit_ends_the_line_early_and_says_so(tmp_path):
    cell = "io/fork-ipc/in-flight:1000/cores:2/workers:512"
    chart = in_flight.chart(view_of(tmp_path, "io", failed={cell: "ENFILE"}))
    assert any("fork-ipc" in t and "(at 100)" in t for t in texts(chart.svg))
    assert "fork-ipc" not in chart.so_what


def test_a_model_that_fails_on_the_last_panel_is_still_named(tmp_path):
    run = make_run(tmp_path, repetitions=5, scenarios=("io",))
    entries = [dict(one.raw) for one in load(run).repetitions]
    entries = [e for e in entries if (e["model"], e["cores"]) != ("prefork", 2)]
    write_lines(run, entries)
    chart = in_flight.chart(views(load(run))[0])
    assert "prefork  (1 core only)" in texts(chart.svg)


def test_survivors_are_drawn_and_marked_but_not_spoken_of(tmp_path):
    run = make_run(tmp_path, repetitions=5, scenarios=("io",), speed={"prefork": 3.0})
    entries = [dict(one.raw) for one in load(run).repetitions]
    for entry in entries:
        if entry["model"] == "prefork" and entry["repetition_index"] == 0:
            entry["status"], entry["reason"] = "failed", "it hung"
    write_lines(run, entries)
    (view,) = views(load(run))
    chart = in_flight.chart(view)
    assert dots(chart.svg) == CELLS * 5 - 6
    assert any("(3 failed)" in text for text in texts(chart.svg))
    assert "prefork" not in chart.so_what


def test_only_sequential_survives(tmp_path):
    failed = {label: "ENFILE" for label in FIVE if label != "sequential"}
    charts = all_charts(tmp_path, scenarios=("io", "mixed", "pool"), failed=failed)
    assert "io-throughput" in charts and "io-in-flight" not in charts
    assert "failed, not drawn: event-loop" in charts["io-throughput"].note


def test_one_repetition_has_dots_and_no_interval(tmp_path):
    charts = all_charts(tmp_path, scenarios=("io",), repetitions=1)
    for name, chart in charts.items():
        assert not any("interval" in text for text in texts(chart.svg)), name
    assert "nothing is decided with so few rounds" in charts["io-in-flight"].so_what


def test_zeros_do_not_break_logarithmic_axes(tmp_path):
    run = make_run(tmp_path, repetitions=5, scenarios=("io",))
    entries = [dict(one.raw) for one in load(run).repetitions]
    for entry in entries:
        if entry["model"] == "event-loop":
            entry.update(voluntary_switches=0, involuntary_switches=0)
    write_lines(run, entries)
    chart = switches.chart(views(load(run))[0])
    assert dots(chart.svg) == CELLS * 5


def test_sizes_of_a_pool_are_lines_of_their_own(tmp_path):
    models = ("sequential", "event-loop", "event-loop/offload")
    view = view_of(tmp_path, "io", models=models, uv_pools=(1, 4))
    labels = {view.label(cell) for cell in view.cells}
    assert "event-loop/offload, pool of 4" in labels
    looks = {view.look(c) for c in view.cells if c.variant == "offload"}
    assert len(looks) == 2


@pytest.mark.parametrize("cores", [(1, 2), (1, 2, 4, 8)])
def test_words_are_inside_the_picture_and_apart(tmp_path, cores):
    options = {"scenarios": ("io",), "models": EVERY, "repetitions": 1}
    made = all_charts(tmp_path, cores=cores, **options)
    for chart in made.values():
        assert_words_inside(chart)
        assert_words_apart(chart)


def test_floors_alone_are_no_view(tmp_path):
    run = make_run(tmp_path, repetitions=5, scenarios=("io",))
    write_lines(run, [make_waiting("io", "epoll-client", cores=1, repetition=0)])
    assert views(load(run)) == []
