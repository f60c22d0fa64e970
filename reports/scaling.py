"""Laws of scaling: the Universal Scalability Law and METG.

Pure functions, called by verdicts and the page. They summarise a curve and
say nothing about winners; statistics.py does that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Sequence

FEWEST_CORE_COUNTS = 6


@dataclass(frozen=True)
class Usl:
    """X(N) = rate N / (1 + contention (N-1) + coherence N (N-1))."""

    rate: float
    contention: float
    coherence: float

    def throughput(self, cores: float) -> float:
        slowed = 1 + self.contention * (cores - 1)
        slowed += self.coherence * cores * (cores - 1)
        return self.rate * cores / slowed

    @property
    def peak(self) -> float | None:
        """The core count of the highest throughput; None: it never falls."""
        if self.coherence <= 0:
            return None
        return math.sqrt(max(0.0, 1 - self.contention) / self.coherence)


def usl(cores: Sequence[float], jobs_per_second: Sequence[float]) -> Usl | None:
    """Fits the law, or None with fewer than six core counts: three unknowns
    through fewer points would fit anything.

    (Gunther 2007, "Guerrilla Capacity Planning", chapters 4 to 6.) Residuals
    are weighted by the measured rate, because noise is relative.
    """
    if len(set(cores)) < FEWEST_CORE_COUNTS:
        return None
    from scipy.optimize import curve_fit

    def law(n, rate, contention, coherence):
        return rate * n / (1 + contention * (n - 1) + coherence * n * (n - 1))

    import numpy

    n = numpy.asarray(cores, dtype=float)
    x = numpy.asarray(jobs_per_second, dtype=float)
    # In units of the rate per core, so that all three unknowns are near 1.
    scale = float(numpy.max(x / n))
    best, _ = curve_fit(
        law,
        n,
        x / scale,
        p0=(1.0, 0.05, 0.001),
        sigma=x / scale,
        bounds=((0, 0, 0), (numpy.inf, 1, numpy.inf)),
    )
    rate, contention, coherence = (float(value) for value in best)
    return Usl(rate * scale, contention, coherence)


@dataclass(frozen=True)
class Metg:
    """The smallest job length with half of the ideal throughput.

    bound is "measured" (the curve crosses), "at most" (even the shortest
    jobs reach it) or "never" (seconds is None).
    """

    seconds: float | None
    bound: str


def metg(
    job_seconds: Sequence[float],
    jobs_per_second: Sequence[float],
    cores: int,
    share: float = 0.5,
) -> Metg | None:
    """METG(50 %): minimum effective task granularity.

    Efficiency is the measured rate over the ideal one, cores / job length.
    The answer is interpolated, both axes logarithmic, where efficiency last
    falls below the share on the way from long jobs to short ones. None with
    fewer than two job lengths. (Slaughter et al. 2020, "Task Bench", SC20.)
    """
    lengths = sorted(zip(job_seconds, jobs_per_second))
    if len({length for length, _ in lengths}) < 2:
        return None
    curve = [(s, rate * s / cores) for s, rate in lengths]
    if curve[-1][1] < share:
        return Metg(None, "never")
    for (s0, e0), (s1, e1) in reversed(list(zip(curve, curve[1:]))):
        if e0 < share:
            way = math.log(share / e0) / math.log(e1 / e0)
            return Metg(s0 * (s1 / s0) ** way, "measured")
    return Metg(curve[0][0], "at most")
