"""Real threads on real connections: a correction meets another one, an expert, and a second opinion."""

import pytest

from audit.models import AuditEvent
from labeling.answering import correcting, review
from labeling.answering.review import Answer
from labeling.models import Label, Review
from routing import assignments, router
from routing.errors import ExpertHasBegun
from routing.models import Assignment, Item
from tests import factories
from tests.races.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


def answered(by, action="approve", **fields):
    """Let this person answer one item of their own, and return the seat."""
    seat = assignments.claim(by=by)
    review.submit(seat.pk, Answer(action, **fields), by=by)
    return seat


def test_of_two_corrections_at_once_one_label_is_in_force():
    factories.item_type(labels=["a", "b", "c"])
    rita = factories.person("rita", "reviewers")
    for _ in range(ROUNDS):
        item = factories.submit(0.85, label="a")
        seat = answered(rita)
        at_once(
            [
                lambda label=label, pk=seat.pk: correcting.correct(pk, Answer("edit", label=label), by=rita)
                for label in "bc"
            ]
        )
        item.refresh_from_db()
        said, (label,) = seat_review(seat), Label.objects.filter(item=item, superseded_at__isnull=True)
        assert item.label == said.label == label.label
        assert Label.objects.filter(item=item).count() == 3


def seat_review(seat):
    return Review.objects.get(assignment=seat)


def test_the_same_correction_twice_at_once_is_stored_once():
    factories.item_type()
    rita = factories.person("rita", "reviewers")
    factories.submit(0.85)
    seat = answered(rita)
    at_once([lambda: correcting.correct(seat.pk, Answer("edit", label="negative"), by=rita)] * 4)
    assert Label.objects.count() == 2
    assert AuditEvent.objects.filter(verb="review.corrected").count() == 1


def test_either_the_expert_has_begun_or_the_item_is_called_back():
    factories.item_type()
    rita, edgar = factories.person("rita", "reviewers"), factories.person("edgar", "experts")
    for _ in range(ROUNDS):
        item = factories.submit(0.85)
        seat = answered(rita, "reject")

        def correct(pk=seat.pk):
            try:
                return correcting.correct(pk, Answer("edit", label="negative"), by=rita).status
            except ExpertHasBegun:
                return "begun"

        said, held = at_once([correct, lambda: assignments.claim(by=edgar)])
        item.refresh_from_db()
        expected = ("begun", "pending_expert") if held else ("approved", "approved")
        assert (said, item.status) == expected
        Assignment.objects.open().filter(user=edgar).delete()


def test_a_correction_and_the_second_opinion_see_each_other():
    factories.item_type(opinions_wanted=2)
    rita, otto = (factories.person(name, "reviewers") for name in ("rita", "otto"))
    for _ in range(ROUNDS):
        router.submit("sentiment", [factories.entry(0.85)], by="system:test")
        mine, theirs = answered(rita), assignments.claim(by=otto)
        at_once(
            [
                lambda pk=mine.pk: correcting.correct(pk, Answer("edit", label="negative"), by=rita),
                lambda pk=theirs.pk: review.submit(pk, Answer("edit", label="negative"), by=otto),
            ]
        )
    assert set(Item.objects.values_list("status", "label")) == {("approved", "negative")}
    assert not Assignment.objects.open().exists()
