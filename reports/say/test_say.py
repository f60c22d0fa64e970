"""What is said of a run: each sentence takes its verb from a verdict."""

import re

import pytest

from reports.data import words
from reports.judge import questions as ask
from reports.judge.judgement import judge
from reports.say import notes, phrases
from reports.say.headline import MOST, headline
from reports.testing import FIVE, SKETCHES
from reports.testing.judging import changed, lines, run_of

STUMBLES = "can't tell;tie;more repetitions;Holm;Hsu;p =;dear;told;whom;None".split(";")


def test_a_block_says_who_is_equal_and_by_how_much_they_lead(cpu):
    text = lines(cpu)
    assert re.search(
        r"Jobs per second: thread-pool, prefork and fork-ipc equal within \d\.?\d? %; "
        r"(1\.9|2\.0)\d( \(.{12}\))? times event-loop",
        text,
    )
    assert re.search(r"Jobs per second over sequential: .*prefork (1\.99|2\.00)", text)
    assert "event-loop equal within 0." in text
    assert "Speed-up from 1 to 2 cores: " in text
    assert "CPU per job: sequential wins; event-loop 1.50" in text
    assert "thread-pool over tbb-queue 1.33" in text
    assert text.count("10 rounds; the intervals of a line hold together at 95 %") == 1
    assert "event-loop 99" in text and "(one thread is the limit)" in text
    assert re.search(r"on 1 core, not measured: .* Measured on 2 cores: 100 %", text)


def test_no_sentence_stumbles(cpu, io, http):
    for run in (cpu, io, http):
        text = lines(run) + headline(run)
        for word in STUMBLES:
            assert not re.search(rf"\b{word}\b", text), word


def test_sentences_stand_alone(cpu):
    for v in (v for v in judge(cpu).verdicts if v.word != "undecided"):
        text = phrases.sentence(v)
        assert text.endswith(" rounds).") and text.isascii()
        word = {"wins": " wins; ", "equal": ": equal within "}[v.word]
        assert word in text, text
    found = {(v.question, v.a.label): v for v in judge(cpu).asked(ask.SCALING)}
    text = phrases.sentence(found[ask.SCALING, "prefork"])
    assert text.startswith("1 ms cpu jobs, 2 cores: prefork on 2 cores wins; prefork")
    assert "times the jobs per second of prefork on 1 core (" in text
    (floor,) = [v for v in judge(cpu).asked(ask.FLOOR) if v.a.label == "fork-ipc"]
    assert "times the CPU per job of the bare seqpacket-echo" in phrases.sentence(floor)


def test_undecided_is_said_by_its_bounds(tmp_path):
    run = run_of(tmp_path, noise=0.2, cores=(2,), models=FIVE[2:4])
    (v,) = judge(run).asked(ask.MODELS)
    text = phrases.sentence(v)
    assert ": undecided; thread-pool has " in text and " to " in text
    assert re.search(r"undecided; \S+ over \S+ undecided \(0\.\d+ to 1\.", lines(run))
    assert headline(run) == "With 2 cores, 1 ms cpu jobs: undecided."
    run = run_of(tmp_path / "rest", noise=0.06, cores=(2,))
    assert " first place undecided between " in headline(run)
    assert ", each at least 1.8" in headline(run) and "times sequential" in headline(
        run
    )
    assert re.search(r"undecided; \S+ over .* which beat the rest\.", lines(run))


def test_too_few_rounds_only_show(tmp_path):
    run = run_of(tmp_path, repetitions=5)
    assert (
        "This run only shows: 10 comparisons at once need 9 rounds to be decided, and "
        "it has 5." in lines(run)
    )
    assert headline(run) == "With 2 cores, 1 ms cpu jobs: too few rounds to decide."
    text = phrases.sentence(judge(run).verdicts[0])
    assert "10 comparisons at once need 9 rounds; " in text and "5 rounds" in text
    # A larger family is not decided where a smaller one is.
    grid = {"thread-pool": (2, 3, 4, 5, 6, 7, 8)}
    options = {"models": FIVE[1:4], "in_flight": (10,), "tune": grid, "cores": (1,)}
    text = lines(run_of(tmp_path / "io", "io", repetitions=7, **options))
    assert "10 workers by the rule: 7 comparisons at once need 9 rounds" in text


