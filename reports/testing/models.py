"""The models that tests simulate, with prices that a test knows.

Owned by the tests of reports/ and plots/; nothing else may call it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sketch:
    """What the simulator knows about a model: prices in seconds, bytes."""

    parallel: bool
    dispatch: float  # CPU seconds per job
    start: float  # seconds of start-up per worker
    memory: int  # bytes per worker
    floor: str | None
    summary: str


FIVE = ("sequential", "event-loop", "thread-pool", "prefork", "fork-ipc")

SKETCHES: dict[str, Sketch] = {
    "sequential": Sketch(
        False, 40e-9, 5e-6, 0, "bare-job", "one thread, one job at a time"
    ),
    "event-loop": Sketch(
        False, 60e-9, 6e-5, 200_000, "bare-job", "one thread and a loop"
    ),
    "event-loop/offload": Sketch(
        True, 1.4e-6, 1e-4, 300_000, "uv-work", "the loop's own pool computes"
    ),
    "thread-pool": Sketch(
        True, 600e-9, 1e-4, 100_000, "tbb-queue", "threads, one shared queue"
    ),
    "thread-pool/stealing": Sketch(
        True, 150e-9, 2e-4, 250_000, "tbb-arena", "threads steal from another"
    ),
    "prefork": Sketch(
        True, 120e-9, 5e-4, 900_000, "ticket", "each process takes the next"
    ),
    "prefork/static": Sketch(
        True, 90e-9, 5e-4, 900_000, "ticket", "each process owns a slice"
    ),
    "fork-ipc": Sketch(
        True, 6e-6, 5e-4, 950_000, "seqpacket-echo", "two messages per job"
    ),
    "fork-ipc/spawn": Sketch(
        True, 7e-4, 1e-4, 0, "spawn", "a new process for every job"
    ),
}

PRIMITIVES: dict[str, float] = {
    "bare-job": 35e-9,
    "ticket": 90e-9,
    "tbb-queue": 450e-9,
    "tbb-arena": 120e-9,
    "uv-work": 1.1e-6,
    "seqpacket-echo": 4.5e-6,
    "spawn": 6e-4,
}

# Variants that only waiting jobs have.
NEW_SKETCHES: dict[str, Sketch] = {
    "thread-pool/per-job": Sketch(
        True, 9e-6, 1e-5, 100_000, None, "a new thread for every job"
    ),
    "thread-pool/loops": Sketch(
        True, 600e-9, 1e-4, 100_000, None, "threads that each run a loop"
    ),
    "prefork/blocking": Sketch(
        True, 120e-9, 5e-4, 900_000, None, "processes that wait in place"
    ),
    "prefork/threads": Sketch(
        True, 200e-9, 6e-4, 950_000, None, "processes with threads that wait"
    ),
}

# Variants that only requests have.
SERVING: dict[str, Sketch] = {
    "prefork/least-loaded": Sketch(
        True, 140e-9, 5e-4, 900_000, None, "the parent passes the socket on"
    ),
}


def sketch_of(label: str) -> Sketch:
    return {**SKETCHES, **NEW_SKETCHES, **SERVING}[label]
