"""Jobs that wait, requests, core counts and workers: families of their own."""

import pytest

from reports.data.metrics import CHEAP, CPU, CPU_OF_BOTH, EVERY, RATE
from reports.judge import questions as ask, scaling
from reports.judge.judgement import judge
from reports.judge.verdict import EQUAL, WINS
from reports.testing import FIVE
from reports.testing.judging import changed, group, judged, labels, standing


@pytest.fixture(scope="module")
def cpu(cpu):
    return judge(cpu)


@pytest.fixture(scope="module")
def io(io):
    return judge(io)


@pytest.fixture(scope="module")
def http(http):
    return judge(http)


def test_scaling_is_against_the_own_core_and_against_sequential(cpu):
    own = {v.a.label: v for v in cpu.asked(ask.SCALING)}
    assert own["fork-ipc"].word == WINS and 1.95 < own["fork-ipc"].ratio < 2.05
    assert own["fork-ipc"].b.cores == 1 and own["event-loop"].word == EQUAL
    over = {v.a.label: v for v in cpu.asked(ask.SPEEDUP)}
    assert {v.b.name for v in over.values()} == {"cpu/sequential/cores:1/workers:1"}
    assert over["prefork"].ratio == pytest.approx(2, rel=0.02)
    # One interval decides: no pair is judged twice.
    pairs = [frozenset((v.a.name, v.b.name, v.metric.key)) for v in cpu.verdicts]
    assert len(pairs) == len(set(pairs))


def test_at_the_cap_all_are_equal_and_cpu_per_job_decides(io):
    rates = standing(io, cores=1, limit=100)
    assert labels(rates.shown) == ["event-loop", "thread-pool", "prefork", "fork-ipc"]
    # `sequential` has one in flight: cheap, but no rival of these.
    assert rates.equal and rates.lead is None
    assert "sequential" not in labels(rates.order)
    cheap = standing(io, CPU, cores=1, limit=100)
    assert cheap.winner.label == "event-loop"
    assert "sequential" not in labels(cheap.order)
    assert cheap.lead.b.label == "prefork"


def test_a_model_at_its_cap_is_not_asked_to_scale(io):
    assert not io.asked(ask.SCALING, group(io, cores=2, limit=100))
    scaled = io.asked(ask.SCALING, group(io, cores=2, limit=1000))
    assert "prefork" in {v.a.label for v in scaled if v.word == WINS}


def test_the_rule_for_workers_is_held_against_the_grid(io):
    some = io.asked(ask.WORKERS, group(io, cores=1, limit=100))
    assert [(v.a.workers, v.b.workers) for v in some] == [(50, 100)]
    assert some[0].winner.workers == 100
    assert some[0].ratio == pytest.approx(0.5, rel=0.03)
    # The rule's stands for its model.
    names = {c.workers for c in group(io, cores=1, limit=100).contestants}
    assert 50 not in names


def test_memory_per_job_is_the_slope_over_jobs_in_flight(io):
    found = scaling.memory_slopes(io.run.workloads[0])
    slopes = {(s.most.label, s.most.cores): s for s in found}
    loop = slopes["event-loop", 1]
    assert loop.most.in_flight == 1000
    assert loop.low <= 1300 <= loop.high and loop.measured
    assert slopes["thread-pool", 2].bytes == pytest.approx(20_000, rel=0.01)
    assert ("sequential", 1) not in slopes


def test_rates_are_judged_where_the_generator_had_its_own_cpu(http):
    best = standing(http, cores=1, load="closed")
    assert labels(best.top) == ["event-loop", "prefork"] and best.equal
    # Both CPUs of the machine were the server's: the generator shared them.
    both = standing(http, cores=2, load="closed")
    assert not both.order and not both.bound
    cheap = standing(http, CPU, cores=2, load="closed")
    assert labels(cheap.top) == ["event-loop", "prefork"]


def test_latency_is_judged_near_the_limit(http):
    loads = {v.group.load for v in http.verdicts if v.metric in EVERY}
    assert loads == {"70"}
    closed = (v for v in http.asked(ask.MODELS) if v.group.load == "closed")
    assert {v.metric for v in closed} == {RATE, CPU, CPU_OF_BOTH}


