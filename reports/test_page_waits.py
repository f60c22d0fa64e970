"""Tests of the page of a run with jobs that wait."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from reports import page, page_verdicts, page_words
from reports.run import load
from reports.testing import make_run, write_lines
from reports.testing_page import Reader, written


@pytest.fixture(scope="module")
def waiting(tmp_path_factory) -> str:
    directory = tmp_path_factory.mktemp("waiting")
    return written(
        directory,
        scenarios=("io", "mixed"),
        flags={"event-loop": ["cpu-shared", "little"]},
        failed={"fork-ipc": "2 jobs failed: ECONNRESET"},
    )


def test_a_page_of_waiting_jobs_is_whole(waiting):
    reader = Reader(waiting)
    assert reader.wrong == [] and "None" not in reader.text
    assert len(waiting) < 2_000_000
    ids = Counter(reader.attributes("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch("h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:]))


def test_the_head_of_the_page_is_about_the_most_cores(waiting):
    sure = waiting[waiting.index('id="sure"') : waiting.index('id="predict"')]
    open_, folded = sure.split("<summary>On fewer cores</summary>")
    text = Reader(open_).text
    for limit in ("10", "100", "1,000"):
        assert f"2 cores, {limit} in flight, 5 ms io jobs" in text
    assert "1 core, 10 in flight, 5 ms io jobs" in Reader(folded).text
    # A mix is one heading and a table per core count, not a block per share.
    assert text.count("10 ms mixed jobs") == 3
    assert "the lead passes from event-loop to" in text
    assert "Memory per job in flight" in text


def test_many_verdicts_are_folded(waiting):
    text = Reader(waiting).text
    assert "All verdicts: 10 ms mixed jobs" in text
    assert "10 ms mixed jobs, 2 cores, 8 in flight, 25 % compute" in text
    assert "where the lead changes" in text


def test_a_class_is_told_what_waits_and_asked_what_follows(waiting):
    part = Reader(waiting[waiting.index('id="predict"') :]).text
    assert "(5 ms io jobs) on 1 and 2 cores, with 10, 100 and 1,000 in flight" in part
    assert "0, 5, 10, 25, 50, 75 and 100 % of a job's life is compute" in part
    assert "Who reaches the cap of Little's law" in part


def test_errors_of_jobs_stand_beside_the_reason(tmp_path):
    run = load(make_run(tmp_path, scenarios=("io",), failed={"prefork": "reset"}))
    raw = [dict(one.raw) for one in run.repetitions]
    for entry in raw:
        if entry["status"] == "failed":
            entry["errnos"] = {"ECONNRESET": 12, "ECANCELED": 80}
    write_lines(tmp_path, raw)
    html = page.write(load(tmp_path), tmp_path).read_text()
    assert "<td>ECANCELED 400, ECONNRESET 60</td>" in html


def test_flags_of_waiting_jobs_are_explained(waiting):
    text = Reader(waiting).text
    assert "the backend or the load generator had no core of its own" in text
    assert "off the jobs in flight: the batch is too short" in text


@pytest.mark.parametrize(
    "name, shown",
    [
        ("thread-pool+stealing", "thread-pool/stealing"),
        ("prefork/cores:1", "prefork on 1 core"),
        ("fork-ipc/workers:4", "fork-ipc with 4 workers"),
    ],
)
def test_names_for_people(name, shown):
    assert page_verdicts.display(name) == shown


@pytest.mark.parametrize(
    "entry, told",
    [
        ({"scenario": "io", "size": None, "seconds": 5e-6}, []),
        ({"scenario": "io", "compute_us": 0}, []),
        (
            {"scenario": "io", "size": 1000, "compute_us": 100, "seconds": 1.05e-4},
            [
                "io: 100 us of compute, calibrated once to size 1,000, which takes "
                "105 us on one core."
            ],
        ),
        (
            {"scenario": "mixed", "size": 1000, "cpu_share": 5, "seconds": 5e-4},
            [
                "mixed: 5 % compute, calibrated once to size 1,000, which takes "
                "500 us on one core."
            ],
        ),
        (
            {"scenario": "cpu", "kernel": "sqrt", "size": 7, "seconds": 1e-3},
            ["cpu, sqrt: asked for size 7, which takes 1.00 ms on one core."],
        ),
    ],
)
def test_calibrations(entry, told):
    assert page_words.calibrated({"calibration": [entry]}) == told
