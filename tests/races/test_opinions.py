"""Real threads: a correction meets a doubt, a validation, and a known question planted at the same item."""

import pytest

from labeling.answering import correcting, review
from labeling.answering.review import Answer
from labeling.models import Label
from routing import another, assignments
from routing.errors import ExpertHasBegun
from routing.models import Assignment, Delivery, Item
from tests import factories
from tests.races.test_correcting import answered
from tests.races.test_seats import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


@pytest.fixture
def rita():
    return factories.person("rita", "reviewers")


@pytest.fixture
def edgar():
    return factories.person("edgar", "experts")


def test_a_correction_and_a_validation_leave_the_experts_word(rita, edgar):
    factories.item_type(validated_share=1.0)
    for _ in range(ROUNDS):
        item = factories.submit(0.85, callback_url="https://client.example/hook")
        mine, theirs = answered(rita), assignments.claim(by=edgar)
        at_once(
            [
                lambda pk=mine.pk: correcting.correct(pk, Answer("edit", label="negative"), by=rita),
                lambda pk=theirs.pk: review.submit(pk, Answer("edit", label="positive"), by=edgar),
            ]
        )
        item.refresh_from_db()
        assert item.label == "positive"
        told = Delivery.objects.filter(item=item, event="item.overturned").count()
        assert told == (2 if item.decided_by == "user:edgar" else 0)


def test_a_doubt_and_a_correction_at_once_lose_neither(rita):
    factories.item_type()
    for _ in range(ROUNDS):
        item = factories.submit(0.85)
        seat = answered(rita)
        at_once(
            [
                lambda pk=seat.pk: correcting.correct(pk, Answer("edit", label="negative"), by=rita),
                lambda pk=item.pk: another.request(pk, why="A doubt.", by=rita),
            ]
        )
        item.refresh_from_db()
        assert item.label == Label.objects.get(item=item, superseded_at=None).label == "negative"
        assert Assignment.objects.open().get(item=item).purpose == "overlap"


def test_the_second_opinion_that_differs_and_a_correction_end_in_one_question(rita):
    factories.item_type(labels=["a", "b", "c"])
    otto = factories.person("otto", "reviewers")
    for _ in range(ROUNDS):
        item = factories.submit(0.85, label="a")
        mine = answered(rita)
        another.request(item.pk, why="A doubt.", by=rita)
        theirs = assignments.claim(by=otto)

        def correct(pk=mine.pk):
            try:
                return correcting.correct(pk, Answer("edit", label="c"), by=rita)
            except ExpertHasBegun:
                return None

        at_once([correct, lambda pk=theirs.pk: review.submit(pk, Answer("edit", label="b"), by=otto)])
        assert Assignment.objects.open().get(item=item).purpose == "expert"
        assert Item.objects.get(pk=item.pk).label in ("a", "c")
        Assignment.objects.open().delete()
