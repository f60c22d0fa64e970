"""Tests of the forest plot: what decides is what is drawn and written."""

from __future__ import annotations

from plots import forest
from plots.testing import assert_words_apart, assert_words_inside, dots, texts, view_of
from reports.judge.verdict import EQUAL, WINS
from reports.testing import SKETCHES


def test_the_words_are_those_of_the_verdicts(tmp_path):
    view = view_of(tmp_path, repetitions=10, speed={"prefork": 1.2})
    chart = forest.chart(view)
    found = texts(chart.svg)
    two = view.judged.headlines(view.workload)[-1]
    assert two.winner.label == "prefork" and "wins" in found
    for cell in two.order[1:]:
        verdict = two.between(cell, two.winner)
        assert verdict.word == WINS
        assert any(t.startswith(f"{verdict.ratio:.2f} (") for t in found)
    assert chart.so_what.startswith("On 2 cores prefork is fastest, 1.2")
    rows = {(r[0], r[1]): r for r in chart.table.rows}
    assert rows["prefork", 2][6] == "wins" and rows["prefork", 2][3] == 1
    # A dot per round; the best one's own row has one.
    assert dots(chart.svg) == 2 * (4 * 10 + 1)


def test_equal_and_undecided_and_bounds_are_said(tmp_path):
    equal = view_of(tmp_path / "a", repetitions=10, cores=(2,))
    chart = forest.chart(equal)
    (standing,) = equal.judged.headlines(equal.workload)
    assert {v.word for v in standing.inner} == {EQUAL}
    assert sum("equal within" in t for t in texts(chart.svg)) == 2
    noisy = view_of(tmp_path / "b", repetitions=10, cores=(2,), noise=0.15)
    assert any(t.startswith("undecided (") for t in texts(forest.chart(noisy).svg))
    few = forest.chart(view_of(tmp_path / "c", cores=(2,)))
    assert any("so far" in t for t in texts(few.svg))
    assert "nothing is decided" in few.so_what
    flags = {"sequential": ["generator-bound"]}
    view = view_of(tmp_path / "d", "http", cores=(1,), flags=flags, repetitions=10)
    chart = forest.chart(view)
    assert "only a bound" in texts(chart.svg) and "wins" not in texts(chart.svg)
    assert "nobody wins" in chart.so_what


def test_words_are_inside_and_apart(tmp_path):
    for scenario, options in (
        ("cpu", {"models": tuple(SKETCHES), "cores": (1, 2, 4)}),
        ("null", {}),
        ("io", {}),
        ("head-of-line", {}),
    ):
        view = view_of(tmp_path / scenario, scenario, repetitions=10, **options)
        chart = forest.chart(view)
        assert_words_inside(chart)
        assert_words_apart(chart)


def test_a_mix_and_a_model_alone_have_none(tmp_path):
    assert forest.chart(view_of(tmp_path / "a", "mixed")) is None
    assert forest.chart(view_of(tmp_path / "b", models=("prefork",))) is None
