"""Who is compared with whom, and what comes out, on runs whose truth is known."""

import pytest

from reports.data.metrics import CPU, CPU_OF_BOTH, EVERY, RATE, RESOURCES, START
from reports.judge import questions as ask
from reports.judge.judgement import judge
from reports.judge.verdict import EQUAL, UNDECIDED, WINS
from reports.testing import FIVE, SKETCHES, fail
from reports.testing.judging import changed, group, judged, labels, standing


def again(found, *change, **more):
    return judge(changed(found.run, *change, **more))


@pytest.fixture(scope="module")
def cpu(cpu):
    return judge(cpu)


def test_all_pairs_of_five_models_hold_at_once(cpu):
    some = cpu.asked(ask.MODELS, group(cpu, scenario="cpu", cores=2), RATE)
    assert len(some) == 10
    assert {(v.pairs, v.rounds, round(v.level, 4)) for v in some} == {(10, 10, 0.995)}
    two = standing(cpu, scenario="cpu", cores=2)
    assert labels(two.shown) == ["thread-pool", "prefork", "fork-ipc"]
    assert two.equal and two.winner is None and two.within < 0.05
    assert two.lead.low <= 2 <= two.lead.high * 1.02
    one = standing(cpu, scenario="cpu", cores=1)
    assert len(one.top) == 5 and one.equal


def test_a_winner_beats_each_of_the_others(tmp_path):
    found = judged(tmp_path, speed={"prefork": 1.1}, cores=(2,))
    best = standing(found, cores=2)
    assert best.winner.label == "prefork" and not best.equal
    assert best.lead.word == WINS and 1.08 < best.lead.ratio < 1.12
    assert best.lead.seen_from(best.lead.b).ratio == pytest.approx(1 / best.lead.ratio)


def test_a_lead_within_five_per_cent_is_equal(tmp_path):
    speed = {"prefork": 1.02}
    found = judged(tmp_path / "a", speed=speed, cores=(1,), noise=0.001)
    assert standing(found, cores=1).equal
    speed = {"prefork": 1.08}
    sharp = judged(tmp_path / "b", speed=speed, cores=(1,), noise=0.001)
    assert standing(sharp, cores=1).winner.label == "prefork"
    noisy = {"noise_floor": 0.12}
    blunt = judged(tmp_path / "c", speed=speed, cores=(1,), noise=0.001, context=noisy)
    assert standing(blunt, cores=1).equal


@pytest.mark.parametrize("repetitions", [1, 5, 8])
def test_fewer_than_nine_rounds_decide_nothing_among_five(tmp_path, repetitions):
    found = judged(tmp_path, repetitions=repetitions, cores=(1,))
    some = found.asked(ask.MODELS)
    assert {(v.word, v.low, v.needed) for v in some} == {(UNDECIDED, None, 9)}
    assert not standing(found, cores=1).decided
    # Two models are one comparison, and need six.
    two = judged(tmp_path / "two", repetitions=6, cores=(1,), models=FIVE[:2])
    assert [v.word for v in two.asked(ask.MODELS)] == [EQUAL]


def test_rounds_that_lack_one_of_the_two_drop_out(tmp_path):
    plain = judged(tmp_path, cores=(1,), models=FIVE[:3])

    def skip(entry):
        if entry["model"] == "event-loop" and entry["round"] in (2, 5):
            return fail(entry, "no time left", "skipped")
        return None if entry["model"] == "sequential" and entry["round"] == 7 else entry

    found = again(plain, skip)
    rounds = {(v.a.label, v.b.label): v.rounds for v in found.asked(ask.MODELS)}
    assert rounds == {
        ("sequential", "event-loop"): 7,
        ("sequential", "thread-pool"): 9,
        ("event-loop", "thread-pool"): 8,
    }


def test_a_failed_repetition_takes_the_cell_out(tmp_path):
    """Who survives nine times of ten is not as fast as the nine say."""
    plain = judged(tmp_path, cores=(2,))

    def hang(entry):
        hung = entry["model"] == "prefork" and entry["round"] == 3
        return fail(entry, "hung") if hung else entry

    found = again(plain, hang)
    assert len(found.asked(ask.MODELS)) == 6
    assert "prefork" not in labels(standing(found, cores=2).order)


