"""Checks are counted by what came of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.certificates import checked, setbacks
from routing.certificates.checked import Checks
from routing.models import Assignment, Policy
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return factories.item_type(audit_rate=1.0)


def answered(by, label):
    """Let the next check be answered so, and return its item."""
    factories.submit(0.97)
    return review.submit(assignments.claim(by=by).pk, Answer("edit", label), by=by)


def counts(made, **over):
    return checked.checks([made], now=timezone.now(), **over).get(made.pk, Checks())


def test_without_a_check_there_is_nothing_to_count(made):
    factories.submit(0.5)
    assert counts(made) == Checks()


def test_answered_waiting_missed_and_overturned_are_told_apart(made, rita):
    answered(rita, "positive")
    answered(rita, "negative")
    factories.submit(0.97)
    late = factories.seat_of(factories.submit(0.97), "audit")
    Assignment.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(hours=25))
    assert counts(made) == Checks(drawn=4, answered=2, waiting=1, missed=1, overturned=1)


def test_a_doubt_is_overturned_only_by_what_the_expert_says(made, rita):
    factories.submit(0.97)
    review.submit(assignments.claim(by=rita).pk, Answer("reject"), by=rita)
    assert counts(made).overturned == 0
    edgar = factories.person("edgar", "experts")
    review.submit(assignments.claim(by=edgar).pk, Answer("edit", "negative"), by=edgar)
    assert counts(made).overturned == 1


def test_what_was_drawn_or_closed_before_the_window_is_left_out(made, rita):
    answered(rita, "negative")
    week = timedelta(days=7)
    Assignment.objects.update(closed_at=timezone.now() - 2 * week)
    assert (counts(made).overturned, counts(made, closed_within=week).overturned) == (1, 0)
    Assignment.objects.update(created_at=timezone.now() - 2 * week)
    assert counts(made, over=week) == Checks()


@pytest.mark.parametrize(
    ("caught", "said"), [(True, {"caught": 1}), (False, {"overlooked": 1}), (None, {"doubted": 1})]
)
def test_seeds_are_counted_by_whether_they_were_caught(made, rita, caught, said):
    answered(rita, "negative")
    Assignment.objects.update(purpose="seed", caught=caught)
    assert counts(made) == Checks(seeds=1, **said)


def test_what_was_overturned_is_listed_with_by_whom(made, rita):
    answered(rita, "positive")
    item = answered(rita, "negative")
    assert checked.overturned(made) == [(item.pk, item.item_ref, "user:rita", item.decided_at)]


def test_all_item_types_are_counted_in_one_statement(made, rita):
    spam = factories.item_type("spam", audit_rate=1.0)
    factories.submit(0.97)
    factories.submit(0.97, to="spam")
    with counted(most=1):
        found = checked.checks([made, spam], now=timezone.now())
    assert found == {made.pk: Checks(drawn=1, waiting=1), spam.pk: Checks(drawn=1, waiting=1)}


def policy(made, by, evidence=None, limits=None):
    """Publish another policy of the item type, as a row."""
    last = Policy.objects.filter(item_type=made).order_by("-number")[0]
    return Policy.objects.create(
        item_type=made,
        number=last.number + 1,
        snapshot=last.snapshot | {"certified": {"clf@1": limits or {}}},
        reason="x",
        evidence=evidence or {},
        published_by=by,
    )


@pytest.mark.parametrize(
    ("by", "evidence", "stands"),
    [
        ("system:certifier", {}, True),
        ("system:certifier", {"certificate": {}}, False),
        ("user:ada", {}, False),
    ],
)
def test_a_fallback_stands_until_a_person_or_a_proof_has_followed(made, by, evidence, stands):
    fallback = policy(made, "system:certifier", {"contradicted": {}}, {"*": None})
    assert setbacks.setbacks() == [fallback]
    policy(made, by, evidence)
    assert setbacks.setbacks([made]) == ([fallback] if stands else [])


@pytest.mark.parametrize(("limits", "stopped"), [({"*": None}, True), ({"*": 0.9}, False)])
def test_whether_a_fallback_left_anything_automated(made, limits, stopped):
    assert setbacks.stopped(policy(made, "system:certifier", {"contradicted": {}}, limits)) == stopped
