"""At an item that was drawn for a check a dispute's answer counts as a check; elsewhere it proves nothing."""

from dataclasses import replace

import pytest

from labeling.answering import review
from labeling.answering.review import Answer
from labeling.appeals import opening
from routing import assignments, policies
from routing.assignments import Want
from routing.certificates import outcomes
from routing.models import Assignment, Purpose, SubjectRights
from tests import certificates, factories
from tests.certificates import later

pytestmark = pytest.mark.django_db


def automated(rate):
    """Return an item type with so many checks, and an automated item of it that is disputed."""
    made = certificates.item_type(early_audit_rate=1.0)
    SubjectRights.objects.create(item_type=made, appeal_days=30)
    wanted = replace(policies.latest(made).pure, certified={"clf@1": {"*": 0.9}}, audit_rate=rate)
    policies.publish_pure(made, wanted, reason="for a test", by="system:test")
    item = factories.submit(0.97)
    opening.dispute(item.pk, "No.", by=opening.SUBJECT)
    return made, item


def say(group, label, name):
    """Let somebody of the group answer their next seat."""
    person = factories.person(name, group)
    return review.submit(assignments.claim(by=person).pk, Answer("edit", label, "So."), by=person)


def row(made, item):
    """Return what is known of the item, None while its answer may still come."""
    policy = policies.latest(made).pure
    found = outcomes.complete(made, "clf@1", policy, after=None, now=later(), limit=100)
    return {one.id: one for one in found.rows}.get(item.pk)


def test_a_drawn_item_waits_for_the_dispute_and_is_an_error_once_that_overturns_it():
    made, item = automated(1.0)
    say("reviewers", "positive", "rita")
    assert row(made, item) is None
    say("experts", "negative", "edgar")
    assert (row(made, item).loss, row(made, item).checked) == (1.0, True)


def test_an_item_that_was_not_drawn_enters_no_certificate_by_its_dispute():
    made, item = automated(0.0001)
    say("experts", "negative", "edgar")
    assert (row(made, item).drawn, row(made, item).checked) == (False, False)


def test_a_check_does_not_overturn_what_stood_a_dispute_but_asks_an_expert():
    _, item = automated(1.0)
    say("experts", "negative", "edgar")
    after = say("reviewers", "positive", "rita")
    assert (after.label, after.decided_by) == ("negative", "user:edgar")
    assert Assignment.objects.open().filter(item=item).values_list("purpose", flat=True).get() == "expert"


@pytest.mark.parametrize("said", [Answer("edit", "positive", "So."), Answer("reject", comment="No.")])
def test_an_experts_check_does_not_overturn_what_stood_a_dispute_either(said):
    _, item = automated(0.0001)
    after = say("experts", "negative", "edgar")
    queue = after.item_type.expert_queue
    assignments.ask([Want(after, Purpose.VALIDATE, queue, blind=True)])
    emma = factories.person("emma", "experts")
    after = review.submit(assignments.claim(by=emma).pk, said, by=emma)
    assert (after.status, after.label, after.decided_by) == ("approved", "negative", "user:edgar")
    assert Assignment.objects.open().filter(item=item).values_list("purpose", flat=True).get() == "expert"
