"""Tests of the pages of runs that are not as they should be."""

from __future__ import annotations

import json

import pytest

from plots import names
from reports import page, page_words, terminal, words
from reports.run import load
from reports.testing import FIVE, make_run, write_lines
from reports.testing_page import Reader, written


def test_a_virtual_machine_is_named_among_the_limits(tmp_path):
    text = Reader(
        written(tmp_path, scenarios=("cpu",), context={"virtual_machine": True})
    ).text
    assert "This is a virtual machine" in text


def test_a_hybrid_names_its_cores_and_which_come_first(tmp_path):
    kinds = [
        {"kind": "performance", "cores": 8},
        {"kind": "efficiency", "cores": 8},
    ]
    context = {"core_kinds": kinds, "physical_cores": 16, "effective_cores": 24}
    text = Reader(written(tmp_path, scenarios=("cpu",), context=context)).text
    assert (
        "This machine has 8 performance and 8 efficiency cores. Cells of up to 8 cores "
        "use the first kind"
    ) in text
    assert names.machine(context) == "24 CPUs (8 performance and 8 efficiency cores)"
    assert dict(page_words.facts({"physical_cores": 4}))["physical cores"] == "4"
    assert dict(page_words.facts({}))["physical cores"] == "not known"


@pytest.mark.parametrize("known", [True, False, None])
def test_what_nobody_could_read_of_the_machine_is_not_known(known):
    told = dict(page_words.facts({"smt": known, "virtual_machine": known}))
    sharing = {True: "yes", False: "no", None: "not known"}[known]
    assert told["threads sharing a core"] == sharing
    guest = {True: "yes", False: "no sign of one", None: "not known"}[known]
    assert told["virtual machine"] == guest


def test_memory_that_nobody_could_read_is_unknown_and_not_nothing(tmp_path):
    make_run(tmp_path, scenarios=("cpu",), repetitions=2)
    entries = [json.loads(line) for line in (tmp_path / "runs.jsonl").open()]
    for entry in entries:
        if entry["model"] == "prefork":
            entry["peak_rss_bytes"] = entry["peak_pss_bytes"] = None
    write_lines(tmp_path, entries)
    run = load(tmp_path)
    lines = terminal.as_table(run).splitlines()
    (line, *_) = [line for line in lines if line.startswith("prefork ")]
    assert line.split()[-1] == words.UNKNOWN
    text = Reader(page.write(run, tmp_path).read_text()).text
    assert "0 B" not in text and "Not known of prefork." in text


def test_an_interrupted_run_says_how_much_it_holds(tmp_path):
    text = Reader(written(tmp_path, scenarios=("cpu",), limit=23)).text
    assert "23 of 50 planned repetitions" in text
    assert "The run is not complete: 23 repetitions of 50." in text


def test_failed_cells_are_stated_with_their_reason(tmp_path):
    reason = "worker 1 was killed by SIGSEGV"
    text = Reader(
        written(tmp_path, scenarios=("cpu",), failed={"prefork": reason})
    ).text
    part = text[text.index("What failed, and") :]
    assert "cpu/prefork/cores:2/workers:2" in part and reason in part
    assert "Nothing failed" not in text


def test_flags_are_counted_and_explained(tmp_path):
    flags = {"prefork": ["stolen"], "fork-ipc": ["stolen", "never-heard-of"]}
    text = Reader(written(tmp_path, scenarios=("cpu",), flags=flags)).text
    assert "20 of 50 repetitions are flagged: never-heard-of and stolen." in text
    assert "the hypervisor gave CPU time to somebody else" in text
    assert "never-heard-of10no explanation is known here" in text.replace(" 10 ", "10")


def test_a_run_of_failures_only(tmp_path):
    failed = {label: "it hung" for label in FIVE}
    html = written(tmp_path, scenarios=("cpu",), failed=failed)
    reader = Reader(html)
    assert reader.wrong == [] and "<svg" not in html
    assert "No repetition ended well" in reader.text
    assert reader.text.count("it hung") >= 10
    assert list((tmp_path / "charts").iterdir()) == []


def test_a_run_without_any_repetition(tmp_path):
    make_run(tmp_path, scenarios=("cpu",))
    write_lines(tmp_path, [])
    reader = Reader(page.write(load(tmp_path), tmp_path).read_text())
    assert "0 of 50 planned repetitions" in reader.text
    assert "The run holds no finished repetition." in reader.text
    assert "Nothing failed" not in reader.text


def test_a_debug_build_is_not_judged(tmp_path):
    text = Reader(
        written(tmp_path, scenarios=("cpu",), context={"build_type": "asan"})
    ).text
    assert "This is a asan build" in text or "This is an asan build" in text
    assert "Nothing could be compared." in text


def test_one_repetition_on_one_core(tmp_path):
    reader = Reader(written(tmp_path, scenarios=("cpu",), cores=(1,), repetitions=1))
    assert reader.wrong == []
    assert "we can't tell" in reader.text


def test_several_parameters_have_sections_of_their_own(tmp_path):
    html = written(tmp_path, scenarios=("cpu",), job_us=(100, 1000))
    assert 'id="charts-cpu"' in html and 'id="charts-cpu-job-us-100"' in html
    assert (tmp_path / "charts" / "cpu-job-us-100-memory.svg").is_file()


@pytest.mark.parametrize("gap", ["null", "missing"])
def test_a_context_with_gaps_still_gives_a_page(tmp_path, gap):
    make_run(tmp_path, scenarios=("cpu",))
    file = tmp_path / "environment.json"
    context = json.loads(file.read_text())
    needed = ("date", "host_name", "num_cpus", "seed", "build_type")
    kept = {key: context[key] for key in needed}
    if gap == "null":
        kept = dict.fromkeys(context) | kept
    file.write_text(json.dumps(kept))
    reader = Reader(page.write(load(tmp_path), tmp_path).read_text())
    assert reader.wrong == []
    assert "does not say which files its models come from" in reader.text
    assert "None" not in reader.text


def test_hostile_words_stay_words(tmp_path):
    bad = '<script>alert(1)</script>\x1b[31m & "quotes" \' $x$'
    html = written(
        tmp_path,
        scenarios=("cpu",),
        failed={"prefork": bad},
        flags={"fork-ipc": ["<b>flag</b>"]},
        context={"cpu_model": bad, "host_name": bad, "kernel": bad, "warnings": [bad]},
    )
    assert "<script" not in html and "<b>" not in html
    assert Reader(html).wrong == []
