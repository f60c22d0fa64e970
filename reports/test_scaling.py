"""The laws of scaling, on curves whose parameters are known."""

import pytest

from reports import scaling
from reports.scaling import Usl


def test_usl_finds_the_parameters_of_its_own_curve():
    law = Usl(rate=1000.0, contention=0.06, coherence=0.002)
    cores = [1, 2, 4, 8, 16, 32]
    found = scaling.usl(cores, [law.throughput(n) for n in cores])
    assert found.rate == pytest.approx(1000, rel=1e-3)
    assert found.contention == pytest.approx(0.06, abs=1e-3)
    assert found.coherence == pytest.approx(0.002, abs=1e-4)
    # Gunther: the peak is at sqrt((1 - contention) / coherence).
    assert found.peak == pytest.approx((0.94 / 0.002) ** 0.5, rel=1e-2)


def test_usl_needs_six_core_counts():
    assert scaling.usl([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]) is None
    assert scaling.usl([1, 2, 3, 4, 5] * 4, [1, 2, 3, 4, 5] * 4) is None
    assert scaling.usl([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]) is not None


def test_a_straight_line_has_no_peak_to_speak_of():
    found = scaling.usl([1, 2, 3, 4, 6, 8], [10, 20, 30, 40, 60, 80])
    assert found.contention == pytest.approx(0, abs=1e-3)
    assert found.throughput(8) == pytest.approx(80, rel=1e-3)
    assert found.peak is None or found.peak > 1000


def rates(overhead, lengths, cores):
    return [cores / (length + overhead) for length in lengths]


def test_metg_of_a_fixed_price_is_that_price():
    """With an overhead of 10 us a job of 10 us runs at half efficiency."""
    lengths = [1e-6, 8e-6, 12e-6, 1e-3]
    found = scaling.metg(lengths, rates(10e-6, lengths, 4), 4)
    assert found.bound == "measured"
    assert found.seconds == pytest.approx(10e-6, rel=0.02)


def test_metg_outside_of_what_was_measured():
    lengths = [1e-5, 1e-3]
    cheap = scaling.metg(lengths, rates(1e-7, lengths, 2), 2)
    assert (cheap.seconds, cheap.bound) == (1e-5, "at most")
    dear = scaling.metg(lengths, rates(1e-1, lengths, 2), 2)
    assert (dear.seconds, dear.bound) == (None, "never")
    assert scaling.metg([1e-3], [500], 1) is None


def test_metg_takes_the_last_crossing_from_long_to_short():
    """A lucky short length does not hide that a longer one fell through."""
    lengths = [1e-6, 1e-5, 1e-4]
    efficiency = [0.6, 0.3, 0.9]
    found = scaling.metg(lengths, [e / s for e, s in zip(efficiency, lengths)], 1)
    assert 1e-5 < found.seconds < 1e-4
