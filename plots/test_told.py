"""Tests of what figures say: every comparison is that of a verdict."""

import pytest

from plots import told
from plots.figures import FIGURES
from plots.testing import changed, chart, column, texts, view_of
from reports.data.metrics import RATE
from reports.judge.verdict import WINS
from reports.testing import FIVE


def test_the_sentence_and_the_forest_say_what_the_verdicts_say(tmp_path):
    view = view_of(tmp_path, repetitions=10, speed={"prefork": 1.2})
    two = view.judged.headlines(view.workload)[-1]
    assert two.winner.label == "prefork"
    for kind in ("throughput", "forest"):
        said = chart(view, kind).so_what
        assert said.startswith("On 2 cores prefork finishes ") and "and wins" in said
        assert " over event-loop" in said
    forest = chart(view, "forest")
    for cell in two.order[1:]:
        verdict = two.between(cell, two.winner)
        assert verdict.word == WINS
        assert any(t.startswith(f"{verdict.ratio:.2f} (") for t in texts(forest.svg))
    assert column(forest, "verdict")["prefork", 2] == "wins"
    assert column(forest, "ratio")["prefork", 2] == 1


def test_doubt_is_said_with_its_bounds(tmp_path):
    options = {"cores": (2,), "noise": 0.15, "models": FIVE[2:4], "repetitions": 10}
    view = view_of(tmp_path, **options)
    said = chart(view, "throughput").so_what
    assert "undecided (" in said and " over " in said
    assert any(t.startswith("undecided (") for t in texts(chart(view, "forest").svg))


@pytest.mark.parametrize(
    "options",
    [
        {"repetitions": 5},
        {"context": {"build_type": "debug"}},
        {"flags": {m: ["stolen"] for m in FIVE}},
    ],
)
def test_where_nothing_is_decided_it_is_said(tmp_path, options):
    view = view_of(tmp_path, **{"repetitions": 10, **options})
    for kind in ("throughput", "forest"):
        assert "nothing is decided" in chart(view, kind).so_what


def test_nobody_wins_beside_a_bound_and_its_label_says_so(tmp_path):
    flags = {"event-loop": ["generator-bound"]}
    view = view_of(tmp_path, "http", cores=(1,), flags=flags, repetitions=10)
    for kind in ("served", "forest"):
        found = chart(view, kind)
        assert "nobody wins: what was measured of event-loop" in found.so_what
    said = texts(chart(view, "forest").svg)
    assert "only a bound" in said and "wins" not in said
    assert sum(text.startswith("≥ ") and text.endswith("/s") for text in said) == 1


def test_shared_cpus_are_marked_and_the_rate_is_told_where_they_are_not(tmp_path):
    view = view_of(tmp_path, "http", repetitions=10)
    served = chart(view, "served")
    assert served.so_what.startswith("On 1 core event-loop answers ")
    assert "2 (shared)" in texts(served.svg)
    assert "shared the CPUs on 2 cores" in served.note
    assert chart(view, "cpu-per-request").so_what.startswith("On 2 cores ")


def test_a_failed_model_is_named_and_survivors_are_not_spoken_of(tmp_path):
    view = view_of(tmp_path / "a", failed={"prefork": "killed by SIGSEGV"})
    found = chart(view, "throughput")
    assert "failed, not drawn: prefork" in found.note
    assert "prefork" not in found.so_what

    def hang(entry):
        if entry["model"] == "prefork" and entry["repetition_index"] == 0:
            entry["status"], entry["reason"] = "failed", "it hung"

    (view,) = changed(tmp_path / "b", hang, scenarios=("cpu",), speed={"prefork": 3.0})
    found = chart(view, "throughput")
    assert any("(2 failed)" in text for text in texts(found.svg))
    assert "prefork" not in found.so_what
    assert column(found, "n")["prefork", 2] == 4


def test_short_jobs_have_a_gist_and_a_small_table(tmp_path):
    models = ("sequential", "prefork", "fork-ipc")
    options = {"models": models, "cores": (2,), "job_us": (1, 10, 100)}
    found = chart(view_of(tmp_path, "grain", **options, repetitions=10), "grain")
    assert found.so_what == (
        "On 2 cores half of the cores' time goes into jobs from 1.00 µs on (prefork), "
        "or only from 10.0 µs on (fork-ipc)."
    )
    assert found.brief.rows == (
        ("prefork", "1.00 µs or less", "1 µs"),
        ("fork-ipc", "1.00 µs to 10.0 µs", "1 µs to 10 µs"),
    )


def test_one_more_worker_is_told_with_what_the_kernel_keeps(tmp_path):
    def keep(entry):
        entry["page_table_bytes"] = 50_000 + 40_960 * entry["workers"]
        entry["kernel_stack_bytes"] = 16_384 * (1 + entry["workers"])

    options = {"models": ("sequential", "prefork"), "cores": (2,), "repetitions": 8}
    (view,) = changed(tmp_path, keep, scenarios=("startup",), **options)
    (row,) = chart(view, "memory-workers").brief.rows
    assert (row[0], *map(round, row[2:])) == ("prefork", 40_960, 16_384)


def test_one_change_has_the_word_of_its_verdict(tmp_path):
    models = (*FIVE, "prefork/static", "thread-pool/stealing")
    view = view_of(tmp_path, models=models, repetitions=20, speed={"fork-ipc": 0.5})
    found = chart(view, "changes")
    words = column(found, "verdict")
    assert words["ticket → message",].startswith("0.50 (")
    assert "equal within" in words["ticket → fixed shares",]
    (standing,) = view.judged.headlines(view.workload)[-1:]
    for row in found.table.rows:
        a, b = row[1].split(" → ")
        cells = {c.label: c for c in standing.group.comparable}
        verdict = view.judged.between(cells[b], cells[a], RATE)
        assert (verdict.ratio, verdict.low, verdict.high) == row[2:5]
    assert "the change that does most is" in found.so_what
    assert "are equal or undecided" in found.so_what


def test_pairs_that_nobody_asked_about_are_a_family_of_their_own(tmp_path):
    models = ("thread-pool", "thread-pool/loops", "prefork")
    view = view_of(tmp_path / "a", models=models, repetitions=20)
    words = column(chart(view, "changes"), "verdict")
    assert "equal within" in words["threads → processes, with loops",]
    crowded = {label: ["stolen"] for label in models}
    view = view_of(tmp_path / "b", models=models, repetitions=20, flags=crowded)
    assert not any(f.kind == "changes" and f.chart(view) for f in FIGURES)


def test_starting_alone_is_beside_start_up(tmp_path):
    each = {"scenario": "starts", "params": {"touched_mib": 0}, "cores": 1}
    each |= {"low": 1e-5, "high": 3e-5, "cpu_seconds": None, "rounds": 7}
    prices = [{**each, "primitive": "thread", "seconds": 2e-5}]
    prices += [
        {**each, "primitive": "fork", "seconds": 3e-4, "params": {"touched_mib": 64}}
    ]
    context = {"costs": {"prices": prices}}
    view = view_of(tmp_path, "startup", cores=(1,), context=context)
    (alone,) = told.bare_starts(view, 1)
    assert alone.label == "thread alone: 20.0 µs each"
    assert alone.values[64] == pytest.approx(64 * 2e-5)
