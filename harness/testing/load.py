"""Calling ./bench load from tests, and what holds for each of its reports."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import Any, Iterator

from harness.testing.command_line import ROOT, Bench, strict

FATES = ("ok", "bad_status", "bad_body", "timed_out", "reset", "in_flight_at_end")

# Long enough for a few requests, whatever else the machine does.
SHORT = ("--duration=0.3s", "--warmup=0.05s", "--connections=4", "--timeout=20s")

# The connection that finds out whether anybody is there.
PROBE = 1


def short_but(*flags: str) -> list[str]:
    """SHORT, but for what `flags` say."""
    given = {flag.partition("=")[0] for flag in flags}
    kept = [flag for flag in SHORT if flag.partition("=")[0] not in given]
    return [*kept, *flags]


def load(bench: Bench, url: str, *flags: str, code: int = 0) -> dict[str, Any]:
    """The report of a run that ends with `code`; its account adds up."""
    found = bench.run("load", url, "--format=json", *short_but(*flags))
    assert found.code == code, found.err
    report = strict(found.out)
    assert report["sent"] == sum(report[fate] for fate in FATES)
    wrong = report["bad_status"] + report["bad_body"] + report["reset"]
    assert report["latency"]["count"] + report["failed"]["count"] == report["sent"]
    assert report["failed"]["count"] >= wrong
    assert sum(report["failures"].values()) == wrong + report["timed_out"]
    for latency in (report["latency"], report["naive"], report["failed"]):
        if latency is not None:
            assert sum(latency["histogram"].values()) == latency["count"]
    return report


def only(report: dict[str, Any], fate: str) -> None:
    """All requests, and there were some, had this fate. In an open loop on a
    busy machine the last ones may leave when the window has closed."""
    assert report[fate] > 0
    late = 0 if report["offered_per_second"] is None else report["in_flight_at_end"]
    assert report[fate] + late == report["sent"]


def quantile(histogram: dict[str, int], fraction: float) -> float:
    """In seconds, from the lower borders of the buckets."""
    rank = fraction * sum(histogram.values())
    for border, count in sorted((int(key), n) for key, n in histogram.items()):
        rank -= count
        if rank <= 0:
            return border * 1e-9
    raise ValueError("an empty histogram")


@contextmanager
def server_process(every: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A plain server in a process of its own, and its URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.testing.raw_server", str(every)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, f"http://127.0.0.1:{int(process.stdout.readline())}/"
    finally:
        process.kill()
        process.communicate()
