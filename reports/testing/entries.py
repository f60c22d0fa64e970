"""Believable entries for tests: what the binary writes, one at a time.

Owned by the tests of reports/ and plots/; nothing else may call it. The figures
follow a simple cost model with log-normal noise, so that a test knows the truth:
a batch pays its work and a price of dispatch; jobs that wait get what Little's
law or the CPUs allow, whichever is less.
"""

import json
import math
import random
from pathlib import Path
from typing import Any

from reports.testing.models import EVERY

IO, MIXED, POOL = "io", "mixed", "pool"
WAITING = (IO, MIXED, POOL)
FLOOR = "epoll-client"
MOST_WORKERS = 512
_FILE = (Path(__file__).parent / "entry.json").read_text()


def plain(part: str) -> Any:
    """Of an entry or its "http" what is alike in all; or "figures": the keys that a
    failed repetition does not have."""
    return json.loads(_FILE)[part]


def entry_of(
    scenario: str,
    label: str,
    middle: list[str],
    cores: int,
    workers: int,
    jobs: int,
    work: float,
    price: float,
    user: float,
    chance: random.Random,
    **changes: Any,
) -> dict[str, Any]:
    """One line of runs.jsonl: `jobs` in `work` seconds, `price` CPU seconds each,
    of which `user` is the share of user time."""
    model, _, variant = label.partition("/")
    parts = [scenario, label.replace("/", "+"), *middle]
    name = "/".join([*parts, f"cores:{cores}", f"workers:{workers}"])
    share = [jobs // workers] * workers
    share[0] += jobs - sum(share)
    if "start_seconds" not in changes:
        wobble = chance.lognormvariate(0.0, 0.003) * chance.lognormvariate(0.0, 0.05)
        changes |= {"start_seconds": 5e-6 * wobble, "teardown_seconds": 2e-6}
    entry = plain("entry") | {
        "name": name,
        "run_name": name,
        "iterations": jobs,
        "real_time": work / jobs * 1e9,
        "cpu_time": price * 1e9,
        "scenario": scenario,
        "model": model,
        "variant": variant or None,
        "cores": cores,
        "workers": workers,
        "in_flight": workers,
        "jobs": jobs,
        "jobs_per_second": jobs / work,
        "work_seconds": work,
        "cpu_user_seconds": price * jobs * user,
        "cpu_system_seconds": price * jobs * (1 - user),
        "voluntary_switches": chance.randrange(5, 50) * workers,
        "involuntary_switches": chance.randrange(1, 9) * workers,
        "minor_faults": 100 * workers + jobs // 128,
        "digest": digest(scenario, jobs),
        "latency_note": f"p99 needs 10,000 samples, p99.9 100,000; had {jobs:,}",
        "jobs_per_worker": share,
        "spin_probe_seconds": 0.002 * chance.lognormvariate(0.0, 0.01),
        "record_bytes": 32 * jobs,
        "tree_cpu_seconds": price * jobs * 1.02 + 0.002,
        "isolated_seconds": work + 0.02,
    }
    return numbered({**entry, **changes})


def numbered(entry: dict[str, Any]) -> dict[str, Any]:
    """With the repetition that was asked for, which is its round as well."""
    if "repetition" in entry:
        entry["repetition_index"] = entry["round"] = entry.pop("repetition")
    return entry


def digest(scenario: str, jobs: int) -> str:
    """FNV-1a, so that the same jobs have the same digest in every test."""
    state = 0xCBF29CE484222325
    for byte in f"{scenario}:{jobs}".encode():
        state = ((state ^ byte) * 0x100000001B3) % 2**64
    return f"{state:016x}"


def make_entry(
    scenario: str,
    label: str,
    *,
    cores: int = 2,
    workers: int | None = None,
    job_us: int = 1000,
    jobs: int = 1000,
    noise: float = 0.003,
    speed: float = 1.0,
    chance: random.Random | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Of a batch (cpu, null, primitives); `speed` multiplies the throughput."""
    chance = chance or random.Random(0)
    sketch, native = EVERY[label], scenario == "primitives"
    workers = workers or (cores if sketch.parallel and not native else 1)
    computes = scenario in ("cpu", "grain")
    price = (job_us * 1.003e-6 if computes else 0.0) + sketch.dispatch
    price *= chance.lognormvariate(0.0, noise) / speed
    start = sketch.start * workers * chance.lognormvariate(0.0, 0.05)
    size = {"kernel": "sqrt", "size": 250 * job_us, "job_us": job_us, "spread": 0.0}
    memory = 3_000_000 + sketch.memory * workers + 32 * jobs
    figures: dict[str, Any] = {
        "params": size if computes else {},
        "start_seconds": start,
        "teardown_seconds": start * 0.3,
        "peak_rss_bytes": memory + 2_000_000 * workers,
        "peak_pss_bytes": memory,
        # A latency per job: what it computes plus what it waits for its turn.
        "latency_p50_seconds": price * 1.01,
        "latency_p90_seconds": price * 1.01 * 1.05,
        "floor": sketch.floor if scenario == "null" else None,
    }
    if native:
        keys = "start_seconds teardown_seconds digest latency_p50_seconds "
        keys += "latency_p90_seconds latency_from latency_note jobs_per_worker"
        figures |= dict.fromkeys(keys.split())
    middle = [f"job-us:{job_us}"] if computes and job_us != 1000 else []
    work = price * jobs / min(workers, cores)
    about = (cores, workers, jobs, work, price, 0.96, chance)
    return entry_of(scenario, label, middle, *about, **{**figures, **changes})


def make_waiting(
    scenario: str,
    label: str,
    *,
    cores: int = 2,
    limit: int = 100,
    share: int = 10,
    workers: int | None = None,
    wait_ms: float = 5,
    compute_us: float = 0,
    life_ms: float = 10,
    job_us: int = 100_000,
    uv_pool: int | None = None,
    noise: float = 0.003,
    speed: float = 1.0,
    chance: random.Random | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Of jobs that wait and compute (io, mixed, pool); `speed` multiplies
    throughput and divides the CPU time of a job."""
    chance = chance or random.Random(0)
    sketch, native, alone = EVERY[label], label == FLOOR, label == "sequential"
    common = {"wait": "backend", "payload": 256, "timeout_ms": 10_000}
    if scenario == IO:
        wait, compute = wait_ms * 1e-3, compute_us * 1e-6
        params = {**common, "wait_ms": wait_ms, "compute_us": compute_us}
        params |= {"cold": "no", "wait_spread": 0}
    elif scenario == MIXED:
        compute = life_ms * 1e-3 * share / 100
        wait = life_ms * 1e-3 - compute
        params = {**common, "wait_spread": 0.5, "cpu_share": share, "life_ms": life_ms}
    else:
        wait, compute = 0.0, job_us * 1e-6
        params = {"pool_job": "pbkdf2", "job_us": job_us}
    params["size"] = round(250e6 * compute) or None
    ruled = None
    if sketch.blocks and wait and not alone:
        # cores x (1 + wait / compute), for models whose workers block.
        wanted = math.ceil(cores * (1 + wait / compute)) if compute else MOST_WORKERS
        ruled = min(wanted, limit, MOST_WORKERS)
    loops = 1 if label.startswith("event-loop") or native else cores
    workers = workers or (1 if alone else ruled or loops)
    blocks = sketch.blocks or not wait
    in_flight = 1 if alone else min(limit, workers) if blocks else limit
    busy = compute + sketch.waiting
    used = 1 if label in ("sequential", "event-loop", FLOOR) else cores
    rate = min(in_flight / (wait + busy), used / busy) * speed
    rate *= chance.lognormvariate(0.0, noise)
    price = busy / speed * chance.lognormvariate(0.0, noise)
    jobs = 16 if scenario == POOL else max(1, round(rate))
    work, latency = jobs / rate, in_flight / rate
    middle = [f"cpu-share:{share}"] if scenario == MIXED else []
    middle += [] if alone else [f"in-flight:{limit}"]
    middle += [] if uv_pool is None else [f"uv-pool:{uv_pool}"]
    # What the threads or processes that wait cost is in `flying`.
    memory = 3_000_000 + sketch.flying * in_flight + 32 * jobs
    # A staircase: as many jobs end together as run together.
    steps = math.ceil(jobs / in_flight)
    ends = [work * (place // in_flight + 1) / steps for place in range(jobs)]
    figures: dict[str, Any] = {"kind": "floor" if native else "model"}
    figures |= {"workers_rule": ruled, "in_flight": in_flight, "params": params}
    figures |= {"in_flight_limit": None if alone else limit}
    figures |= {"latency_mean_seconds": latency, "latency_p50_seconds": latency * 0.99}
    figures |= {"latency_p90_seconds": latency * 1.05, "latency_from": "admission"}
    figures |= {"latency_p99_seconds": latency * 1.3 if jobs >= 10_000 else None}
    figures |= {"floor": FLOOR if scenario == IO and not native else None}
    figures |= {"wait_seconds": wait, "compute_seconds": compute}
    figures |= {"in_flight_mean": float(in_flight), "in_flight_peak": in_flight}
    figures |= {"errnos": None, "backend_cpu_seconds": jobs * 6e-6 if wait else None}
    figures |= {"backend_late_p99_seconds": 2e-4 if wait else None}
    figures |= {"job_end_seconds": ends if jobs <= 64 else None}
    figures |= {"model_params": {} if uv_pool is None else {"uv_pool": uv_pool}}
    user = (price - 0.7 * sketch.waiting) / price
    about = (cores, workers, jobs, work, price, user, chance)
    entry = entry_of(scenario, label, middle, *about, **figures)
    for key in ("peak_rss_bytes", "peak_pss_bytes"):
        entry[key] = memory + chance.randrange(0, 5) * 4096
    entry["little_ratio"] = chance.lognormvariate(0.0, 0.002) if wait else None
    if native:
        keys = ("start_seconds", "teardown_seconds", "digest", "jobs_per_worker")
        entry |= dict.fromkeys(keys)
    return numbered({**entry, **changes})


def fail(entry: dict[str, Any], reason: str, status: str = "failed") -> dict[str, Any]:
    """The same repetition, ended badly: no time, rate, memory or latency."""
    entry.update({key: None for key in plain("figures") if key in entry})
    entry.update(status=status, reason=reason, jobs_per_worker=None)
    entry.update(error_occurred=True, error_message=reason)
    return entry
