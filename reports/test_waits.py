"""Questions and answers about io, on runs whose truth is known."""

import json

import jsonschema
import pytest

from reports import results, run, terminal, verdicts, waits
from reports.test_results import SCHEMA
from reports.testing import FIVE, fail, make_run, make_waiting, write_lines


def judged(directory, **options):
    options.setdefault("scenarios", ("io",))
    found = run.load(make_run(directory, **options))
    return found, verdicts.judge(found)


def some(found, question, metric=None, cores=1, limit=100):
    return [
        v
        for v in found
        if (v.question, v.cores, v.in_flight_limit) == (question, cores, limit)
        and metric in (None, v.metric)
    ]


RATE, CPU = "jobs_per_second", "cpu_seconds_per_job"


@pytest.fixture(scope="module")
def io(tmp_path_factory):
    return judged(
        tmp_path_factory.mktemp("io"),
        models=(*FIVE, "prefork/blocking"),
        tune={"thread-pool": (50, 200)},
    )


def test_at_the_cap_all_tie_and_cpu_per_job_decides(io):
    rates = some(io[1], "who-wins", RATE)
    assert {v.rival for v in rates if v.word == "wins"} == {"sequential"}
    assert [v.word for v in rates].count("ties") == 3
    cheap = some(io[1], "who-wins", CPU)
    # `sequential` has one in flight: cheap, but no rival of these.
    assert {v.rival for v in cheap} == {"thread-pool", "prefork", "fork-ipc"}
    assert {(v.model, v.word, v.winner) for v in cheap} == {
        ("event-loop", "wins", "event-loop")
    }
    against = some(io[1], "against-sequential", CPU)
    assert {v.winner for v in against if v.model == "event-loop"} == {"event-loop"}
    assert {v.winner for v in against if v.model == "thread-pool"} == {"sequential"}


def test_sentences_say_how_many_are_in_flight(io):
    (verdict,) = [v for v in some(io[1], "who-wins", CPU) if v.rival == "prefork"]
    assert verdict.sentence.startswith(
        "On 1 core with 100 in flight prefork needs 1.09 times the CPU time of "
        "event-loop for 5 ms io jobs (95 % interval"
    )


def test_holm_counts_the_pairs_of_one_metric_and_group(io):
    for metric, pairs in ((RATE, 4), (CPU, 3)):
        for v in some(io[1], "who-wins", metric):
            if v.word == "wins":
                assert v.p_adjusted <= pairs * v.p + 1e-12


def test_the_floor_of_io_is_the_bare_client(io):
    floors = some(io[1], "floor")
    assert {v.rival for v in floors} == {"epoll-client"}
    assert {v.rival_cell for v in floors} == {
        "io/epoll-client/in-flight:100/cores:1/workers:1"
    }
    ratios = {v.model: v.ratio for v in floors}
    assert ratios["event-loop"] == pytest.approx(11 / 8, rel=0.02)
    assert "sequential" not in ratios
    assert not [v for v in io[1] if v.question == "floor" and v.cores == 2]
    assert not [
        v for v in io[1] if v.question != "floor" and "epoll" in v.model + v.rival
    ]


def test_a_model_at_its_cap_is_not_asked_to_scale(io):
    assert some(io[1], "scaling", cores=2, limit=100) == []
    scaled = some(io[1], "scaling", cores=2, limit=1000)
    assert {v.model for v in scaled if v.word == "wins"} == {
        "thread-pool",
        "prefork",
        "prefork+blocking",
        "fork-ipc",
    }
    assert "From 1 to 2 cores with 1,000 in flight" in scaled[0].sentence


def test_the_rule_for_workers_is_held_against_the_grid(io):
    (verdict,) = some(io[1], "workers")
    assert (verdict.model, verdict.rival) == ("thread-pool", "thread-pool/workers:100")
    assert (verdict.word, verdict.winner) == ("wins", "thread-pool/workers:100")
    assert verdict.ratio == pytest.approx(0.5, rel=0.03)
    assert "with 50 workers as with the 100 that the rule gives" in verdict.sentence
    assert verdict.sentence.endswith(": 100 workers win.")


