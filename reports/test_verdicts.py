"""Questions and answers on runs whose truth is known."""

import pytest

from reports import run, verdicts
from reports.testing import SKETCHES, fail, make_entry, make_run, write_lines


def judged(directory, **options):
    found = run.load(make_run(directory, **options))
    return found, verdicts.judge(found)


def pick(found, question, model, cores=2, scenario="cpu"):
    some = [
        v
        for v in found
        if (v.question, v.model, v.cores, v.scenario)
        == (question, model, cores, scenario)
    ]
    assert len(some) == 1, [v.sentence for v in some]
    return some[0]


def beaten(found, cores=2, scenario="cpu"):
    """Per rival of the leader: the word."""
    return {
        v.rival: v.word
        for v in found
        if (v.question, v.cores, v.scenario) == ("who-wins", cores, scenario)
    }


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    return judged(tmp_path_factory.mktemp("quick"))


def test_parallel_models_win_against_sequential(quick):
    for model in ("thread-pool", "prefork", "fork-ipc"):
        verdict = pick(quick[1], "against-sequential", model)
        assert (verdict.word, verdict.winner) == ("wins", model)
        assert verdict.low <= verdict.ratio <= verdict.high
        assert 1.9 < verdict.low and verdict.high < 2.1
        assert verdict.p_adjusted < 0.05 and verdict.p < verdict.p_adjusted
        assert (verdict.repetitions, verdict.more_repetitions) == (5, None)
        assert verdict.rival == "sequential"


def test_the_event_loop_ties_and_says_why(quick):
    verdict = pick(quick[1], "against-sequential", "event-loop")
    assert (verdict.word, verdict.winner) == ("ties", None)
    assert "On 2 cores event-loop does 1 ms cpu jobs 1.00 times" in verdict.sentence
    assert verdict.sentence.endswith("a tie: one thread uses one core.")
    alone = pick(quick[1], "against-sequential", "event-loop", cores=1)
    assert alone.sentence.endswith(": a tie.")


def test_the_headline_of_a_quick_run(quick):
    headline = verdicts.headline(quick[0])
    assert headline.startswith("On 2 cores thread-pool, prefork and fork-ipc do 1 ms")
    assert "times as fast as sequential" in headline
    assert headline.endswith(
        "event-loop ties with sequential: one thread uses one core."
    )


def test_nobody_wins_among_equals_but_all_beat_sequential(quick):
    words = beaten(quick[1])
    assert len(words) == 4
    assert words["sequential"] == words["event-loop"] == "wins"
    assert [w for w in words.values()].count("ties") == 2
    line = "\n".join(verdicts.summary_lines(quick[0]))
    assert "No winner: " in line and "beats sequential and event-loop" in line


def test_five_models_can_be_decided_by_quick(tmp_path):
    found, all_of_them = judged(tmp_path, speed={"prefork": 1.1}, scenarios=("cpu",))
    assert set(beaten(all_of_them).values()) == {"wins"}
    leaders = {v.winner for v in all_of_them if v.question == "who-wins"}
    assert leaders == {"prefork"}
    lines = verdicts.summary_lines(found)
    assert any(line.strip().startswith("Winner: prefork; it is 1.1") for line in lines)


def test_scaling_is_against_the_own_single_core(quick):
    verdict = pick(quick[1], "scaling", "fork-ipc")
    assert (verdict.rival, verdict.word) == ("fork-ipc/cores:1", "wins")
    assert verdict.winner == "fork-ipc"
    assert 1.95 < verdict.ratio < 2.05
    assert verdict.rival_cell == "cpu/fork-ipc/cores:1/workers:1"
    assert pick(quick[1], "scaling", "event-loop").word == "ties"
    assert not [v for v in quick[1] if v.question == "scaling" and v.cores == 1]


def test_a_model_that_gets_slower_with_cores(tmp_path):
    name = "cpu/prefork/cores:2/workers:2"
    _, found = judged(tmp_path, speed={name: 0.3}, scenarios=("cpu",))
    verdict = pick(found, "scaling", "prefork")
    assert (verdict.word, verdict.winner) == ("wins", "prefork/cores:1")
    assert verdict.sentence.endswith("1 core wins.")


