"""First certificates, audit sizes and catch rates, against exact binomial sums."""

from math import comb

import pytest

from routing.certify import Target, binomial


def at_most(errors: int, audits: int, rate: float) -> float:
    """Return the chance of at most that many errors, summed by hand."""
    return sum(comb(audits, k) * rate**k * (1 - rate) ** (audits - k) for k in range(errors + 1))


@pytest.mark.parametrize(("alpha", "audits"), [(0.01, 299), (0.02, 149), (0.05, 59), (0.1, 29)])
def test_fewer_than_so_many_clean_audits_prove_nothing(alpha, audits):
    assert binomial.least_audits(alpha, 0.05) == audits == binomial.audits_needed(alpha, 0.05, 0.0)
    assert at_most(0, audits, alpha) <= 0.05 < at_most(0, audits - 1, alpha)


def test_so_many_audits_prove_the_target_nine_times_in_ten():
    audits = binomial.audits_needed(0.05, 0.05, 0.025)
    allowed = next(k for k in range(audits) if at_most(k + 1, audits, 0.05) > 0.05)
    assert audits == 506
    assert at_most(allowed, audits, 0.025) >= 0.9 > at_most(allowed - 1, audits, 0.025)


def test_an_error_rate_at_the_target_can_never_be_proven_below_it():
    assert binomial.audits_needed(0.05, 0.05, 0.05) is None


def test_the_catch_rate_bound_is_the_rate_at_which_so_many_catches_are_just_too_many():
    bound = binomial.catch_rate_bound(70, 100, 0.01)
    assert 1 - at_most(69, 100, bound) == pytest.approx(0.01)
    assert binomial.catch_rate_bound(0, 5, 0.01) == 0.0


def test_the_target_shrinks_by_the_catch_rate_and_pays_for_it():
    lower = binomial.corrected(Target(0.05), 70, 100)
    bound = binomial.catch_rate_bound(70, 100, 0.01)
    assert (lower.alpha, lower.delta) == (pytest.approx(0.05 * bound), pytest.approx(0.04))
    assert binomial.corrected(Target(0.05), 0, 100) is None
    with pytest.raises(ValueError, match="seeded"):
        binomial.catch_rate_bound(3, 2, 0.01)
