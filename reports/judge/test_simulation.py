"""What the judge promises, on runs whose truth is known: fixed seeds.

The noise is that of a shared machine: drift that a round has in common, white
noise of each repetition, bursts of other work that slow a repetition down.
"""

import math
from itertools import combinations

import numpy
import pytest

from reports.judge.verdict import EQUAL, WINS, estimate, tolerance, word

RUNS, ROUNDS, SECONDS = 300, 20, 0.25
D = tolerance(None)


def run(rng, leads, bursts):
    """Jobs per second of each model in each round."""
    drift = numpy.cumsum(rng.normal(0, 0.01 * math.sqrt(SECONDS), ROUNDS))
    drift += rng.normal(0, 0.02, ROUNDS)
    shape = (len(leads), ROUNDS)
    logs = numpy.log(leads)[:, None] + drift
    logs = logs + rng.normal(0, 0.013 / math.sqrt(SECONDS), shape)
    hit = rng.random(shape) < 1 - math.exp(-bursts * SECONDS)
    lost = rng.exponential(0.3, shape) / max(SECONDS, 0.25) * 0.5
    return numpy.exp(logs - numpy.where(hit, numpy.minimum(0.69, lost), 0))


def judged(rng, leads, bursts):
    """Per pair: the truth, the interval and the word."""
    figures = run(rng, leads, bursts)
    pairs = list(combinations(range(len(leads)), 2))
    found = []
    for a, b in pairs:
        ratios = list(figures[a] / figures[b])
        _, low, high = estimate(ratios, 1 - 0.05 / len(pairs))
        found.append((leads[a] / leads[b], low, high, word(low, high, D)))
    return found


@pytest.mark.parametrize("bursts", [0, 0.15])
def test_of_four_clones_hardly_ever_one_wins(bursts):
    rng = numpy.random.default_rng(20)
    every = [judged(rng, (1, 1, 1, 1), bursts) for _ in range(RUNS)]
    wins = sum(any(w == WINS for *_, w in one) for one in every)
    assert wins <= 0.05 * RUNS
    if not bursts:
        equal = sum(w == EQUAL for one in every for *_, w in one)
        assert equal >= 0.9 * 6 * RUNS


@pytest.mark.parametrize("bursts", [0, 0.05, 0.15])
def test_all_intervals_of_a_family_hold_at_once(bursts):
    rng = numpy.random.default_rng(21)
    leads = (1, 1.02, 1.08, 1.9)
    held = sum(
        all(low <= truth <= high for truth, low, high, _ in judged(rng, leads, bursts))
        for _ in range(RUNS)
    )
    assert held >= 0.95 * RUNS


@pytest.mark.parametrize("bursts", [0, 0.05])
def test_a_lead_of_five_per_cent_is_found(bursts):
    """Of one of five models, with all ten pairs at once."""
    rng = numpy.random.default_rng(22)
    found = 0
    for _ in range(RUNS):
        figures = run(rng, (1.05, 1), bursts)
        _, low, high = estimate(list(figures[0] / figures[1]), 1 - 0.05 / 10)
        found += word(low, high, D) == WINS and low > 1
    assert found >= 0.9 * RUNS


def test_drift_that_a_round_shares_costs_nothing():
    """Paired by round a ratio is known as well under heavy drift as without."""
    rng = numpy.random.default_rng(23)
    figures = run(rng, (1.05, 1), 0)
    drift = numpy.exp(numpy.linspace(0, 3, ROUNDS))
    plain = estimate(list(figures[0] / figures[1]), 0.95)
    drifting = estimate(list((figures[0] * drift) / (figures[1] * drift)), 0.95)
    assert drifting == pytest.approx(plain)
