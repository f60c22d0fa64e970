"""Tests of the pages of runs that are not as they should be, without charts."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from reports.data import words
from reports.data.run import load
from reports.data.words import FLAGS
from reports.show import terminal
from reports.testing import FIVE, make_run, write_lines
from reports.testing.page import Reader, told, without_charts, written

KINDS = [{"kind": "performance", "cores": 8}, {"kind": "efficiency", "cores": 8}]
HYBRID = {"core_kinds": KINDS, "physical_cores": 16, "effective_cores": 24}
CALIBRATION = [
    {"scenario": "io", "size": None, "seconds": 5e-6},
    {"scenario": "io", "size": 1000, "compute_us": 100, "seconds": 1.05e-4},
    {"scenario": "cpu", "kernel": "sqrt", "size": 7, "seconds": 1e-3},
]
# Options of a run, what its page says, and what it does not say.
SAID = {
    "a hybrid": (
        {"context": HYBRID},
        [
            "This machine has 8 performance and 8 efficiency cores. Cells of up to "
            "8 cores use the first kind",
            "24 CPUs (8 performance and 8 efficiency cores)",
        ],
        ["This is a virtual machine"],
    ),
    "calibrated otherwise": (
        {"context": {"calibration": CALIBRATION}},
        [
            "io: 100 µs of compute, calibrated once to size 1,000, which takes 105 µs",
            "cpu, sqrt: asked for size 7, which takes 1.00 ms on one core.",
        ],
        ["size not known"],
    ),
    "interrupted": (
        {"limit": 23},
        ["23 of 100 planned", "The run is not complete: 23 repetitions of 100."],
        [],
    ),
    "failed cells": (
        {"failed": {"prefork": "worker 1 was killed by SIGSEGV"}},
        ["cpu/prefork/cores:2/workers:2", "worker 1 was killed by SIGSEGV"],
        ["Nothing failed"],
    ),
    "flags": (
        {"flags": {"prefork": ["stolen"], "fork-ipc": ["stolen", "unheard-of"]}},
        [
            "40 flagged.",
            "Flags: stolen, unheard-of",
            FLAGS["stolen"],
            "unheard-of20no explanation is known here",
        ],
        ["No repetition was flagged"],
    ),
    "a debug build": (
        {"context": {"build_type": "asan"}},
        ["asan build", "Hatched: nothing is judged."],
        ["All verdicts"],
    ),
    "several parameters": (
        {"job_us": (100, 1000), "repetitions": 1},
        ["All verdicts: 1 ms cpu jobs", "All verdicts: 100 us cpu jobs"],
        [],
    ),
    "waiting jobs": (
        {
            "scenarios": ("io", "mixed"),
            "flags": {"event-loop": ["cpu-shared", "little"]},
            "failed": {"fork-ipc": "2 jobs failed: ECONNRESET"},
            "shares": (0, 10, 25, 100),
        },
        [
            "beats event-loop from 25 % compute",
            "1 core, 10 in flight, 5 ms io jobs",
            "All verdicts: 10 ms mixed jobs",
            "2 cores, 8 in flight, 25 % compute",
            "between 10 and 25",
            "(5 ms io jobs) on 1 and 2 cores, with 10, 100 and 1,000 in flight",
            FLAGS["little"],
            "Columns: share of compute.",
        ],
        [],
    ),
    "servers": (
        {
            "scenarios": ("http", "head-of-line"),
            "models": (*FIVE, "event-loop/offload"),
            "requests": {"peers": ("nginx", "apache-prefork"), "floor": True},
            "flags": {"fork-ipc": ["late", "rate-missed"]},
            "skipped": {"apache-prefork": "apache2 is not installed"},
        },
        [
            "CPU per request over nginx 1.22.1: ",
            "1 core, open loop at 70 % of capacity, /plaintext requests",
            "each serve /plaintext requests (64 connections) on 1 and 2 cores",
            "every request",
            "in flight at end",
            "sent = ok + bad status + bad body + timed out + reset",
            FLAGS["rate-missed"],
            "repetitions: apache2 is not installed.",
            "CPU per request",
            "p99 of cheap requests",
        ],
        [],
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_the_page_says(tmp_path, case):
    options, wanted, unwanted = SAID[case]
    reader = told(tmp_path, **{"scenarios": ("cpu",), **options})
    assert reader.wrong == []
    ids = Counter(reader.attributes("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    text = reader.text.replace(" 20 ", "20")
    assert [one for one in wanted if one not in text] == []
    assert [one for one in (*unwanted, "None") if one in text] == []


@pytest.mark.parametrize("known", [True, False, None])
def test_what_nobody_could_read_of_the_machine_is_not_known(tmp_path, known):
    context = {"smt": known, "virtual_machine": known, "physical_cores": None}
    text = told(tmp_path, scenarios=("null",), repetitions=1, context=context).text
    sharing = {True: "yes", False: "no", None: "not known"}[known]
    guest = {True: "yes", False: "no sign of one", None: "not known"}[known]
    facts = text.replace(" ", "")
    for name, value in (
        ("threads sharing a core", f"{sharing} virtual"),
        ("virtual machine", f"{guest} frequency"),
        ("physical cores", "not known"),
    ):
        assert f"{name}{value}".replace(" ", "") in facts


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
    assert "0 B" not in Reader(without_charts(run)).text


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
    text = Reader(without_charts(load(tmp_path))).text
    assert "0 of 100 planned repetitions" in text
    assert "The run holds no finished repetition." in text
    assert "Nothing failed" not in text


@pytest.mark.parametrize("gap", ["null", "missing"])
def test_a_context_with_gaps_still_gives_a_page(tmp_path, gap):
    make_run(tmp_path, scenarios=("cpu",))
    file = tmp_path / "environment.json"
    context = json.loads(file.read_text())
    needed = ("host_name", "num_cpus", "seed", "build_type")
    kept = {key: context[key] for key in needed}
    if gap == "null":
        kept = dict.fromkeys(context) | kept
    file.write_text(json.dumps(kept))
    reader = Reader(without_charts(load(tmp_path)))
    assert reader.wrong == [] and "None" not in reader.text
    assert "does not say which files its models come from" in reader.text
    assert "date not known" in reader.text


def test_hostile_words_stay_words_with_one_repetition_on_one_core(tmp_path):
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
    assert "<script>alert" not in html and "<b>" not in html
    reader = Reader(html)
    assert reader.wrong == [] and "This run only shows" in reader.text


def test_errors_of_jobs_stand_beside_the_reason(tmp_path):
    run = load(make_run(tmp_path, scenarios=("io",), failed={"prefork": "reset"}))
    raw = [dict(one.raw) for one in run.repetitions]
    for entry in raw:
        if entry["status"] == "failed":
            entry["errnos"] = {"ECONNRESET": 12, "ECANCELED": 80}
    write_lines(tmp_path, raw)
    html = without_charts(load(tmp_path))
    assert "<td>ECANCELED 800, ECONNRESET 120</td>" in html
