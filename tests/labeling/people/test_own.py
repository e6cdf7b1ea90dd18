"""A person's own agreement is told in blocks, up to yesterday, so that it tells of no single item."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.answering import review
from labeling.answering.review import Answer
from labeling.models import Label, Review
from labeling.people import own
from routing import assignments
from routing.models import Assignment
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db


def yesterday(rows):
    return rows.update(created_at=timezone.now() - timedelta(days=1))


def answer(by, count, label="positive"):
    """Let this person answer so many items of their own."""
    for _ in range(count):
        item = factories.submit(0.85)
        seat = assignments.claim(by=by)
        assert seat.item_id == item.pk
        review.submit(seat.pk, Answer("edit", label=label), by=by)


def known(user):
    return own.at_known_questions(user, now=timezone.now())


def experts(user):
    return own.with_experts(user, now=timezone.now())


def validate(count, label, action="edit"):
    """Let an expert answer the first so many items again, as they were drawn for it."""
    edgar = factories.person("edgar", "experts")
    for seat in Assignment.objects.filter(purpose="review").order_by("id")[:count]:
        again = Assignment.objects.create(
            item=seat.item,
            item_type=seat.item_type,
            queue=factories.queue("experts", "experts"),
            purpose="validate",
            blind=True,
            due_at=timezone.now(),
        )
        assignments.claim(by=edgar)
        review.submit(again.pk, Answer(action, label=label if action == "edit" else None), by=edgar)


@pytest.mark.parametrize(("answered", "told"), [(19, None), (20, 20), (39, 20), (40, 40)])
def test_known_questions_are_told_in_whole_blocks(rita, answered, told):
    factories.item_type()
    answer(rita, answered)
    Review.objects.update(right=True)
    yesterday(Review.objects.all())
    share = known(rita)
    assert (share and share.count) == told


def test_what_was_answered_today_is_not_told_yet(rita):
    factories.item_type()
    answer(rita, 20)
    Review.objects.update(right=True)
    assert known(rita) is None


def test_the_share_is_of_those_that_were_right(rita):
    factories.item_type()
    answer(rita, 20)
    Review.objects.update(right=True)
    Review.objects.filter(pk__in=Review.objects.values("pk")[:5]).update(right=False)
    yesterday(Review.objects.all())
    assert known(rita) == own.Share(20, 15)
    assert known(rita).percent == 75


def test_agreement_with_experts_is_of_the_items_that_both_answered(rita):
    factories.item_type()
    answer(rita, 15)
    answer(rita, 10, label="negative")
    validate(22, "positive")
    yesterday(Review.objects.all())
    assert experts(rita) == own.Share(20, 15)


def test_an_experts_refusal_is_no_agreement_with_an_answer(rita):
    factories.item_type()
    answer(rita, 20)
    validate(20, None, action="reject")
    yesterday(Review.objects.all())
    assert experts(rita) == own.Share(20, 0)


def test_an_expert_of_today_is_not_told_yet(rita):
    factories.item_type()
    answer(rita, 20)
    yesterday(Review.objects.all())
    validate(20, "positive")
    assert experts(rita) is None


def test_both_cost_a_fixed_number_of_statements(rita):
    factories.item_type()
    answer(rita, 20)
    validate(20, "positive")
    Review.objects.filter(user=rita).update(right=True)
    yesterday(Review.objects.all())
    with counted(most=5):
        assert (known(rita).right, experts(rita).right) == (20, 20)


def overlapping(people, count, label="positive"):
    """Let both people answer so many items that chance gave to both; the second says this label."""
    for _ in range(count):
        factories.submit(0.85)
        for person, said in zip(people, ("positive", label), strict=True):
            seat = assignments.claim(by=person)
            review.submit(seat.pk, Answer("edit", label=said, time_spent_ms=4_000), by=person)


def test_colleagues_answers_are_compared_in_whole_blocks(rita, django_assert_num_queries):
    factories.item_type(overlap_share=1.0)
    people = (rita, factories.person("sam", "reviewers"))
    overlapping(people, 15)
    overlapping(people, 6, "negative")
    Label.objects.update(ts=timezone.now() - timedelta(days=1))
    with django_assert_num_queries(3):
        found = own.with_colleagues(rita, now=timezone.now())
    assert found == own.Share(20, 15)
    Label.objects.update(ts=timezone.now())
    assert own.with_colleagues(rita, now=timezone.now()) is None


def test_opinions_that_somebody_asked_for_are_not_compared(rita):
    factories.item_type()
    answer(rita, 20)
    Label.objects.update(ts=timezone.now() - timedelta(days=1))
    assert own.with_colleagues(rita, now=timezone.now()) is None


def test_time_is_told_once_there_is_a_block(rita):
    factories.item_type()
    answer(rita, 20)
    yesterday(Review.objects.all())
    Review.objects.update(time_spent_ms=4_000)
    assert own.seconds_each(rita, now=timezone.now()) == 4.0
    Review.objects.filter(pk=Review.objects.first().pk).update(time_spent_ms=None)
    assert own.seconds_each(rita, now=timezone.now()) is None


def test_what_the_suggestion_does_needs_both_kinds_of_looks(rita):
    factories.item_type()
    answer(rita, 40)
    yesterday(Review.objects.all())
    assert own.pull(rita, now=timezone.now()) is None
    half = Review.objects.order_by("pk").values("pk")[:20]
    Review.objects.filter(pk__in=list(half.values_list("pk", flat=True))).update(
        blind=True, agrees_with_ai=False
    )
    found = own.pull(rita, now=timezone.now())
    assert (found.value, found.low > 0) == (1.0, True)