def test_models_are_compared_with_peers_and_peers_with_nobody(http):
    some = [v for v in http.asked(ask.PEER) if v.metric is CPU and v.group.cores == 1]
    pairs = {(v.a.label, v.b.label): v for v in some}
    assert len(pairs) == 5 * 2
    nginx = pairs["event-loop", "nginx 1.22.1"]
    assert nginx.ratio == pytest.approx(16 / 18.5, rel=0.01)
    rest = [v for v in http.verdicts if v.question != ask.PEER]
    assert not [v for v in rest if v.a.is_peer or v.b.is_peer]
    asked = {v.question for v in http.verdicts}
    assert asked == {ask.MODELS, ask.VARIANT, ask.RESOURCE, ask.PEER, ask.FLOOR}


@pytest.mark.parametrize("count, metric", [(20_000, 0), (5_000, 1)])
def test_the_farthest_percentile_that_is_known_is_judged(tmp_path, count, metric):
    plain = judged(tmp_path, "head-of-line", cores=(1,), models=FIVE[1:3])

    def few(entry):
        for cheap in (entry["http"]["groups"] or [])[:1]:
            cheap["p99"] = cheap["p99"] if count >= 10_000 else None
        return entry

    found = judge(changed(plain.run, few))
    assert {v.metric for v in found.asked(ask.MODELS)} == {CHEAP[metric]}


def test_pinned_cells_go_by_a_name_of_their_own(tmp_path):
    plain = judged(tmp_path, models=("sequential", "prefork"))
    pinned = {"model_params": {"pin": "yes"}}
    twins = [
        {**one.raw, **pinned, "name": one.name.replace("/cores:", "/pin:yes/cores:")}
        for one in plain.run.recorded
    ]
    found = judge(changed(plain.run, more=twins))
    names = ["sequential", "sequential (pinned)", "prefork", "prefork (pinned)"]
    for one in found.run.groups:
        assert sorted(one.names.values()) == sorted(names)
    # More cores are compared with one under the same placement.
    pairs = {(v.a.label, v.b.label) for v in found.asked(ask.SCALING)}
    assert {("prefork", "prefork"), ("prefork (pinned)", "prefork (pinned)")} <= pairs
    assert all(a == b for a, b in pairs)


def test_bounds_of_what_more_cores_can_bring(cpu):
    cells = {(c.label, c.cores): c for c in cpu.run.cells if c.scenario == "cpu"}
    wide = scaling.projection(cells["prefork", 1], cells["prefork", 2])
    alone = scaling.projection(cells["event-loop", 1], cells["event-loop", 2])
    assert not wide.serial and not wide.saturates(64) and alone.saturates(2)
    assert wide.most(8) == pytest.approx(8 / 1.003e-3, rel=0.01)
    assert alone.most(8) == alone.most(1) == pytest.approx(1 / 1.003e-3, rel=0.01)
    # Checked where more was measured.
    rate = scaling.median(cells["prefork", 2].values(RATE.key))
    assert rate / wide.most(2) == pytest.approx(1, abs=0.02)


def test_a_parent_in_one_thread_is_the_limit(http):
    cells = {c.label: c for c in http.run.cells if c.cores == 2 and c.load == "closed"}
    bound = scaling.projection(cells["fork-ipc"], cells["fork-ipc"])
    assert bound.serial < bound.total
    assert bound.most(100) == pytest.approx(1 / bound.serial)
    assert bound.saturates(100) and not bound.saturates(1)


def test_the_law_of_scaling_finds_its_own_curve():
    cores = [1, 2, 4, 8, 16, 32]
    rates = [1000 * n / (1 + (0.06 + 0.002 * n) * (n - 1)) for n in cores]
    found = scaling.usl(cores, rates)
    assert found.rate == pytest.approx(1000, rel=1e-3)
    assert found.contention == pytest.approx(0.06, abs=1e-3)
    assert found.coherence == pytest.approx(0.002, rel=1e-2)
    assert scaling.usl([1, 2, 3, 4, 5] * 4, [1, 2, 3, 4, 5] * 4) is None
