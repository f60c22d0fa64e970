"""What the simulated runs know about each model: the truth behind a test.

Owned by the tests of reports/ and plots/; nothing else may call it.
"""

from dataclasses import dataclass


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


# parallel, blocks, dispatch ns, start us, memory kB, floor, waiting us, flying B,
# serving us, stall ms, server kB
_TABLE = """
sequential            0 1    40   5   0 bare-job       14      0 15   30   3000
event-loop            0 0    60  60 200 bare-job       11   1300 16   25   3400
event-loop/offload    1 0  1400 100 300 uv-work        13   1400 17   0.7  3900
thread-pool           1 1   600 100 100 tbb-queue      21  20000 22   1.1  5200
thread-pool/stealing  1 1   150 200 250 tbb-arena      23  21000 0    0    0
prefork               1 0   120 500 900 ticket         12   1400 16.4 25.3 6000
prefork/static        1 0    90 500 900 ticket         12   1400 0    0    0
fork-ipc              1 1  6000 500 950 seqpacket-echo 32 100000 41   0.9  8000
fork-ipc/spawn        1 1 7e5   100   0 spawn         700 100000 0    0    0
thread-pool/per-job   1 1  9000  10 100 -              45  19000 0    0    0
thread-pool/loops     1 0   600 100 100 -              12   1500 16.5 24   4100
prefork/blocking      1 1   120 500 900 -              20  90000 21   1.3  60000
prefork/threads       1 1   200 600 950 -              22  21000 0    0    0
prefork/least-loaded  1 0   140 500 900 -               0      0 19   22   6100
nginx                 1 0     0   0   0 -               0      0 18.5 0    9000
node                  0 0     0   0   0 -               0      0 48   0    45000
node-cluster          1 0     0   0   0 -               0      0 52   0    130000
apache-event          1 0     0   0   0 -               0      0 60   0    30000
apache-prefork        1 0     0   0   0 -               0      0 66   0    90000
epoll-client          0 0     0   0   0 -               8    400 0    0    0
bare-epoll            0 0     0   0   0 -               0      0 11   0    2000
bare-job              0 0    35   0   0 -               0      0 0    0    0
ticket                0 0    90   0   0 -               0      0 0    0    0
tbb-queue             0 0   450   0   0 -               0      0 0    0    0
tbb-arena             0 0   120   0   0 -               0      0 0    0    0
uv-work               0 0  1100   0   0 -               0      0 0    0    0
seqpacket-echo        0 0  4500   0   0 -               0      0 0    0    0
spawn                 0 0   6e5   0   0 -               0      0 0    0    0
"""


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


EVERY = dict(_sketch(line) for line in _TABLE.strip().splitlines())
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