def test_null_jobs_are_judged_on_cpu_where_less_is_better(quick):
    verdict = pick(quick[1], "against-sequential", "thread-pool", scenario="null")
    assert verdict.metric == "cpu_seconds_per_job"
    assert verdict.ratio == pytest.approx(15, rel=0.05)
    assert (verdict.word, verdict.winner) == ("wins", "sequential")
    assert set(beaten(quick[1], scenario="null")) == {
        "event-loop",
        "thread-pool",
        "prefork",
        "fork-ipc",
    }
    leader = pick_leader(quick[1], "fork-ipc")
    # The entry says leader over rival, the sentence the dearer over the cheaper.
    assert leader.ratio == pytest.approx(1 / 150, rel=0.05)
    assert "fork-ipc needs 150 times the CPU time of sequential" in leader.sentence


def pick_leader(found, rival):
    return next(
        v
        for v in found
        if v.question == "who-wins" and v.scenario == "null" and v.rival == rival
    )


def test_null_jobs_stand_on_their_floor(quick):
    verdict = pick(quick[1], "floor", "thread-pool", cores=1, scenario="null")
    assert verdict.rival == "tbb-queue"
    assert verdict.rival_cell == "primitives/tbb-queue/cores:1/workers:1"
    assert verdict.ratio == pytest.approx(600 / 450, rel=0.03)
    assert "1.33 times the CPU time of the primitive tbb-queue" in verdict.sentence
    # Floors were measured on one core only, so two cores have none.
    assert {v.cores for v in quick[1] if v.question == "floor"} == {1}


def test_primitives_do_not_compete(quick):
    assert {v.scenario for v in quick[1]} == {"cpu", "null"}


@pytest.mark.parametrize("repetitions", [1, 2, 4])
def test_few_repetitions_decide_nothing(tmp_path, repetitions):
    found, all_of_them = judged(tmp_path, repetitions=repetitions)
    assert all_of_them
    assert {v.word for v in all_of_them} == {"can't tell"}
    assert all(v.winner is None for v in all_of_them)
    assert all(v.more_repetitions >= 5 - repetitions for v in all_of_them)
    assert "can't tell yet" in verdicts.headline(found)


def test_failed_cells_are_named_and_not_compared(tmp_path):
    found, all_of_them = judged(
        tmp_path, failed={"prefork": "worker 1 was killed by SIGSEGV"}
    )
    assert not [v for v in all_of_them if "prefork" in (v.model, v.rival)]
    text = "\n".join(verdicts.summary_lines(found))
    assert text.count("Not compared: prefork (failed).") == 4
    assert verdicts.headline(found).endswith("4 cells failed: prefork.")


def test_one_failed_repetition_takes_the_cell_out(tmp_path):
    """Who survives four times of five is not as fast as the four say."""
    directory = make_run(tmp_path, scenarios=("cpu",))
    before = run.load(directory)
    raw = [dict(one.raw) for one in before.repetitions]
    name = "cpu/prefork/cores:2/workers:2"
    fail(next(e for e in raw if e["name"] == name), "hung")
    write_lines(directory, raw)
    found = run.load(directory)
    on_two = [v for v in verdicts.judge(found) if v.cores == 2]
    assert on_two and not [v for v in on_two if name in (v.cell, v.rival_cell)]
    assert "  Not compared: prefork (failed)." in verdicts.summary_lines(found)


def test_without_sequential_the_others_still_compete(tmp_path):
    found, all_of_them = judged(
        tmp_path, models=("prefork", "fork-ipc"), scenarios=("cpu",), job_us=(10,)
    )
    assert {v.question for v in all_of_them} == {"who-wins", "scaling"}
    assert verdicts.headline(found) == "prefork wins on 2 cores at 10 us cpu jobs."


def test_a_model_alone_has_no_rival(tmp_path):
    found, all_of_them = judged(tmp_path, models=("prefork",), scenarios=("cpu",))
    assert {v.question for v in all_of_them} == {"scaling"}
    wanted = "only prefork can be judged on 2 cores at 1 ms cpu jobs."
    assert verdicts.headline(found) == wanted
    dead = run.load(
        make_run(
            tmp_path / "x",
            scenarios=("cpu",),
            failed={"prefork": "x"},
            models=("prefork",),
        )
    )
    assert verdicts.headline(dead).startswith("nobody can be judged on 2 cores")


