"""The statistics against published tables, scipy and worked examples."""

import math
import random

import pytest

from reports import statistics
from reports.statistics import CANNOT_TELL, TIES, WINS, compare, median_interval


def shifted(n, distance=0.0):
    """n values whose order is known: 1, 2, 3, ... moved by a distance."""
    return [float(i + 1) + distance for i in range(n)]


# Two-sided critical values of U at 5 %, as printed in any table of the
# Mann-Whitney test (for instance Siegel 1956, table K); None: impossible.
CRITICAL = [
    (3, 3, None),
    (3, 4, None),
    (3, 5, 0),
    (4, 4, 0),
    (5, 5, 2),
    (6, 6, 5),
    (7, 7, 8),
    (8, 8, 13),
    (9, 9, 17),
    (10, 10, 23),
    (5, 10, 8),
    (6, 9, 10),
    (20, 20, 127),
]


@pytest.mark.parametrize("m, n, critical", CRITICAL)
def test_interval_rank_is_the_tabled_critical_value(m, n, critical):
    # Ratios that all differ, so that their order shows which one was taken.
    a, b = [2.0**i for i in range(m)], [1 + 0.01 * i for i in range(n)]
    ratio = compare(a, b)
    if critical is None:
        assert ratio.low is None and ratio.high is None
        return
    ordered = sorted(x / y for x in a for y in b)
    assert ratio.low == pytest.approx(ordered[critical])
    assert ratio.high == pytest.approx(ordered[-critical - 1])


@pytest.mark.parametrize("m, n", [(2, 3), (3, 3), (5, 5), (4, 7), (8, 8), (20, 20)])
def test_p_is_that_of_scipy(m, n):
    scipy_stats = pytest.importorskip("scipy.stats")
    chance = random.Random(m * 100 + n)
    for distance in (0.0, 0.5, 1.5):
        a = [chance.gauss(distance, 1) for _ in range(m)]
        b = [chance.gauss(0, 1) for _ in range(n)]
        theirs = scipy_stats.mannwhitneyu(a, b, method="exact").pvalue
        assert statistics.mann_whitney(a, b) == pytest.approx(theirs, rel=1e-9)


def test_smallest_p_of_five_against_five():
    p = statistics.mann_whitney(shifted(5, 10), shifted(5))
    assert p == pytest.approx(2 / 252)
    # Four such comparisons survive Holm, which is what `quick` relies on.
    assert statistics.holm([p] * 4)[0] < 0.05
    assert statistics.holm([p] * 7)[0] > 0.05


def test_hollander_and_wolfe_permeability():
    """The example of R's wilcox.test: W = 35, one-sided p = 0.1272."""
    at_term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    early = [1.15, 0.88, 0.90, 0.74, 1.21]
    ratio = compare([math.exp(x) for x in at_term], [math.exp(y) for y in early])
    assert ratio.p / 2 == pytest.approx(0.1272, abs=5e-5)
    assert math.log(ratio.estimate) == pytest.approx(0.305)
    assert math.log(ratio.low) == pytest.approx(-0.15)
    assert math.log(ratio.high) == pytest.approx(0.76)


# Order-statistic intervals for the median: n, rank from either end and the
# exact confidence in per cent (David and Nagaraja 2003, 7.1).
ORDER = [
    (6, 1, 96.88),
    (7, 1, 98.44),
    (8, 1, 99.22),
    (9, 2, 96.09),
    (10, 2, 97.85),
    (12, 3, 96.14),
    (15, 4, 96.48),
    (20, 6, 95.86),
    (25, 8, 95.67),
    (30, 10, 95.72),
]


@pytest.mark.parametrize("n, rank, percent", ORDER)
def test_median_interval_is_the_tabled_one(n, rank, percent):
    interval = median_interval(shifted(n)[::-1])
    assert (interval.low, interval.high) == (rank, n + 1 - rank)
    assert 100 * interval.confidence == pytest.approx(percent, abs=0.005)
    assert interval.median == (n + 1) / 2


@pytest.mark.parametrize(
    "n, percent", [(1, 0), (2, 50), (3, 75), (4, 87.5), (5, 93.75)]
)
def test_too_few_for_an_interval_say_what_the_range_reaches(n, percent):
    interval = median_interval(shifted(n))
    assert interval.low is None and interval.high is None
    assert 100 * interval.confidence == percent
    assert (interval.lowest, interval.highest, interval.n) == (1, n, n)


def test_five_are_enough_for_ninety_per_cent():
    interval = median_interval(shifted(5), 0.90)
    assert (interval.low, interval.high) == (1, 5)
    assert interval.confidence == 0.9375


def test_ratio_turns_with_its_sides():
    a, b = [3.0, 3.1, 2.9, 3.3, 3.05, 2.8], [2.0, 2.2, 1.9, 2.1, 2.4]
    there, back = compare(a, b), compare(b, a)
    assert there.estimate == pytest.approx(1 / back.estimate)
    assert there.low == pytest.approx(1 / back.high)
    assert there.high90 == pytest.approx(1 / back.low90)
    assert there.p == back.p
    assert (there.n_a, there.n_b, there.n) == (6, 5, 5)


def test_ratio_does_not_care_for_the_unit():
    a, b = [3.0, 3.1, 2.9, 3.3, 3.05], [2.0, 2.2, 1.9, 2.1, 2.4]
    plain = compare(a, b)
    scaled = compare([1e-9 * x for x in a], [1e-9 * x for x in b])
    assert scaled.estimate == pytest.approx(plain.estimate)
    assert scaled.low == pytest.approx(plain.low)


def test_identical_values_are_no_difference():
    ratio = compare([2.0] * 5, [2.0] * 5)
    assert (ratio.estimate, ratio.low, ratio.high, ratio.p) == (1, 1, 1, 1)
    assert statistics.word(ratio, 1.0, 0.03) == TIES


