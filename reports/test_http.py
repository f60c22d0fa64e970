"""Tests of the verdicts about requests, against servers of known prices."""

from __future__ import annotations

import pytest

from reports import questions, summary_http, tables, terminal, verdicts
from reports.answers import CPU, THROUGHPUT
from reports.contests import AGAINST_LOOP, FLOOR, VARIANT, WHO_WINS
from reports.questions_http import PEER, judged
from reports.run import Run, load
from reports.testing import make_http, make_run
from reports.testing_asking import OFFLOAD, P99, asked, changed, lines, run_of


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Run:
    directory = tmp_path_factory.mktemp("run")
    return load(
        make_run(
            directory,
            scenarios=("http", "head-of-line"),
            models=OFFLOAD,
            requests={"peers": ("nginx", "node"), "floor": True},
        )
    )


def test_a_workload_is_all_of_its_loads(both):
    http, line = both.workloads
    assert http.title == "/plaintext requests (64 connections)"
    assert http.loads == ("closed", "50", "70", "90")
    assert [(g.cores, g.load) for g in http.groups] == [
        (1, "closed"),
        (1, "50"),
        (1, "70"),
        (1, "90"),
        (2, "closed"),
    ]
    assert line.loads == () and len(line.groups) == 2
    first = http.groups[0]
    assert [c.label for c in first.peers] == ["nginx 1.22.1", "node 18.19.0"]
    assert [c.label for c in first.floors] == ["bare-epoll"]


def test_nobody_is_asked_what_makes_no_sense_for_requests(both):
    found = {a.question for a in questions.ask(both)}
    assert found == {WHO_WINS, VARIANT, PEER, FLOOR, AGAINST_LOOP}
    text = lines(both)
    for word in ("METG", "ideal:", "From 1 to", "Memory per job", "jobs/s"):
        assert word not in text, word


def test_rates_are_judged_where_the_generator_had_its_own_cpu(both):
    best = asked(both, WHO_WINS, THROUGHPUT)
    assert {a.cell.label for a in best} == {"sequential"}
    assert {a.word for a in best} == {"wins"}
    # Both CPUs of the machine were the server's: the generator shared them.
    assert asked(both, WHO_WINS, THROUGHPUT, cores=2) == []
    assert len(asked(both, WHO_WINS, CPU, cores=2)) == 4
    assert "requests/s are not judged, and CPU per request is" in lines(both)


def test_models_are_compared_with_peers_and_peers_with_nobody(both):
    pairs = {(a.cell.label, a.rival.label): a for a in asked(both, PEER, CPU)}
    assert len(pairs) == 6 * 2
    ratio = pairs["event-loop", "nginx 1.22.1"].ratio
    assert ratio.estimate == pytest.approx(16 / 18.5, rel=0.01)
    # A question of its own for each peer: five repetitions can decide it.
    assert pairs["event-loop", "nginx 1.22.1"].word == "wins"
    contest = [*asked(both, WHO_WINS, CPU), *asked(both, WHO_WINS, THROUGHPUT)]
    assert not [a for a in contest if a.cell.is_peer or a.rival.is_peer]
    text = lines(both)
    assert "Against nginx 1.22.1: fork-ipc needs 2.2" in text
    assert "event-loop 0.87 (0.86 to 0.87)" in text


def test_the_sentence_about_a_peer_names_its_version(both):
    (one,) = [
        v
        for v in verdicts.judge(both)
        if (v.question, v.metric, v.model, v.rival, v.cores)
        == (PEER, CPU, "event-loop", "nginx", 1)
    ]
    assert one.sentence.startswith(
        "On 1 core event-loop needs 0.87 times the CPU per request of nginx 1.22.1 for "
        "/plaintext requests (64 connections, closed loop) (95 % interval 0.86 to 0.87"
    )


def test_latency_is_judged_at_70_percent_and_says_whose(both):
    best = asked(both, WHO_WINS, P99)
    assert len(best) == 4 and {a.params["load"] for a in best} == {"70"}
    assert "Each at 70 % of its own capacity" in lines(both)
    dear = next(a for a in best if a.rival.label == "fork-ipc")
    text = next(
        v.sentence
        for v in verdicts.judge(both)
        if v.metric == P99 and v.rival == "fork-ipc"
    )
    assert dear.word == "wins"
    assert "is 1.92 times as long under fork-ipc as under sequential" in text
    assert "at 17,070 and 46,670 requests/s" in text


@pytest.mark.parametrize(
    "loads, load",
    [
        (("closed", "50", "70", "90"), ("70",)),
        (("50", "90"), ("50",)),
        (("60", "90"), ("60",)),
        (("closed",), ()),
    ],
)
def test_which_open_load_is_judged(tmp_path, loads, load):
    run = run_of(tmp_path, requests={"loads": loads}, cores=(1,), repetitions=1)
    assert judged(run.workloads[0], 1) == load


