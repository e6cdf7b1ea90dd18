"""What people read of a certificate: estimates with honest intervals, at the threshold that counts."""

import numpy as np
import pytest

from routing import certify
from routing.backtest.estimates import wilson
from routing.certificates import proofs
from routing.certificates.proofs import Counts, Rate
from routing.certify import Batch, Target
from routing.models import Certification, Policy
from tests import certificates, factories
from tests.certificates import later

pytestmark = pytest.mark.django_db


def state(scores, probabilities, losses, of="decisions"):
    """Return the state that has counted these labels, one batch for each probability."""
    found = certify.begin(Target(0.05, of=of), scores)
    for one in sorted(set(probabilities.tolist()), reverse=True):
        part = probabilities == one
        drawn = np.isfinite(losses[part])
        found = certify.update(found, Batch(scores[part], probabilities[part], drawn, losses[part]))
    return found


def test_where_all_is_labelled_the_interval_is_wilsons_of_the_labels():
    counts = Counts(decisions=200, seen=100, labelled=100, weight=100.0, lost=4.0)
    assert proofs.rate(counts, "automated", 1.0) == Rate(0.04, *wilson(0.04, 100))
    halves = [one / 2 for one in (0.04, *wilson(0.04, 100))]
    assert proofs.rate(counts, "decisions", 1.0) == Rate(*halves)


def test_with_two_probabilities_the_size_is_kishs_exactly():
    weights = np.array([1.0] * 30 + [20.0] * 10)
    counts = Counts(400, 230, 40, float(weights.sum()), 23.0)
    kish = weights.sum() ** 2 / (weights**2).sum()
    assert proofs.rate(counts, "automated", 0.05) == Rate(0.1, *wilson(0.1, kish))


@pytest.mark.parametrize("seed", range(5))
def test_with_any_probabilities_the_size_is_never_above_kishs(seed):
    weights = 1 / np.random.default_rng(seed).uniform(0.05, 1, 40)
    counts = Counts(2_000, 1_000, 40, float(weights.sum()), 0.2 * float(weights.sum()))
    low, high = wilson(0.2, weights.sum() ** 2 / (weights**2).sum())
    found = proofs.rate(counts, "automated", 0.05)
    assert (found.low <= low, found.high >= high) == (True, True)


def test_without_a_label_nothing_is_said():
    assert proofs.rate(Counts(10, 5, 0, 0.0, 0.0), "decisions", 1.0) == Rate(None, None, None)


def test_the_sums_of_a_threshold_are_those_of_what_lies_above_it():
    rng = np.random.default_rng(3)
    scores, chances = rng.uniform(0.5, 1, 300).round(3), np.repeat([1.0, 0.2], 150)
    losses = np.where(rng.random(300) < chances, (rng.random(300) < 0.1).astype(float), np.nan)
    made = state(scores, chances, losses)
    limit = float(made.grid[20])
    above, known = scores >= limit, np.isfinite(losses)
    found = proofs.counted(made, limit)
    assert (found.decisions, found.seen, found.labelled) == (300, above.sum(), (above & known).sum())
    assert found.weight == pytest.approx((1 / chances)[above & known].sum())
    assert found.lost == pytest.approx((losses / chances)[above & known].sum())


def test_counts_add_up():
    assert Counts(1, 2, 3, 4.0, 5.0) + Counts(10, 20, 30, 40.0, 50.0) == Counts(11, 22, 33, 44.0, 55.0)
    assert (Counts(4, 1, 0, 0.0, 0.0).share, Counts(0, 0, 0, 0.0, 0.0).share) == (0.25, None)


def test_a_proof_shows_the_proven_threshold_until_another_is_in_force():
    made = certificates.item_type()
    certificates.submit(*certificates.scored(400))
    certificates.answer()
    certificates.feed(made, now=later())
    row, pure = Certification.objects.get(), Policy.objects.get().pure
    (one,) = proofs.proofs(row, pure, 1.0)
    proven = certify.threshold(certify.State.from_json(row.states["*"]))
    assert (one.proven, one.in_force) == (proven.threshold, None)
    assert (one.counts.share, one.rate.estimate) == (proven.share, pytest.approx(proven.estimate))
    assert len(one.points) == len(row.states["*"]["grid"])


def test_the_least_chance_is_of_policies_that_automated_something():
    made = certificates.item_type()
    for rate, limits in [
        (0.5, {"clf@1": {"*": 0.9}}),
        (0.2, {"clf@1": {"*": None}}),
        (0.3, {"b": {"*": 0.9}}),
    ]:
        pure = Policy.objects.order_by("-number")[0]
        snapshot = pure.snapshot | {"certified": limits, "audit_rate": rate}
        Policy.objects.create(
            item_type=made, number=pure.number + 1, snapshot=snapshot, reason="x", published_by="system:test"
        )
    assert proofs.least_chances([made]) == {(made.pk, "clf@1"): 0.5, (made.pk, "b"): 0.3}
    assert proofs.least_chances([factories.item_type("other")]) == {}
