"""Believable entries of jobs that wait, for tests: scenarios io, mixed, pool.

Owned by the tests of reports/ and plots/; nothing else may call it. A job
waits and computes; a model pays a price in CPU time per job; the rate is what
Little's law or the CPUs allow, whichever is less. So a test knows the truth.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

from reports.testing.entries import make_entry
from reports.testing.models import FIVE

IO, MIXED, POOL = "io", "mixed", "pool"
WAITING = (IO, MIXED, POOL)
SHARES = (0, 5, 10, 25, 50, 75, 100)
FLOOR = "epoll-client"
MOST_WORKERS = 512


@dataclass(frozen=True)
class Waiter:
    """A model at jobs that wait: how, its price per job in CPU seconds, and
    bytes per job in flight."""

    blocks: bool
    price: float
    memory: int


WAITERS: dict[str, Waiter] = {
    "sequential": Waiter(True, 14e-6, 0),
    "event-loop": Waiter(False, 11e-6, 1_300),
    "event-loop/offload": Waiter(False, 13e-6, 1_400),
    "thread-pool": Waiter(True, 21e-6, 20_000),
    "thread-pool/stealing": Waiter(True, 23e-6, 21_000),
    "thread-pool/per-job": Waiter(True, 45e-6, 19_000),
    "thread-pool/loops": Waiter(False, 12e-6, 1_500),
    "prefork": Waiter(False, 12e-6, 1_400),
    "prefork/static": Waiter(False, 12e-6, 1_400),
    "prefork/blocking": Waiter(True, 20e-6, 90_000),
    "prefork/threads": Waiter(True, 22e-6, 21_000),
    "fork-ipc": Waiter(True, 32e-6, 100_000),
    "fork-ipc/spawn": Waiter(True, 7e-4, 100_000),
    FLOOR: Waiter(False, 8e-6, 400),
}


def rule(label: str, cores: int, limit: int, wait: float, compute: float) -> int | None:
    """cores x (1 + wait / compute), for models whose workers block."""
    if label == "sequential" or not WAITERS[label].blocks or not wait:
        return None
    wanted = math.ceil(cores * (1 + wait / compute)) if compute else MOST_WORKERS
    return min(wanted, limit, MOST_WORKERS)


def truth(label: str, cores: int, in_flight: int, wait: float, compute: float) -> float:
    """Jobs per second without noise."""
    alone = label in ("sequential", "event-loop", FLOOR)
    used = 1 if alone else cores
    busy = compute + WAITERS[label].price
    return min(in_flight / (wait + busy), used / busy)


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
    repetition: int = 0,
    repetitions: int = 5,
    duration: float = 1.0,
    noise: float = 0.003,
    speed: float = 1.0,
    chance: random.Random | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """One line of runs.jsonl; `speed` multiplies throughput and divides the
    CPU time of a job."""
    chance = chance or random.Random(0)
    waiter, native = WAITERS[label], label == FLOOR
    params, wait, compute = _params(
        scenario, share, wait_ms, compute_us, life_ms, job_us
    )
    alone = label == "sequential"
    ruled = rule(label, cores, limit, wait, compute)
    if workers is None:
        loops = 1 if label in ("event-loop", "event-loop/offload", FLOOR) else cores
        workers = 1 if alone else ruled or loops
    blocks = waiter.blocks or not wait
    in_flight = 1 if alone else min(limit, workers) if blocks else limit
    rate = truth(label, cores, in_flight, wait, compute) * speed
    rate *= chance.lognormvariate(0.0, noise)
    price = (waiter.price + compute) / speed * chance.lognormvariate(0.0, noise)
    jobs = 16 if scenario == POOL else max(1, round(rate * duration))
    work = jobs / rate
    kept = [] if alone else [f"in-flight:{limit}"]
    if scenario == MIXED:
        kept.insert(0, f"cpu-share:{share}")
    if uv_pool is not None:
        kept.append(f"uv-pool:{uv_pool}")
    inner = label.replace("/", "+")
    name = "/".join([scenario, inner, *kept, f"cores:{cores}", f"workers:{workers}"])
    # What the threads or processes that wait cost is in `memory`.
    memory = 3_000_000 + waiter.memory * in_flight + 32 * jobs
    share_of_each = [jobs // workers] * workers
    share_of_each[0] += jobs - sum(share_of_each)
    latency = in_flight / rate
    model, _, variant = label.partition("/")
    entry = make_entry("null", "sequential", cores=cores, jobs=jobs, chance=chance)
    entry.update(
        name=name,
        run_name=name,
        scenario=scenario,
        model=model,
        variant=variant or None,
        kind="floor" if native else "model",
        workers=workers,
        workers_rule=ruled,
        in_flight=in_flight,
        in_flight_limit=None if alone else limit,
        params=params,
        repetition_index=repetition,
        repetitions=repetitions,
        real_time=work / jobs * 1e9,
        cpu_time=price * 1e9,
        jobs_per_second=rate,
        work_seconds=work,
        cpu_user_seconds=(price - 0.7 * waiter.price) * jobs,
        cpu_system_seconds=0.7 * waiter.price * jobs,
        peak_rss_bytes=memory + chance.randrange(0, 5) * 4096,
        peak_pss_bytes=memory + chance.randrange(0, 5) * 4096,
        latency_mean_seconds=latency,
        latency_p50_seconds=latency * 0.99,
        latency_p90_seconds=latency * 1.05,
        latency_p99_seconds=latency * 1.3 if jobs >= 10_000 else None,
        latency_from="admission",
        jobs_per_worker=None if native else share_of_each,
        floor=FLOOR if scenario == IO and not native else None,
        record_bytes=32 * jobs,
        wait_seconds=wait,
        compute_seconds=compute,
        little_ratio=chance.lognormvariate(0.0, 0.002) if wait else None,
        in_flight_mean=float(in_flight),
        in_flight_peak=in_flight,
        errnos=None,
        backend_cpu_seconds=jobs * 6e-6 if wait else None,
        backend_late_p99_seconds=2e-4 if wait else None,
        job_end_seconds=_ends(jobs, in_flight, work) if jobs <= 64 else None,
        model_params={} if uv_pool is None else {"uv_pool": uv_pool},
        round=repetition,
    )
    if native:
        for key in ("start_seconds", "teardown_seconds", "digest"):
            entry[key] = None
    entry.update(changes)
    return entry


def _params(
    scenario: str,
    share: float,
    wait_ms: float,
    compute_us: float,
    life_ms: float,
    job_us: int,
) -> tuple[dict[str, Any], float, float]:
    """The parameters of the entry, and the wait and compute of one job."""
    common: dict[str, Any] = {
        "wait": "backend",
        "payload": 256,
        "timeout_ms": 10_000,
    }
    if scenario == IO:
        compute = compute_us * 1e-6
        size = round(250 * compute_us) or None
        odd = {"wait_ms": wait_ms, "compute_us": compute_us, "cold": "no"}
        common["wait_spread"] = 0
        return {**common, **odd, "size": size}, wait_ms * 1e-3, compute
    if scenario == MIXED:
        compute = life_ms * 1e-3 * share / 100
        size = round(250e6 * compute) or None
        common["wait_spread"] = 0.5
        params = {**common, "cpu_share": share, "life_ms": life_ms, "size": size}
        return params, life_ms * 1e-3 - compute, compute
    params = {"pool_job": "pbkdf2", "job_us": job_us, "size": job_us // 50}
    return params, 0.0, job_us * 1e-6


def _ends(jobs: int, at_once: int, work: float) -> list[float]:
    """A staircase: as many jobs end together as run together."""
    steps = math.ceil(jobs / at_once)
    return [work * (place // at_once + 1) / steps for place in range(jobs)]


def plan(
    scenario: str,
    models: Sequence[str] = FIVE,
    cores: Iterable[int] = (1, 2),
    in_flight: Sequence[int] | None = None,
    shares: Sequence[int] = SHARES,
    tune: Mapping[str, Sequence[int]] | None = None,
    uv_pools: Sequence[int] = (),
) -> list[dict[str, Any]]:
    """The arguments of make_waiting for every cell of one scenario."""
    limits = in_flight or {IO: (10, 100, 1000), MIXED: (8,), POOL: (16,)}[scenario]
    labels = [*models]
    if scenario == IO and "event-loop" in models:
        labels.append(FLOOR)
    cells: dict[str, dict[str, Any]] = {}
    for label in labels:
        for count in cores:
            if label == FLOOR and count != 1:
                # As the primitives are measured.
                continue
            for share in shares if scenario == MIXED else (10,):
                # `sequential` once, whatever the limits are.
                for limit in limits[:1] if label == "sequential" else limits:
                    grid = [None, *(w for w in (tune or {}).get(label, ()))]
                    pools = uv_pools if label.startswith("event-loop/") else ()
                    for workers in grid:
                        for pool in pools or (None,):
                            cell = dict(
                                scenario=scenario,
                                label=label,
                                cores=count,
                                limit=limit,
                                share=share,
                                workers=workers and min(workers, limit),
                                uv_pool=pool,
                            )
                            cells.setdefault(make_waiting(**cell)["name"], cell)
    return list(cells.values())