def test_debug_builds_answer_nothing(tmp_path):
    found, all_of_them = judged(tmp_path, context={"build_type": "asan"})
    assert all_of_them == ()
    assert "asan build" in verdicts.headline(found)
    assert "nothing is judged" in "\n".join(verdicts.summary_lines(found))


def test_a_generator_bound_cell_wins_nothing_on_throughput(tmp_path):
    found, all_of_them = judged(
        tmp_path,
        scenarios=("cpu",),
        speed={"prefork": 3.0},
        flags={"prefork": ["generator-bound"]},
    )
    touching = [v for v in all_of_them if "prefork" in (v.model, v.rival)]
    assert {v.metric for v in touching} == {"cpu_seconds_per_job"}
    others = [v for v in all_of_them if v not in touching]
    assert {v.metric for v in others} == {"jobs_per_second"}
    assert "Generator-bound: prefork" in "\n".join(verdicts.summary_lines(found))


def test_a_noisy_machine_makes_ties_wider(tmp_path):
    speed = {"prefork": 1.05}
    _, sharp = judged(tmp_path / "a", speed=speed, scenarios=("cpu",))
    _, blunt = judged(
        tmp_path / "b", speed=speed, scenarios=("cpu",), context={"noise_floor": 0.08}
    )
    assert pick(sharp, "against-sequential", "prefork", cores=1).word == "wins"
    assert pick(blunt, "against-sequential", "prefork", cores=1).word == "ties"


def test_what_cannot_be_told_says_what_it_takes(tmp_path):
    _, found = judged(tmp_path, noise=0.05, scenarios=("cpu",))
    verdict = pick(found, "against-sequential", "event-loop")
    assert verdict.word == "can't tell" and verdict.more_repetitions > 1
    wanted = f"can't tell (about {verdict.more_repetitions} more repetitions)."
    assert verdict.sentence.endswith(wanted)


def test_variants_do_not_weaken_what_is_known_of_models(tmp_path):
    """Nine cells per group, and five repetitions still decide."""
    found, all_of_them = judged(tmp_path, models=list(SKETCHES))
    assert pick(all_of_them, "against-sequential", "prefork").word == "wins"
    spawn = pick(all_of_them, "variant", "fork-ipc+spawn")
    assert (spawn.rival, spawn.word, spawn.winner) == ("fork-ipc", "wins", "fork-ipc")
    assert "fork-ipc/spawn" in spawn.sentence
    rivals = set(beaten(all_of_them)) | {
        v.model for v in all_of_them if v.question == "who-wins"
    }
    assert not [rival for rival in rivals if "+" in rival]
    assert "/" not in verdicts.headline(found)


def test_a_variant_without_its_model_competes(tmp_path):
    _, found = judged(
        tmp_path, models=("sequential", "thread-pool/stealing"), scenarios=("cpu",)
    )
    words = [v for v in found if v.question == "who-wins" and v.cores == 2]
    assert [v.model for v in words] == ["thread-pool+stealing"]
    assert not [v for v in found if v.question == "variant"]


def test_several_worker_counts_are_told_apart(tmp_path):
    directory = make_run(tmp_path, scenarios=("cpu",), limit=0)
    entries = [
        make_entry("cpu", model, cores=2, workers=workers, repetition=turn)
        for turn in range(5)
        for model, workers in (("sequential", 1), ("prefork", 2), ("prefork", 4))
    ]
    write_lines(directory, entries)
    found = verdicts.judge(run.load(directory))
    sentences = [v.sentence for v in found if v.question == "against-sequential"]
    assert "prefork (2 workers) does" in sentences[0]
    assert "prefork (4 workers) does" in sentences[1]


def test_cpu_time_below_the_clock_is_not_compared(tmp_path):
    directory = make_run(tmp_path, scenarios=("null",), cores=(1,))
    raw = [dict(one.raw) for one in run.load(directory).repetitions]
    for entry in raw:
        if entry["model"] == "event-loop":
            entry.update(cpu_user_seconds=0.0, cpu_system_seconds=0.0)
    write_lines(directory, raw)
    found = verdicts.judge(run.load(directory))
    verdict = pick(found, "against-sequential", "event-loop", 1, "null")
    assert (verdict.word, verdict.ratio, verdict.p_adjusted) == (
        "can't tell",
        None,
        None,
    )
    assert "below what the clock resolves" in verdict.sentence