def test_ties_count_against_a_difference():
    """Four pairs ordered, one shared value: not 2/252 but the worst of it."""
    a, b = [5.0, 6, 7, 8, 9], [1.0, 2, 3, 4, 5]
    assert statistics.mann_whitney(a, b) == pytest.approx(4 / 252)
    assert statistics.mann_whitney(b, a) == pytest.approx(4 / 252)


def test_p_and_interval_never_contradict_each_other():
    chance = random.Random(5)
    seen = set()
    for _ in range(400):
        n = chance.choice((4, 5, 6, 8))
        # Coarse rounding makes ties, also ties at the edge of the interval.
        a = [round(chance.gauss(11, 1)) for _ in range(n)]
        b = [round(chance.gauss(10, 1)) for _ in range(n)]
        ratio = compare(a, b)
        excluded = ratio.low > 1 or ratio.high < 1
        assert (ratio.p < 0.05) == excluded
        seen.add(excluded)
    assert seen == {True, False}


@pytest.mark.parametrize("bad", [[], [1.0, math.nan], [1.0, math.inf], [1.0, 0.0]])
def test_values_without_a_ratio_are_refused(bad):
    with pytest.raises(ValueError):
        compare(bad, [1.0, 2.0])
    with pytest.raises(ValueError):
        compare([1.0, 2.0], bad)


def test_holm_worked_example():
    """p = 0.01, 0.04, 0.03, 0.005: R's p.adjust gives these."""
    adjusted = statistics.holm([0.01, 0.04, 0.03, 0.005])
    assert adjusted == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert statistics.holm([]) == []
    assert statistics.holm([0.6, 0.7]) == [1.0, 1.0]


def test_median_and_percentile():
    assert statistics.median([3, 1, 2]) == 2
    assert statistics.median([4, 1, 2, 3]) == 2.5
    hundred = shifted(100)[::-1]
    assert statistics.percentile(hundred, 0.5) == 50
    assert statistics.percentile(hundred, 0.07) == 7
    assert statistics.percentile(hundred, 0.99) == 99
    assert statistics.percentile(hundred, 0.991) == 100
    assert statistics.percentile([7], 0.001) == 7
    with pytest.raises(ValueError):
        statistics.percentile([1], 0)
    with pytest.raises(ValueError):
        statistics.median([])


def ratio(low90, high90, n=5, estimate=None):
    estimate = estimate or math.sqrt(low90 * high90)
    return statistics.Ratio(estimate, low90, high90, low90, high90, 0.01, n, n)


@pytest.mark.parametrize(
    "found, p, d, expected",
    [
        (ratio(0.99, 1.01), 0.9, 0.03, TIES),
        (ratio(1.01, 1.02), 0.001, 0.03, TIES),  # sure, and too small to matter
        (ratio(1.01, 1.031), 0.001, 0.03, WINS),
        (ratio(1 / 1.031, 0.99), 0.001, 0.03, WINS),
        (ratio(1 / 1.03, 1.03), 0.9, 0.03, TIES),
        (ratio(1 / 1.04, 1.0), 0.9, 0.03, CANNOT_TELL),
        (ratio(1 / 1.04, 1.0), 0.9, 0.05, TIES),  # a noisier machine
        (ratio(1.9, 2.1), 0.05, 0.03, CANNOT_TELL),
        (ratio(1.9, 2.1), 0.0499, 0.03, WINS),
        (ratio(1.9, 2.1, n=4), 0.001, 0.03, CANNOT_TELL),
        (ratio(1.0, 1.0, n=4), 1.0, 0.03, CANNOT_TELL),
    ],
)
def test_word(found, p, d, expected):
    assert statistics.word(found, p, d) == expected


def test_no_interval_is_no_tie():
    assert not statistics.is_tie(compare([1.0, 1.0], [1.0, 1.0]), 0.03)


def test_tolerance_is_three_per_cent_or_the_noise():
    assert statistics.tolerance(None) == 0.03
    assert statistics.tolerance(0.01) == 0.03
    assert statistics.tolerance(0.08) == 0.08


def test_more_repetitions_knows_the_bounds_of_the_exact_test():
    one = ([1.0], [2.0])
    assert statistics.more_repetitions(*one, 0.03) == 4
    # 2/252 times 8 is no win, 2/924 times 8 is.
    clear = (shifted(5, 100), shifted(5))
    assert statistics.more_repetitions(*clear, 0.03, comparisons=4) == 1
    assert statistics.more_repetitions(*clear, 0.03, comparisons=8) == 1
    three = (shifted(3, 100), shifted(3))
    assert statistics.more_repetitions(*three, 0.03, comparisons=8) == 3


def test_more_repetitions_grow_with_the_noise():
    def need(sd):
        waves = (-1.5, -1, -0.5, -0.2, 0.2, 0.5, 1, 1.5)
        a = [math.exp(0.06 + sd * wave) for wave in waves]
        b = [math.exp(sd * wave) for wave in waves]
        return statistics.more_repetitions(a, b, 0.03)

    assert need(0.01) == 1
    assert 1 < need(0.08) < need(0.16) < need(0.32)
    # Four times the noise takes sixteen times the repetitions.
    assert (need(0.32) + 8) / (need(0.08) + 8) == pytest.approx(16, rel=0.1)


def test_more_repetitions_for_a_tie():
    """Nothing but noise around 1: what is missing is a narrow interval."""
    waves = (-1.5, -1, -0.5, -0.2, 0.2, 0.5, 1, 1.5)
    same = [math.exp(0.05 * wave) for wave in waves]
    tight = statistics.more_repetitions(same, same, 0.03)
    assert tight > statistics.more_repetitions(same, same, 0.06)
