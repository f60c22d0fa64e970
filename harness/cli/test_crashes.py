"""Scenario faults: what a crash, a hang or a reload costs, counted in requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.testing.command_line import Bench, records, run_http
from harness.testing.results import against_the_schema, results_in

# Nobody is too late: on a busy machine only what never comes is lost.
PATIENT = ("--timeout-ms=20000", "--rate=200", "--reps=1")


def costs(bench: Bench, out: Path, *flags: str) -> dict[tuple[str, str, str], Any]:
    """By model, event and whether it is supervised: entries."""
    done = run_http(bench, out, *PATIENT, *flags, scenario="faults", window=1.0)
    assert done.code == 0, done.err
    assert against_the_schema(results_in(out)) == []
    return {
        (one["model"], one["params"]["event"], one["params"]["supervised"]): one
        for one in records(out)
    }


def test_a_killed_process_costs_most_where_it_is_all_there_is(
    bench: Bench, tmp_path: Path
) -> None:
    found = costs(bench, tmp_path / "run", "--model=event-loop,prefork", "--event=kill")
    fault = {key: one["http"]["fault"] for key, one in found.items()}
    alone = fault["event-loop", "kill", "no"]
    assert alone["lost"] > 0.9 * alone["asked"] > 0
    assert alone["full_strength_seconds"] is None
    # Its supervisor, or the parent of the workers, starts another one.
    for model, kept in (("event-loop", "yes"), ("prefork", "yes"), ("prefork", "no")):
        assert fault[model, "kill", kept]["lost"] < 0.1 * alone["lost"]
    assert found["prefork", "kill", "no"]["workers"] == 4
    for one in found.values():
        http = one["http"]
        assert sum(http["fault"]["answers"]["count"]) <= http["ok"]
        assert one["peak_pss_bytes"] is None
        assert "http.fault" not in str(one["null_because"].get("", ""))


@pytest.mark.parametrize("event", ["reload", "upgrade"])
def test_a_reload_loses_nothing(bench: Bench, tmp_path: Path, event: str) -> None:
    flags = ("--model=thread-pool,fork-ipc", f"--event={event}", "--keep-alive=no")
    found = costs(bench, tmp_path / "run", *flags)
    for (model, _, kept), one in found.items():
        if kept == "yes":
            assert one["http"]["fault"]["lost"] == 0, model
        else:
            assert (one["status"], one["reason"]) == (
                "skipped",
                "nobody is there who could replace it",
            )


@pytest.mark.parametrize("event", ["segv", "stop", "spin", "leak"])
def test_other_events_go_to_servers_as_well(
    bench: Bench, tmp_path: Path, event: str
) -> None:
    flags = ("--model=event-loop", f"--event={event}", "--health-ms=200")
    flags += ("--supervised=yes",)
    (one,) = costs(bench, tmp_path / "run", *flags).values()
    assert one["status"] == "ok"
    assert one["http"]["fault"]["asked"] > 0
