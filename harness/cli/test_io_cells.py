"""Cells of jobs that wait: which there are, how many workers each one has."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.testing.command_line import (
    IN_LOOPS,
    MODELS,
    ONE_WORKER,
    PER_JOB,
    VARIANTS,
    Bench,
    records,
    small,
)

ALL = (*MODELS, *VARIANTS)
RULE = 11  # workers on a core: 1 + 2 ms / 0.2 ms


def planned(bench: Bench, **given: object) -> list[str]:
    """Lines of a dry run but for the last, which is about the time."""
    options: dict[str, object] = {"scenario": "io", "jobs": None, "reps": 5}
    flags = small(dry_run=True, **{**options, **given})
    found = bench.run(*flags)
    assert (found.code, found.err) == (0, ""), found.err
    assert list(bench.cwd.iterdir()) == []
    return found.out.splitlines()[:-1]


def cells(bench: Bench, **given: object) -> list[str]:
    """The names, without what they all begin with."""
    lines = planned(bench, compute_us=200, wait_ms=2, **given)
    names = [line for line in lines if line.startswith("io/")]
    return [name.replace("/wait-ms:2/compute-us:200", "")[3:] for name in names]


@pytest.mark.parametrize("scenario, limits", [("io", [10, 100, 1000]), ("mixed", [8])])
def test_the_limits_of_the_scenario_are_the_default(
    bench: Bench, scenario: str, limits: list[int]
) -> None:
    given = {"cpu_share": 0} if scenario == "mixed" else {"compute_us": 1}
    given["reps"] = 1  # and no control
    names = planned(bench, scenario=scenario, model="prefork,sequential", **given)
    extra = "/cpu-share:0" if scenario == "mixed" else "/compute-us:1"
    assert names == [f"{scenario}/sequential{extra}/cores:1/workers:1"] + [
        f"{scenario}/prefork{extra}/in-flight:{limit}/cores:1/workers:1"
        for limit in limits
    ]


def test_a_pool_has_sixteen_jobs_and_places(bench: Bench) -> None:
    names = planned(bench, scenario="pool", model="event-loop")
    assert names == ["pool/event-loop/in-flight:16/cores:1/workers:1"]


@pytest.mark.parametrize("scenario", ["cpu", "null"])
def test_jobs_that_do_not_wait_have_no_limit(bench: Bench, scenario: str) -> None:
    names = planned(bench, scenario=scenario, model="event-loop,thread-pool")
    assert [name for name in names if "in-flight" in name] == []


def test_the_rule_counts_cores(bench: Bench) -> None:
    if bench.run("--cores=2", "--dry-run").code != 0:
        pytest.skip("needs two cores")
    lines = planned(
        bench, model="thread-pool,sequential,prefork", cores="1,2", in_flight=500
    )
    assert "io/sequential/cores:2/workers:1" in lines
    assert "io/prefork/in-flight:500/cores:2/workers:2" in lines
    found = cells(bench, model="all", cores="1,2", in_flight="10,500")
    assert len(found) == len(set(found))
    for cores in (1, 2):
        assert f"sequential/cores:{cores}/workers:1" in found
        assert f"event-loop/in-flight:500/cores:{cores}/workers:1" in found
        assert f"prefork/in-flight:500/cores:{cores}/workers:{cores}" in found
        for model in ("thread-pool", "fork-ipc"):
            for limit in (10, 500):
                workers = min(limit, cores * RULE)
                name = f"{model}/in-flight:{limit}/cores:{cores}/workers:{workers}"
                assert name in found
    # sequential has one job in flight, so one cell is enough for all limits.
    assert len([name for name in found if name.startswith("sequential")]) == 2


@pytest.mark.parametrize(
    "given, workers, reason",
    [
        ({}, 11, "= 11: 11 workers"),
        ({"in_flight": 7}, 7, "= 11, capped by in-flight 7: 7 workers"),
        ({"max_workers": 5}, 5, "= 11, capped by --max-workers=5: 5 workers"),
        ({"max_workers": 5, "in_flight": 3}, 3, "capped by in-flight 3: 3 workers"),
        ({"compute_us": 0}, 100, ", capped by in-flight 100: 100 workers"),
        (
            {"compute_us": 0, "in_flight": 1000},
            512,
            ", capped by --max-workers=512: 512 workers",
        ),
        ({"wait": "timer", "wait_ms": 4}, 21, "= 21: 21 workers"),
        # Half a worker keeps no core busy.
        ({"wait_ms": 0.5}, 4, "= 3.5: 4 workers"),
    ],
    ids=str,
)
def test_the_rule_and_what_caps_it(
    bench: Bench, given: dict[str, object], workers: int, reason: str
) -> None:
    options = {"in_flight": 100, "wait_ms": 2, "compute_us": 200, **given}
    *names, rule = planned(bench, model="thread-pool", **options)
    assert names[-1].endswith(f"/cores:1/workers:{workers}")
    assert rule.startswith("io: W = 1 x (1 + ") and rule.endswith(reason)


@pytest.mark.parametrize("model", ["thread-pool", "prefork", "fork-ipc"])
def test_workers_can_be_given(bench: Bench, model: str) -> None:
    found = cells(bench, model=model, workers="2,3", in_flight=100)
    assert found == [f"{model}/in-flight:100/cores:1/workers:{n}" for n in (2, 3)]


def test_more_workers_than_jobs_in_flight_make_no_cell(bench: Bench) -> None:
    found = cells(bench, model="fork-ipc", workers="2,4,9", in_flight=4)
    assert found == [f"fork-ipc/in-flight:4/cores:1/workers:{n}" for n in (2, 4)]


def test_tuning_looks_around_the_rule(bench: Bench) -> None:
    found = cells(bench, model="all/*", workers="tune", in_flight=100, reps=1)
    for model in ALL:
        who = model.replace("/", "+")
        mine = [name for name in found if name.split("/")[0] == who]
        counts = [int(name.rpartition(":")[2]) for name in mine]
        if model in (*ONE_WORKER, *IN_LOOPS):
            assert counts == [1]
        elif model in PER_JOB:
            assert counts == [100]
        else:
            assert counts == [1, 2, 5, RULE, 2 * RULE, 4 * RULE]


def test_tuned_cells_know_the_rule(bench: Bench, tmp_path: Path) -> None:
    options = {"wait": "timer", "wait_ms": 1, "compute_us": 200, "workers": "tune"}
    flags = small(scenario="io", model="thread-pool,event-loop", in_flight=8, **options)
    assert bench.run(*flags, f"--out={tmp_path / 'run'}").code == 0
    found = records(tmp_path / "run")
    rules = {(one["workers"], one["workers_rule"]) for one in found}
    assert rules == {(1, None), *((n, 6) for n in (1, 3, 6, 8))}
    for one in found:
        loops = one["model"] == "event-loop"
        assert one["in_flight"] == (8 if loops else one["workers"])


def test_messages_on_their_way_count_as_in_flight(bench: Bench, tmp_path: Path) -> None:
    options = {"wait": "timer", "wait_ms": 1, "workers": 3, "depth": "1,2,4"}
    flags = small(scenario="io", model="fork-ipc", in_flight=8, **options)
    assert bench.run(*flags, f"--out={tmp_path / 'run'}").code == 0
    found = {one["model_params"]["depth"]: one for one in records(tmp_path / "run")}
    assert {depth: one["in_flight"] for depth, one in found.items()} == {
        1: 3,
        2: 6,
        4: 8,
    }


@pytest.mark.parametrize(
    "given, floors",
    [
        ({"model": "event-loop"}, 2),
        ({"model": "all/*"}, 2),
        ({"model": "event-loop", "payload": 9000, "wait_ms": 50}, 2),
        ({"model": "sequential"}, 0),
        ({"model": "event-loop", "compute_us": 1}, 0),
        ({"model": "event-loop", "wait": "timer"}, 0),
        ({"model": "event-loop", "wait": "file"}, 0),
        ({"model": "event-loop", "scenario": "mixed", "cpu_share": 0}, 0),
        ({"model": "event-loop", "scenario": "pool"}, 0),
        ({"model": "event-loop", "scenario": "cpu"}, 0),
        ({"model": "event-loop", "scenario": "primitives"}, 0),
    ],
    ids=str,
)
def test_the_floor_of_exchanges_belongs_to_bare_exchanges(
    bench: Bench, given: dict[str, object], floors: int
) -> None:
    names = planned(bench, in_flight="10,100", **given)
    assert len([name for name in names if "/epoll-client/" in name]) == floors