def test_one_disturbed_repetition_of_each_still_leaves_a_winner(tmp_path):
    """Set aside and measured again, it counts nowhere; flagged, it counts."""
    plain = judged(tmp_path / "a", cores=(2,), speed={"prefork": 1.2})
    slow = {"status": "disturbed", "reason": "measured again: stolen"}
    more = [
        {**one.raw, **slow, "jobs_per_second": 1.0}
        for one in plain.run.recorded
        if one.round == 4
    ]
    found = again(plain, more=more)
    assert standing(found, cores=2).winner.label == "prefork"
    assert {v.set_aside for v in found.asked(ask.MODELS)} == {2}
    assert {v.rounds for v in found.asked(ask.MODELS)} == {10}
    for old, new in zip(plain.verdicts, found.verdicts):
        assert old.ratios == new.ratios

    def flag(entry):
        if entry["round"] == 4:
            entry["flags"] = ["neighbours"]
            entry["jobs_per_second"] *= 0.6
        return entry

    flagged = again(plain, flag)
    assert standing(flagged, cores=2).winner.label == "prefork"


@pytest.mark.parametrize("dear, winner", [(1, None), (2, "event-loop")])
def test_a_bound_counts_as_far_as_its_cpu_time_lets_it(tmp_path, dear, winner):
    """Who answers less for the same CPU time was not kept busy."""

    def slow(entry):
        if entry["model"] == "prefork" and entry["status"] == "ok":
            entry["flags"] = ["generator-bound"]
            entry["jobs_per_second"] *= 0.6
            entry["cpu_user_seconds"] *= dear
            entry["cpu_system_seconds"] *= dear
        return entry

    plain = judged(tmp_path, "http", cores=(1,))
    rates = standing(again(plain, slow), cores=1, load="closed")
    assert (rates.winner and rates.winner.label) == winner
    assert labels(rates.bound) == ([] if winner else ["prefork"])


def test_bounds_among_the_fastest_let_nobody_win(tmp_path):
    flags = dict.fromkeys(("thread-pool", "fork-ipc"), ["generator-bound"])
    found = judged(tmp_path, "http", cores=(1,), flags=flags)
    # They are slower than the best, so what is known of the best stands.
    best = standing(found, cores=1, load="closed")
    assert labels(best.top) == ["event-loop", "prefork"]
    # One client at a time, while others have 64: no rival.
    assert "sequential" not in labels(best.order)
    flags = dict.fromkeys(("prefork", "event-loop"), ["generator-bound"])
    found = judged(tmp_path / "fast", "http", cores=(1,), flags=flags)
    rates = standing(found, cores=1, load="closed")
    assert rates.winner is None and labels(rates.bound) == ["event-loop", "prefork"]
    assert not set(rates.bound) & set(rates.order)
    cheap = standing(found, CPU, cores=1, load="closed")
    assert labels(cheap.top) == ["event-loop", "prefork"] and cheap.equal


def test_who_alone_shared_its_cpus_may_be_the_best(tmp_path):
    flags = {"thread-pool": ["cpu-shared"]}
    found = judged(tmp_path, "http", cores=(1,), flags=flags)
    rates = standing(found, cores=1, load="closed")
    assert rates.winner is None and labels(rates.bound) == ["thread-pool"]


def test_a_server_that_makes_its_clients_pay_is_cheap_by_itself_only(tmp_path):
    def pay(entry):
        dear = 4 if entry["model"] == "event-loop" else 1
        http = entry["http"]
        if http:
            http["generator_cpu_seconds"] = dear * 4e-6 * http["ok"]
        return entry

    plain = judged(tmp_path, "http", cores=(1,), speed={"event-loop": 1.1})
    found = again(plain, pay)
    assert standing(found, CPU, cores=1, load="closed").winner.label == "event-loop"
    both = standing(found, CPU_OF_BOTH, cores=1, load="closed")
    assert "event-loop" in labels(both.order) and "event-loop" not in labels(both.top)
    lines = found.asked(ask.MODELS, both.group, CPU_OF_BOTH)
    assert {v.metric.key for v in lines} == {"cpu_seconds_of_both_per_job"}


