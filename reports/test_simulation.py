"""What the statistics promise, measured on seeded random data.

Each assertion leaves four standard errors of room for the simulation
itself, so a failure means a broken promise and not bad luck.
"""

import math
import random

import pytest

from reports import statistics
from reports.statistics import TIES, WINS, compare


def normal(chance, centre, sd, n):
    return [math.exp(chance.gauss(centre, sd)) for _ in range(n)]


def heavy(chance, centre, sd, n):
    """Log-Cauchy, cut at e^40: a machine with terrible neighbours."""
    wild = (math.tan(math.pi * (chance.random() - 0.5)) for _ in range(n))
    return [math.exp(centre + sd * max(-40, min(40, w))) for w in wild]


def room(share, draws):
    return 4 * math.sqrt(share * (1 - share) / draws)


@pytest.mark.parametrize("draw", [normal, heavy])
@pytest.mark.parametrize("n", [5, 9])
def test_ratio_intervals_cover_the_truth(draw, n):
    chance, draws = random.Random(11), 1500
    inside95 = inside90 = 0
    for _ in range(draws):
        ratio = compare(draw(chance, 0.4, 0.2, n), draw(chance, 0, 0.2, n))
        inside95 += ratio.low <= math.exp(0.4) <= ratio.high
        inside90 += ratio.low90 <= math.exp(0.4) <= ratio.high90
    # Discrete, so above the nominal value, but not by much.
    assert 0.95 - room(0.95, draws) <= inside95 / draws <= 0.985
    assert 0.90 - room(0.90, draws) <= inside90 / draws <= 0.95


@pytest.mark.parametrize("n", [6, 9, 20])
def test_median_intervals_cover_with_the_confidence_they_state(n):
    chance, draws = random.Random(12), 2000
    inside = 0
    for _ in range(draws):
        interval = statistics.median_interval(heavy(chance, 0, 1, n))
        inside += interval.low <= 1 <= interval.high
    stated = interval.confidence
    assert abs(inside / draws - stated) <= room(stated, draws)


def test_rounded_data_keep_the_level():
    """Ties on a coarse clock must not make wins out of nothing."""
    chance, draws = random.Random(13), 2000
    rejected = 0
    for _ in range(draws):
        a = [max(1, round(v, 1)) for v in normal(chance, 1, 0.05, 6)]
        b = [max(1, round(v, 1)) for v in normal(chance, 1, 0.05, 6)]
        rejected += statistics.mann_whitney(a, b) < 0.05
    assert rejected / draws <= 0.05


def test_holm_keeps_the_familywise_error():
    chance, draws = random.Random(14), 3000
    wrong = 0
    for _ in range(draws):
        wrong += min(statistics.holm([chance.random() for _ in range(6)])) < 0.05
    assert abs(wrong / draws - 0.05) <= room(0.05, draws) + 0.002


def leader_words(samples, d=0.03):
    """The words of the leader against each of the others, by index."""
    leader = max(range(len(samples)), key=lambda i: statistics.median(samples[i]))
    rest = [i for i in range(len(samples)) if i != leader]
    ratios = [compare(samples[leader], samples[i]) for i in rest]
    adjusted = statistics.holm([ratio.p for ratio in ratios])
    words = [statistics.word(r, p, d) for r, p in zip(ratios, adjusted)]
    return dict(zip(rest, words))


@pytest.mark.parametrize(
    "sd, n, most", [(0.1, 5, 0.06), (0.02, 5, 0.06), (0.1, 10, 0.07), (0.1, 20, 0.08)]
)
def test_equal_models_seldom_beat_one_another(sd, n, most):
    """Many cells under the null: five equal models, again and again."""
    chance, draws = random.Random(15), 5000 // n
    some = given = every = 0
    for _ in range(draws):
        words = leader_words([normal(chance, 0, sd, n) for _ in range(5)])
        some += WINS in words.values()
        given += words.get(0) == WINS
        every += set(words.values()) == {WINS}
    assert some / draws <= most + room(most, draws)
    # The promise of comparing with the best: a model that is truly the best
    # (here any, so number 0) is declared beaten in at most 2.5 %.
    assert given / draws <= 0.025 + room(0.025, draws)
    assert every / draws <= 0.02


def test_wrong_direction_is_rare_when_models_nearly_agree():
    """Model 0 is best by 1 %; nobody may be declared to beat it."""
    chance, draws = random.Random(16), 1000
    wrong = 0
    for _ in range(draws):
        samples = [normal(chance, -0.01 * (i > 0), 0.05, 5) for i in range(5)]
        wrong += leader_words(samples).get(0) == WINS
    assert wrong / draws <= 0.025


def test_quick_sees_a_clear_difference_and_a_clear_tie():
    chance, draws = random.Random(17), 300
    wins = ties = 0
    for _ in range(draws):
        samples = [normal(chance, math.log(2) * (i < 1), 0.01, 5) for i in range(5)]
        wins += set(leader_words(samples).values()) == {WINS}
        near = [normal(chance, 0, 0.005, 5) for _ in range(5)]
        ties += set(leader_words(near).values()) == {TIES}
    assert wins == draws
    assert ties / draws > 0.9


@pytest.mark.parametrize("distance, sd", [(0.08, 0.06), (0.2, 0.2)])
def test_the_promised_repetitions_mostly_decide(distance, sd):
    """Ask once with many repetitions how many it takes, then try that."""
    chance = random.Random(18)
    pilot = normal(chance, distance, sd, 200), normal(chance, 0, sd, 200)
    # As if only five were there: the estimate for the same spread.
    five = [sorted(side)[20::40] for side in pilot]
    spread = [
        [v ** (sd / logsd(side)) for v in side] for side in five
    ]  # five quantiles, widened to the true spread
    need = 5 + statistics.more_repetitions(*spread, 0.03)
    decided = 0
    for _ in range(200):
        found = compare(normal(chance, distance, sd, need), normal(chance, 0, sd, need))
        decided += statistics.word(found, found.p, 0.03) == WINS
    assert 0.6 <= decided / 200 <= 0.97


def logsd(values):
    logs = [math.log(v) for v in values]
    mean = math.fsum(logs) / len(logs)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in logs) / (len(logs) - 1))
