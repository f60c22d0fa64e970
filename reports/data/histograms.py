"""Histograms of latencies add up; a bucket (0.8 %) is told by its lower bound."""

import math
from bisect import bisect_left
from collections import Counter
from itertools import accumulate
from typing import Iterable, Mapping, NamedTuple

from reports.data.cells import Cell

# Beyond a percentile that is told are so many samples or more: p99 needs 10,000.
BEYOND = 100


class Histogram(NamedTuple):
    """Seconds, rising, and how many samples are not above each of them."""

    seconds: tuple[float, ...]
    upto: tuple[int, ...]

    count = property(lambda found: found.upto[-1])
    # The greatest share that enough samples lie beyond.
    farthest = property(lambda found: max(0.0, 1 - BEYOND / found.count))

    def quantile(self, share: float) -> float:
        """The latency that this share of all does not exceed (nearest rank)."""
        rank = max(1, math.ceil(round(share * self.count, 6)))
        return self.seconds[min(bisect_left(self.upto, rank), len(self.upto) - 1)]


def summed(histograms: Iterable[Mapping[str, int] | None]) -> Histogram | None:
    """All samples of several; None if there are none."""
    counts: Counter[int] = Counter()
    for one in histograms:
        counts.update({int(bound): count for bound, count in (one or {}).items()})
    known = sorted(+counts)
    upto = tuple(accumulate(counts[bound] for bound in known))
    return Histogram(tuple(bound * 1e-9 for bound in known), upto) if known else None


def of(cell: Cell, key: str) -> Histogram | None:
    """Of all repetitions of a cell: http_histogram, cheap_histogram, ..."""
    return summed(getattr(one, key) for one in cell.ok)
