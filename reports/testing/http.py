"""Believable entries of requests, for tests: http, head-of-line and balance.

Owned by the tests of reports/ and plots/; nothing else may call it. A server
pays a price in CPU time per request, which gives its capacity; latencies come
from the shape of a queue in closed form. So a test knows the truth.
"""

import math
import random
from typing import Any, Callable, Iterable, Mapping, Sequence

import numpy

from reports.testing.entries import entry_of, numbered, plain
from reports.testing.models import PEERS, SERVERS as SERVERS

HTTP, HEAD_OF_LINE, BALANCE = "http", "head-of-line", "balance"
LOADS = ("closed", "50", "70", "90")
FLOOR = "bare-epoll"
HEAVY_MS, HEAVY_SHARE, HEAVY_RATE = 50, 1, 1000
# Rates at which all are asked alike.
ALIKE = {"least": 12_000.0, "median": 24_000.0}
Quantile = Callable[[float], float]  # seconds that this share does not exceed


def queue(base: float, wait: float, busy: float) -> Quantile:
    """Also of an array of shares."""

    def at(share):
        with numpy.errstate(divide="ignore"):
            beyond = busy / (1 - numpy.asarray(share, dtype=float))
        return base * (1 + 0.1 * share) + wait * numpy.maximum(0.0, numpy.log(beyond))

    return at


def histogram(curve: Quantile, count: int, wide: float = 1.0) -> dict[str, int]:
    """Lower bounds of buckets 2 % wide, in nanoseconds, and their counts."""
    steps = min(count, 2000)
    # More steps towards the end, where percentiles are read.
    shares = 1 - (1 - (numpy.arange(steps) + 0.5) / steps) ** 3
    upto = numpy.rint(count * (1 - (1 - (numpy.arange(steps) + 1) / steps) ** 3))
    powers = numpy.floor(numpy.log(curve(shares) * wide * 1e9) / math.log(1.02))
    least = int(powers.min())
    counts = numpy.bincount((powers - least).astype(int), numpy.diff(upto, prepend=0))
    places = numpy.flatnonzero(counts)
    return {str(round(1.02 ** (least + int(p)))): int(counts[p]) for p in places}


