"""A look at a decided item confirms it, overturns it, or asks an expert; experts' looks measure reviewers."""

import pytest

from audit.models import AuditEvent
from labeling.models import Label, Review
from routing import another, assignments
from routing.errors import InvalidAnswer
from routing.models import Assignment, Item
from tests import factories
from tests.labeling.opinions import answer, reviewers, seats

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return reviewers("rita")[0]


def decided(rita, label="positive", **fields):
    """Return an item that Rita has decided and an expert is drawn to answer again."""
    factories.item_type(validated_share=1.0, **fields)
    factories.submit(0.85)
    return answer(rita, label)


def test_an_expert_who_agrees_upholds_the_decision(rita, edgar):
    decided(rita)
    item = answer(edgar, "positive")
    assert (item.label, item.decided_by, Review.objects.latest("id").upholds) == (
        "positive",
        "user:rita",
        True,
    )
    assert Label.objects.get(source="validate").inclusion == 1.0


def test_an_expert_who_differs_overturns_it(rita, edgar):
    decided(rita)
    item = answer(edgar, "negative")
    assert (item.label, item.decided_by, Review.objects.latest("id").upholds) == (
        "negative",
        "user:edgar",
        False,
    )
    event = AuditEvent.objects.filter(verb="item.overturned").get()
    assert (event.data["before"]["label"], event.data["why"]) == (
        "positive",
        "an expert came to another answer",
    )


def test_an_expert_may_withhold_what_reviewers_approved_and_the_other_way_round(rita, edgar):
    decided(rita)
    assert answer(edgar, action="reject").status == "rejected"
    assert Review.objects.latest("id").upholds is False


def test_an_experts_none_of_these_is_an_answer_and_no_refusal(rita, edgar):
    factories.item_type("links", kind="entity_linking", labels=[], validated_share=1.0)
    payload = {
        "text": "Paris",
        "mention": {"start": 0, "end": 5},
        "candidates": [{"id": "Q90", "name": "Paris"}],
    }
    factories.submit(0.85, to="links", label="Q90", payload=payload)
    answer(rita, "Q90")
    item = answer(edgar, None)
    assert (item.status, item.label, item.decided_by) == ("approved", None, "user:edgar")


def test_an_expert_who_rejects_what_was_rejected_upholds_it(rita, edgar):
    factories.item_type(validated_share=1.0, reject_means="withhold")
    factories.submit(0.85)
    answer(rita, action="reject")
    item = answer(edgar, action="reject")
    assert (item.decided_by, Review.objects.latest("id").upholds) == ("user:rita", True)
    assert not AuditEvent.objects.filter(verb="item.overturned").exists()


def test_who_validates_has_nobody_to_hand_it_to(rita, edgar):
    decided(rita)
    with pytest.raises(InvalidAnswer, match="You are the expert"):
        answer(edgar, action="escalate")


def test_nobody_validates_their_own_answer(rita):
    rita.groups.add(factories.queue("experts", "experts").group)
    decided(rita)
    assert assignments.claim(by=rita) is None


def asked_again(item, by):
    return another.request(item.pk, why="A doubt.", by=by)


def test_one_who_differs_from_a_decision_brings_in_an_expert_who_overturns(rita, edgar):
    factories.item_type()
    factories.submit(0.97)
    asked_again(Item.objects.get(), edgar)
    item = answer(rita, "negative")
    assert (item.label, item.decided_by) == ("positive", "system:router")
    assert [purpose for purpose, *_ in seats(item)] == ["overlap", "expert"]
    assert answer(edgar, "negative").label == "negative"


def test_one_who_agrees_with_a_decision_changes_nothing(rita, edgar):
    factories.item_type()
    factories.submit(0.97)
    asked_again(Item.objects.get(), edgar)
    item = answer(rita, "positive")
    assert (seats(item), Review.objects.get().upholds) == ([("overlap", True, 1.0)], True)


def test_an_expert_who_looked_leaves_nothing_to_validate(rita, edgar):
    item = decided(rita)
    asked_again(item, edgar)
    answer(reviewers("otto")[0], "negative")
    answer(edgar, "positive")
    assert list(item.assignments.order_by("id").values_list("purpose", "outcome")) == [
        ("review", "answered"),
        ("validate", "withdrawn"),
        ("overlap", "answered"),
        ("expert", "answered"),
    ]


def test_two_doubts_ask_one_expert(rita, edgar):
    factories.item_type(audit_rate=1.0)
    factories.submit(0.97)
    asked_again(Item.objects.get(), edgar)
    for person in (rita, *reviewers("otto")):
        answer(person, action="reject")
    assert Assignment.objects.filter(purpose="expert").count() == 1


def test_a_label_stands_for_the_item_and_not_for_the_second_look(rita):
    factories.item_type(overlap_share=0.5)
    made = (factories.submit(0.85) for _ in range(50))
    item = next(item for item in made if len(seats(item)) == 2)
    Assignment.objects.exclude(item=item).delete()
    answer(rita, "positive")
    answer(reviewers("otto")[0], "positive")
    assert list(Label.objects.order_by("id").values_list("source", "inclusion")) == [
        ("review", 1.0),
        ("overlap", 1.0),
    ]


def test_what_an_expert_says_of_a_drawn_check_keeps_its_probability(rita, edgar):
    factories.item_type(audit_rate=0.5)
    drawn = next(item for item in (factories.submit(0.97) for _ in range(50)) if seats(item))
    Assignment.objects.exclude(item=drawn).delete()
    answer(rita, action="reject")
    answer(edgar, "negative")
    assert Label.objects.get().inclusion == 0.5
