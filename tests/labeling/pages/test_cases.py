"""What stands beside an item: cases like it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from labeling import tasks
from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.assignments import Want
from routing.models import Assignment, Item, Purpose
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db

LATE = "The parcel arrived two weeks late and nobody answered the telephone."
LATER = "The parcel arrived three weeks late and nobody answered the telephone."


@pytest.fixture
def rita():
    return signed_in("reviewers", name="rita")


def answered(text=LATE, *, name="bea", label="negative", to="sentiment", **fields):
    """Return an item with this text that a person has answered, and that the task has noted."""
    payload = fields.pop("payload", {"text": text})
    item = factories.submit(0.85, to=to, payload=payload, **fields)
    Item.objects.filter(pk=item.pk).update(held_out=False)
    by = factories.person(name, "reviewers")
    review.submit(assignments.claim(by=by).pk, Answer("edit", label=label), by=by)
    tasks.note_precedents()
    return item


def beside(client, text=LATER, to="sentiment", **fields):
    """Return what is shown beside a new item with this text, which the client holds."""
    payload = fields.pop("payload", {"text": text})
    factories.submit(0.85, to=to, payload=payload, **fields)
    seat = assignments.claim(by=client.user)
    found = client.get(reverse("review-alike", args=[seat.pk]))
    return found.context["cases"] if found.status_code == 200 else []


def test_a_decided_item_is_shown_with_its_answer(rita):
    factories.item_type()
    answered()
    case = beside(rita)[0]
    assert (case.text, case.said, case.people, case.golden) == (LATE, "negative", 1, False)


def test_it_says_how_many_people_agreed(rita):
    factories.item_type(opinions_wanted=2)
    item = factories.submit(0.85, payload={"text": LATE})
    Item.objects.update(held_out=False)
    for name in ("bea", "ben"):
        by = factories.person(name, "reviewers")
        review.submit(assignments.claim(by=by).pk, Answer("edit", label="negative"), by=by)
    tasks.note_precedents()
    assert Item.objects.get(pk=item.pk).status == "approved"
    assert [case.people for case in beside(rita)] == [2]


def test_what_is_not_like_it_is_not_shown(rita):
    factories.item_type()
    answered("The bed was soft.")
    assert beside(rita) == []


def test_the_same_words_are_called_almost_the_same(rita):
    factories.item_type()
    answered()
    assert [case.twin for case in beside(rita, LATE)] == [True]


def test_held_out_items_are_not_shown(rita):
    factories.item_type()
    item = answered()
    Item.objects.filter(pk=item.pk).update(held_out=True)
    assert beside(rita) == []


def test_an_item_that_is_not_settled_is_not_shown(rita):
    factories.item_type(opinions_wanted=2)
    answered()
    Assignment.objects.update(priority=0)
    assert beside(rita) == []


def test_a_blind_look_shows_nothing(rita):
    sentiment = factories.item_type()
    answered()
    sentiment.blind_share = 1.0
    sentiment.save()
    assert beside(rita) == []


def test_the_item_itself_is_never_shown(rita):
    factories.item_type()
    item = answered()
    item.refresh_from_db()
    assignments.ask([Want(item, Purpose.SECOND, item.item_type.queue, 1)], now=timezone.now())
    Assignment.objects.filter(purpose=Purpose.SECOND).update(blind=False)
    seat = assignments.claim(by=rita.user)
    assert seat.item == item
    assert rita.get(reverse("review-alike", args=[seat.pk])).context["cases"] == []


def test_a_golden_example_comes_first_and_only_once(rita):
    factories.item_type("answers", kind="generation", labels=[])
    payload = {"query": "Is breakfast included?", "context": [], "output": "No."}
    answered(to="answers", label="Yes.", payload=payload)
    other = payload | {"query": "Is the breakfast included?"}
    cases = beside(rita, to="answers", payload=other)
    assert [(case.golden, case.said) for case in cases] == [(True, "Yes.")]


def test_choices_that_are_shuffled_have_no_precedents(rita):
    factories.item_type("pairs", kind="preference", labels=[])
    payload = {"prompt": LATE, "a": "Sorry.", "b": "So what?"}
    answered(to="pairs", label="a", payload=payload)
    assert beside(rita, to="pairs", payload=payload) == []


def test_only_who_holds_the_seat_sees_them(rita):
    factories.item_type()
    answered()
    beside(rita)
    seat = assignments.current(rita.user)
    other = signed_in("reviewers", name="ben")
    assert other.get(reverse("review-alike", args=[seat.pk])).status_code == 204


def test_it_costs_the_same_for_one_case_and_for_many(rita):
    factories.item_type()
    answered()
    beside(rita)
    url = reverse("review-alike", args=[assignments.current(rita.user).pk])
    with counted(most=10) as first:
        rita.get(url)
    for number in range(6):
        answered(f"{LATE} {number}", name=f"ben{number}")
    with counted(most=len(first)):
        rita.get(url)
