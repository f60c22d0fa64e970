"""What cannot be prepared or begun: failed with the reason, and the rest of the
sweep goes on.

Limits of the kernel are taken away from a run under way and given back: where
nothing can be begun, a repetition fails, and not the run.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Iterator

import pytest

from harness.testing import processes
from harness.testing.command_line import (
    Bench,
    context,
    ended,
    lines_in,
    records,
    short_http,
    small,
    wait_until,
)
from harness.testing.results import against_the_schema, results_in

NOBODY = 65534
NOT_SEEN = (
    "spin_probe_seconds",
    "steal_seconds",
    "throttled_seconds",
    "load_average",
    "others_cpu_seconds",
)


def split(entries: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Those that are ok, and those that failed."""
    assert {one["status"] for one in entries} <= {"ok", "failed"}
    return (
        [one for one in entries if one["status"] == "ok"],
        [one for one in entries if one["status"] == "failed"],
    )


@pytest.mark.parametrize(
    "first, other", [("no-calibration", "none"), ("none", "no-oracle")]
)
def test_a_scenario_that_cannot_be_prepared(
    faulty: Bench, tmp_path: Path, first: str, other: str
) -> None:
    out = tmp_path / "run"
    flags = small(
        scenario="fault,null",
        how=f"{first},{other}",
        model="sequential,event-loop",
        reps=2,
        no_report=None,
        quiet=None,
        out=out,
    )
    found = faulty.run(*flags)
    assert found.code == 1, found.err
    good, bad = split(records(out))
    assert len(good) == 2 * 2 * 2  # the other workloads: all is there
    assert len(bad) == 2 * 2  # a record for each repetition
    reason = (
        "scenario fault could not be prepared: the process exited with 1: "
        "bench: no luck today"
    )
    assert {one["reason"] for one in bad} == {reason}
    assert {one["params"]["how"] for one in bad} < {"no-calibration", "no-oracle"}
    for one in bad:
        assert {name: one[name] for name in NOT_SEEN} == dict.fromkeys(NOT_SEEN)
    assert found.err.count(f"warning: {reason}\n") == 1
    assert "no luck today" in found.out
    assert found.last_line == str(out / "index.html")
    assert "no luck today" in (out / "index.html").read_text()
    assert against_the_schema(results_in(out)) == []
    assert {one["scenario"] for one in context(out)["calibration"]} == {"fault", "null"}


