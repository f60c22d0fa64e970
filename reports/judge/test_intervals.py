"""The exact intervals against scipy, brute force and what is known of them."""

import numpy
import pytest
from scipy import stats

from reports.judge import intervals
from reports.judge.intervals import cut_unpaired, fewest, level, shift, shift_unpaired

SIZES = range(6, 21)
LEVELS = (0.95, 1 - 0.05 / 6, 1 - 0.05 / 10)


def signed_rank_p(x):
    return stats.wilcoxon(x, method="exact").pvalue


def mann_whitney_p(a, b):
    return stats.mannwhitneyu(a, b, method="exact").pvalue


@pytest.mark.parametrize("n", SIZES)
def test_the_interval_inverts_scipys_exact_test(n):
    """Just inside an end the shift is not rejected, just outside it is."""
    x = numpy.random.default_rng(n).normal(0.3, 1, n)
    walsh = [(a + b) / 2 for i, a in enumerate(x) for b in x[i:]]
    for asked in LEVELS:
        found = shift(list(x), asked)
        assert found.middle == pytest.approx(numpy.median(walsh))
        if found.low is None:
            # Not even the smallest p that n can have would reject.
            assert 2 / 2**n > 1 - asked and n < fewest(asked)
            continue
        for end, inward in ((found.low, 1e-9), (found.high, -1e-9)):
            within, beyond = (signed_rank_p(x - end - s * inward) for s in (1, -1))
            assert within > 1 - asked >= beyond, (asked, end)


@pytest.mark.parametrize("m, n", [(4, 4), (5, 9), (12, 7), (20, 20), (3, 40)])
def test_the_unpaired_interval_inverts_scipys_exact_test(m, n):
    rng = numpy.random.default_rng(10 * m + n)
    a, b = rng.normal(0, 1, m), rng.normal(0.7, 2, n)
    for asked in LEVELS:
        found = shift_unpaired(a, b, asked)
        assert found.middle == pytest.approx(numpy.median(b[:, None] - a))
        if found.low is None:
            smallest = mann_whitney_p(numpy.arange(m), numpy.arange(m, m + n))
            assert smallest > 1 - asked
            continue
        for end, inward in ((found.low, 1e-9), (found.high, -1e-9)):
            within, beyond = (mann_whitney_p(a + end + s * inward, b) for s in (1, -1))
            assert within > 1 - asked >= beyond, (asked, end)


def test_many_unpaired_values_are_as_good_as_exact(monkeypatch):
    known = [cut_unpaired(50, 55, asked) for asked in LEVELS]
    monkeypatch.setattr(intervals, "EXACT", 0)
    cut_unpaired.cache_clear()
    for asked, exact in zip(LEVELS, known):
        assert cut_unpaired(50, 55, asked) == pytest.approx(exact, abs=3)
    cut_unpaired.cache_clear()


def test_too_few_rounds_have_no_interval():
    assert (fewest(0.95), fewest(1 - 0.05 / 10), fewest(1 - 0.05 / 6)) == (6, 9, 8)
    for asked in LEVELS:
        least = fewest(asked)
        assert shift([1.0] * (least - 1), asked).low is None
        assert shift([1.0] * least, asked).low is not None
    found = shift([0.5])
    assert (found.middle, found.low, found.high) == (0.5, None, None)


def test_ties_and_equal_values_keep_the_interval_closed():
    found = shift([0.0] * 12)
    assert (found.middle, found.low, found.high) == (0, 0, 0)
    found = shift([0.0] * 5 + [1.0] * 7)
    assert found.low <= found.middle <= found.high


def test_a_level_is_the_binomial_interval_of_the_median():
    for n in range(6, 41):
        found = level(list(range(n)))
        rank = int(found.low) + 1
        assert found.high == n - rank and found.reached >= 0.95
        covered = 1 - 2 * stats.binom.cdf(rank - 1, n, 0.5)
        assert found.reached == pytest.approx(covered)
        assert 1 - 2 * stats.binom.cdf(rank, n, 0.5) < intervals.LEVEL


def test_a_level_of_few_is_the_whole_range():
    found = level([3.0, 1.0, 2.0, 5.0, 4.0])
    assert (found.median, found.low, found.high) == (3, 1, 5)
    assert found.reached < 0.95
    assert found.reached == pytest.approx(0.9375)
    assert (level([7.0]).low, level([7.0]).reached) == (7, 0)
    assert level([1.0, 3.0]).median == 2
