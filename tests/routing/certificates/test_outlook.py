"""The outlook says what is proven, what is in force, and about how many checks are missing."""

import numpy as np
import pytest

from routing.certificates import guarding
from routing.certificates.outlook import outlook
from routing.certify import audits_to_go
from routing.certify.streams import Stream
from routing.models import Certification, ItemType
from tests import certificates, factories
from tests.certificates import later

pytestmark = pytest.mark.django_db


def seen(scores, wrong, **fields):
    """Return the outlook of an item type after these decisions."""
    made = certificates.item_type(**fields)
    certificates.submit(scores, wrong)
    certificates.answer()
    guarding.run(made, now=later(hours=25))
    return outlook(made, now=later())


def test_without_a_target_there_is_nothing_to_see():
    assert outlook(factories.item_type()) == []


def test_before_it_begins_it_says_how_many_answers_are_missing():
    one = seen(*certificates.scored(150))[0]
    assert (one.model, one.why_not) == ("clf@1", "not yet: 50 more answers until there are thresholds to try")


def test_where_nothing_is_proven_it_says_about_how_many_audits_are_missing():
    one = seen(*certificates.scored(200, error=0.1), target_of="automated", target_alpha=0.04)[0]
    state = Stream.from_json(vars(Certification.objects.get())).states["*"]
    assert (one.threshold, one.in_force, one.labels, one.decisions) == (None, None, 200, 200)
    assert (one.to_go, one.why_not) == (audits_to_go(state), f"not yet: about {one.to_go} more audits")


def test_where_the_model_is_too_bad_it_says_so():
    one = seen(certificates.scored(300)[0], np.arange(300) % 3 == 0, target_of="automated")[0]
    assert one.why_not == "not yet: the answers seen so far are wrong more often than the target allows"


def test_what_is_proven_and_in_force_is_told_with_its_share_and_estimate():
    scores, wrong = certificates.scored(300)
    one = seen(scores, wrong, publish_certificates="automatic")[0]
    above = scores >= one.threshold
    assert one.in_force == one.threshold
    assert (one.share, one.estimate) == (above.mean(), (wrong & above).mean())
    assert (one.phase, one.why_not, one.missed) == ("calm", "", 0)


def test_a_target_that_was_not_published_is_said_to_be_in_the_draft():
    made = factories.item_type(automate=False, audit_rate=0.05)
    ItemType.objects.update(target_alpha=0.05, target_of="automated")
    made.refresh_from_db()
    certificates.submit(*certificates.scored(200))
    certificates.answer()
    guarding.run(made, now=later())
    one = outlook(made)[0]
    assert (one.decisions, one.threshold) == (200, None)
    assert one.why_not == "not yet: the error target is in the draft and was not published"
