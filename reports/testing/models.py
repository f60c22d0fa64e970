"""What the simulated runs know about each model: the truth behind a test.

Owned by the tests of reports/ and plots/; nothing else may call it.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sketch:
    """Prices in CPU seconds, memory in bytes. `parallel`: more cores help.
    `blocks`: a worker waits with its job. `dispatch` is what a job costs beside
    its own work, `waiting` the same of one that waits, `serving` of a request;
    `start` per worker; `memory` per worker, `flying` per job in flight, `server`
    of a server; `stall` is what a cheap request waits behind heavy ones."""

    parallel: bool
    blocks: bool
    dispatch: float
    start: float
    memory: int
    floor: str | None
    waiting: float = 0.0
    flying: int = 0
    serving: float = 0.0
    stall: float = 0.0
    server: int = 0
    summary: str = "what it does"


def _sketch(line: str) -> tuple[str, Sketch]:
    label, *columns = line.split()
    floor = None if columns[5] == "-" else columns[5]
    n = [float(one) if one != columns[5] else 0.0 for one in columns]
    return label, Sketch(
        parallel=bool(n[0]),
        blocks=bool(n[1]),
        dispatch=n[2] * 1e-9,
        start=n[3] * 1e-6,
        memory=round(n[4] * 1000),
        floor=floor,
        waiting=n[6] * 1e-6,
        flying=round(n[7]),
        serving=n[8] * 1e-6,
        stall=n[9] * 1e-3,
        server=round(n[10] * 1000),
        summary=f"how {label} works",
    )


_LINES = (Path(__file__).parent / "models.txt").read_text().splitlines()
EVERY = dict(_sketch(line) for line in _LINES if not line.startswith("#"))
FIVE = ("sequential", "event-loop", "thread-pool", "prefork", "fork-ipc")
# Models of all work; variants that only waiting jobs have; primitives; servers.
SKETCHES = dict(list(EVERY.items())[:9])
NEW_SKETCHES = dict(list(EVERY.items())[9:13])
PRIMITIVES = tuple(EVERY)[-7:]
SERVERS = {label: one for label, one in EVERY.items() if one.serving}
PEERS = {
    "nginx": "nginx 1.22.1",
    "node": "node 18.19.0",
    "node-cluster": "node 18.19.0",
    "apache-event": "Apache 2.4.57",
    "apache-prefork": "Apache 2.4.57",
}