def test_a_winner_is_named_with_its_lead(tmp_path):
    run = run_of(tmp_path, speed={"prefork": 1.1}, models=[*SKETCHES])
    assert re.search(r"Jobs per second: prefork wins; 1\.1\d? \(", lines(run))
    assert re.match(r"With 2 cores, 1 ms cpu jobs: prefork wins, 1\.1", headline(run))
    # Variants stand beside their models.
    assert "Jobs per second of variants over their models: " in lines(run)
    assert "/" not in headline(run)


def test_medians_equal_and_spread_not(tmp_path):
    plain = run_of(tmp_path, models=FIVE[2:4], cores=(2,), repetitions=20, noise=0.002)
    assert "spread" not in lines(plain)

    def shake(entry):
        if entry["model"] == "prefork":
            entry["jobs_per_second"] *= 1 + 0.045 * (-1) ** entry["round"]
        return entry

    assert ", but spread not: prefork " in lines(changed(plain, shake))


def test_at_the_cap_the_price_tells_models_apart(io):
    text = lines(io)
    assert "CPU per job: event-loop wins; prefork 1.09" in text
    assert "Jobs per second of thread-pool over its 100 workers by the rule: 50" in text
    assert "CPU per job over the bare mechanism: fork-ipc over epoll-client 4.0" in text
    # Not over `sequential`, which has one in flight where the others have 1,000.
    assert "over sequential" not in text
    assert headline(io) == (
        "With 2 cores, 5 ms io jobs: prefork wins (1.75 times thread-pool), event-loop "
        "needs least CPU (prefork 1.09 times as much)."
    )


def test_a_mix_says_where_the_lead_changes_and_draws_no_line(tmp_path):
    mixed = run_of(tmp_path, "mixed", shares=(0, 10, 25, 100))
    text = lines(mixed)
    assert (
        "2 cores, 8 in flight, jobs per second: event-loop is unbeaten up to 10 % "
        "compute; prefork beats event-loop from 25 % compute." in text
    )
    assert "1 core, 8 in flight, jobs per second: event-loop is unbeaten up to" in text
    assert "10.4" not in text
    assert headline(mixed).endswith("overtakes event-loop between 10 and 25 % compute.")


def test_requests_say_what_their_figures_are_worth(http):
    text = lines(http)
    assert "Requests per second: event-loop and prefork equal within " in text
    assert "CPU per request, clients included: " in text
    assert re.search(r"Offered: .*/s \(70 % of its capacity\) to event-loop", text)
    assert re.search(r"a client that waits for answers would report a p99 \d", text)
    assert "only CPU per request" not in text and "requests/s are not judged" in text
    assert "CPU per request over nginx 1.22.1: fork-ipc 2.2" in text
    assert "p99 of cheap requests over event-loop: " in text
    for word in ("METG", "From 1 to", "jobs/s"):
        assert word not in text, word


def test_one_client_at_a_time_is_not_crowned(tmp_path):
    """`sequential` is quick and cheap with the one client that it has."""
    run = run_of(tmp_path, "http", cores=(1,), speed={"sequential": 3.0})
    assert "sequential" not in headline(run)
    assert "sequential wins" not in lines(run)


def test_bounds_are_said_to_be_bounds(tmp_path):
    flags = {"event-loop": ["generator-bound", "late"], "fork-ipc": ["backend-late"]}
    run = run_of(tmp_path, "http", cores=(1,), flags=flags)
    text = lines(run)
    assert "Requests per second: nobody wins; of event-loop only lower bounds" in text
    assert "p99: nobody wins; of event-loop only upper bounds are known." in text
    assert "Flag generator-bound (40 of 200): requests/s are lower bounds" in text
    assert "load generator too slow" in headline(run)
    options = {"speed": {"prefork": 2.0}, "flags": {"prefork": ["backend-bound"]}}
    run = run_of(tmp_path / "io", "io", cores=(1,), in_flight=(100,), **options)
    assert "CPU per job: prefork wins" in lines(run)
    assert "backend too slow" in headline(run)


