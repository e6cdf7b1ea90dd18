"""First certificates, audit sizes and catch rates, against exact binomial sums."""

from math import comb

import numpy as np
import pytest

from routing import certify
from routing.certify import Batch, Target, binomial


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


@pytest.mark.parametrize(
    ("of", "at_the_top", "below", "broken_under"),
    [("automated", 0.051, 0.051, np.inf), ("decisions", 1.0, 0.04, 0.23)],
)
def test_a_first_certificate_breaks_its_target_in_at_most_delta_of_trials(
    of, at_the_top, below, broken_under
):
    rng, broken = np.random.default_rng(8), []
    state = certify.empty(Target(0.05, of=of), np.arange(0.9, 0.1, -0.1), 0)
    for _ in range(300):
        scores = rng.random(2_000)
        wrong = rng.random(2_000) < np.where(scores >= 0.98, at_the_top, below)
        made = binomial.first_certificate(
            state, Batch(scores, np.ones(2_000), np.ones(2_000, dtype=bool), wrong)
        )
        broken.append(made is not None and made.threshold < broken_under)
    # Two standard errors above delta.
    assert np.mean(broken) <= 0.075


def test_a_first_certificate_finds_the_safe_part_and_says_how():
    scores = np.linspace(0, 1, 1_000)
    state = certify.empty(Target(0.05, of="automated"), np.array([0.8, 0.5, 0.2]), 0)
    batch = Batch(scores, np.ones(1_000), np.ones(1_000, dtype=bool), scores < 0.5)
    made = binomial.first_certificate(state, batch)
    assert (made.method, made.threshold, made.labelled, made.estimate) == ("binomial", 0.5, 500, 0.0)
    assert made.evidence == pytest.approx(-500 * np.log(0.95))


def test_a_first_certificate_needs_every_label_and_no_partial_loss():
    state = certify.empty(Target(0.05), np.array([0.5]), 0)
    with pytest.raises(ValueError, match="every item labelled"):
        binomial.first_certificate(state, Batch([0.6], [0.5], [True], [0.0]))
    with pytest.raises(ValueError, match="right or wrong"):
        binomial.first_certificate(state, Batch([0.6], [1.0], [True], [0.5]))
