"""The questions about requests: who serves how many, at which price, how soon.

Called by questions.py. A closed loop asks for requests per second and CPU per
request, an open one for the latency at a load that leaves room, head-of-line
for the latency of the cheap requests. Nobody is asked how well he scales: the
second core of a small machine is the load generator's.
"""

from __future__ import annotations

from typing import Sequence

from reports.answers import CHEAP, CPU, EVERY, THROUGHPUT, Answer, comparable, fits
from reports.cells import CLOSED, HEAD_OF_LINE
from reports.contests import AGAINST_LOOP, LOOP, against, asked_on, floors, leader
from reports.contests import variants, workers
from reports.targets import COMMON
from reports.workloads import Group, Workload

PEER = "peer"
# Near the limit, but not at it; of several open loads this one is judged.
JUDGED = 70.0


def ask(workload: Workload, d: float) -> list[Answer]:
    """Every answer about one workload of requests."""
    found: list[Answer] = []
    for group in workload.groups:
        chosen = metrics(workload, group)
        if workload.scenario == HEAD_OF_LINE:
            if any(cell.id == LOOP for cell in comparable(group)):
                found += against(AGAINST_LOOP, group, LOOP, d, chosen)
                continue
        for metric in chosen:
            found += leader(group, d, metric)
        found += variants(group, d, chosen)
        if CPU in chosen:
            found += peers(group, d)
            found += floors(group, group.floors, d)
            found += workers(group, d)
    return found


def metrics(workload: Workload, group: Group) -> tuple[str, ...]:
    """What the cells of a group are compared on; () where nothing is asked."""
    if workload.scenario == HEAD_OF_LINE:
        return latency(group, CHEAP)
    if group.load == CLOSED:
        return (THROUGHPUT, CPU)
    if group.load not in judged(workload, group.cores):
        return ()
    # CPU per request is the closed loop's question, if there was one.
    alone = workload.group(group.cores, load=CLOSED) is None
    return (*latency(group, EVERY), *((CPU,) if alone else ()))


def judged(workload: Workload, cores: int) -> tuple[str, ...]:
    """The open loads whose latencies are compared on so many cores: those at
    which all are asked alike, or the one that is nearest to 70 %; of rates the
    middle one."""
    here = [g.load for g in workload.groups if g.cores == cores and g.load != CLOSED]
    if alike := tuple(load for load in COMMON if load in here):
        return alike
    shares = [load for load in here if load and not load.endswith("/s")]
    if shares:
        return (min(shares, key=lambda load: abs(float(load) - JUDGED)),)
    return tuple(here[len(here) // 2 :][:1])


def latency(group: Group, parts: Sequence[str]) -> tuple[str, ...]:
    """The farthest percentile that two cells know: p99 needs 10,000 samples in
    a repetition."""
    for metric in parts:
        if sum(fits(cell, metric) for cell in comparable(group)) > 1:
            return (metric,)
    return ()


def peers(group: Group, d: float) -> list[Answer]:
    """Each model against each peer. Every peer is a question of its own, so
    the models share an alpha for each of them."""
    found: list[Answer] = []
    for peer in group.peers:
        if peer.comparable:
            pairs = [(cell, peer) for cell in comparable(group)]
            for metric in (THROUGHPUT, CPU):
                found += asked_on(PEER, group, pairs, d, metric)
    return found
