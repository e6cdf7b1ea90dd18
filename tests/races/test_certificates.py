"""Two who feed certificates at once count each decision once, and publish what they prove once."""

import pytest

from audit.models import AuditEvent
from routing.certificates import guarding, rebuilding
from routing.models import Certification
from tests import certificates
from tests.certificates import later
from tests.races.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def waiting():
    """Return an item type with 500 answered decisions that nobody has counted."""
    made = certificates.item_type(publish_certificates="automatic")
    certificates.submit(*certificates.scored(500))
    certificates.answer()
    return made


def test_each_decision_is_counted_once():
    made, now = waiting(), later()
    counted = at_once([lambda: certificates.feed(made, now=now)] * 4)
    assert sum(counted) == 500
    row = Certification.objects.get()
    assert (row.decisions, row.batches, AuditEvent.objects.filter(verb="certificate.fed").count()) == (
        500,
        5,
        5,
    )
    assert rebuilding.restore() == ([], [])


def test_what_is_proven_is_published_once():
    made, now = waiting(), later()
    assert sum(at_once([lambda: guarding.run(made, now=now)] * 4)) == 500
    assert made.policies.count() == 2
