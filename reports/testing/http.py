"""Believable entries of requests, for tests: scenarios http and head-of-line.

Owned by the tests of reports/ and plots/; nothing else may call it. A server
pays a price in CPU time per request, which gives its capacity; latencies come
from the shape of a queue in closed form. So a test knows the truth.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, Iterable, Sequence

from reports.testing.entries import make_entry
from reports.testing.latency import Quantile, histogram, percentiles, queue

HTTP, HEAD_OF_LINE = "http", "head-of-line"
LOADS = ("closed", "50", "70", "90")
FLOOR = "bare-epoll"
PEERS = {
    "nginx": "nginx 1.22.1",
    "node": "node 18.19.0",
    "node-cluster": "node 18.19.0",
    "apache-event": "Apache 2.4.57",
    "apache-prefork": "Apache 2.4.57",
}
HEAVY_MS, HEAVY_SHARE, HEAVY_RATE = 50, 1, 1000


@dataclass(frozen=True)
class Server:
    """CPU seconds per request; whether more cores help; what a cheap request
    waits behind heavy ones on one core, in the mean; bytes at 64 clients."""

    price: float
    parallel: bool
    stall: float
    memory: int


SERVERS: dict[str, Server] = {
    "sequential": Server(15e-6, False, 30e-3, 3_000_000),
    "event-loop": Server(16e-6, False, 25e-3, 3_400_000),
    "event-loop/offload": Server(17e-6, False, 0.7e-3, 3_900_000),
    "thread-pool": Server(22e-6, True, 1.1e-3, 5_200_000),
    "thread-pool/loops": Server(16.5e-6, True, 24e-3, 4_100_000),
    "prefork": Server(16.4e-6, True, 25.3e-3, 6_000_000),
    "prefork/blocking": Server(21e-6, True, 1.3e-3, 60_000_000),
    "prefork/least-loaded": Server(19e-6, True, 22e-3, 6_100_000),
    "fork-ipc": Server(41e-6, True, 0.9e-3, 8_000_000),
    "nginx": Server(18.5e-6, True, 0.0, 9_000_000),
    "node": Server(48e-6, False, 0.0, 45_000_000),
    "node-cluster": Server(52e-6, True, 0.0, 130_000_000),
    "apache-event": Server(60e-6, True, 0.0, 30_000_000),
    "apache-prefork": Server(66e-6, True, 0.0, 90_000_000),
    FLOOR: Server(11e-6, False, 0.0, 2_000_000),
}


def capacity(label: str, cores: int, shared: bool = False) -> float:
    """Requests per second without noise; a generator on the same CPUs takes
    four tenths of them."""
    server = SERVERS[label]
    return (0.6 if shared else 1.0) * (cores if server.parallel else 1) / server.price


# Rates at which all are asked alike.
ALIKE = {"least": 12_000.0, "median": 24_000.0}


def make_http(
    scenario: str,
    label: str,
    *,
    cores: int = 1,
    load: str = "closed",
    route: str = "/plaintext",
    connections: int = 64,
    keep_alive: str = "yes",
    shared: bool | None = None,
    heavy_rate: float = HEAVY_RATE,
    repetition: int = 0,
    repetitions: int = 5,
    duration: float = 1.0,
    noise: float = 0.003,
    speed: float = 1.0,
    chance: random.Random | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """One line of runs.jsonl; `speed` multiplies capacity and divides the CPU
    time of a request. `shared`: the generator ran on the server's CPUs."""
    chance = chance or random.Random(0)
    shared = cores > 1 if shared is None else shared
    server, line = SERVERS[label], scenario == HEAD_OF_LINE
    told = load
    most = capacity(label, cores, shared) * speed
    wobble = chance.lognormvariate(0.0, noise)
    closed = load == "closed" and not line
    seconds = 10.5 * duration if line else duration
    if load in ALIKE:
        load = f"{100 * ALIKE[load] / most:g}"  # of the own capacity
    rate = heavy_rate if line else most * (1.0 if closed else float(load) / 100)
    rate *= wobble if closed else 1.0
    done = round(rate * seconds)
    price = server.price / speed * chance.lognormvariate(0.0, noise)
    price *= 1.0 if closed else 1.15  # fewer requests each time it wakes
    if line:
        price += HEAVY_SHARE / 100 * HEAVY_MS * 1e-3
    curve, naive = _curves(scenario, label, cores, load, connections, most)
    wide = chance.lognormvariate(0.0, 4 * noise)
    latency = histogram(curve, done, wide)
    unhurried = None if closed else histogram(naive, done, wide)
    model, _, variant = label.partition("/")
    kind = "peer" if label in PEERS else "floor" if label == FLOOR else "model"
    workers = cores if server.parallel else 1
    name = _name(scenario, label, load, connections, cores, workers)
    figures = percentiles(latency)
    entry = make_entry("null", "sequential", cores=cores, jobs=done, chance=chance)
    entry.update(
        name=name,
        run_name=name,
        scenario=scenario,
        model=model,
        variant=variant or None,
        kind=kind,
        workers=workers,
        in_flight=connections,
        in_flight_limit=connections,
        params=_params(scenario, told, route, connections, keep_alive, heavy_rate),
        repetition_index=repetition,
        repetitions=repetitions,
        real_time=1e9 / rate,
        cpu_time=price * 1e9,
        jobs_per_second=rate,
        work_seconds=seconds,
        cpu_user_seconds=0.3 * price * done,
        cpu_system_seconds=0.7 * price * done,
        voluntary_switches=done // 9,
        involuntary_switches=done // 90,
        peak_rss_bytes=server.memory + 2_000_000 * workers,
        peak_pss_bytes=server.memory + chance.randrange(0, 5) * 4096,
        latency_mean_seconds=connections / rate,
        **{f"latency_{part}_seconds": figures[part] for part in _PARTS},
        latency_from="send" if closed else "intended send",
        latency_note=None
        if done >= 100_000
        else f"p99 needs 10,000 samples, p99.9 100,000; had {done:,}",
        jobs_per_worker=None,
        little_ratio=1.0 if closed else None,
        floor=FLOOR if closed and kind == "model" else None,
        record_bytes=0,
        flags=["cpu-shared"] if shared else [],
        round=repetition,
        model_params={},
    )
    entry["http"] = {
        "offered_per_second": None if closed else rate,
        "capacity_per_second": None if line else most,
        "sent": done + 3,
        "ok": done,
        "bad_status": 0,
        "bad_body": 0,
        "timed_out": 1,
        "reset": 0,
        "in_flight_at_end": 2,
        "opened": connections,
        "connect_failed": 0,
        "stale": 0,
        "naive": None if unhurried is None else percentiles(unhurried),
        "histogram": latency,
        "naive_histogram": unhurried,
        "groups": [],
        "timeline": None,
        "generator_cpu_seconds": 0.55 * seconds,
        "generator_cpu_share": 0.55,
        "generator_late_p99_seconds": None if closed else 12e-6,
        "generator_late_reading_p99_seconds": 9e-6,
        "generator_shares_cpus": shared,
        "idle_connections": 0,
        "server_processes": workers,
        "server_threads": workers,
        "max_process_cpu_seconds": price * done / workers,
        "workers": None,
        "peer_version": PEERS.get(label),
    }
    entry["errors"] = 1
    if line:
        _heavy(entry["http"], latency, curve, chance, seconds)
    entry.update(changes)
    return entry


