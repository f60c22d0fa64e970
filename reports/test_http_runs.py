"""Tests of verdicts about requests where something is flagged or missing."""

from __future__ import annotations

from reports import notes, questions, tables, terminal, verdicts
from reports.answers import CPU, THROUGHPUT
from reports.contests import AGAINST_LOOP, VARIANT, WHO_WINS
from reports.run import load
from reports.testing import FIVE, make_http, write_lines
from reports.testing_asking import OFFLOAD, P99, asked, lines, run_of


def test_generator_bound_cells_win_nothing_on_throughput(tmp_path):
    run = run_of(tmp_path, cores=(1,), flags={"sequential": ["generator-bound"]})
    fast = asked(run, WHO_WINS, THROUGHPUT)
    assert "sequential" not in {c.label for a in fast for c in (a.cell, a.rival)}
    assert {a.cell.label for a in asked(run, WHO_WINS, CPU)} == {"sequential"}
    assert "Generator-bound: sequential; the load generator could do no more" in lines(
        run
    )


def test_late_cells_are_not_judged_on_latency(tmp_path):
    run = run_of(tmp_path, cores=(1,), flags={"fork-ipc": ["late"]})
    soon = asked(run, WHO_WINS, P99)
    assert {a.cell.label for a in soon} == {"sequential"}
    assert "fork-ipc" not in {a.rival.label for a in soon}
    assert "Late: fork-ipc; the load generator was late itself" in lines(run)
    assert "nobody wins beside them" not in lines(run)


def test_nobody_wins_beside_a_bound_that_is_ahead(tmp_path):
    """Its true figure may be better still, and nobody knows by how much."""
    flags = {"sequential": ["generator-bound", "late"]}
    run = run_of(tmp_path, cores=(1,), flags=flags)
    assert asked(run, WHO_WINS, P99) == []
    assert "upper bounds that are not judged, and nobody wins beside them." in lines(
        run
    )
    ahead = "lower bounds that win nothing, and nobody wins beside them"
    plain = run_of(tmp_path / "plain", cores=(1,))
    best = asked(plain, WHO_WINS, THROUGHPUT)[0].cell.label
    for label in FIVE:
        flags = {label: ["generator-bound"]}
        run = run_of(tmp_path / label, cores=(1,), flags=flags)
        assert (asked(run, WHO_WINS, THROUGHPUT) == []) == (label == best)
        assert (ahead in lines(run)) == (label == best)


def test_all_flagged(tmp_path):
    everything = ["generator-bound", "late", "rate-missed", "little", "cpu-shared"]
    run = run_of(
        tmp_path,
        flags={label: everything[:4] for label in OFFLOAD},
        requests={"shared": True},
    )
    assert {a.metric for a in questions.ask(run)} == {CPU}
    headline = verdicts.headline(run)
    assert headline.startswith("On 2 cores sequential needs the least CPU per request")
    text = lines(run)
    for flag in everything:
        assert f"Flag {flag} in" in text and flag in notes.FLAGS


def test_latencies_beside_a_generator_on_the_same_cpus(tmp_path):
    run = run_of(tmp_path, cores=(2,), requests={"open_on": (2,)})
    assert asked(run, WHO_WINS, P99, cores=2) == []
    line = run_of(tmp_path / "line", "head-of-line", cores=(2,))
    assert len(asked(line, AGAINST_LOOP, "cheap_p99_seconds", cores=2)) == 5
    assert "latencies are not the servers' alone." in lines(line)


# Runs that are not as they should be.


def test_one_repetition_decides_nothing(tmp_path):
    run = run_of(tmp_path, repetitions=1, requests={"peers": ("nginx",)})
    assert {a.word for a in questions.ask(run)} == {"can't tell"}
    assert "we can't tell yet who is best" in verdicts.headline(run)
    text = lines(run)
    assert "Can't tell yet" in text and "Against nginx 1.22.1: fork-ipc needs" in text
    line = run_of(tmp_path / "line", "head-of-line", repetitions=1)
    assert "we can't tell yet who is best" in verdicts.headline(line)
    assert "Cheap requests: the p99 of event-loop is" in lines(line)


def test_without_an_open_loop(tmp_path):
    run = run_of(tmp_path, requests={"loads": ("closed",)})
    assert {a.metric for a in questions.ask(run)} == {CPU, THROUGHPUT}
    assert "p99" not in verdicts.headline(run)


def test_failed_cells_are_named_and_not_compared(tmp_path):
    run = run_of(tmp_path, failed={"sequential": "the server was killed by SIGSEGV"})
    assert "sequential" not in {a.cell.label for a in questions.ask(run)}
    assert "Not compared: sequential (failed)." in lines(run)
    assert "5 cells failed: sequential." in verdicts.headline(run)
    (table,) = tables.tables(run)
    assert any("open loop at 70 % of capacity" in line for line in table.failures)


def test_everything_failed(tmp_path):
    for scenario in ("http", "head-of-line"):
        failed = {label: "it hung" for label in OFFLOAD}
        run = run_of(tmp_path / scenario, scenario, failed=failed)
        assert questions.ask(run) == ()
        assert "nobody" in verdicts.headline(run)
        assert "it hung" in terminal.as_table(run)


def test_a_missing_peer_takes_one_line(tmp_path):
    why = "nginx is not installed; scripts/setup --peers installs it"
    run = run_of(tmp_path, skipped={"nginx": why}, requests={"peers": ("nginx",)})
    assert {a.question for a in questions.ask(run)} == {WHO_WINS, VARIANT}
    (table,) = tables.tables(run)
    assert table.failures == (f"nginx was skipped: {why}.",)


def test_several_routes_have_a_sentence_each(tmp_path):
    run = run_of(tmp_path, cores=(1,))
    more = [
        make_http("http", label, route=route, repetition=k)
        for route in ("/json", "/bytes", "/cpu", "/io")
        for label in FIVE
        for k in range(5)
    ]
    for entry in more:
        entry["name"] = entry["name"].replace(
            "load", f"route:{entry['params']['route'][1:]}/load"
        )
    write_lines(tmp_path, [*(one.raw for one in run.repetitions), *more])
    headline = verdicts.headline(load(tmp_path))
    assert headline.count("On 1 core") == 3
    assert headline.endswith("2 more workloads below.")


def test_a_debug_build_judges_no_server(tmp_path):
    run = run_of(tmp_path, context={"build_type": "debug"}, flags={"prefork": ["late"]})
    assert questions.ask(run) == ()
    assert "Late:" not in lines(run) and "judged" in verdicts.headline(run)
