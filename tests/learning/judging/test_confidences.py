"""Two models are compared by what they could automate at one error rate, and not at one confidence."""

import numpy as np
import pytest

from learning.judging.confidences import compare, proven_share
from learning.judging.evidence import Evidence, Margins
from routing.certify import Target
from routing.certify.oracle import best
from tests.learning.judging.said import evidence, hits, honest

FIVE = Target(0.05, of="automated")


def test_the_same_answers_automate_the_same_however_sure_they_are_said_to_be():
    one = honest(1000)
    p = np.sqrt(one.probabilities)
    timid = Evidence(p / p.sum(axis=1, keepdims=True), one.labels)
    found = compare(one, timid, Margins(target=FIVE))
    assert (found.now, found.error) == (found.was, 0.0)


def test_the_share_is_that_of_the_best_threshold_at_the_target():
    one = honest(1000)
    found = compare(one, one, Margins(target=FIVE))
    assert found.was == best(one.top, ~one.right, FIVE).share > 0.1


def test_without_a_target_the_rate_is_what_the_champion_makes_in_force():
    found = compare(evidence(hits(500, 0.9), confidence=0.97), honest(500), Margins())
    assert (found.target.alpha, found.target.of, found.was) == (pytest.approx(0.1), "automated", 1.0)
    careful = compare(evidence(hits(500, 0.99), confidence=0.97), honest(500), Margins(threshold=0.9))
    assert careful.target.alpha == pytest.approx(0.1)


def test_the_error_of_the_difference_is_what_it_varies_by():
    found = [compare(honest(600, 2 * n), honest(600, 2 * n + 1), Margins(target=FIVE)) for n in range(40)]
    varied = np.std([one.now - one.was for one in found])
    assert np.median([one.error for one in found]) == pytest.approx(varied, rel=0.35)


def test_a_certificate_replayed_on_the_labels_proves_what_they_are_enough_for():
    sure = evidence(hits(1000, 0.99), confidence=np.linspace(0.9, 1, 1000))
    few = evidence(hits(40, 1.0), confidence=np.linspace(0.9, 1, 40))
    assert proven_share(sure, FIVE) > 0.9
    assert proven_share(few, FIVE) == 0.0
    assert proven_share(evidence(hits(1000, 0.9), confidence=0.99), FIVE) == 0.0


def test_rows_that_stand_for_twenty_count_as_twenty_decisions():
    right = hits(1000, 0.995)
    weights = np.where(np.arange(1000) % 4 == 0, 20.0, 1.0)
    audited = evidence(right, confidence=np.linspace(0.9, 1, 1000), weights=weights)
    system = Target(0.05, of="decisions")
    assert 0.5 < proven_share(audited, system) <= 1.0
