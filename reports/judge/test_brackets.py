"""Where something changes, on constructed axes and on simulated runs."""

import pytest

from reports.judge.brackets import Bracket, bracket
from reports.judge.judgement import judge
from reports.testing.judging import changed, judged, run_of


@pytest.mark.parametrize(
    "points, wanted",
    [
        ([(0, True), (10, True), (25, False), (50, False)], Bracket(10, 25)),
        # What is undecided between belongs to the bracket.
        ([(0, True), (10, None), (25, False)], Bracket(0, 25, (10,))),
        ([(0, None), (10, None), (25, False)], Bracket(None, 25, (0, 10))),
        ([(0, False), (10, False)], Bracket(None, 0)),
        ([(0, True), (10, True)], Bracket(10, None)),
        ([(0, None), (10, None)], Bracket(None, None, (0, 10))),
        # It comes back: said, and not averaged away.
        ([(0, True), (10, False), (25, True)], Bracket(0, 10, (), (25,))),
        ([(100, True), (10, None), (1, False)], Bracket(100, 1, (10,))),
    ],
)
def test_brackets(points, wanted):
    assert bracket(points) == wanted


def mixed(directory, **options):
    options.setdefault("cores", (2,))
    return judged(directory, "mixed", **options)


def test_a_step_between_two_shares_is_a_bracket_and_no_line(tmp_path):
    """With 8 in flight one core is full from 12.5 % on; a straight line from
    10 to 25 % would put the change at 10.4."""
    (change,) = mixed(tmp_path, shares=(0, 10, 25, 50, 100)).changes
    assert (change.where.last, change.where.first) == (10, 25)
    assert (change.holder, change.of_base) == ("event-loop", True)
    assert change.decides.group.step == 25
    assert change.decides.winner is change.decides.a
    # Refined: the bracket closes around the truth.
    refined = mixed(tmp_path / "finer", shares=(0, 10, 12, 13, 15, 25))
    assert 12 <= refined.changes[0].where.last < refined.changes[0].where.first <= 15


def test_too_few_rounds_leave_the_whole_axis_undecided(tmp_path):
    (change,) = mixed(tmp_path, repetitions=4, shares=(0, 50)).changes
    assert change.where == Bracket(None, None, (0, 50))


def test_two_models_that_change_places_along_any_axis(tmp_path):
    """Short jobs under one, long ones under the other."""
    speed = {"cpu/prefork/job-us:100/cores:2/workers:2": 1.3}
    speed["cpu/thread-pool/cores:2/workers:2"] = 1.2
    models, lengths = ("thread-pool", "prefork"), (100, 300, 1000)
    options = {"cores": (2,), "job_us": lengths, "models": models, "speed": speed}
    (change,) = judge(run_of(tmp_path, "cpu", **options)).changes
    assert (change.axis.key, change.holder) == ("job_us", "prefork")
    # In the middle they are equal, so that is part of the bracket.
    assert change.where == Bracket(100, 1000, (300,))
    assert change.decides.winner.label == "thread-pool"


def lengths(directory, overhead, jobs_us, noise=0.002):
    """A model whose every job costs so much on top."""
    options = {"job_us": jobs_us, "models": ("fork-ipc",), "noise": noise}
    plain = run_of(directory, "cpu", cores=(1,), **options)

    def pay(entry):
        length = entry["params"]["job_us"] * 1.003e-6
        entry["jobs_per_second"] *= (length + 6e-6) / (length + overhead)
        return entry

    return judge(changed(plain, pay)).shortest


def test_metg_is_a_bracket_around_the_price(tmp_path):
    """With an overhead of 20 us a job of 20 us runs at half efficiency."""
    (found,) = lengths(tmp_path, 20e-6, (1, 10, 100, 1000))
    assert found.where.first == pytest.approx(10.03e-6)
    assert found.where.last == pytest.approx(100.3e-6)


def test_each_model_has_its_own_place_from_which_it_beats_one_core(tmp_path):
    """Of a dispatch of 5 us fork-ipc has both halves of two cores from 5 us on."""
    models = ("sequential", "event-loop", "prefork", "fork-ipc", "thread-pool/stealing")
    of = judged(tmp_path, "grain", cores=(2,), job_us=(1, 3, 10, 30), models=models)
    found = {change.decides.a.label: change for change in of.changes}
    places = {name: (x.where.last, x.where.first) for name, x in found.items()}
    assert places == {
        "event-loop": (30, None),
        "prefork": (None, 1),
        "fork-ipc": (3, 10),
        "thread-pool/stealing": (None, 1),
    }
    assert all(change.holder == "sequential" for change in of.changes)


def test_metg_outside_of_what_was_measured(tmp_path):
    (cheap,) = lengths(tmp_path / "a", 1e-9, (10, 100))
    assert cheap.where.first is None
    assert cheap.where.last == pytest.approx(10.03e-6)
    (expensive,) = lengths(tmp_path / "b", 1.0, (10, 100))
    assert expensive.where.last is None


def test_a_length_that_sits_on_the_half_is_undecided(tmp_path):
    (found,) = lengths(tmp_path, 10.03e-6, (1, 10, 100), noise=0.05)
    assert found.where.undecided == (pytest.approx(10.03e-6),)


def test_one_thread_has_no_metg_on_two_cores(tmp_path):
    """It reaches just half of the ideal, so only noise would decide."""
    run = run_of(tmp_path, "cpu", job_us=(1, 1000), repetitions=2)
    found = {(one.cell.label, one.cell.cores) for one in judge(run).shortest}
    assert ("event-loop", 1) in found and ("event-loop", 2) not in found
