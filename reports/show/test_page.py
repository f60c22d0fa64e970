"""Tests of the page: what it says, and that it needs nothing but itself."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from plots.test_style import contrast
from reports.show import page
from reports.data.run import load
from reports.testing import FIVE, make_run
from reports.testing.page import Reader, written


@pytest.fixture(scope="module")
def directory(tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("run")
    written(directory)
    return directory


@pytest.fixture(scope="module")
def html(directory) -> str:
    return (directory / "index.html").read_text()


@pytest.fixture(scope="module")
def reader(html) -> Reader:
    return Reader(html)


def test_it_is_well_formed(reader):
    assert reader.wrong == [] and reader.open == []


def test_it_needs_no_network_and_no_script(html, reader):
    policy = [
        attrs["content"]
        for tag, attrs in reader.tags
        if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policy) == 1
    assert policy[0].startswith("default-src 'none'")
    assert "script-src" not in policy[0]
    assert not [tag for tag, _ in reader.tags if tag in ("script", "iframe", "img")]
    for attribute in ("src", "href", "xlink:href"):
        for address in reader.attributes(attribute):
            assert address.startswith(("#", "data:")), address
    assert not re.findall(r"https?://|url\((?!#)|@import", html)
    assert not [name for _, attrs in reader.tags for name in attrs if name[:2] == "on"]


def test_it_is_small(directory):
    assert (directory / "index.html").stat().st_size < 2_000_000


def test_ids_are_unique_and_every_link_and_label_finds_its_own(reader):
    ids = Counter(reader.attributes("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    targets = [a[1:] for a in reader.attributes("href") if a.startswith("#")]
    named = reader.attributes("aria-labelledby") + reader.attributes("aria-describedby")
    for target in targets + reader.attributes("for") + named:
        assert target in ids, target


def test_every_picture_has_a_name_and_every_input_a_label(reader):
    pictures = [attrs for tag, attrs in reader.tags if tag == "svg"]
    assert len(pictures) == 14
    for attrs in pictures:
        assert attrs["role"] == "img" and attrs["aria-labelledby"]
    labelled = set(reader.attributes("for"))
    inputs = [attrs["id"] for tag, attrs in reader.tags if tag == "input"]
    assert inputs and set(inputs) <= labelled


def test_headings_go_down_by_one_step(reader):
    levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:]))


def test_the_parts_stand_in_their_order(html):
    parts = [
        'id="verdict"',
        'id="sure"',
        'id="predict"',
        'id="charts-cpu"',
        'id="charts-null"',
        'id="failures"',
        'id="verdicts"',
        'id="machine"',
        'id="method"',
        'id="code"',
        'id="words"',
    ]
    places = [html.index(part) for part in parts]
    assert places == sorted(places)


def test_the_verdict_comes_first(reader):
    text = reader.text
    head = "With 2 cores, 1 ms cpu jobs: thread-pool, prefork and fork-ipc equal, 2.0"
    assert head in text
    assert text.index("event-loop equal") < text.index("Predict, observe, explain")
    # 5 models on 2 core counts, cpu and null, and 7 primitives; 10 times each.
    assert "270 of 270 planned repetitions" in text


def test_the_table_of_verdicts_says_what_decides(reader):
    text = reader.text
    part = text[text.index("All verdicts Ratios are") :]
    for words in (
        "hold together at 95 %",
        "against its one core",
        "over its floor",
        "99.5 %",
        "equal within",
        "fork-ipc wins",
    ):
        assert words in part, words


def test_questions_have_folded_answers(html):
    part = html[html.index('id="predict"') : html.index('id="charts-cpu"')]
    assert part.count("<details>") == part.count("<summary>Answer</summary>") >= 5
    assert "<details open" not in part


def test_every_answer_can_be_hidden(html):
    """Outside of what the switch hides, no figure of the outcome is left but
    in the folded answers."""
    assert ".switch:checked ~ main .answer { display: none; }" in html
    assert html.index('id="hide"') < html.index("<main")
    headline = re.search(r'<p class="(headline[^"]*)">\s*With', html)
    assert headline and "answer" in headline.group(1).split()
    assert re.search(r'<section id="sure" class="answer">', html)
    for chart in re.findall(r'<section class="figure".*?</section>', html, re.S):
        before, after = chart.split('<div class="answer">')
        assert "<svg" not in before and "<table" in after
        # The first one stands at the head of the page.
        assert ("<svg" in after) != ('id="cpu-forest"' in chart)


def test_every_chart_has_so_what_table_and_machine(html):
    charts = re.findall(r'<section class="figure".*?</section>', html, re.S)
    assert len(charts) == 14
    for chart in charts:
        assert 'class="so-what"' in chart
        assert "<summary>The figures as a table</summary>" in chart
        # The first one stands at the head of the page, which names it, too.
        lead = 'id="cpu-forest"' in chart
        assert lead or "2 CPUs (AMD EPYC 7763 64-Core)" in chart


def test_tables_have_a_caption_and_scoped_headers(reader, html):
    tables = [t for t, _ in reader.tags if t == "table"]
    assert len(tables) == html.count("<caption") == len(tables)
    scopes = [attrs.get("scope") for tag, attrs in reader.tags if tag == "th"]
    assert scopes and None not in scopes


def test_the_same_run_gives_the_same_page(tmp_path, html):
    assert written(tmp_path) == html


def test_progress_counts_up_to_the_end(tmp_path):
    seen = []
    options = {"models": FIVE[:2], "cores": (1,), "repetitions": 1}
    run = load(make_run(tmp_path, scenarios=("cpu",), **options))
    page.write(run, tmp_path, lambda what, done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1] > 0


def test_command_method_and_seed(reader):
    assert "./bench --scenario=cpu --model=all --seed=1" in reader.text
    assert "This machine gives a run 2 cores." in reader.text
    assert "Rounds in random order, seed 1; 10 repetitions a cell" in reader.text


@pytest.mark.parametrize(
    "given, repeated",
    [
        (["--scenario=cpu"], "./bench --scenario=cpu --seed=7"),
        (["run", "--seed=3"], "./bench run --seed=3"),
        (["./bench", "--out", "/some/where"], "./bench --seed=7"),
        (["./bench", "--out=/some/where", "-q"], "./bench -q --seed=7"),
        (["--model=all,all/*"], "./bench '--model=all,all/*' --seed=7"),
    ],
)
def test_the_command_can_be_pasted(given, repeated):
    assert page.command({"command": given, "seed": 7}) == repeated


def test_nothing_failed_and_nothing_flagged(reader):
    assert "Nothing failed" in reader.text
    assert "No repetition was flagged." in reader.text


# Looks.


def test_the_colours_of_the_page_have_enough_contrast():
    css = (page.HERE / "assets" / "page.css").read_text()
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", css))
    for ink in ("ink", "quiet", "link"):
        assert contrast(colours[ink], "#ffffff") >= 7, ink
    for ink in ("ink", "quiet"):
        assert contrast(colours[ink], colours["shade"]) >= 4.5
        assert contrast(colours[ink], colours["lesson"]) >= 4.5


def test_names_and_figures_are_not_broken_over_lines():
    text = page.prose("thread-pool/stealing takes 12 us on 2 cores < 3 %")
    assert '<span class="whole">thread-pool/stealing</span>' in text
    assert '1<span class="whole">2 µs</span>' in text
    assert '<span class="whole">2 cores</span> &lt; ' in text
