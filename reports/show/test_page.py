"""Tests of the page: what it says, and that it needs nothing but itself."""

import re
from collections import Counter

import pytest

from reports.show import page
from reports.testing import FIVE
from reports.testing.judging import run_of
from reports.testing.page import Reader


@pytest.fixture(scope="module")
def html(overview) -> str:
    return (overview / "index.html").read_text()


@pytest.fixture(scope="module")
def reader(html) -> Reader:
    return Reader(html)


def between(html: str, first: str, last: str) -> str:
    return html[html.index(f'id="{first}"') : html.index(f'id="{last}"')]


def test_its_policy_allows_its_own_style_and_script_and_nothing_else(html, reader):
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    assert re.search("style-src 'sha256-[^']+'; script-src 'sha256-[^']+';", policy)
    names = {name for _, attrs in reader.tags for name in attrs}
    assert "style" not in names and not [name for name in names if name[:2] == "on"]


def test_every_link_and_label_finds_its_own_and_no_other_place(overview, html, reader):
    beside = r"#|data:,|charts/[\w.-]+\.(png|svg|csv)$|(results|environment)\.json$"
    for attribute in ("src", "href", "xlink:href"):
        for address in reader.attributes(attribute):
            assert re.match(f"{beside}|runs.jsonl$", address), address
    assert not re.findall(r"https?://|url\((?!#)|@import", html)
    named = [a for a in reader.attributes("href") if a.startswith("charts/")]
    assert len(named) >= 30 and all((overview / name).is_file() for name in named)
    ids = Counter(reader.attributes("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    targets = [a[1:] for a in reader.attributes("href") if a.startswith("#")]
    for kind in ("for", "aria-labelledby", "aria-describedby"):
        targets += reader.attributes(kind)
    assert [target for target in targets if target not in ids] == []


def test_it_is_small_and_well_formed_and_everything_has_a_name(reader, html):
    assert reader.wrong == [] and reader.open == [] and len(html.encode()) < 1_500_000
    pictures = [attrs for tag, attrs in reader.tags if tag == "svg"]
    assert len(pictures) >= 15
    assert all(a["role"] == "img" and a["aria-labelledby"] for a in pictures)
    labelled = {*reader.attributes("for")}
    for tag, attrs in reader.tags:
        assert tag not in ("input", "select") or attrs["id"] in labelled
        assert tag != "textarea" or attrs["aria-labelledby"]
        assert tag != "th" or attrs["scope"]
    assert [tag for tag, _ in reader.tags].count("table") == html.count("<caption") > 9


def test_the_parts_stand_in_order_and_the_first_has_a_map(reader, html):
    parts = "verdict predict charts-cpu charts-io charts-http prices charts-null"
    parts += " charts-primitives code trust yourself words"
    places = [html.index(f'id="{part}"') for part in parts.split()]
    assert places == sorted(places)
    head = reader.text[: reader.text.index("Write down what you expect, then open")]
    for words in (
        "2 CPUs (AMD EPYC 7763 64-Core) · a virtual machine · 2024-05-04 10:20",
        "preset quick",
        "No control: no model was measured twice; ",
        "by jobs per second",
        "▲ thread-pool",
        "times event-loop",
        "Winners by CPU per job",
        "Winners by peak memory",
    ):
        assert words in head, words
    head = between(html, "verdict", "predict")
    assert head.count('class="map"') == 5 and "mark-thread-pool { color: #" in html
    assert re.search(r'<td class="equal"><a href="#charts-cpu">', head)


def test_three_questions_with_covered_answers(html):
    part = between(html, "predict", "charts-cpu")
    kinds = re.findall(r'<textarea[^>]*data-kind="([^"]*)"', part)
    assert len({*kinds}) == 3 == part.count("<summary>Answer</summary>")
    assert "<details open" not in html
    rest = html[html.index('id="charts-cpu"') :]
    assert all(f'class="predicted" data-kind="{kind}"' in rest for kind in kinds)


def test_every_answer_can_be_hidden_and_every_figure_is_complete(html):
    """Outside of what the switch hides, no figure of the outcome is left but
    in the folded answers of the questions."""
    figures = re.findall(r'<section class="figure".*?</section>', html, re.S)
    assert len(figures) >= 15
    for figure in figures:
        before, after = figure.split('<div class="answer">')
        assert "<svg" not in before and "<table" not in before and "<svg" in after
        assert 'class="so-what' in after and ">CSV</a>" in after
        assert "<summary>The figures as a table</summary>" in after
        assert "2 CPUs (AMD EPYC 7763 64-Core)" in after
    work = between(html, "charts-cpu", "code")
    outside = re.sub(r'<section class="figure".*?</section>', "", work, flags=re.S)
    folds = re.findall(r"<details[^>]*>\s*<summary>", outside)
    assert folds and all('class="answer"' in fold for fold in folds)
    assert re.search(r'<p class="headline answer">', html)


def test_a_section_shows_few_figures_and_folds_the_rest(html):
    part = between(html, "charts-cpu", "charts-io")
    shown, folded = part.split("<summary>More figures: ")
    assert 1 <= shown.count('<section class="figure"') <= 3
    assert 'id="cpu-forest"' in shown and 'class="figure"' in folded
    text = Reader(part[part.index("All verdicts: 1 ms cpu jobs") :]).text
    for words in ("at 95 %", "scaling", "99.5 %", "equal within", "thread-pool wins"):
        assert words in text, words


def test_one_work_begins_with_its_forest_plot_and_the_bytes_are_the_same(tmp_path):
    seen, options = [], {"models": FIVE[:2], "cores": (1,), "repetitions": 1}
    html = page.write(run_of(tmp_path / "a", "cpu", **options)).read_text()
    head, rest = html.split('id="predict"')
    assert 'aria-labelledby="cpu-forest-title"' in head and 'class="map"' not in head
    assert 'id="cpu-forest-title"' not in rest
    assert "charts/cpu-forest.png" in rest and "See the first figure" in rest
    assert "<summary>Winners by jobs per second, peak memory, start-up time" in rest
    # Again, and counting.
    run = run_of(tmp_path / "b", "cpu", **options)
    path = page.write(run, lambda _, *counts: seen.append(counts))
    assert path.read_text() == html
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1] > 0


def test_command_method_and_limits(reader):
    for words in (
        "./bench --scenario=cpu",
        "This machine gives a run 2 cores.",
        "Rounds in random order, seed 1; 10 repetitions a cell",
        "cpu, sqrt: 1,000 µs asked for, calibrated once to size 250,000, which takes",
    ):
        assert words in reader.text, words
    assert "None" not in reader.text


@pytest.mark.parametrize(
    "given, repeated",
    [
        ("--scenario=cpu", "./bench --scenario=cpu --seed=7"),
        ("run --seed=3 --out /some/where", "./bench run --seed=3"),
        ("./bench --out=/some/where -q", "./bench -q --seed=7"),
        ("--model=all,all/*", "./bench '--model=all,all/*' --seed=7"),
    ],
)
def test_the_command_can_be_pasted(given, repeated):
    assert page.command({"command": given.split(), "seed": 7}) == repeated


def test_names_and_figures_are_not_broken_over_lines():
    text = page.prose("thread-pool/stealing takes 12 us on 2 cores < 3 %")
    assert '<span class="whole">thread-pool/stealing</span>' in text
    assert '1<span class="whole">2 µs</span>' in text
    assert '<span class="whole">2 cores</span> &lt; ' in text
    assert text.endswith('<span class="whole">3 %</span>')
