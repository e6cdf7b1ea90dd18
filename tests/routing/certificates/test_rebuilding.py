"""What is stored of a certificate is what the trail makes of it, and comes back from there when lost."""

from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from routing.certificates import guarding, rebuilding
from routing.models import Certification
from tests import certificates
from tests.certificates import later

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    """An item type whose certificate automates, is watched, has rung the alarm and begun anew."""
    made = certificates.item_type(publish_certificates="automatic", certify_by="class")
    for size, seed, wrong in ((300, 1, False), (250, 2, False), (300, 3, True)):
        scores, bad = certificates.scored(size, seed=seed)
        certificates.submit(np.maximum(scores, 0.99) if wrong else scores, bad | wrong)
        certificates.answer()
        guarding.run(made, now=later(hours=25))
    return made


def test_the_trail_alone_makes_the_same_rows_bit_for_bit(made):
    stored = list(Certification.objects.order_by("pk"))
    assert [bool(row.ended_at) for row in stored] == [True, False]
    assert all(row.batches and row.detectors for row in stored[:1])
    assert rebuilding.restore() == ([], [])


def test_lost_rows_come_back_as_they_were(made):
    before = list(Certification.objects.order_by("pk"))
    Certification.objects.all().delete()
    restored, differing = rebuilding.restore()
    assert (len(restored), differing) == (2, [])
    after = list(Certification.objects.order_by("pk"))
    assert [rebuilding.same(*pair) for pair in zip(before, after, strict=True)] == [True, True]
    assert AuditEvent.objects.filter(verb="certificate.restored").count() == 2


def test_after_that_it_goes_on_as_if_nothing_had_been(made):
    scores, wrong = certificates.scored(200, seed=4)
    certificates.submit(scores, wrong)
    certificates.answer()
    Certification.objects.filter(ended_at=None).delete()
    rebuilding.restore()
    guarding.run(made, now=later(hours=25))
    assert rebuilding.restore() == ([], [])


def test_the_command_restores_and_says_so(made):
    Certification.objects.filter(ended_at=None).delete()
    out = StringIO()
    call_command("rebuild_certificates", stdout=out)
    assert "restored: sentiment: clf@1" in out.getvalue()
    assert Certification.objects.count() == 2


def test_the_command_fails_where_a_row_is_not_what_the_trail_tells(made):
    row = Certification.objects.get(ended_at=None)
    row.states["positive"]["wealth"][0] += 1e-12
    row.save()
    with pytest.raises(CommandError, match=f"not what the trail tells: .* .certification {row.pk}"):
        call_command("rebuild_certificates", stdout=StringIO())


def test_a_row_that_no_event_tells_of_is_found(made):
    forged = Certification.objects.get(ended_at=None)
    forged.pk, forged.model = None, "clf@9"
    forged.save()
    assert rebuilding.restore() == ([], [forged])
