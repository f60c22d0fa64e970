"""Believable entries for tests: what the binary writes, one at a time.

Owned by the tests of reports/ and plots/; nothing else may call it. The
figures follow a simple cost model (work per job plus a price of dispatch per
model) with log-normal noise, so that a test knows the truth.
"""

from __future__ import annotations

import random
from typing import Any, Sequence

from reports.testing.models import FIVE, PRIMITIVES, Sketch, sketch_of


def make_context(
    *,
    seed: int = 1,
    repetitions: int = 5,
    planned: int = 0,
    models: Sequence[str] = FIVE,
    scenarios: Sequence[str] = ("cpu", "null", "primitives"),
    job_us: Sequence[int] = (1000,),
    **changes: Any,
) -> dict[str, Any]:
    """One environment.json as the binary writes it; `changes` override."""
    context: dict[str, Any] = {
        "date": "2024-05-04T10:20:30+00:00",
        "host_name": "classroom",
        "executable": "build/release/bench",
        "num_cpus": 2,
        "mhz_per_cpu": 2450,
        "cpu_scaling_enabled": False,
        "caches": [{"type": "Data", "level": 1, "size": 32768, "num_sharing": 1}],
        "load_avg": [0.4, 0.3, 0.2],
        "library_build_type": "release",
        "bench_version": "0.1.0",
        "git_commit": "0123456789abcdef0123456789abcdef01234567",
        "build_type": "release",
        "command": ["./bench", "--scenario=cpu", "--model=all"],
        "seed": seed,
        "preset": "quick",
        "repetitions": repetitions,
        "duration_seconds": 1.0,
        "warmup_seconds": 0.1,
        "cpu_model": "AMD EPYC 7763 64-Core Processor",
        "kernel": "Linux 6.1.0-18-amd64",
        "os": "Debian GNU/Linux 12 (bookworm)",
        "cpus": [0, 1],
        "effective_cores": 2,
        "smt": False,
        "governor": None,
        "memory_bytes": 8_000_000_000,
        "cgroup_cpu_quota": None,
        "compiler": "g++ 12.2.0",
        "libraries": {
            "libuv": "1.44.2",
            "onetbb": "2021.8.0",
            "google_benchmark": "1.7.1",
            "openssl": "3.0.11",
        },
        "warnings": ["The clock speed cannot be read on this machine."],
        "noise_floor": None,
        "record_bytes_per_job": 32,
        "planned_repetitions": planned,
        "calibration": [
            {
                "scenario": "cpu",
                "kernel": "sqrt",
                "job_us": us,
                "size": 250 * us,
                "seconds": us * 1.003e-6,
                "spread": 0.0,
                "jobs": max(100, 1_000_000 // us),
            }
            for us in job_us
            if "cpu" in scenarios
        ],
        "models": [
            {
                "id": label.partition("/")[0],
                "variant": label.partition("/")[2] or None,
                "summary": sketch_of(label).summary,
                "file": "models/%s.cpp" % label.partition("/")[0].replace("-", "_"),
            }
            for label in models
        ],
        "scenarios": [
            {
                "id": scenario,
                "summary": f"the {scenario} jobs",
                "file": f"scenarios/{scenario}.cpp",
            }
            for scenario in scenarios
        ],
    }
    context.update(changes)
    return context


def make_entry(
    scenario: str,
    label: str,
    *,
    cores: int = 2,
    workers: int | None = None,
    repetition: int = 0,
    repetitions: int = 5,
    job_us: int = 1000,
    default_job_us: int = 1000,
    jobs: int = 1000,
    noise: float = 0.003,
    speed: float = 1.0,
    chance: random.Random | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """One line of runs.jsonl; `speed` multiplies the model's throughput."""
    chance = chance or random.Random(0)
    wobble = chance.lognormvariate(0.0, noise) / speed
    model, _, variant = label.partition("/")
    native = scenario == "primitives"
    if native:
        sketch = Sketch(False, PRIMITIVES[label], 0.0, 0, None, label)
    else:
        sketch = sketch_of(label)
    if workers is None:
        workers = cores if sketch.parallel else 1
    job = job_us * 1.003e-6 if scenario == "cpu" else 0.0
    cpu_per_job = (job + sketch.dispatch) * wobble
    work = cpu_per_job * jobs / min(workers, cores)
    start = sketch.start * workers * chance.lognormvariate(0.0, 0.05)
    params: dict[str, Any] = {}
    if scenario == "cpu":
        size = 250 * job_us
        params = {
            "kernel": "sqrt",
            "size": size,
            "job_us": job_us,
            "spread": 0.0,
        }
    inner = f"{model}+{variant}" if variant else model
    odd = scenario == "cpu" and job_us != default_job_us
    middle = f"job-us:{job_us}/" if odd else ""
    name = f"{scenario}/{inner}/{middle}cores:{cores}/workers:{workers}"
    memory = 3_000_000 + sketch.memory * workers + 32 * jobs
    share = [jobs // workers] * workers
    share[0] += jobs - sum(share)
    # A latency per job: what it computes plus what it waits for its turn.
    latency = cpu_per_job * 1.01
    entry: dict[str, Any] = {
        "name": name,
        "run_name": name,
        "run_type": "iteration",
        "repetitions": repetitions,
        "repetition_index": repetition,
        "threads": 1,
        "iterations": jobs,
        "real_time": work / jobs * 1e9,
        "cpu_time": cpu_per_job * 1e9,
        "time_unit": "ns",
        "scenario": scenario,
        "model": model,
        "variant": variant or None,
        "cores": cores,
        "workers": workers,
        "in_flight": workers,
        "params": params,
        "status": "ok",
        "reason": None,
        "flags": [],
        "jobs": jobs,
        "jobs_per_second": jobs / work,
        "start_seconds": None if native else start,
        "work_seconds": work,
        "teardown_seconds": None if native else start * 0.3,
        "cpu_user_seconds": cpu_per_job * jobs * 0.96,
        "cpu_system_seconds": cpu_per_job * jobs * 0.04,
        "voluntary_switches": chance.randrange(5, 50) * workers,
        "involuntary_switches": chance.randrange(1, 9) * workers,
        "minor_faults": 100 * workers + jobs // 128,
        "major_faults": 0,
        "peak_rss_bytes": memory + 2_000_000 * workers,
        "peak_pss_bytes": memory,
        "latency_p50_seconds": None if native else latency,
        "latency_p90_seconds": None if native else latency * 1.05,
        "latency_p99_seconds": None,
        "latency_p999_seconds": None,
        "latency_from": None if native else "job begun",
        "latency_note": None
        if native
        else f"p99 needs 10,000 samples, p99.9 100,000; had {jobs:,}",
        "jobs_per_worker": None if native else share,
        "errors": 0,
        "digest": None if native else f"{hash_of(scenario, jobs):016x}",
        "floor": sketch.floor if scenario == "null" else None,
        "round": repetition,
        "order": 0,
        "spin_probe_seconds": 0.002 * chance.lognormvariate(0.0, 0.01),
        "steal_seconds": 0.0,
        "load_average": 0.4,
        "record_bytes": 32 * jobs,
        "tree_cpu_seconds": cpu_per_job * jobs * 1.02 + 0.002,
        "isolated_seconds": work + start + 0.02,
        "others_cpu_seconds": 0.0,
        "throttled_seconds": 0.0,
    }
    entry.update(changes)
    return entry


def hash_of(scenario: str, jobs: int) -> int:
    """FNV-1a, so that the same jobs have the same digest in every test."""
    state = 0xCBF29CE484222325
    for byte in f"{scenario}:{jobs}".encode():
        state = ((state ^ byte) * 0x100000001B3) % 2**64
    return state


def fail(entry: dict[str, Any], reason: str, status: str = "failed") -> dict[str, Any]:
    """The same repetition, ended badly: no time, rate, memory or latency."""
    for key in (
        "real_time cpu_time jobs_per_second start_seconds work_seconds "
        "teardown_seconds cpu_user_seconds cpu_system_seconds "
        "voluntary_switches involuntary_switches minor_faults major_faults "
        "peak_rss_bytes peak_pss_bytes latency_p50_seconds "
        "latency_p90_seconds latency_p99_seconds latency_p999_seconds digest "
        "latency_mean_seconds little_ratio in_flight_mean in_flight_peak job_end_seconds"
    ).split():
        if key in entry:
            entry[key] = None
    if "http" in entry:
        entry["http"] = None
    entry.update(
        status=status,
        reason=reason,
        jobs_per_worker=None,
        error_occurred=True,
        error_message=reason,
    )
    return entry
