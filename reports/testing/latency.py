"""Latencies of a queue in closed form, as a load generator would count them.

Owned by the tests of reports/ and plots/; nothing else may call it.
"""

from __future__ import annotations

import math
from typing import Callable, Mapping

import numpy

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
    nanoseconds = curve(shares) * wide * 1e9
    powers = numpy.floor(numpy.log(nanoseconds) / math.log(1.02)).astype(int)
    least = powers.min()
    counts = numpy.bincount(powers - least, numpy.diff(upto, prepend=0))
    return {
        str(round(1.02 ** int(least + place))): int(n)
        for place, n in enumerate(counts)
        if n
    }


def percentiles(found: Mapping[str, int]) -> dict[str, float | None]:
    """As the load generator gives them: none from too few samples."""
    buckets = sorted((int(bound), count) for bound, count in found.items())
    total = sum(found.values())

    def at(share: float, needs: int) -> float | None:
        reached = 0
        for bound, count in buckets:
            reached += count
            if reached >= share * total:
                return bound * 1.01e-9 if total >= needs else None
        return None

    figures = {"p50": at(0.5, 1), "p90": at(0.9, 100)}
    figures |= {"p99": at(0.99, 10_000), "p999": at(0.999, 100_000)}
    return {**figures, "max": buckets[-1][0] * 1.02e-9}