_PARTS = ("p50", "p90", "p99", "p999")


def _name(
    scenario: str, label: str, load: str, connections: int, cores: int, workers: int
) -> str:
    parts = [scenario, label.replace("/", "+")]
    parts += [f"connections:{connections}"] if connections != 64 else []
    parts += [f"load:{load}"] if scenario == HTTP else []
    return "/".join([*parts, f"cores:{cores}", f"workers:{workers}"])


def _params(
    scenario: str,
    load: str,
    route: str,
    connections: int,
    keep_alive: str,
    rate: float,
) -> dict[str, Any]:
    common = {"connections": connections, "arrival": "poisson", "timeout_ms": 10_000}
    if scenario == HEAD_OF_LINE:
        heavy = {"heavy_ms": HEAVY_MS, "heavy_share": HEAVY_SHARE, "rate": rate}
        return {**common, **heavy, "size": 250_000}
    return {
        "route": route,
        "request_us": 100,
        "request_ms": 5,
        "request_bytes": 10_000,
        **common,
        "idle_connections": 0,
        "keep_alive": keep_alive,
        "load": load,
        "rate": None,
        "size": 250_000,
    }


def _curves(
    scenario: str, label: str, cores: int, load: str, connections: int, most: float
) -> tuple[Quantile, Quantile]:
    """Latency from the intended send, and from the actual one: a queue with
    exponential waiting, which a naive client mostly does not see."""
    base = 1.5 * SERVERS[label].price + 20e-6
    if scenario == HEAD_OF_LINE:
        stall = SERVERS[label].stall
        # With more cores only those models get better whose others go on.
        busy = 0.5 / cores if SERVERS[label].parallel else 0.5
        return queue(base, stall * busy * 2, busy), queue(base, stall * 0.4, busy)
    if load == "closed":
        mean = connections / most
        return queue(0.8 * mean, 0.2 * mean, 1.0), queue(mean, 0.0, 1.0)
    busy = float(load) / 100
    wait = base * busy / (1 - busy)
    return queue(base, 2 * wait, busy), queue(base, wait * (1 - busy), busy)


def _heavy(
    http: dict[str, Any],
    latency: dict[str, int],
    curve: Quantile,
    chance: random.Random,
    seconds: float,
) -> None:
    """The cheap requests and the heavy ones, and the time line of the cheap."""
    cheap = {"target": "/plaintext", "count": sum(latency.values())}
    cheap |= {**percentiles(latency), "histogram": latency}
    few = histogram(lambda share: curve(share) + HEAVY_MS * 1e-3, 100)
    heavy = {"target": f"/cpu?us={HEAVY_MS * 1000}", "count": 100}
    heavy |= {**percentiles(few), "histogram": few}
    http["groups"] = [cheap, heavy]
    buckets = round(seconds / 0.1)
    tops = [chance.uniform(0.7, 0.998) for _ in range(buckets)]
    http["timeline"] = {
        "bucket_seconds": 0.1,
        "count": [99] * buckets,
        "p50": [curve(0.9 * top * top) for top in tops],
        "max": [curve(top) for top in tops],
    }


def plan_http(
    scenario: str,
    models: Sequence[str],
    cores: Iterable[int],
    loads: Sequence[str] = LOADS,
    peers: Sequence[str] = (),
    floor: bool = False,
    open_on: Iterable[int] = (1,),
    **settings: Any,
) -> list[dict[str, Any]]:
    """The arguments of make_http for every cell of one scenario. Open loops
    are asked for only where the generator has a CPU of its own: `open_on`."""
    line = scenario == HEAD_OF_LINE
    labels = [*models, *(() if line else peers)]
    cells = []
    for label in (*labels, *([FLOOR] if floor and not line else ())):
        for count in cores:
            for load in ("closed",) if line else loads:
                if load != "closed" and (count not in open_on or label == FLOOR):
                    continue
                cell = dict(scenario=scenario, label=label, cores=count, load=load)
                cells.append({**cell, **settings})
    return cells
