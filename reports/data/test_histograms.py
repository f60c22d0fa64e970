"""Histograms that add up, and what is read of them."""

import math
import random
from collections import Counter

import pytest

from reports.data import histograms


def test_quantiles_are_those_of_the_sorted_values():
    chance = random.Random(4)
    values = [chance.randrange(1, 500) for _ in range(3000)]
    counts = Counter(map(str, values))
    found = histograms.summed([counts])
    assert found.count == 3000
    for share in (0.001, 0.5, 0.9, 0.99, 1.0):
        # Nearest rank: a value that was measured.
        nearest = sorted(values)[max(1, math.ceil(round(share * 3000, 6))) - 1]
        assert found.quantile(share) == pytest.approx(nearest * 1e-9)


def test_histograms_add_up():
    found = histograms.summed([{"10": 3, "20": 0}, None, {"10": 1, "5": 4}])
    assert found.count == 8
    assert found.seconds == (5e-9, 1e-8)
    assert found.quantile(0.5) == 5e-9 and found.quantile(0.51) == 1e-8


@pytest.mark.parametrize("nothing", [[], [None], [{}], [{"7": 0}]])
def test_nothing_gives_no_histogram(nothing):
    assert histograms.summed(nothing) is None


def test_a_percentile_needs_a_hundred_samples_beyond_it():
    assert histograms.summed([{"1": 10_000}]).farthest == pytest.approx(0.99)
    assert histograms.summed([{"1": 50}]).farthest == 0.0
