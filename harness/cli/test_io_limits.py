"""Too few descriptors, threads or places for a file: a reason, never a number."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from harness.testing import processes
from harness.testing.backends import wait_for_request
from harness.testing.command_line import Bench, ended, records, small, wait_until
from harness.testing.results import against_the_schema, results_in

ENDS_WITHIN = 60  # seconds; what should end in one
TOO_MANY = 1000
NO_DESCRIPTOR = ("EMFILE", "Too many open files")


def limited_to(descriptors: int) -> Callable[[], None]:
    """What `ulimit -n` does in a shell, soft and hard. Some processes of root
    may raise it again; whoever does so just has more room."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

    return limit


def run_with_few_descriptors(
    bench: Bench, out: Path, descriptors: int, **given: object
) -> list[dict[str, Any]]:
    """Entries of a run that has failed but for what `small` made of it."""
    options: dict[str, object] = {
        "scenario": "io",
        "in_flight": TOO_MANY,
        "jobs": TOO_MANY,
        "wait_ms": 20,
        "benchmark_filter": "-epoll-client",
    }
    flags = small(out=out, **{**options, **given})
    found = bench.run(*flags, seconds=ENDS_WITHIN, preexec_fn=limited_to(descriptors))
    assert found.code == 1, found.err
    assert processes.left_behind() == []
    assert against_the_schema(results_in(out)) == []
    return records(out)


def assert_failed(entry: dict[str, Any]) -> None:
    assert entry["status"] == "failed", entry["name"]
    assert entry["jobs_per_second"] is None and entry["digest"] is None


@pytest.mark.parametrize("model", ["event-loop", "prefork", "thread-pool", "fork-ipc"])
def test_too_few_descriptors_for_all_that_may_be_in_flight(
    bench: Bench, tmp_path: Path, model: str
) -> None:
    """The backend spreads its connections over more processes; a model that
    needs a descriptor for each job in one process cannot do that."""
    (entry,) = run_with_few_descriptors(bench, tmp_path / "run", 200, model=model)
    assert_failed(entry)
    assert any(word in entry["reason"] for word in NO_DESCRIPTOR)
    if model != "fork-ipc":  # which fails before its first job
        assert entry["errnos"]["EMFILE"] >= 1


@pytest.mark.parametrize("model", ["sequential", "prefork/blocking"])
def test_few_descriptors_are_enough_for_processes_of_one_job(
    bench: Bench, tmp_path: Path, model: str
) -> None:
    flags = small(scenario="io", model=model, in_flight=300, wait_ms=20)
    out = tmp_path / "run"
    found = bench.run(*flags, f"--out={out}", preexec_fn=limited_to(200))
    assert found.code == 0, found.err
    entry = next(one for one in records(out) if one["kind"] == "model")
    assert entry["workers"] == (1 if model == "sequential" else 300)


@pytest.mark.parametrize("model", ["event-loop", "prefork", "thread-pool", "fork-ipc"])
def test_too_few_descriptors_for_the_backend(
    bench: Bench, tmp_path: Path, model: str
) -> None:
    """Cells that need none are measured all the same."""
    entries = run_with_few_descriptors(
        bench, tmp_path / "run", 64, model=model, scenario="io,null"
    )
    healthy = [one for one in entries if one["scenario"] == "null"]
    assert {one["status"] for one in healthy} == {"ok"}
    failed = [one for one in entries if one["scenario"] == "io"]
    assert len(failed) == 1
    assert_failed(failed[0])
    assert any(word in failed[0]["reason"] for word in (*NO_DESCRIPTOR, "64 files"))


