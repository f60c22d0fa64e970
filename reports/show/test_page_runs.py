"""Tests of the pages of runs that are not as they should be."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from plots import names

from reports.data import words

from reports.show import page, page_words, terminal
from reports.data.run import load
from reports.testing import FIVE, make_run, write_lines
from reports.testing.page import Reader, told, written


# For pages with charts of which it does not matter what they show.
SMALL = {"models": FIVE[:2], "cores": (1,), "repetitions": 2}


def test_a_virtual_machine_is_named_among_the_limits(tmp_path):
    text = told(tmp_path, scenarios=("cpu",), context={"virtual_machine": True}).text
    assert "This is a virtual machine" in text


def test_a_hybrid_names_its_cores_and_which_come_first(tmp_path):
    kinds = [
        {"kind": "performance", "cores": 8},
        {"kind": "efficiency", "cores": 8},
    ]
    context = {"core_kinds": kinds, "physical_cores": 16, "effective_cores": 24}
    text = told(tmp_path, scenarios=("cpu",), context=context).text
    assert (
        "This machine has 8 performance and 8 efficiency cores. Cells of up to 8 cores "
        "use the first kind"
    ) in text
    assert names.machine(context) == "24 CPUs (8 performance and 8 efficiency cores)"
    assert dict(page_words.facts({"physical_cores": 4}))["physical cores"] == "4"
    assert dict(page_words.facts({}))["physical cores"] == "not known"


@pytest.mark.parametrize("known", [True, False, None])
def test_what_nobody_could_read_of_the_machine_is_not_known(known):
    known_ = dict(page_words.facts({"smt": known, "virtual_machine": known}))
    sharing = {True: "yes", False: "no", None: "not known"}[known]
    assert known_["threads sharing a core"] == sharing
    guest = {True: "yes", False: "no sign of one", None: "not known"}[known]
    assert known_["virtual machine"] == guest


def test_memory_that_nobody_could_read_is_unknown_and_not_nothing(tmp_path):
    make_run(tmp_path, scenarios=("cpu",), repetitions=2, cores=(2,))
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
    text = told(tmp_path, scenarios=("cpu",), limit=23).text
    assert "23 of 100 planned repetitions" in text
    assert "The run is not complete: 23 repetitions of 100." in text


def test_failed_cells_are_stated_with_their_reason(tmp_path):
    reason = "worker 1 was killed by SIGSEGV"
    text = told(tmp_path, scenarios=("cpu",), failed={"prefork": reason}).text
    part = text[text.index("What failed, and") :]
    assert "cpu/prefork/cores:2/workers:2" in part and reason in part
    assert "Nothing failed" not in text


def test_flags_are_counted_and_explained(tmp_path):
    flags = {"prefork": ["stolen"], "fork-ipc": ["stolen", "never-heard-of"]}
    text = told(tmp_path, scenarios=("cpu",), flags=flags).text
    assert "40 of 100 repetitions are flagged: never-heard-of and stolen." in text
    assert "the hypervisor gave CPU time to somebody else" in text
    assert "never-heard-of20no explanation is known here" in text.replace(" 20 ", "20")


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
    reader = Reader(page.render(load(tmp_path), []))
    assert "0 of 100 planned repetitions" in reader.text
    assert "The run holds no finished repetition." in reader.text
    assert "Nothing failed" not in reader.text


def test_a_debug_build_is_not_judged(tmp_path):
    text = told(tmp_path, scenarios=("cpu",), context={"build_type": "asan"}).text
    assert "This is a asan build" in text or "This is an asan build" in text
    assert "Nothing could be compared." in text


def test_one_repetition_on_one_core(tmp_path):
    reader = Reader(written(tmp_path, scenarios=("cpu",), cores=(1,), repetitions=1))
    assert reader.wrong == []
    assert "This run only shows" in reader.text


def test_several_parameters_have_sections_of_their_own(tmp_path):
    html = written(tmp_path, scenarios=("cpu",), job_us=(100, 1000), **SMALL)
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
    reader = Reader(page.render(load(tmp_path), []))
    assert reader.wrong == []
    assert "does not say which files its models come from" in reader.text
    assert "None" not in reader.text


def test_hostile_words_stay_words(tmp_path):
    bad = '<script>alert(1)</script>\x1b[31m & "quotes" \' $x$'
    html = written(
        tmp_path,
        scenarios=("cpu",),
        cores=(1,),
        repetitions=1,
        failed={"prefork": bad},
        flags={"fork-ipc": ["<b>flag</b>"]},
        context={"cpu_model": bad, "host_name": bad, "kernel": bad, "warnings": [bad]},
    )
    assert "<script" not in html and "<b>" not in html
    assert Reader(html).wrong == []


def test_a_page_of_waiting_jobs_is_whole(tmp_path):
    html = written(
        tmp_path,
        scenarios=("io", "mixed"),
        flags={"event-loop": ["cpu-shared", "little"]},
        failed={"fork-ipc": "2 jobs failed: ECONNRESET"},
        shares=(0, 10, 25, 100),
    )
    reader = Reader(html)
    assert reader.wrong == [] and "None" not in reader.text and len(html) < 2_000_000
    ids = Counter(reader.attributes("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    sure = html[html.index('id="sure"') : html.index('id="predict"')]
    open_, folded = sure.split("<summary>On fewer cores</summary>")
    # A mix is one heading and a table per core count, not a block per share.
    assert Reader(open_).text.count("10 ms mixed jobs") == 3
    assert "the lead passes from event-loop to" in Reader(open_).text
    assert "1 core, 10 in flight, 5 ms io jobs" in Reader(folded).text
    text = reader.text
    assert "All verdicts: 10 ms mixed jobs" in text
    assert "10 ms mixed jobs, 2 cores, 8 in flight, 25 % compute" in text
    assert "where the winner changes" in text and "between 10 and 25" in text
    assert "(5 ms io jobs) on 1 and 2 cores, with 10, 100 and 1,000 in flight" in text
    assert "off the jobs in flight: the batch is too short" in text


def test_errors_of_jobs_stand_beside_the_reason(tmp_path):
    run = load(make_run(tmp_path, scenarios=("io",), failed={"prefork": "reset"}))
    raw = [dict(one.raw) for one in run.repetitions]
    for entry in raw:
        if entry["status"] == "failed":
            entry["errnos"] = {"ECONNRESET": 12, "ECANCELED": 80}
    write_lines(tmp_path, raw)
    html = page.render(load(tmp_path), [])
    assert "<td>ECANCELED 800, ECONNRESET 120</td>" in html


@pytest.mark.parametrize(
    "entry, said",
    [
        ({"scenario": "io", "size": None, "seconds": 5e-6}, []),
        (
            {"scenario": "io", "size": 1000, "compute_us": 100, "seconds": 1.05e-4},
            ["io: 100 us of compute, calibrated once to size 1,000, which takes "],
        ),
        (
            {"scenario": "cpu", "kernel": "sqrt", "size": 7, "seconds": 1e-3},
            ["cpu, sqrt: asked for size 7, which takes 1.00 ms on one core."],
        ),
    ],
)
def test_calibrations(entry, said):
    found = page_words.calibrated({"calibration": [entry]})
    assert len(found) == len(said)
    assert all(line.startswith(start) for line, start in zip(found, said))


def test_a_page_of_servers_is_whole(tmp_path):
    html = written(
        tmp_path,
        scenarios=("http", "head-of-line"),
        models=(*FIVE, "event-loop/offload"),
        requests={"peers": ("nginx", "apache-prefork"), "floor": True},
        flags={"fork-ipc": ["late", "rate-missed"]},
        skipped={"apache-prefork": "apache2 is not installed"},
    )
    reader = Reader(html)
    text = reader.text
    assert reader.wrong == [] and "None" not in text and len(html) < 2_000_000
    head = text[: text.index("Predict, observe, explain")]
    assert "sequential wins" in head and "Against nginx 1.22.1: " in head
    assert "1 core, open loop at 70 % of capacity, /plaintext requests" in head
    # Nothing is folded away: few cores are where the generator has its own.
    assert "On fewer cores" not in head
    for words in (
        "each serve /plaintext requests (64 connections) on 1 and 2 cores",
        "every request",
        "in flight at end",
        "sent = ok + bad status + bad body + timed out + reset",
        "less than 99 % of the offered requests",
        "apache-prefork was skipped: apache2 is not installed.",
        "against a well-known server",
        "CPU per request",
        "p99 of cheap requests",
    ):
        assert words in text, words
