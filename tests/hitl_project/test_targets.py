"""The dashboard's rows of error targets say what the certificates say."""

import pytest
from django.utils import timezone

from hitl_project import targets
from hitl_project.targets import UNKNOWN
from routing import certify, policies
from routing.certificates import guarding
from routing.certificates.checked import Checks
from routing.models import Assignment, Certification
from tests import certificates, factories
from tests.certificates import later
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db

AUTOMATIC = {"publish_certificates": "automatic"}


def decided(made, *many):
    """Let decisions of these scores come, be answered and be acted on."""
    for scores, wrong in many:
        certificates.submit(scores, wrong, to=made.slug)
        certificates.answer()
        guarding.run(made, now=later())


def standings(*types):
    return targets.standings(types, days=7, now=timezone.now())


def test_item_types_without_a_target_have_no_row_and_cost_nothing():
    made = factories.item_type()
    with counted(most=0):
        assert standings(made) == []


def test_before_a_proof_nothing_is_automated_or_estimated():
    (one,) = standings(certificates.item_type())
    assert (one.proven, one.slices, one.automated, one.rate) == (0, 0, 0.0, UNKNOWN)


def test_what_is_in_force_is_told_with_its_share_and_estimate():
    made = certificates.item_type(**AUTOMATIC)
    decided(made, certificates.scored(400))
    (one,) = standings(made)
    proven = certify.threshold(certify.State.from_json(Certification.objects.get().states["*"]))
    assert (one.model, one.proven, one.slices, one.cut_back) == ("clf@1", 1, 1, False)
    assert (one.automated, one.rate.estimate) == (proven.share, pytest.approx(proven.estimate))


def test_several_classes_are_told_as_one():
    made = certificates.item_type(certify_by="class", **AUTOMATIC)
    certificates.submit(*certificates.scored(400))
    certificates.submit(*certificates.scored(400, seed=2), says="negative")
    certificates.answer()
    guarding.run(made, now=later())
    (one,) = standings(made)
    limits = policies.latest(made).pure.certified["clf@1"]
    assert (one.proven, one.slices, set(limits)) == (2, 2, {"positive", "negative"})
    scores, wrong = certificates.scored(400)
    others, faults = certificates.scored(400, seed=2)
    above, beyond = scores >= limits["positive"], others >= limits["negative"]
    assert one.automated == pytest.approx((above.sum() + beyond.sum()) / 800)
    assert one.rate.estimate == pytest.approx(((wrong & above).sum() + (faults & beyond).sum()) / 800)


def test_checks_are_those_of_the_period():
    made = certificates.item_type()
    factories.submit(0.9)
    Assignment.objects.update(purpose="audit")
    assert standings(made)[0].checks == Checks(drawn=1, waiting=1)


def test_two_item_types_cost_as_much_as_one_and_stand_on_the_page():
    first = certificates.item_type(**AUTOMATIC)
    second = certificates.item_type(slug="spam", **AUTOMATIC)
    decided(first, certificates.scored(300))
    decided(second, certificates.scored(300))
    with counted(most=5):
        assert len(standings(first, second)) == 2
    client = signed_in("leads")
    rows = client.get("/", {"days": 30}).context["targets"]
    assert [(one.item_type.slug, one.proven) for one in rows] == [("sentiment", 1), ("spam", 1)]
    rows = client.get("/", {"item_type": "spam"}).context["targets"]
    assert [one.item_type.slug for one in rows] == ["spam"]
