"""How cells of waiting jobs are grouped, and what old files still give."""

import json

import pytest

from reports.data import run
from reports.data.workloads import labels
from reports.data.entries import repetition
from reports.testing import FIVE, make_entry, make_run, make_waiting, write_lines


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    """All scenarios of waiting jobs, one repetition each."""
    directory = tmp_path_factory.mktemp("waiting")
    return run.load(
        make_run(
            directory,
            scenarios=("io", "mixed", "pool"),
            repetitions=1,
            shares=(0, 25, 100),
        )
    )


def load_of(found, scenario):
    loads = [load for load in found.workloads if load.scenario == scenario]
    assert len(loads) == 1
    return loads[0]


def test_an_entry_of_an_older_version_is_read():
    entry = make_entry("cpu", "prefork")
    assert "kind" not in entry and "in_flight_limit" not in entry
    one = repetition(entry)
    assert (one.kind, one.in_flight_limit, one.workers_rule) == ("model", None, None)
    assert (one.errnos, one.job_end_seconds, one.model_params) == (None, None, {})
    assert one.wait_seconds is one.little_ratio is one.backend_cpu_seconds is None


def test_a_new_entry_is_read_with_its_fields():
    one = repetition(
        make_waiting("pool", "event-loop/offload", limit=16, uv_pool=4, cores=2)
    )
    assert one.model_params == {"uv_pool": 4} and len(one.job_end_seconds) == 16
    assert isinstance(one.job_end_seconds, tuple)
    torn = make_waiting("io", "prefork", kind=None, model_params=None, errnos=None)
    assert (repetition(torn).kind, repetition(torn).model_params) == ("model", {})


def test_groups_are_per_cores_and_limit(waiting):
    load = load_of(waiting, "io")
    assert (load.limits, load.shares, load.title) == (
        (10, 100, 1000),
        (),
        "5 ms io jobs",
    )
    keys = [(group.cores, group.limit) for group in load.groups]
    assert keys == [(c, n) for c in (1, 2) for n in (10, 100, 1000)]
    for group in load.groups:
        assert [cell.label for cell in group.cells] == list(FIVE)
        assert {cell.limit for cell in group.cells} == {group.limit, None}
        assert group.cap == pytest.approx(group.limit / 0.005)
    # `sequential` was measured once per core count and is in three groups.
    assert len([c for c in load.cells if c.model == "sequential"]) == 2


def test_floors_stand_beside_the_models(waiting):
    load = load_of(waiting, "io")
    assert {cell.model for cell in load.floors} == {"epoll-client"}
    assert all(cell.is_floor for cell in load.floors)
    assert not [cell for cell in load.cells if cell.is_floor]
    group = load.group(1, 100)
    assert [cell.name for cell in group.floors] == [
        "io/epoll-client/in-flight:100/cores:1/workers:1"
    ]
    assert load.group(2, 7) is None


def test_primitives_are_cells_and_floors_at_once(tmp_path):
    found = run.load(make_run(tmp_path, scenarios=("primitives",), repetitions=1))
    load = load_of(found, "primitives")
    assert load.cells and all(cell.is_floor for cell in load.cells)
    assert load.floors == ()


def test_a_run_of_which_only_floors_are_left(tmp_path):
    directory = make_run(tmp_path, scenarios=("io",), limit=0)
    write_lines(directory, [make_waiting("io", "epoll-client", cores=1)])
    load = load_of(run.load(directory), "io")
    assert (load.cells, load.groups, len(load.floors)) == ((), (), 1)


def test_a_mix_is_one_workload(waiting):
    load = load_of(waiting, "mixed")
    assert (load.shares, load.limits) == ((0, 25, 100), (8,))
    assert load.title == "10 ms mixed jobs"
    assert not {"cpu_share", "size"} & load.params.keys()
    assert [(g.cores, g.share) for g in load.groups][:3] == [(1, 0), (1, 25), (1, 100)]
    group = load.group(2, 8, 25)
    assert group.params["cpu_share"] == 25 and group.params["size"]
    assert len({cell.params["cpu_share"] for cell in group.cells}) == 1
    # At 100 % nobody waits, so there is no cap.
    assert load.group(1, 8, 100).cap is None and load.group(1, 8, 0).cap == 800