@pytest.mark.parametrize(
    "scenarios",
    [("cpu",), ("io",), ("cpu", "io", "http")]
    + [("cpu", "io", "http", "mixed", "head-of-line", "pool", "null")],
)
def test_the_headline_has_at_most_25_words(tmp_path, scenarios):
    for k, options in enumerate(({}, {"noise": 0.1}, {"failed": {"prefork": "hung"}})):
        few = {"in_flight": (16,), "shares": (0, 50)}
        few["requests"] = {"loads": ("closed",)}
        run = run_of(tmp_path / str(k), *scenarios, cores=(2,), **few, **options)
        text = headline(run)
        assert len(text.split()) <= MOST == 25, text
        assert text.endswith(".") and "None" not in text


def test_many_workloads_and_a_bracket_of_short_jobs(tmp_path):
    many = run_of(tmp_path, cores=(1,), job_us=(1, 10, 100, 1000, 10_000))
    assert len(headline(many).split()) <= MOST
    # The simulator's price of dispatch is 6 us, so half is lost at 6 us.
    assert "fork-ipc 1.00 us to 10.0 us" in lines(many)


def test_who_cannot_be_compared(tmp_path):
    run = run_of(tmp_path, failed={"prefork": "worker 1 was killed by SIGSEGV"})
    assert headline(run).endswith("2 cells failed.")
    failed = {label: "it hung" for label in FIVE}
    dead = run_of(tmp_path / "x", "http", failed=failed, repetitions=1)
    assert "nobody can be compared" in headline(dead)
    run = run_of(tmp_path / "a", models=("prefork",))
    assert headline(run) == "With 2 cores, 1 ms cpu jobs: nobody can be compared."
    assert "Speed-up from 1 to 2 cores: prefork 2.0" in lines(run)


def test_what_nobody_measured_is_said(tmp_path):
    assert headline(run_of(tmp_path, limit=0)).startswith("No repetition was finished")
    debug = run_of(tmp_path / "d", context={"build_type": "asan"})
    assert "asan build" in headline(debug) and "nothing is judged" in lines(debug)
    assert "Jobs per second" not in lines(debug)
    bare = run_of(tmp_path / "p", "primitives")
    assert headline(bare).startswith("Only primitives were measured")


def test_a_contest_with_other_programs_is_not_judged(tmp_path):
    flags = {"thread-pool": ["neighbours"], "prefork": ["stolen", "little"]}
    calm = run_of(tmp_path / "c", cores=(2,), flags=flags)
    assert "nothing is judged" not in lines(calm)
    flags["fork-ipc"] = ["probe-slow"]
    crowded = run_of(tmp_path / "n", cores=(2,), flags=flags)
    assert headline(crowded) == (
        "Other programs had a part in 30 of 50 repetitions, so nothing is judged: run "
        "it again on a quiet machine."
    )
    for word in ("Jobs per second", "spread", "bound", "wins"):
        assert word not in lines(crowded), word


def test_gaps_and_flags_are_said(tmp_path):
    plain = run_of(tmp_path, cores=(1,), flags={"prefork": ["stolen"]})

    again = {"status": "disturbed", "reason": "measured again: stolen"}
    more = [{**one.raw, **again} for one in plain.recorded[:4]]
    text = lines(changed(plain, lambda e: e if e["round"] < 9 else None, more))
    assert "The run is not complete: 45 repetitions of 50." in text
    assert "Flag stolen (9 of 45): the hypervisor" in text
    assert "measured again, and counted nowhere: 4 (stolen 4)." in text


@pytest.mark.parametrize("faster, warns", [(1, False), (1.2, True)])
def test_the_control_is_said_and_warns_above_all(tmp_path, faster, warns):
    said = notes.caveats(run_of(tmp_path, cores=(2,), control=faster))
    if warns:
        assert said[0].startswith("Warning: two copies of event-loop on 2 cores differ")
        assert ", 0.83 (cpu, jobs per second)" in said[0]
    else:
        assert said[-1].startswith("Control: two copies of event-loop on 2 cores equal")


def test_a_bracket_says_its_unit_once():
    share = words.from_to("10 % compute", "25 % compute")
    assert share == "between 10 and 25 % compute"
    assert words.from_to("100 ns jobs", "300 ns jobs") == "between 100 and 300 ns jobs"
    assert words.from_to("500 ns jobs", "2 us jobs") == "between 500 ns and 2 us jobs"