def test_a_better_number_of_workers_is_told(tmp_path):
    name = "io/thread-pool/in-flight:100/cores:1/workers:80"
    found, all_of_them = judged(
        tmp_path,
        cores=(1,),
        in_flight=(100,),
        tune={"thread-pool": (50, 80)},
        speed={name: 1.5},
    )
    (verdict,) = some(all_of_them, "workers")
    assert (verdict.word, verdict.winner) == ("wins", "thread-pool")
    text = "\n".join(verdicts.summary_lines(found))
    assert (
        "thread-pool: the rule says 100 workers; the best of the grid was 80 (1.2"
        in text
    )
    assert "which wins." in text
    # The default stands for the model all the same.
    assert not [
        v for v in some(all_of_them, "who-wins") if name in (v.cell, v.rival_cell)
    ]


def test_the_cap_is_told_with_what_each_model_reaches(io):
    group = io[0].workloads[0].group(1, 1000)
    line = waits.cap_line(group, {c.name: c.label for c in group.cells})
    assert line.startswith(
        "Cap by Little's law: 1,000 in flight / 5 ms = 200,000 jobs/s; event-loop "
        "reaches 4"
    )
    assert "with 512 in flight" in line and "of their own 102,400 jobs/s" in line
    assert line.endswith("with 1 in flight sequential 100 % of its own 200 jobs/s.")


def test_a_backend_at_its_limit_wins_nothing(tmp_path):
    found, all_of_them = judged(
        tmp_path,
        cores=(1,),
        in_flight=(100,),
        speed={"prefork": 2.0},
        flags={"prefork": ["backend-bound"]},
    )
    rates = [v for v in all_of_them if v.metric == RATE]
    assert rates and not [v for v in rates if "prefork" in (v.model, v.rival)]
    # CPU per job is its own, and there it wins.
    assert {v.winner for v in some(all_of_them, "who-wins", CPU)} == {"prefork"}
    text = "\n".join(verdicts.summary_lines(found))
    assert "Backend-bound: prefork; its throughput is the backend's" in text
    assert "Flag backend-bound in 5 of" in text


def test_the_headline_of_io(io):
    headline = verdicts.headline(io[0])
    assert headline.startswith(
        "On 2 cores with 1,000 in flight prefork does 5 ms io jobs 1.7"
    )
    assert "; with 100 in flight " in headline
    assert (
        "tie, at the cap of 20,000 jobs/s; event-loop needs the least CPU" in headline
    )
    assert "thread-pool 1.9" in headline and headline.endswith(" times as much.")


@pytest.mark.parametrize("repetitions", [1, 4])
def test_few_repetitions_decide_nothing_in_io(tmp_path, repetitions):
    found, all_of_them = judged(
        tmp_path, repetitions=repetitions, cores=(1,), tune={"thread-pool": (50,)}
    )
    assert {v.word for v in all_of_them} == {"can't tell"}
    assert "we can't tell yet who is best at 5 ms io jobs" in verdicts.headline(found)
    assert "Leader by CPU per job: event-loop." in "\n".join(
        verdicts.summary_lines(found)
    )


def test_memory_per_job_is_the_slope_over_jobs_in_flight(io):
    slopes = {
        (s.most.label, s.most.cores): s for s in waits.memory_slopes(io[0].workloads[0])
    }
    assert len(slopes) == 10 and ("sequential", 1) not in slopes
    loop = slopes["event-loop", 1]
    assert (loop.fewest.in_flight, loop.most.in_flight) == (10, 1000)
    assert loop.low <= 1300 <= loop.high and loop.measure == "PSS" and loop.measured
    threads = slopes["thread-pool", 2]
    assert threads.most.in_flight == 512
    assert threads.bytes == pytest.approx(20_000, rel=0.01)
    text = "\n".join(verdicts.summary_lines(io[0]))
    assert "Memory per job in flight, 5 ms io jobs:" in text
    assert "from 10 to 1,000 in flight: event-loop 1.27 KiB (1.2" in text