def test_requests_that_cannot_be_prepared(faulty: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    # Two rates of one load: what one could not prepare, the other has not.
    flags = small(scenario="no-answers,null", model="event-loop", jobs=20, out=out)
    found = faulty.run(*flags)
    assert found.code == 1, found.err
    good, bad = split(records(out))
    assert [one["scenario"] for one in good] == ["null"]
    assert [one["scenario"] for one in bad] == ["no-answers"] * 2
    for one in bad:
        assert one["reason"].startswith("scenario no-answers could not be prepared: ")
        assert "no luck today" in one["reason"]
    assert against_the_schema(results_in(out)) == []


def starve(
    process: subprocess.Popen[str], out: Path, limit: str, **user: Any
) -> tuple[list[Any], list[Any]]:
    """Takes a limit away while repetitions run, gives it back, and ends the run
    when another one is well again. Returns who was well and who failed."""

    def set_limit(soft: str) -> None:
        flags = (f"--pid={process.pid}", f"--{limit}={soft}:")
        subprocess.run(["prlimit", *flags], check=True, **user)

    command = ["prlimit", f"--{limit}", "--noheadings", "--raw", "--output=SOFT"]
    soft = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def failures() -> int:
        return sum(one["status"] == "failed" for one in records(out))

    def more_than(count: int) -> bool:
        assert process.poll() is None, process.communicate()
        return lines_in(out) > count

    def well_behind(count: int) -> bool:
        """A short window may be empty on a busy machine: that is a failure, too."""
        if not more_than(count):
            return False
        return any(one["status"] == "ok" for one in records(out)[count:])

    wait_until("a repetition", lambda: well_behind(0))
    set_limit("1")
    count = lines_in(out)
    wait_until("a failure", lambda: more_than(count + 2) and failures() > 2)
    set_limit(soft.strip())
    count = lines_in(out)
    # The next one may have begun before.
    wait_until("another one that is well", lambda: well_behind(count + 1))
    process.send_signal(signal.SIGINT)
    assert ended(process).code == 130
    assert processes.left_behind() == []
    return split(records(out))


WAYS = {
    "jobs": small(model="sequential,prefork", reps=1000),
    "a backend": small(
        scenario="io", model="event-loop", wait_ms=1, in_flight=2, reps=1000
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_run_that_is_out_of_descriptors_goes_on(
    bench: Bench, tmp_path: Path, way: str
) -> None:
    out = tmp_path / "run"
    process = bench.start(*WAYS[way], f"--out={out}")
    _, bad = starve(process, out, "nofile")
    assert any(
        one["reason"].endswith("Too many open files (EMFILE)") for one in bad
    ), bad
    # What could not be read meanwhile is not 0.
    unseen = [one for one in bad if one["load_average"] is None]
    assert unseen
    for one in unseen:
        names = ("steal_seconds", "throttled_seconds", "others_cpu_seconds")
        assert [one[name] for name in names] == [None, None, None]


def test_a_run_with_servers_that_is_out_of_descriptors_goes_on(
    bench: Bench, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    flags = ("--model=prefork", "--load=closed", "--reps=1000", "--duration=0.15")
    process = bench.start(*short_http(out, *flags))
    _, bad = starve(process, out, "nofile")
    assert any(
        one["reason"].endswith("Too many open files (EMFILE)") for one in bad
    ), bad


@pytest.fixture
def humble(bench: Bench) -> Iterator[Bench]:
    """bench for a user whom the kernel counts: it does not count root's
    processes. All folders are open to him, and a copy of the binary."""
    if os.geteuid() != 0:
        yield bench
        return
    with tempfile.TemporaryDirectory(prefix="bench-humble-") as folder:
        for name in ("", "cwd", "scratch"):
            path = Path(folder, name)
            path.mkdir(exist_ok=True)
            path.chmod(0o777)
        binary = Path(shutil.copy(bench.binary, folder))
        binary.chmod(binary.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
        yield Bench(binary, Path(folder, "cwd"), Path(folder, "scratch"))


def as_nobody() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def test_a_fork_that_fails_is_a_failed_repetition(humble: Bench) -> None:
    out = humble.cwd / "run"
    flags = small(model="sequential,prefork", reps=1000, out=out)
    process = humble.start(*flags, **as_nobody())
    _, bad = starve(process, out, "nproc", **as_nobody())
    assert any(
        one["reason"] == "fork: Resource temporarily unavailable (EAGAIN)"
        for one in bad
    ), bad


def test_without_any_fork_all_cells_fail(humble: Bench) -> None:
    out = humble.cwd / "run"

    def no_processes() -> None:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))

    flags = small(model="sequential,prefork", reps=2, out=out, quiet=None)
    found = humble.run(*flags, preexec_fn=no_processes, **as_nobody())
    assert found.code == 1, found.err
    good, bad = split(records(out))
    assert (len(good), len(bad)) == (0, 4)
    assert {one["reason"] for one in bad} == {
        "scenario null could not be prepared: "
        "fork: Resource temporarily unavailable (EAGAIN)"
    }
    assert f"./bench report {out} makes it" in found.err  # nor is there a page


def test_what_a_neighbour_disturbs_is_measured_again(
    bench: Bench, tmp_path: Path
) -> None:
    """At most twice each, and half of the whole more."""
    out = tmp_path / "run"
    neighbours = [
        subprocess.Popen(["taskset", "-c", str(cpu), "sh", "-c", "while :; do :; done"])
        for cpu in os.sched_getaffinity(0)
    ]
    flags = small(
        out=out, model="sequential", cores=1, scenario="cpu", reps=8, jobs=300
    )
    try:
        found = bench.run(*flags)
    finally:
        for neighbour in neighbours:
            neighbour.kill()
            neighbour.wait()
    assert found.code == 0, found.err
    text = (out / "runs.jsonl").read_text()
    entries = [json.loads(line) for line in text.splitlines()]
    aside = [one for one in entries if one["status"] == "disturbed"]
    counted = [one for one in entries if one["status"] == "ok"]
    assert (len(aside), len(counted)) == (4, 8)
    for one in aside:
        assert one["reason"].removeprefix("measured again: ") in one["flags"]
    assert sorted(one["round"] for one in counted) == list(range(8))
    assert against_the_schema(results_in(out)) == []
