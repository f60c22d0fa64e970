"""Tests of the pages of runs that are not as they should be, without charts."""

import json
from collections import Counter

import pytest

from reports.data.run import load
from reports.data.words import FLAGS
from reports.show import page
from reports.testing import FIVE, make_run
from reports.testing.judging import changed, run_of
from reports.testing.page import Reader, told, without_charts

KINDS = [{"kind": "performance", "cores": 8}, {"kind": "efficiency", "cores": 8}]
HYBRID = {"core_kinds": KINDS, "physical_cores": 16, "effective_cores": 24}
CALIBRATION = [
    {"scenario": "io", "size": None, "seconds": 5e-6},
    {"scenario": "io", "size": 1000, "compute_us": 100, "seconds": 1.05e-4},
    {"scenario": "cpu", "kernel": "sqrt", "size": 7, "seconds": 1e-3},
]
UNKNOWN = {"smt": None, "virtual_machine": None, "physical_cores": None}
# Options of a run, what its page says (|), and what it does not say.
SAID = {
    "a hybrid, calibrated otherwise": (
        {"context": {**HYBRID, "calibration": CALIBRATION}},
        "8 performance and 8 efficiency cores. Cells of up to 8 cores use the first|"
        "24 CPUs (8 performance and 8 efficiency cores)|"
        "io: 100 µs of compute, calibrated once to size 1,000, which takes 105 µs|"
        "cpu, sqrt: asked for size 7, which takes 1.00 ms on one core.",
        "This is a virtual machine|size not known",
    ),
    "an unknown machine": (
        {"context": UNKNOWN},
        "physical cores not known|core not known virtual machine not known frequency",
        "This is a virtual machine",
    ),
    "interrupted": (
        {"limit": 23, "job_us": (100, 1000)},
        "23 of 200 planned|The run is not complete: 23 repetitions of 200.",
        "The run holds no finished",
    ),
    "none finished": (
        {"limit": 0},
        "0 of 100 planned repetitions|The run holds no finished repetition.",
        "Nothing failed",
    ),
    "flags": (
        {"flags": {"prefork": ["stolen"], "fork-ipc": ["stolen", "unheard-of"]}},
        f"40 flagged.|Flags: stolen, unheard-of|{FLAGS['stolen']}|"
        "unheard-of 20 no explanation is known here",
        "No repetition was flagged",
    ),
    "waiting jobs": (
        {
            "scenarios": ("io", "mixed"),
            "flags": {"event-loop": ["cpu-shared", "little"]},
            "failed": {"fork-ipc": "2 jobs failed: ECONNRESET"},
            "shares": (0, 10, 25, 100),
        },
        "beats event-loop from 25 % compute|1 core, 10 in flight, 5 ms io jobs|"
        "All verdicts: 10 ms mixed jobs|2 cores, 8 in flight, 25 % compute|"
        "between 10 and 25|Columns: share of compute.|2 jobs failed: ECONNRESET|"
        "(5 ms io jobs) on 1 and 2 cores, with 10, 100 and 1,000 in flight|"
        f"{FLAGS['little']}",
        "Nothing failed",
    ),
    "servers": (
        {
            "scenarios": ("http", "head-of-line"),
            "models": (*FIVE, "event-loop/offload"),
            "requests": {"peers": ("nginx", "apache-prefork"), "floor": True},
            "flags": {"fork-ipc": ["late", "rate-missed"]},
            "skipped": {"apache-prefork": "apache2 is not installed"},
        },
        "CPU per request over nginx 1.22.1: |p99 of cheap requests|in flight at end|"
        "1 core, open loop at 70 % of capacity, /plaintext requests|"
        "each serve /plaintext requests (64 connections) on 1 and 2 cores|"
        f"{FLAGS['rate-missed']}|repetitions: apache2 is not installed.",
        "No repetition was flagged",
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_the_page_says(tmp_path, case):
    options, wanted, unwanted = SAID[case]
    reader = told(tmp_path, **{"scenarios": ("cpu",), **options})
    assert reader.wrong == []
    ids = Counter(reader.attributes("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    text = reader.text.replace(" ", "")
    said = {one: one.replace(" ", "") in text for one in wanted.split("|")}
    assert [one for one, found in said.items() if not found] == []
    unwanted = [*unwanted.split("|"), "None"]
    assert [one for one in unwanted if one.replace(" ", "") in text] == []


def test_a_run_of_failures_only_and_their_errors(tmp_path):
    def reset(entry):
        return {**entry, "errnos": {"ECONNRESET": 12, "ECANCELED": 80}}

    failed = dict.fromkeys(FIVE, "it hung")
    html = page.write(
        changed(run_of(tmp_path, "cpu", failed=failed), reset)
    ).read_text()
    reader = Reader(html)
    assert reader.wrong == [] and "<svg" not in html
    assert "No repetition ended well" in reader.text
    assert html.count("<td>ECANCELED 800, ECONNRESET 120</td>") == 10
    assert list((tmp_path / "charts").iterdir()) == []


@pytest.mark.parametrize("gap", ["null", "missing"])
def test_a_context_with_gaps_still_gives_a_page(tmp_path, gap):
    file = make_run(tmp_path, scenarios=("cpu",)) / "environment.json"
    context = json.loads(file.read_text())
    needed = ("host_name", "num_cpus", "seed", "build_type")
    kept = dict.fromkeys(context) if gap == "null" else {}
    file.write_text(json.dumps(kept | {key: context[key] for key in needed}))
    reader = Reader(without_charts(load(tmp_path)))
    assert reader.wrong == [] and "None" not in reader.text
    assert "does not say which files its models come from" in reader.text
    assert "date not known" in reader.text


def test_hostile_words_stay_words_with_one_repetition_on_one_core(tmp_path):
    bad = '<script>alert(1)</script>\x1b[31m & "quotes" \' $x$'
    options = {"cores": (1,), "repetitions": 1, "failed": {"prefork": bad}}
    options["context"] = {"cpu_model": bad, "host_name": bad, "warnings": [bad]}
    run = run_of(tmp_path, "cpu", **options, flags={"fork-ipc": ["<b>flag</b>"]})
    html = page.write(run).read_text()
    assert "<script>alert" not in html and "<b>" not in html
    reader = Reader(html)
    assert reader.wrong == [] and "This run only shows" in reader.text