def test_late_answers_are_upper_bounds(tmp_path):
    found = judged(tmp_path, "http", cores=(1,), flags={"event-loop": ["late"]})
    soonest = standing(found, EVERY[0], cores=1, load="70")
    assert soonest.winner is None and labels(soonest.bound) == ["event-loop"]
    found = judged(tmp_path / "slow", "http", cores=(1,), flags={"fork-ipc": ["late"]})
    assert not standing(found, EVERY[0], cores=1, load="70").bound


@pytest.mark.parametrize("late, rounds", [(2, 8), (3, 0)])
def test_a_round_whose_generator_was_late_is_left_out(tmp_path, late, rounds):
    def delay(one):
        if one["model"] == "event-loop" and one["round"] < late:
            one |= {"flags": ["late"], "latency_p99_seconds": 9.0}
        return one

    found = again(judged(tmp_path, "http", cores=(1,)), delay)
    said = standing(found, EVERY[0], cores=1, load="70")
    mine = [v.rounds for v in said.verdicts if "event-loop" in labels([v.a, v.b])]
    assert {*mine} == ({rounds} if rounds else set())


def test_null_jobs_are_judged_on_cpu_where_less_is_better(cpu):
    best = standing(cpu, CPU, scenario="null", cores=2)
    assert best.winner.label == "sequential"
    loser = best.order[-1]
    assert loser.label == "fork-ipc"
    assert best.between(loser, best.winner).ratio == pytest.approx(150, rel=0.05)
    floor = {v.a.label: v for v in cpu.asked(ask.FLOOR)}
    assert floor["thread-pool"].b.label == "tbb-queue"
    assert floor["thread-pool"].ratio == pytest.approx(600 / 450, rel=0.03)
    # Floors were measured on one core only, so two cores have none.
    assert {v.group.cores for v in floor.values()} == {1}
    assert "primitives" not in {v.group.scenario for v in cpu.verdicts}


def test_memory_and_start_up_are_families_of_their_own(cpu, tmp_path):
    found = cpu.asked(ask.RESOURCE, group(cpu, scenario="cpu", cores=2))
    assert {v.metric for v in found} == {*RESOURCES} and len(found) == 20
    assert {(v.pairs, round(v.level, 4)) for v in found} == {(10, 0.995)}
    best = standing(cpu, START, scenario="cpu", cores=2)
    assert {*best.verdicts} < {*found} and best.winner.label == "sequential"
    # Open loops and the shares of a mix would say the same again.
    http = judged(tmp_path / "a", "http", cores=(1,))
    assert {v.group.load for v in http.asked(ask.RESOURCE)} == {"closed"}
    assert not judged(tmp_path / "b", "mixed", shares=(0, 50)).asked(ask.RESOURCE)


def test_variants_are_a_family_of_their_own(tmp_path):
    found = judged(tmp_path, models=list(SKETCHES), cores=(2,))
    assert {v.pairs for v in found.asked(ask.MODELS)} == {10}
    variants = {v.a.label: v for v in found.asked(ask.VARIANT)}
    assert {v.pairs for v in variants.values()} == {4}
    spawn = variants["fork-ipc/spawn"]
    assert spawn.winner.label == "fork-ipc" and spawn.ratio < 1
    alone = judged(tmp_path / "x", models=("sequential", "prefork/static"), cores=(2,))
    assert [v.a.label for v in alone.asked(ask.MODELS)] == ["sequential"]
    assert not alone.asked(ask.VARIANT)


def test_cpu_time_below_the_clock_is_not_compared(tmp_path):
    plain = judged(tmp_path, "null", cores=(1,))

    def idle(entry):
        if entry["model"] == "event-loop":
            entry.update(cpu_user_seconds=0.0, cpu_system_seconds=0.0)
        return entry

    found = again(plain, idle)
    assert "event-loop" not in labels(standing(found, CPU, cores=1).order)


@pytest.mark.parametrize("faster, word", [(1, EQUAL), (1.2, WINS)])
def test_a_control_competes_with_nobody(tmp_path, faster, word):
    plain = judged(tmp_path / "a", cores=(2,))
    found = judged(tmp_path / "b", cores=(2,), control=faster)
    (control,) = found.asked(ask.CONTROL)
    assert (control.word, control.control, control.pairs) == (word, True, 1)
    assert len(found.verdicts) == len(plain.verdicts) + 1