def percentiles(found: Mapping[str, int]) -> dict[str, float | None]:
    """As the load generator gives them: none from too few samples."""
    bounds = sorted(map(int, found))
    upto = numpy.cumsum([found[str(bound)] for bound in bounds])
    asked = {"p50": (0.5, 1), "p90": (0.9, 100), "p99": (0.99, 10_000)}
    asked["p999"] = (0.999, 100_000)
    figures: dict[str, float | None] = {}
    for part, (share, needs) in asked.items():
        place = int(numpy.searchsorted(upto, share * upto[-1]))
        figures[part] = bounds[place] * 1.01e-9 if upto[-1] >= needs else None
    return {**figures, "max": bounds[-1] * 1.02e-9}


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
    noise: float = 0.003,
    speed: float = 1.0,
    chance: random.Random | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """One line of runs.jsonl; `speed` multiplies capacity and divides the CPU
    time of a request. `shared`: the generator ran on the server's CPUs, and
    took four tenths of them."""
    chance = chance or random.Random(0)
    shared = cores > 1 if shared is None else shared
    server, line = SERVERS[label], scenario == HEAD_OF_LINE
    spread = scenario == BALANCE
    workers = 4 if spread else cores if server.parallel else 1
    most = (0.6 if shared else 1.0) * workers / server.serving * speed
    closed = load == "closed" and not line
    seconds = 10.5 if line else 1.0
    part = 100 * ALIKE[load] / most if load in ALIKE else 0.0
    part = part if closed or line or load in ALIKE else float(load)
    rate = heavy_rate if line else most * (1.0 if closed else part / 100)
    wobble = chance.lognormvariate(0.0, noise)
    rate *= wobble if closed else 1.0
    done = round(rate * seconds)
    price = server.serving / speed * chance.lognormvariate(0.0, noise)
    price *= 1.0 if closed else 1.15  # fewer requests each time it wakes
    price += HEAVY_SHARE / 100 * HEAVY_MS * 1e-3 if line else 0.0
    curve, naive = _curves(label, line, closed, cores, part / 100, connections / most)
    wide = chance.lognormvariate(0.0, 4 * noise)
    latency = histogram(curve, done, wide)
    unhurried = None if closed else histogram(naive, done, wide)
    kind = "peer" if label in PEERS else "floor" if label == FLOOR else "model"
    middle = [f"connections:{connections}"] if connections != 64 else []
    middle += [] if line else [f"load:{load}"]
    params = {"connections": connections, "arrival": "poisson", "timeout_ms": 10_000}
    if line:
        params |= {"heavy_ms": HEAVY_MS, "heavy_share": HEAVY_SHARE, "rate": heavy_rate}
    elif spread:
        params |= {"handler": "heavy-tailed", "mean_us": 50, "keep_alive": "no"}
        params |= {"load": load, "rate": None}
    else:
        params |= {"route": route, "request_us": 100, "request_ms": 5, "load": load}
        params |= {"request_bytes": 10_000, "idle_connections": 0, "rate": None}
        params["keep_alive"] = keep_alive
    # One client at a time is all that it can serve.
    alone = 1 if label == "sequential" else None
    figures = percentiles(latency)
    parts = ("p50", "p90", "p99", "p999")
    about = (cores, workers, done, done / rate, price, 0.3, chance)
    entry = entry_of(scenario, label, middle, *about, kind=kind)
    entry |= dict.fromkeys(("in_flight", "in_flight_limit"), alone or connections)
    entry |= {"params": {**params, "size": 250_000}, "work_seconds": seconds}
    entry |= {"voluntary_switches": done // 9, "involuntary_switches": done // 90}
    entry |= {"peak_rss_bytes": server.server + 2_000_000 * workers}
    entry |= {"latency_mean_seconds": connections / rate}
    entry |= {f"latency_{one}_seconds": figures[one] for one in parts}
    entry |= {"latency_from": "send" if closed else "intended send"}
    entry |= {"jobs_per_worker": None, "little_ratio": 1.0 if closed else None}
    entry |= {"floor": FLOOR if closed and kind == "model" else None, "errors": 1}
    entry |= {"record_bytes": 0, "flags": ["cpu-shared"] if shared else []}
    entry |= {"model_params": {}}
    entry["peak_pss_bytes"] = server.server + chance.randrange(0, 5) * 4096
    if done >= 100_000:
        entry["latency_note"] = None
    entry["http"] = plain("http") | {
        "offered_per_second": None if closed else rate,
        "capacity_per_second": None if line else most,
        "sent": done + 3,
        "ok": done,
        "opened": connections,
        "naive": None if unhurried is None else percentiles(unhurried),
        "histogram": latency,
        "naive_histogram": unhurried,
        "generator_cpu_seconds": 0.55 * seconds,
        "generator_late_p99_seconds": None if closed else 12e-6,
        "generator_shares_cpus": shared,
        "server_processes": workers,
        "server_threads": workers,
        "max_process_cpu_seconds": price * done / workers,
        "peer_version": PEERS.get(label),
    }
    if spread:
        # One of them has half of all, as without manners.
        parts = (3, 1, 1, 1) if "/" not in label else (1, 1, 1, 1)
        each = [{"connections": n, "requests": 10 * n, "cpu_seconds": n} for n in parts]
        index = sum(parts) ** 2 / (4 * sum(n * n for n in parts))
        entry["http"] |= {"workers": each, "jain": dict.fromkeys(each[0], index)}
    if line:
        _heavy(entry["http"], latency, curve, chance, seconds)
    return numbered({**entry, **changes})


def make_fault(
    scenario: str,
    label: str,
    supervised: str,
    chance: random.Random | None = None,
    **cell: Any,
) -> dict[str, Any]:
    """The same where a process is killed in the middle of 4 s. Without somebody
    who starts it again a server of one process is gone."""
    chance = chance or random.Random(0)
    entry = make_http(HEAD_OF_LINE, label, chance=chance, **cell)
    less = "" if supervised == "yes" else "/supervised:no"
    name = (
        entry["name"].replace(HEAD_OF_LINE, scenario).replace("/cores", f"{less}/cores")
    )
    gone = bool(less) and not label.startswith("prefork")
    entry |= dict.fromkeys(("name", "run_name"), name)
    entry |= dict.fromkeys(("cpu_time", "cpu_user_seconds", "cpu_system_seconds"))
    entry |= {"scenario": scenario, "peak_pss_bytes": None, "peak_rss_bytes": None}
    entry["params"] = {"event": "kill", "supervised": supervised, "rate": 1000}
    after = [0 if gone else 50] * 55
    entry["http"] |= {"groups": [], "timeline": None}
    entry["http"]["fault"] = {
        "at_seconds": chance.uniform(1, 1.4),
        "asked": 2773,
        "lost": 2773 if gone else chance.randrange(3),
        "delayed": 0 if gone else chance.randrange(20),
        "delayed_before": 3,
        "median_before_seconds": 2e-4,
        "p99_before_seconds": 1e-3,
        "p99_during_seconds": 1.0 if gone else 5e-3,
        "full_strength_seconds": None if gone else chance.uniform(0.01, 0.02),
        "answers": {"bucket_seconds": 0.05, "before": 20, "count": [50] * 20 + after},
    }
    return entry


def _curves(
    label: str, line: bool, closed: bool, cores: int, busy: float, mean: float
) -> tuple[Quantile, Quantile]:
    """Latency from the intended send, and from the actual one: a queue with
    exponential waiting, which a naive client mostly does not see."""
    server = SERVERS[label]
    base = 1.5 * server.serving + 20e-6
    if line:
        # With more cores only those models get better whose others go on.
        busy = 0.5 / cores if server.parallel else 0.5
        slow, quick = server.stall * busy * 2, server.stall * 0.4
        return queue(base, slow, busy), queue(base, quick, busy)
    if closed:
        return queue(0.8 * mean, 0.2 * mean, 1.0), queue(mean, 0.0, 1.0)
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
    few = histogram(lambda share: curve(share) + HEAVY_MS * 1e-3, 100)
    for to, some in (("/plaintext", latency), (f"/cpu?us={HEAVY_MS}000", few)):
        found = {"target": to, "count": sum(some.values()), "histogram": some}
        http["groups"].append(found | percentiles(some))
    buckets = round(seconds / 0.1)
    tops = numpy.array([chance.uniform(0.7, 0.998) for _ in range(buckets)])
    http["timeline"] = {
        "bucket_seconds": 0.1,
        "count": [99] * buckets,
        "p50": curve(0.9 * tops * tops).tolist(),
        "max": curve(tops).tolist(),
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
    beside = () if line else (*peers, *([FLOOR] if floor else []))
    cells = []
    for label in (*models, *beside):
        for count in cores:
            for load in ("closed",) if line else loads:
                if load == "closed" or (count in open_on and label != FLOOR):
                    cell = dict(scenario=scenario, label=label, cores=count, load=load)
                    cells.append({**cell, **settings})
    return cells