@pytest.mark.parametrize("who", ["acceptor", "harness"])
def test_a_backend_of_several_processes_ends_as_one(
    bench: Bench, tmp_path: Path, who: str
) -> None:
    flags = small(
        scenario="io",
        model="prefork/blocking",
        in_flight=300,
        jobs=300,
        wait_ms=60_000,
        benchmark_filter="-epoll-client",
        timeout_ms=600_000,
        deadline=1000,
        out=tmp_path / "run",
    )
    process = bench.start(*flags, preexec_fn=limited_to(200))
    backend = wait_for_request(process)
    acceptors = processes.children(backend.pid)
    if not acceptors:
        process.kill()
        process.communicate()
        pytest.skip("this user may raise the limit of descriptors")
    victim = process.pid if who == "harness" else acceptors[0]
    os.kill(victim, signal.SIGKILL)
    if who == "harness":
        process.communicate()
        assert processes.left_after(10) == []
        return
    # That was in the warm-up. The next backend is a new one, and whole.
    wait_until("the next backend", lambda: wait_for_request(process) != backend)
    assert processes.command(acceptors[0]) == ""
    process.send_signal(signal.SIGINT)
    assert ended(process, ENDS_WITHIN).code == 130
    assert processes.left_behind() == []


@pytest.fixture
def for_everybody() -> Iterator[Path]:
    """A folder in which any user may write."""
    folder = Path(tempfile.mkdtemp(prefix="bench-test-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


SOMEBODY = 54_321  # a user id that has no process
LEAST = 40  # processes and threads that he may have


def as_somebody_with_few_threads() -> None:
    """Limits of processes and threads do not hold for root."""
    os.setgroups([])
    os.setgid(SOMEBODY)
    os.setuid(SOMEBODY)
    resource.setrlimit(resource.RLIMIT_NPROC, (LEAST, LEAST))


@pytest.mark.parametrize(
    "model",
    [
        "thread-pool",
        "thread-pool/per-job",
        "thread-pool/stealing",
        "thread-pool/ticket",
        "prefork/blocking",
        "prefork/threads",
        "fork-ipc",
        "fork-ipc/spawn",
    ],
)
def test_too_few_threads_or_processes(
    bench: Bench, for_everybody: Path, model: str
) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    out = for_everybody / "run"
    options = {"wait": "timer", "wait_ms": 200, "in_flight": 100, "jobs": 100}
    flags = small(scenario="io", model=f"event-loop,{model}", out=out, **options)
    binary = for_everybody / "bench"
    shutil.copy(bench.binary, binary)
    somebody = Bench(binary, for_everybody, for_everybody)
    found = somebody.run(
        *flags, seconds=ENDS_WITHIN, preexec_fn=as_somebody_with_few_threads
    )
    assert found.code == 1, found.err
    assert processes.left_behind() == []
    entries = {one["model"]: one for one in records(out)}
    assert entries.pop("event-loop")["status"] == "ok"
    (entry,) = entries.values()
    assert_failed(entry)
    assert "EAGAIN" in entry["reason"] or "temporarily unavailable" in entry["reason"]


@pytest.mark.parametrize("place", ["missing", "a file", "/proc", "read-only"])
def test_a_place_where_no_file_can_be_made(
    bench: Bench, tmp_path: Path, place: str
) -> None:
    places = {"missing": tmp_path / "missing", "a file": tmp_path / "a file"}
    (tmp_path / "a file").write_text("mine\n")
    folder = places.get(place, Path("/proc"))
    if place == "read-only":
        folder = tmp_path / "read-only"
        folder.mkdir(mode=0o500)
        if os.access(folder, os.W_OK):
            pytest.skip("root may write anywhere")
    flags = small(scenario="io,null", wait="file", in_flight=2, out=tmp_path / "run")
    found = bench.run(*flags, env={"TMPDIR": str(folder)}, seconds=ENDS_WITHIN)
    assert found.code == 1
    entries = {one["scenario"]: one for one in records(tmp_path / "run")}
    assert entries["null"]["status"] == "ok"  # the run goes on
    assert_failed(entries["io"])
    begin = f"scenario io could not be prepared: make a file in {folder}: "
    assert entries["io"]["reason"].startswith(begin)
    assert processes.left_behind() == []
    assert (tmp_path / "a file").read_text() == "mine\n"
