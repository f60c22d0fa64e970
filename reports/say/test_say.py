"""What is said of a run: each sentence takes its verb from a verdict."""

import re

import pytest

from reports.data.run import load
from reports.judge import questions as ask
from reports.judge.judgement import judge
from reports.say import phrases
from reports.say.headline import MOST, headline
from reports.testing import FIVE, SKETCHES, make_run
from reports.testing.saying import changed, lines, run_of


@pytest.fixture(scope="module")
def cpu(tmp_path_factory):
    return load(make_run(tmp_path_factory.mktemp("cpu")))


@pytest.fixture(scope="module")
def io(tmp_path_factory):
    return run_of(
        tmp_path_factory.mktemp("io"),
        "io",
        models=(*FIVE, "prefork/blocking"),
        tune={"thread-pool": (50, 200)},
    )


@pytest.fixture(scope="module")
def http(tmp_path_factory):
    return run_of(
        tmp_path_factory.mktemp("http"),
        "http",
        "head-of-line",
        models=(*FIVE, "event-loop/offload"),
        requests={"peers": ("nginx", "node"), "floor": True},
    )


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    return run_of(tmp_path_factory.mktemp("mixed"), "mixed", shares=(0, 10, 25, 100))


def test_a_block_says_who_is_equal_and_by_how_much_they_lead(cpu):
    text = lines(cpu)
    assert re.search(
        r"Jobs per second: thread-pool, prefork and fork-ipc equal within \d\.?\d? %; "
        r"2\.0\d \(1\.9\d to 2\.0\d\) times the next, ",
        text,
    )
    assert re.search(r"Against sequential: .*prefork 2\.00 \(1\.9", text)
    assert "event-loop equal within 0." in text and phrases.ONE_THREAD in text
    assert "Speed-up from 1 to 2 cores: " in text
    assert "CPU per job: sequential wins; the next, event-loop, needs 1.50" in text
    assert "thread-pool over tbb-queue 1.33" in text
    assert "10 rounds; the intervals of a line hold together at 95 %" in text
    for old in ("can't tell", "tie", "more repetitions", "Holm", "Hsu", "p ="):
        assert old not in text, old


def test_sentences_stand_alone(cpu):
    for v in judge(cpu).verdicts:
        text = phrases.sentence(v)
        assert text.endswith(".") and text.isascii()
        word = {"wins": " wins, ", "equal": " are equal within "}[v.word]
        assert word in text, text
    found = {(v.question, v.a.label): v for v in judge(cpu).asked(ask.SCALING)}
    text = phrases.sentence(found[ask.SCALING, "prefork"])
    assert text.startswith(
        "1 ms cpu jobs, 2 cores: prefork on 2 cores wins, prefork on 2"
    )
    assert "times as fast as prefork on 1 core (" in text
    (floor,) = [v for v in judge(cpu).asked(ask.FLOOR) if v.a.label == "fork-ipc"]
    assert "times the CPU per job of the bare seqpacket-echo" in phrases.sentence(floor)


def test_undecided_is_told_by_its_bounds(tmp_path):
    run = run_of(tmp_path, noise=0.2, cores=(2,), models=FIVE[2:4])
    (v,) = judge(run).asked(ask.MODELS)
    text = phrases.sentence(v)
    assert ": undecided, thread-pool is " in text and " to " in text
    assert "nobody wins. Beside " in lines(run) and "undecided: " in lines(run)
    assert "undecided" in headline(run)


def test_too_few_rounds_only_show(tmp_path):
    run = run_of(tmp_path, repetitions=5)
    text = lines(run)
    assert (
        "This run only shows: 10 comparisons at once need 9 rounds to be decided, and "
        "it has 5." in text
    )
    assert headline(run) == "With 2 cores, 1 ms cpu jobs: too few rounds to decide."
    text = phrases.sentence(judge(run).verdicts[0])
    assert "10 comparisons at once need 9 rounds and this one has 5." in text


def test_a_larger_family_that_is_not_decided_is_named(tmp_path):
    run = run_of(tmp_path, "io", repetitions=7, models=FIVE[1:4], in_flight=(10,))
    text = lines(run)
    assert "equal within" in text and "Not decided" not in text
    grid = {"thread-pool": (2, 3, 4, 5, 6, 7, 8)}
    options = {"models": FIVE[1:4], "in_flight": (10,), "tune": grid}
    text = lines(run_of(tmp_path / "grid", "io", repetitions=7, **options))
    assert (
        "Not decided with so few rounds: workers (7 comparisons at once need 9" in text
    )


def test_a_winner_is_named_with_its_lead(tmp_path):
    run = run_of(tmp_path, speed={"prefork": 1.1})
    assert re.search(r"Jobs per second: prefork wins; 1\.1\d? \(", lines(run))
    assert re.match(r"With 2 cores, 1 ms cpu jobs: prefork wins, 1\.1", headline(run))


def test_variants_stand_beside_their_models(tmp_path):
    run = run_of(tmp_path, models=list(SKETCHES), cores=(2,))
    text = lines(run)
    assert "Jobs per second of variants over their models: " in text
    assert "/" not in headline(run)


