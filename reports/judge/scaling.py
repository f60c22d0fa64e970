"""Laws of scaling: the Universal Scalability Law, operational bounds, and what one
more job in flight costs in memory. Who wins is decided by verdicts alone."""

from statistics import median
from typing import Iterator, NamedTuple, Sequence

import numpy

from reports.data import Cell, Workload, words
from reports.data.metrics import CPU, STARTUP
from reports.judge import intervals

FEWEST_CORE_COUNTS = 6
PARENT = "fork-ipc"
# Nearer ends than this give the noise of memory and not its slope.
FEWEST_TIMES = 2


class Usl(NamedTuple):
    """X(N) = rate N / (1 + contention (N-1) + coherence N (N-1)). (Gunther 2007,
    "Guerrilla Capacity Planning", chapters 4 to 6.)"""

    rate: float
    contention: float
    coherence: float


def usl(cores: Sequence[float], jobs_per_second: Sequence[float]) -> Usl | None:
    """Fits the law, or None with fewer than six core counts. N / X is linear in its
    three unknowns; residuals are weighted by the rate, because noise is relative."""
    if len(set(cores)) < FEWEST_CORE_COUNTS:
        return None
    from scipy.optimize import nnls

    n, x = numpy.asarray(cores, dtype=float), numpy.asarray(jobs_per_second)
    each = x / n / numpy.max(x / n)
    terms = numpy.stack((numpy.ones_like(n), n - 1, n * (n - 1)), axis=1)
    (one, contention, coherence), _ = nnls(terms * each[:, None], numpy.ones_like(n))
    rate = float(numpy.max(x / n) / one)
    return Usl(rate, float(contention / one), float(coherence / one))


class Projection(NamedTuple):
    """What N cores can reach at most: X(N) <= min(N / total, 1 / serial). `total` is
    the CPU time of a job in seconds, `serial` that of the one thread that each job
    must pass (0: there is none, or it was not measured apart)."""

    total: float
    serial: float

    def most(self, cores: int) -> float:
        """Jobs per second that so many cores cannot exceed."""
        return 1 / max(self.total / cores, self.serial)

    def saturates(self, cores: int) -> bool:
        """Whether the one thread is the limit of so many."""
        return self.serial * cores >= self.total


def projection(cell: Cell, wide: Cell) -> Projection | None:
    """From the demands of `cell`; `wide` is the same model on more cores, which
    tells whether it has more than one thread. The bounds hold for any scheduling,
    and promise nothing. (Denning and Buzen 1978, "The Operational Analysis of
    Queueing Network Models", 4.) None where CPUs are not what limits the jobs."""
    if not CPU.known(cell) or (cell.waits and not cell.requests):
        return None
    total, serial = median(cell.values(CPU.key)), 0.0
    busiest, served = map(cell.values, ("http_max_process_cpu_seconds", "http_ok"))
    if wide.workers == 1:
        serial = total
    elif cell.model == PARENT and len(busiest) == len(served) > 0 and min(served) > 0:
        # Its parent reads and answers every request in one thread.
        serial = median(cpu / done for cpu, done in zip(busiest, served))
    return Projection(total, serial)


class MemorySlope(NamedTuple):
    """Bytes of one more job in flight, or worker of startup, with a 95 % interval."""

    most: Cell
    bytes: float
    low: float | None
    high: float | None

    # More than nothing, as far as the repetitions can tell.
    measured = property(lambda slope: slope.low is not None and slope.low > 0)


def memory_slopes(
    workload: Workload, key: str = "own_memory_bytes"
) -> Iterator[MemorySlope]:
    """Per core count and model: what the ends differ by, over what really was there."""
    hired = workload.scenario == STARTUP
    groups = (g.comparable for g in workload.groups if hired or g.step is None)
    fit = (c for some in groups for c in some if hired or c.limit is not None)
    for cells in words.gathered(((c.cores, c.label), c) for c in fit).values():
        ends = [pick(cells, key=lambda c: c.in_flight) for pick in (min, max)]
        # A busy model need not use all the places it has. Older files do not know.
        peaks = (median(c.values("in_flight_peak") or [c.in_flight]) for c in ends)
        few, many = (c.workers for c in ends) if hired else map(round, peaks)
        low, high = (cell.by_round(key) for cell in ends)
        both = high.keys() & low.keys()
        if many >= FEWEST_TIMES * few and both:
            each = [(high[one] - low[one]) / (many - few) for one in both]
            yield MemorySlope(ends[1], *intervals.shift(each))
