"""The same jobs and the same answers everywhere; the order of the cells."""

from __future__ import annotations

import functools
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from harness.testing.command_line import (
    MODELS,
    PER_JOB,
    VARIANTS,
    Bench,
    cell_name,
    records,
    small,
)

ALL = (*MODELS, *VARIANTS)
KERNELS = ("sqrt", "pbkdf2", "primes")
# A message or a request to the pool for each job: a million take long.
HANDED_OVER = ("event-loop/offload", "fork-ipc")


@pytest.fixture(scope="module")
def run_of(shared_bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Entries of a run with this seed, all models, kernels and spreads."""

    @functools.cache
    def run(seed: int) -> list[dict[str, Any]]:
        out = tmp_path_factory.mktemp("answers") / "run"
        flags = small(
            scenario="cpu",
            model="all/*",
            workers=2,
            kernel=",".join(KERNELS),
            spread="0,1",
            size=40,
            seed=seed,
            out=out,
        )
        ended = shared_bench.run(*flags)
        assert ended.code == 0, ended.err
        return records(out)

    return run


def digests(entries: list[dict[str, Any]]) -> dict[tuple[str, float], set[str]]:
    found: dict[tuple[str, float], set[str]] = defaultdict(set)
    for one in entries:
        params = one["params"]
        found[params["kernel"], params["spread"]].add(one["digest"])
    return found


def test_all_models_give_the_same_answers(run_of: Any) -> None:
    entries = run_of(1)
    assert len(entries) == (len(ALL) + len(HANDED_OVER)) * len(KERNELS) * 2
    models = {one["model"] for one in entries}
    variants = {f"{one['model']}/{one['variant']}" for one in entries}
    assert models == set(MODELS) and set(VARIANTS) < variants
    found = digests(entries)
    assert len(found) == len(KERNELS) * 2
    assert [len(some) for some in found.values()] == [1] * len(found)


def test_each_workload_has_answers_of_its_own(run_of: Any) -> None:
    found = digests(run_of(1))
    assert len(set.union(*found.values())) == len(found)


def test_another_seed_gives_other_answers(run_of: Any) -> None:
    one, other = digests(run_of(1)), digests(run_of(2))
    assert one.keys() == other.keys()
    assert not set.union(*one.values()) & set.union(*other.values())


@pytest.mark.parametrize("scenario", ["cpu", "null"])
def test_the_same_seed_gives_the_same_answers_again(
    bench: Bench, tmp_path: Path, scenario: str
) -> None:
    found = set()
    for i in range(2):
        work = {"size": 40} if scenario == "cpu" else {}
        flags = small(scenario=scenario, seed=9, out=tmp_path / str(i), **work)
        assert bench.run(*flags).code == 0
        found.add(records(tmp_path / str(i))[0]["digest"])
    assert len(found) == 1


@pytest.fixture(scope="module")
def rounds_of(shared_bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Names in the order of measuring, one list per round."""

    def run(seed: int) -> list[list[str]]:
        out = tmp_path_factory.mktemp("order") / "run"
        flags = small(model="all/*", workers="1,2", reps=3, jobs=4, seed=seed)
        assert shared_bench.run(*flags, f"--out={out}").code == 0
        entries = records(out)
        assert [one["order"] for one in entries] == list(range(len(entries)))
        assert [one["round"] for one in entries] == sorted(
            one["round"] for one in entries
        )
        return [
            [one["name"] for one in entries if one["round"] == number]
            for number in range(3)
        ]

    return run


def test_rounds_hold_every_cell_once_in_an_order_of_the_seed(rounds_of: Any) -> None:
    first, again, other = rounds_of(1), rounds_of(1), rounds_of(2)
    cells = {
        cell_name("null", model, 1, count, extra)
        for model in ALL
        for count in (1, 2)
        for extra in (("", "/depth:1") if model in HANDED_OVER else ("",))
    }
    for rounds in (first, other):
        for names in rounds:
            assert sorted(names) == sorted(cells)
    assert first == again
    assert first != other
    assert first[0] != first[1] != first[2]


@pytest.mark.parametrize("jobs", [1_000_000, 150_000])
def test_very_many_jobs_fit_in_one_batch(
    bench: Bench, tmp_path: Path, jobs: int
) -> None:
    # Who starts a thread or a process for each would take minutes.
    quick = [model for model in ALL if model not in (*PER_JOB, *HANDED_OVER)]
    models = quick if jobs == 1_000_000 else HANDED_OVER
    options = {"jobs": jobs, "depth": 1 if models is HANDED_OVER else None}
    flags = small(model=",".join(models), **options, out=tmp_path / "run")
    assert bench.run(*flags, seconds=300).code == 0
    entries = records(tmp_path / "run")
    names = {one["name"] for one in entries}
    extra = "/depth:1" if models is HANDED_OVER else ""
    assert names == {cell_name("null", model, 1, 1, extra) for model in models}
    for one in entries:
        assert (one["status"], one["jobs"]) == ("ok", jobs), one["name"]
        assert one["record_bytes"] == 64 * jobs
        assert sum(one["jobs_per_worker"]) == jobs
        assert one["latency_p999_seconds"] is not None
    assert len({one["digest"] for one in entries}) == 1


def test_every_worker_count_runs_all_jobs(bench: Bench, tmp_path: Path) -> None:
    flags = small(model="all/*", workers="1,3", jobs=60, out=tmp_path / "run")
    assert bench.run(*flags).code == 0
    for one in records(tmp_path / "run"):
        assert sum(one["jobs_per_worker"]) == 60
        assert len(one["jobs_per_worker"]) == one["workers"], one["name"]
        oversubscribed = one["workers"] > one["cores"]
        assert ("oversubscribed" in one["flags"]) == oversubscribed


def test_a_static_partition_gives_each_worker_its_share(
    bench: Bench, tmp_path: Path
) -> None:
    flags = small(model="prefork/static", workers=3, jobs=61, out=tmp_path / "run")
    assert bench.run(*flags).code == 0
    assert records(tmp_path / "run")[0]["jobs_per_worker"] == [21, 20, 20]


def test_floors_are_measured_beside_their_models(bench: Bench, tmp_path: Path) -> None:
    flags = small(scenario="null,primitives", model="all/*", reps=2, jobs=None)
    assert bench.run(*flags, f"--out={tmp_path / 'run'}").code == 0
    entries = records(tmp_path / "run")
    models = [one for one in entries if one["scenario"] == "null"]
    floors = [one for one in entries if one["scenario"] == "primitives"]
    # One job at a time and as many as were picked are two cells.
    assert len(models) == 2 * (len(ALL) + len(HANDED_OVER))
    assert {one["status"] for one in entries} == {"ok"}
    for number in range(2):
        asked = {one["floor"] for one in models if one["round"] == number}
        found = [one["model"] for one in floors if one["round"] == number]
        assert None not in asked
        assert sorted(found) == sorted(asked)
    for one in floors:
        assert one["iterations"] == one["jobs"] > 0
        assert one["real_time"] > 0
        assert one["latency_p50_seconds"] is None
        assert one["start_seconds"] is None


def test_only_the_floors_of_selected_models_run(bench: Bench, tmp_path: Path) -> None:
    ended = bench.run(
        *small(scenario="primitives", model="thread-pool,prefork", dry_run=True)
    )
    assert ended.code == 0
    assert ended.out.splitlines()[:-1] == [
        "primitives/queue/cores:1/workers:1",
        "primitives/ticket/cores:1/workers:1",
    ]
