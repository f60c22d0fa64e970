"""Tests of the page of a run with servers."""

from __future__ import annotations

from collections import Counter

import pytest

from reports.testing import FIVE
from reports.testing_http import PEERS, SERVERS
from reports.testing_page import Reader, written


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> str:
    return written(
        tmp_path_factory.mktemp("served"),
        scenarios=("http", "head-of-line"),
        models=[label for label in SERVERS if label.split("/")[0] in FIVE],
        requests={"peers": tuple(PEERS), "floor": True},
        flags={"fork-ipc": ["late", "rate-missed"]},
        skipped={"apache-prefork": "apache2 is not installed"},
    )


def test_a_page_of_servers_is_whole_and_small(served):
    reader = Reader(served)
    assert reader.wrong == [] and "None" not in reader.text
    assert len(served.encode()) < 2_000_000
    ids = Counter(reader.attributes("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    assert "naive_histogram" not in served


def test_the_head_tells_both_scenarios(served):
    text = Reader(served).text
    head = text[: text.index("Predict, observe, explain")]
    assert "On 1 core sequential serves /plaintext requests (64 connections)" in head
    assert "times the CPU per request of nginx 1.22.1" in head
    assert "under event-loop is" in head and "times that of event-loop/offload" in head
    assert "1 core, open loop at 70 % of capacity, /plaintext requests" in head
    # Nothing is folded away: few cores are where the generator has its own.
    assert "On fewer cores" not in head


def test_a_class_is_asked_before_it_is_told(served):
    part = Reader(served[served.index('id="predict"') :]).text
    assert "each serve /plaintext requests (64 connections) on 1 and 2 cores" in part
    assert "closed loop, open loop at 50 % of capacity" in part
    for question in (
        "Draw the latency over the rate: a straight line?",
        "Under which models do the others notice?",
        "does a well-known server answer more than ours?",
    ):
        assert question in part


def test_accounts_flags_and_missing_peers_are_on_the_page(served):
    text = Reader(served).text
    assert "every request" in text and "in flight at end" in text
    assert "sent = ok + bad status + bad body + timed out + reset" in text
    assert "the load generator itself sent more than 1 in 100 requests" in text
    assert "less than 99 % of the offered requests" in text
    assert "apache-prefork was skipped: apache2 is not installed." in text


def test_all_verdicts_name_question_and_measure(served):
    part = Reader(served[served.index('id="verdicts"') :]).text
    for words in (
        "against a well-known server",
        "CPU/request",
        "requests/s",
        "p99 of cheap requests",
        "open loop at 70 % of capacity",
    ):
        assert words in part


def test_the_rules_against_the_traps_of_load_are_there(served):
    text = Reader(served).text
    for trap in ("Coordinated omission", "Measuring the load generator"):
        assert trap in text
    assert "head-of-line blocking" in text and "open loop" in text


@pytest.mark.parametrize(
    "options",
    [
        {"repetitions": 1},
        {"requests": {"loads": ("closed",)}},
        {"requests": {"loads": ("70",)}, "cores": (1,)},
        {"failed": {label: "it hung" for label in FIVE}},
        {"limit": 30},
    ],
)
def test_odd_runs_have_a_page_too(tmp_path, options):
    html = written(tmp_path, scenarios=("http", "head-of-line"), **options)
    reader = Reader(html)
    assert reader.wrong == [] and "None" not in reader.text