def test_caps_are_of_what_a_cell_can_have_in_flight(waiting):
    cells = {c.name: c for c in waiting.cells}
    blocking = cells["io/thread-pool/in-flight:1000/cores:1/workers:512"]
    assert (blocking.limit, blocking.in_flight, blocking.workers_rule) == (
        1000,
        512,
        512,
    )
    assert blocking.cap == pytest.approx(512 / 0.005)
    alone = cells["io/sequential/cores:1/workers:1"]
    assert alone.cap == pytest.approx(200) and alone.of_cap == pytest.approx(
        1, abs=0.02
    )
    assert cells["pool/prefork/in-flight:16/cores:2/workers:2"].cap is None


def test_workloads_without_limits_are_what_they_were(tmp_path):
    found = run.load(make_run(tmp_path, repetitions=1))
    for load in found.workloads:
        assert (load.limits, load.shares, load.waits) == ((), (), False)
        assert [(g.limit, g.share) for g in load.groups] == [(None, None)] * len(
            load.cores
        )


def test_the_default_of_a_grid_is_what_the_rule_says(tmp_path):
    found = run.load(
        make_run(
            tmp_path,
            scenarios=("io",),
            repetitions=1,
            cores=(1,),
            in_flight=(100,),
            tune={"thread-pool": (20, 50)},
        )
    )
    (group,) = found.groups
    pools = [c for c in group.cells if c.model == "thread-pool"]
    assert [c.workers for c in pools] == [20, 50, 100]
    assert [c.workers for c in group.standing_for if c in pools] == [100]
    assert [c.workers for c in group.contestants if c in pools] == [100]
    names = labels(group.cells)
    assert [names[c.name] for c in pools] == [
        "thread-pool (20 workers)",
        "thread-pool (50 workers)",
        "thread-pool",
    ]


def test_cells_that_differ_in_their_own_parameters_have_names(tmp_path):
    found = run.load(
        make_run(
            tmp_path,
            scenarios=("pool",),
            repetitions=1,
            cores=(2,),
            models=("event-loop/offload",),
            uv_pools=(1, 4),
        )
    )
    assert sorted(labels(found.groups[0].cells).values()) == [
        "event-loop/offload (uv pool 1)",
        "event-loop/offload (uv pool 4)",
    ]


def test_errnos_are_summed_over_repetitions(tmp_path):
    directory = make_run(tmp_path, scenarios=("io",), limit=0)
    each = ({"ECONNRESET": 2, "ECANCELED": 9}, None, {"ECANCELED": 1})
    lines = [
        make_waiting("io", "prefork", repetition=i, errnos=e)
        for i, e in enumerate(each)
    ]
    write_lines(directory, lines)
    (cell,) = run.load(directory).cells
    assert json.dumps(cell.errnos) == '{"ECANCELED": 10, "ECONNRESET": 2}'


@pytest.mark.parametrize(
    "scenario, params, title",
    [
        ("io", {"wait": "backend", "wait_ms": 5, "payload": 256}, "5 ms io jobs"),
        ("io", {"wait": "timer", "wait_ms": 0.5}, "500 us io jobs (a timer waits)"),
        ("io", {"wait": "file", "wait_ms": 5, "cold": "no"}, "io jobs (file reads)"),
        (
            "io",
            {"wait_ms": 5, "compute_us": 100, "size": 9, "payload": 65536},
            "5 ms io jobs (compute 100 us, 64.0 KiB at once)",
        ),
        (
            "mixed",
            {"life_ms": 10, "cpu_share": 12.5, "size": 7},
            "10 ms mixed jobs (12.5 % compute)",
        ),
        ("pool", {"pool_job": "pbkdf2", "job_us": 20000, "size": 7}, "20 ms pool jobs"),
        ("cpu", {"kernel": "sqrt", "size": 7, "spread": 0}, "cpu jobs (size 7)"),
    ],
)
def test_titles(scenario, params, title):
    from reports.data import words

    assert words.work(scenario, params) == title