def test_medians_equal_and_spread_not(tmp_path):
    plain = run_of(tmp_path, models=FIVE[2:4], cores=(2,), repetitions=20, noise=0.002)

    def shake(entry):
        if entry["model"] == "prefork":
            entry["jobs_per_second"] *= 1 + 0.045 * (-1) ** entry["round"]
        return entry

    run = changed(tmp_path, plain, shake)
    assert "Medians equal, spread not: " in lines(run)
    assert "Medians equal" not in lines(plain)


def test_at_the_cap_the_price_tells_models_apart(io):
    text = lines(io)
    assert "CPU per job: event-loop wins; the next, prefork, needs 1.09 (" in text
    assert (
        "Cap by Little's law: 1,000 in flight / 5 ms = 200,000 jobs/s; reached:" in text
    )
    assert "with 1 in flight sequential 100 % of its own 200 jobs/s." in text
    assert "thread-pool: the rule says 100 workers; no other number wins." in text
    assert "from 10 to 1,000 in flight: event-loop 1.2" in text
    assert "CPU per job over the bare epoll-client: fork-ipc 4.0" in text


def test_a_better_number_of_workers_is_told(tmp_path):
    name = "io/thread-pool/in-flight:100/cores:1/workers:80"
    tune = {"thread-pool": (50, 80)}
    options = {"cores": (1,), "in_flight": (100,), "tune": tune, "speed": {name: 1.5}}
    text = lines(run_of(tmp_path, "io", **options))
    assert "thread-pool: the rule says 100 workers; 80 win, 1.2" in text


def test_a_mix_says_where_the_lead_changes_and_draws_no_line(mixed):
    text = lines(mixed)
    assert (
        "On 2 cores with 8 in flight the lead passes from event-loop to prefork between "
        "10 and 25 % compute." in text
    )
    assert "nobody beats event-loop at any place up to 100 % compute" in text
    assert "8 in flight fill one core from 100 / 8 = 12.5 % compute on" in text
    assert "straight line" not in text and "10.4" not in text
    assert headline(mixed).endswith("overtakes event-loop between 10 and 25 % compute.")


def test_requests_say_what_their_figures_are_worth(http):
    text = lines(http)
    assert "Requests per second: sequential wins; 1.0" in text
    assert "CPU per request, clients included: " in text
    assert "Each at 70 % of its own capacity, so near its own limit: " in text
    assert re.search(r"a client that waits for answers would report a p99 \d", text)
    assert "requests/s are not judged, and CPU per request is" in text
    assert "Against nginx 1.22.1: fork-ipc 2.2" in text
    assert re.search(r"The p99 of cheap requests, event-loop over the others: ", text)
    for word in ("METG", "From 1 to", "Memory per job", "jobs/s"):
        assert word not in text, word


def test_bounds_are_said_to_be_bounds(tmp_path):
    flags = {"sequential": ["generator-bound", "late"], "fork-ipc": ["backend-late"]}
    run = run_of(tmp_path, "http", cores=(1,), flags=flags)
    text = lines(run)
    assert (
        "Requests per second: nobody wins; what was measured of sequential is only a "
        "lower bound." in text
    )
    assert "p99: nobody wins; what was measured of sequential is only an upper" in text
    assert "Generator-bound: sequential; the load generator could do no more" in text
    assert "Late: sequential; the load generator was late itself" in text
    assert "nobody wins, the generator was the limit" in headline(run)


def test_a_backend_at_its_limit_wins_nothing(tmp_path):
    options = {"speed": {"prefork": 2.0}, "flags": {"prefork": ["backend-bound"]}}
    text = lines(run_of(tmp_path, "io", cores=(1,), in_flight=(100,), **options))
    assert "Backend-bound: prefork; the backend was the limit" in text
    assert "CPU per job: prefork wins" in text


@pytest.mark.parametrize(
    "scenarios",
    [
        ("cpu",),
        ("io",),
        ("cpu", "io", "http"),
        ("cpu", "io", "http", "mixed", "head-of-line", "pool", "null"),
    ],
)
def test_the_headline_has_at_most_25_words(tmp_path, scenarios):
    for k, options in enumerate(({}, {"noise": 0.1}, {"failed": {"prefork": "hung"}})):
        few = {"in_flight": (16,), "shares": (0, 50)}
        text = headline(run_of(tmp_path / str(k), *scenarios, **few, **options))
        assert len(text.split()) <= MOST == 25, text
        assert text.endswith(".") and "None" not in text


def test_the_headline_of_many_workloads_says_that_there_are_more(tmp_path):
    many = run_of(tmp_path, job_us=(1, 10, 100, 1000, 10_000))
    assert len(headline(many).split()) <= MOST


def test_metg_is_told_as_a_bracket(tmp_path):
    run = run_of(tmp_path, job_us=(1, 10, 100), models=("fork-ipc",), cores=(1,))
    # The simulator's price of dispatch is 6 us, so half is lost at 6 us.
    assert "fork-ipc between 1.00 us and 10.0 us" in lines(run)


def test_bounds_beyond_the_machine_are_no_measurements(cpu):
    text = lines(cpu)
    assert "an upper bound from the CPU time of a job on 1 core, not measured" in text
    assert "event-loop 99" in text and "(one thread)" in text
    assert "Check: on 2 cores " in text and "of it was measured." in text