def test_latencies_are_judged_where_all_are_asked_alike(tmp_path):
    loads = ("closed", "least", "median", "50", "70")
    run = run_of(tmp_path, requests={"loads": loads}, cores=(1,))
    assert judged(run.workloads[0], 1) == ("least", "median")
    found = [a for a in questions.ask(run) if a.metric == P99]
    assert {a.params["load"] for a in found} == {"least", "median"}
    text = lines(run)
    assert "1 core, open loop at 70 % of the least capacity" in text
    assert (
        "All are offered the same, 12,000 requests/s, whatever they answer; of the"
        in text
    )
    assert "p99 at" not in verdicts.headline(run)
    assert "at 70 % of the median capacity" in verdicts.headline(run)


def test_without_a_closed_loop_the_price_is_the_open_ones(tmp_path):
    run = run_of(tmp_path, requests={"loads": ("70",)}, cores=(1,))
    assert len(asked(run, WHO_WINS, CPU)) == 4
    assert len(asked(run, WHO_WINS, P99)) == 4
    assert asked(run, WHO_WINS, THROUGHPUT) == []


def test_cheap_requests_are_measured_by_the_loop(both):
    against = asked(both, AGAINST_LOOP, "cheap_p99_seconds")
    found = {a.cell.label: a for a in against}
    assert set(found) == {*OFFLOAD} - {"event-loop"}
    assert found["event-loop/offload"].ratio.estimate < 0.05
    assert found["event-loop/offload"].word == "wins"
    text = lines(both)
    assert "Cheap requests: the p99 of event-loop is 3" in text
    assert "times that of event-loop/offload" in text
    assert "All are offered the same, 1,000 requests/s" in text


def test_cheap_requests_without_the_loop_have_a_winner(tmp_path):
    run = run_of(tmp_path, "head-of-line", models=("thread-pool", "prefork"))
    best = asked(run, WHO_WINS, "cheap_p99_seconds")
    assert [(a.cell.label, a.word) for a in best] == [("thread-pool", "wins")]
    assert "thread-pool has the shortest p99" in verdicts.headline(run)


def test_too_few_requests_for_a_p99_fall_back_and_say_so(tmp_path):
    run = run_of(tmp_path, "head-of-line", requests={"heavy_rate": 500})
    assert asked(run, AGAINST_LOOP, "cheap_p99_seconds") == []
    assert len(asked(run, AGAINST_LOOP, "cheap_p90_seconds")) == 5
    assert "The p90 stands for the p99, which needs 10,000 requests" in lines(run)


def test_a_slow_model_without_a_p99_is_left_out_of_it_only(tmp_path):
    speed = {"fork-ipc": 0.3}
    run = run_of(tmp_path, cores=(1,), speed=speed)
    rivals = {a.rival.label for a in asked(run, WHO_WINS, P99)}
    assert "fork-ipc" not in rivals and len(rivals) == 3
    assert "Too few requests for a p99: fork-ipc." in lines(run)


def test_the_lie_of_a_naive_client_is_told(both):
    text = lines(both)
    assert "Coordinated omission: a client that counts from its own sends" in text
    group = both.workloads[0].group(1, load="closed")
    assert summary_http.naive(group, {}) is None


def test_no_lie_no_line(tmp_path):
    def honest(entry):
        entry["http"] = {**entry["http"], "naive": None}

    run = run_of(tmp_path, cores=(1,), repetitions=5)
    assert "Coordinated" not in lines(changed(tmp_path, run, honest))


# Tables.


def test_tables_hold_co_free_and_naive_side_by_side(both):
    http, line = tables.tables(both)
    assert http.headers[-4:] == ("p50", "p99", "naive p99", "PSS")
    assert "load" in http.headers and "load" not in line.headers
    rows = {row[:3]: row for row in http.rows}
    assert rows["event-loop", "1", "70 %"][7] == "178 us"
    assert rows["event-loop", "1", "closed"][7] == "-"
    assert rows["nginx 1.22.1", "1", "closed"]
    assert all(len(text) <= 100 for text in terminal.as_table(both).splitlines())


def test_accounts_add_up_and_show_the_generator(both):
    accounts = next(t for t in tables.every_cell(both) if "every request" in t.title)
    row = next(r for r in accounts.rows if r[:3] == ("event-loop", "1", "70 %"))
    figures = [int(text.replace(",", "")) for text in row[3:10]]
    assert figures[0] == sum(figures[1:]) and row[10:12] == ("43,750", "55 %")
    assert accounts.failures == ()


def test_accounts_that_do_not_add_up_are_named(tmp_path):
    def lose(entry):
        entry["http"] = {**entry["http"], "sent": entry["http"]["sent"] + 7}

    run = changed(tmp_path, run_of(tmp_path, cores=(1,), repetitions=1), lose)
    accounts = tables.every_cell(run)[1]
    assert len(accounts.failures) == len(run.cells)
    assert "sent, but" in accounts.failures[0]


def test_requests_that_were_not_answered_are_told(tmp_path):
    def late(entry):
        if entry["model"] == "sequential":
            entry["errors"] = 640

    run = changed(tmp_path, run_of(tmp_path, cores=(1,)), late)
    assert "Not answered, or wrongly (more than 0.1 %): sequential" in lines(run)


def test_a_spreadsheet_gets_no_buckets(both):
    header = terminal.as_csv(both).splitlines()[0]
    assert "http.offered_per_second" in header and "histogram" not in header


def test_an_entry_without_groups_is_known_to_have_none():
    entry = make_http("http", "event-loop")
    assert entry["http"]["groups"] == []
