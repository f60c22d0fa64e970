"""What the simulated runs know about each model: the truth behind a test.

Owned by the tests of reports/ and plots/; nothing else may call it.
"""

from dataclasses import dataclass

from reports.data import files


@dataclass(frozen=True)
class Sketch:
    """Prices in CPU seconds, memory in bytes. `parallel`: more cores help.
    `blocks`: a worker waits with its job. `dispatch` is what a job costs beside
    its own work, `waiting` the same of one that waits, `serving` of a request;
    `start` per worker; `memory` per worker, `flying` per job in flight, `server`
    of a server; `stall` is what a cheap request waits behind heavy ones."""

    parallel: bool = False
    blocks: bool = False
    dispatch: float = 0.0
    start: float = 0.0
    memory: int = 0
    floor: str | None = None
    waiting: float = 0.0
    flying: int = 0
    serving: float = 0.0
    stall: float = 0.0
    server: int = 0


EVERY = {label: Sketch(**said) for label, said in files.beside(__file__).items()}
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
