"""Once somebody sure has corrected the model, the same input with the same mistake gets their answer."""

import pytest

from audit import trail
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.models import Label
from routing import assignments, corrections, policies, router
from routing.models import Assignment, Correction, Item
from routing.policies.replay import replay
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db
RULE = {"name": "large", "category": "risk", "when": "context.amount > 10", "effect": "review"}


def world(**fields):
    """Return an item type that reuses corrections."""
    return factories.item_type(labels=["negative", "neutral", "positive"], reuse_corrections=True, **fields)


def answer(by, action="edit", label="negative", **fields):
    """Claim the next seat as this person, answer it and return the item as stored."""
    seat = assignments.claim(by=by)
    said = Answer(action, None if action != "edit" else label, **fields)
    item = review.submit(seat.pk, said, by=by)
    item.refresh_from_db()
    return item


def corrected(by, *, ref="first", **fields):
    """Return an item that this person has corrected from positive to negative."""
    factories.submit(0.85, ref=ref, **fields)
    return answer(by)


def test_the_same_mistake_gets_the_corrected_label(rita):
    world()
    corrected(rita)
    item = factories.submit(0.85)
    item.refresh_from_db()
    assert (item.status, item.label, item.decided_by) == ("approved", "negative", "system:router")
    assert [(one["code"], one["text"]) for one in item.reasons] == [
        ("corrected", "corrected to negative before: rita said so of the same input (first)")
    ]
    assert Correction.objects.get().uses == 1


def test_what_the_model_was_sure_of_is_corrected_as_well(rita):
    world()
    corrected(rita)
    item = factories.submit(0.99)
    assert (item.label, item.model, item.confidence) == ("negative", "clf@1", 0.99)


def test_an_input_that_differs_is_judged_by_itself(rita):
    world()
    corrected(rita)
    item = factories.submit(0.99, payload={"text": "So so!"})
    assert (item.label, [one["code"] for one in item.reasons]) == ("positive", ["confidence"])


def test_another_embedding_of_the_same_input_makes_it_no_other(rita):
    world()
    corrected(rita, payload={"text": "So so.", "embedding": [0.1, 0.2]})
    item = factories.submit(0.85, payload={"text": "So so.", "embedding": [0.3, 0.4]})
    assert item.label == "negative"


@pytest.mark.parametrize(("confidence", "kept"), [(None, 1), (0.81, 1), (0.8, 0), (0.1, 0)])
def test_only_who_is_sure_is_remembered(rita, confidence, kept):
    world()
    factories.submit(0.85)
    answer(rita, confidence=confidence)
    assert Correction.objects.count() == kept


def test_an_approval_is_no_correction(rita):
    world()
    factories.submit(0.85)
    answer(rita, "approve")
    assert not Correction.objects.exists()


def test_a_type_that_does_not_reuse_them_notes_none(rita):
    factories.item_type()
    corrected(rita)
    assert not Correction.objects.exists()


def test_two_opinions_must_both_be_in_before_it_is_noted(rita):
    world(opinions_wanted=2)
    factories.submit(0.85)
    answer(rita)
    assert not Correction.objects.exists()
    answer(factories.person("ruth", "reviewers"))
    assert [(one.label, one.by) for one in Correction.objects.all()] == [("negative", "ruth")]


def test_rules_still_send_it_to_people(rita):
    world(rules=[RULE])
    corrected(rita)
    item = factories.submit(0.99, context={"amount": 11})
    assert (item.status, item.label) == ("pending_human", None)
    assert [one["code"] for one in item.reasons] == ["rule", "corrected"]


def test_experts_still_decide_where_they_must(rita):
    world(expert_mandatory=True)
    factories.submit(0.99)
    answer(factories.person("edgar", "experts"))
    assert factories.submit(0.99).status == "pending_expert"


def test_judging_it_again_agrees(rita):
    world()
    corrected(rita)
    item = Item.objects.get(pk=factories.submit(0.85).pk)
    assert replay(item).agrees
    assert replay(item, policy=policies.latest(item.item_type)).now.action == "auto_approve"


def test_it_ends_when_the_model_answers_otherwise(rita):
    world()
    first = corrected(rita)
    assert factories.submit(0.99, label="negative").label == "negative"
    held = Correction.objects.get()
    assert (held.uses, held.ended_because) == (0, corrections.OTHERWISE)
    assert held.ended_at is not None
    assert factories.submit(0.99).label == "positive"
    assert trail.story(first).last().verb == "correction.ended"