def lines_with(tmp_path, memory, repetitions=5, **more):
    directory = make_run(tmp_path, scenarios=("io",), limit=0)
    entries = [
        make_waiting("io", "event-loop", cores=1, limit=limit, repetition=i)
        for i in range(repetitions)
        for limit in (10, 100)
    ]
    for entry in entries:
        peak = memory(entry["in_flight"], entry["repetition_index"])
        entry.update({"peak_pss_bytes": peak + entry["record_bytes"], **more})
    write_lines(directory, entries)
    return waits.memory_lines(run.load(directory).workloads[0])


def test_memory_that_does_not_grow_is_said_so(tmp_path):
    noisy = lines_with(tmp_path / "a", lambda n, i: 3_000_000 + (i * 7919 % 5) * 4096)
    assert "event-loop nothing that can be told from noise (" in noisy[0]
    falling = lines_with(tmp_path / "b", lambda n, i: 5_000_000 - 1000 * n)
    assert (
        "event-loop nothing that can be seen: it fell (-1000 B to -1000 B)"
        in falling[0]
    )
    few = lines_with(tmp_path / "c", lambda n, i: 1024 * n, repetitions=2)
    assert "event-loop 1.00 KiB (too few repetitions to be sure)" in few[0]


def test_memory_without_pss_is_by_rss(tmp_path):
    lines = lines_with(
        tmp_path, lambda n, i: 0, peak_pss_bytes=None, peak_rss_bytes=9_000_000
    )
    assert "event-loop by RSS nothing" in lines[0]


def test_failed_cells_are_left_out_everywhere(tmp_path):
    found, all_of_them = judged(tmp_path, failed={"prefork": "timeout"})
    assert not [v for v in all_of_them if "prefork" in (v.model, v.rival)]
    text = terminal.as_table(found)
    assert "prefork, 1 core, 10 in flight, 1 worker: failed in 5 of 5" in text
    assert "Not compared: prefork (failed)." in text
    assert not [s for s in waits.memory_slopes(found.workloads[0]) if s.most.failed]


def test_the_table_of_io_fits_and_shows_caps_and_floors(io):
    text = terminal.as_table(io[0])
    assert max(map(len, text.splitlines())) <= 100 and text.isascii()
    header = next(line for line in text.splitlines() if line.startswith("model"))
    assert header.split()[:7] == [
        "model",
        "cores",
        "in",
        "flight",
        "workers",
        "jobs/s",
        "interval",
    ]
    assert "512/1000" in text and "512 of 1,000 allowed" in text
    assert any(line.startswith("epoll-client ") for line in text.splitlines())
    for form in (terminal.as_markdown, terminal.as_csv):
        assert form(io[0])


@pytest.mark.parametrize("scenario", ["io", "mixed", "pool"])
def test_results_follow_the_schema(tmp_path, scenario):
    found = run.load(
        make_run(
            tmp_path,
            scenarios=(scenario,),
            failed={"fork-ipc": "a timeout"},
            tune={"thread-pool": (2, 50)},
        )
    )
    raw = [dict(one.raw) for one in found.repetitions]
    for entry in raw:
        if entry["status"] == "failed":
            entry["errnos"] = {"ECANCELED": 3}
    write_lines(tmp_path, raw)
    whole = results.assemble(run.load(tmp_path))
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(whole)
    assert whole["verdicts"] and json.dumps(whole, allow_nan=False)


def test_pool_compares_on_throughput(tmp_path):
    found, all_of_them = judged(tmp_path, scenarios=("pool",))
    assert {v.metric for v in all_of_them} == {RATE}
    assert {v.in_flight_limit for v in all_of_them} == {16}
    assert "On 2 cores with 16 in flight thread-pool, prefork and" in verdicts.headline(
        found
    )


def test_a_failed_repetition_without_figures(tmp_path):
    entry = fail(make_waiting("io", "prefork", errnos={"ECONNRESET": 1}), "reset")
    write_lines(make_run(tmp_path, scenarios=("io",), limit=0), [entry])
    found = run.load(tmp_path)
    assert found.cells[0].reason == "failed in 1 of 1 repetitions: reset"
    assert verdicts.judge(found) == ()
