"""Latencies of a queue in closed form, as a load generator would count them.

Owned by the tests of reports/ and plots/; nothing else may call it.
"""

from __future__ import annotations

import math
from typing import Callable, Mapping

Quantile = Callable[[float], float]  # seconds that this share does not exceed


def queue(base: float, wait: float, busy: float) -> Quantile:
    def at(share: float) -> float:
        beyond = busy / (1 - share) if share < 1 else math.inf
        return base * (1 + 0.1 * share) + wait * max(0.0, math.log(beyond))

    return at


def histogram(curve: Quantile, count: int, wide: float = 1.0) -> dict[str, int]:
    """Lower bounds of buckets 2 % wide, in nanoseconds, and their counts."""
    found: dict[int, int] = {}
    steps = min(count, 2000)
    given = 0
    for k in range(steps):
        # More steps towards the end, where percentiles are read.
        share = 1 - (1 - (k + 0.5) / steps) ** 3
        upto = round(count * (1 - (1 - (k + 1) / steps) ** 3))
        nanoseconds = curve(share) * wide * 1e9
        bound = round(1.02 ** math.floor(math.log(nanoseconds, 1.02)))
        found[bound] = found.get(bound, 0) + upto - given
        given = upto
    return {str(bound): n for bound, n in sorted(found.items()) if n}


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