def test_correcting_anew_ends_the_earlier_one(rita):
    world(audit_rate=1.0)
    corrected(rita)
    factories.submit(0.99)
    ruth = factories.person("ruth", "reviewers")
    item = answer(ruth, label="neutral")
    assert item.label == "neutral"
    rows = Correction.objects.order_by("id").values_list("label", "by", "ended_because")
    assert list(rows) == [("negative", "rita", "people decided otherwise"), ("neutral", "ruth", "")]
    assert factories.submit(0.99).label == "neutral"


def test_another_persons_correction_of_the_same_input_takes_its_place(rita):
    world()
    factories.submit(0.85, ref="a")
    factories.submit(0.85, ref="b")
    answer(rita)
    answer(rita, label="neutral")
    rows = Correction.objects.order_by("id").values_list("label", "ended_because")
    assert list(rows) == [("negative", corrections.ANEW), ("neutral", "")]


def test_the_same_correction_twice_is_kept_once(rita):
    world()
    factories.submit(0.85, ref="a")
    factories.submit(0.85, ref="b")
    answer(rita)
    answer(rita)
    assert Correction.objects.get().item.item_ref == "a"


def test_who_finds_the_model_right_after_all_ends_it(rita):
    world(audit_rate=1.0)
    corrected(rita)
    factories.submit(0.99)
    item = answer(factories.person("ruth", "reviewers"), label="positive")
    assert (item.label, Correction.objects.get().ended_because) == ("positive", "people decided otherwise")


def test_a_check_that_says_the_same_leaves_it_in_force(rita):
    world(audit_rate=1.0)
    corrected(rita)
    factories.submit(0.99)
    item = answer(factories.person("ruth", "reviewers"))
    assert (item.decided_by, Correction.objects.get().ended_at) == ("system:router", None)


def test_it_is_checked_afterwards_like_any_automated_answer(rita):
    world(audit_rate=1.0)
    corrected(rita)
    item = factories.submit(0.99)
    seat = Assignment.objects.get(item=item)
    assert (seat.purpose, seat.blind, seat.inclusion) == ("audit", True, 1.0)


def test_by_hand_it_ends_once(rita):
    world()
    corrected(rita)
    held = Correction.objects.get()
    assert [corrections.end([held.pk], by=rita), corrections.end([held.pk], by=rita)] == [1, 0]
    held.refresh_from_db()
    assert (held.ended_at is not None, held.ended_because) == (True, "ended by rita")
    assert factories.submit(0.99).label == "positive"


def test_a_label_that_was_taken_away_is_given_no_more(rita):
    made = world()
    corrected(rita)
    made.labels = ["neutral", "positive"]
    made.save()
    policies.publish(made, reason="fewer", by="system:test")
    assert factories.submit(0.99).label == "positive"


def test_one_post_counts_each_use_of_its_batch(rita):
    world()
    corrected(rita)
    entries = [factories.entry(0.99), factories.entry(0.6), factories.entry(0.99, payload={"text": "?"})]
    items = [one.item.label for one in router.submit("sentiment", entries, by="system:test")]
    assert (items, Correction.objects.get().uses) == (["negative", "negative", "positive"], 2)


def test_a_post_costs_one_statement_more_where_there_are_corrections_and_none_elsewhere(rita):
    world()
    factories.submit(0.85, ref="warm")
    with counted(most=12) as before:
        factories.submit(0.99)
    answer(rita)
    with counted(most=len(before) + 1) as after:
        factories.submit(0.99)
    assert len(after) == len(before) + 1


def test_no_digest_is_made_where_nothing_was_corrected(monkeypatch):
    world()
    monkeypatch.setattr(corrections, "_digest", lambda payload: 1 / 0)
    assert factories.submit(0.99).label == "positive"


def test_no_entity_is_an_answer_like_any_other(rita):
    factories.item_type("links", kind="entity_linking", labels=[], reuse_corrections=True)
    payload = {"text": "Paris", "mention": {"start": 0, "end": 5}, "candidates": [{"id": "Q90", "name": "P"}]}
    factories.submit(0.85, to="links", label="Q90", payload=payload)
    answer(rita, label=None)
    item = factories.submit(0.99, to="links", label="Q90", payload=payload)
    assert (item.status, item.label, item.signals["corrected"]["label"]) == ("approved", None, None)


def test_it_is_told_in_the_life_of_the_item_that_was_corrected(rita):
    world()
    item = corrected(rita)
    event = trail.story(item).last()
    assert (event.verb, event.actor) == ("correction.noted", "user:rita")
    assert (event.data["said"], event.data["label"]) == ("positive", "negative")
    assert Label.objects.count() == 1
