"""What a person says at a seat is stored once and draws the right consequence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from labeling.answering import review, sittings
from labeling.answering.review import Answer
from labeling.models import GoldenExample, Label, Review, ReviewSession
from routing import assignments, router
from routing.errors import AlreadyAnswered, InvalidAnswer, SeatLost
from routing.models import Assignment, Delivery
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db


def answer(by, action="approve", **fields):
    """Claim the next seat as this person and answer it; return the item as stored."""
    seat = assignments.claim(by=by)
    item = review.submit(seat.pk, Answer(action, **fields), by=by)
    item.refresh_from_db()
    return item


def test_an_approval_closes_the_item_with_the_models_label(rita):
    factories.item_type()
    factories.submit(0.85)
    item = answer(rita)
    assert (item.status, item.label, item.decided_by) == ("approved", "positive", "user:rita")


def test_approving_labels_that_came_in_another_order_is_no_correction(rita):
    factories.item_type(multilabel=True)
    item = factories.submit(0.85)
    item.predictions.update(label=["positive", "negative"])
    assert answer(rita).label == ["negative", "positive"]
    review = Review.objects.get()
    assert (review.action, review.agrees_with_ai) == ("approve", True)


def test_an_edit_closes_it_with_the_persons_label(rita):
    factories.item_type()
    factories.submit(0.85)
    assert answer(rita, "edit", label="negative").label == "negative"
    label = Label.objects.get()
    assert (label.label, label.prev_confidence, label.feedback_type, label.weight, label.source) == (
        "negative",
        0.85,
        "correction",
        3.0,
        "review",
    )


def test_an_edit_that_says_the_same_counts_as_an_approval(rita):
    factories.item_type()
    factories.submit(0.85)
    answer(rita, "edit", label="positive", confidence=0.5)
    stored = Review.objects.get()
    assert (stored.action, stored.agrees_with_ai, stored.human_labels.get().weight) == ("approve", True, 0.5)


def test_a_refused_item_goes_to_an_expert_who_decides(rita, edgar):
    factories.item_type()
    factories.submit(0.85)
    assert answer(rita, "reject", comment="Neither.").status == "pending_expert"
    assert answer(edgar, "edit", label="negative").label == "negative"


def test_a_refusal_closes_the_item_where_the_type_says_so(rita):
    factories.item_type(reject_means="withhold")
    factories.submit(0.85)
    assert (answer(rita, "reject").status, Label.objects.count()) == ("rejected", 0)


def test_an_escalation_goes_to_an_expert_with_its_author_in_the_reasons(rita):
    factories.item_type()
    factories.submit(0.85)
    item = answer(rita, "escalate")
    assert (item.status, item.reasons[-1]["text"]) == ("pending_expert", "rita asked for an expert")
    assert factories.seat_of(item, "expert").queue.slug == "experts"


def test_an_experts_refusal_ends_it(rita, edgar):
    factories.item_type()
    factories.submit(0.3)
    assert answer(edgar, "reject").status == "rejected"


def test_an_expert_has_nobody_to_escalate_to(edgar):
    factories.item_type()
    factories.submit(0.3)
    with pytest.raises(InvalidAnswer, match="You are the expert"):
        answer(edgar, "escalate")


def test_two_who_agree_decide(rita):
    factories.item_type(opinions_wanted=2)
    factories.submit(0.85)
    assert answer(rita).status == "pending_human"
    item = answer(factories.person("otto", "reviewers"))
    assert (item.status, item.label) == ("approved", "positive")


def test_two_who_differ_leave_it_to_an_expert(rita, edgar):
    factories.item_type(opinions_wanted=2)
    factories.submit(0.85)
    answer(rita)
    item = answer(factories.person("otto", "reviewers"), "edit", label="negative")
    assert (item.status, item.reasons[-1]["text"]) == ("pending_expert", "people disagree")
    assert answer(edgar, "approve").label == "positive"


def test_an_audit_that_agrees_leaves_the_decision(rita):
    factories.item_type(audit_rate=1.0)
    factories.submit(0.97)
    item = answer(rita, "edit", label="positive")
    assert (item.status, item.decided_by) == ("approved", "system:router")
    assert Label.objects.get().source == "audit"


def test_an_audit_that_differs_overturns_it_and_tells_the_client(rita):
    factories.item_type(audit_rate=1.0)
    factories.submit(0.97, callback_url="https://client.example/hook")
    item = answer(rita, "edit", label="negative")
    assert (item.label, item.decided_by) == ("negative", "user:rita")
    assert list(Delivery.objects.order_by("id").values_list("event", flat=True)) == [
        "item.decided",
        "item.overturned",
    ]


def test_an_audit_that_refuses_asks_an_expert_whose_answer_overturns(rita, edgar):
    factories.item_type(audit_rate=1.0)
    factories.submit(0.97)
    assert answer(rita, "reject").status == "approved"
    assert answer(edgar, "reject").status == "rejected"


def test_a_blind_look_must_name_its_label(rita):
    factories.item_type(blind_share=1.0)
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    with pytest.raises(InvalidAnswer, match="This look is blind"):
        review.submit(seat.pk, Answer("approve"), by=rita)


def test_without_a_models_answer_there_is_nothing_to_approve(rita):
    made = factories.item_type()
    item = factories.submit(None)
    assignments.ask([assignments.Want(item, "learn", made.queue)])
    with pytest.raises(InvalidAnswer, match="No model has answered"):
        answer(rita, "approve")


def test_a_label_asked_for_learning_decides_an_item_that_no_model_could(rita):
    made = factories.item_type()
    item = factories.submit(None)
    assignments.ask([assignments.Want(item, "learn", made.queue)])
    item = answer(rita, "edit", label="negative")
    assert (item.status, Label.objects.get().feedback_type) == ("approved", None)


def test_a_pool_item_yields_a_label_and_stays_in_the_pool(rita):
    made = factories.item_type()
    item = factories.submit(None, pool=True)
    assignments.ask([assignments.Want(item, "learn", made.queue)])
    assert (answer(rita, "edit", label="negative").status, Label.objects.count()) == ("pooled", 1)


@pytest.mark.parametrize("action", ["reject", "escalate"])
def test_a_comment_is_asked_for_where_the_type_wants_one(rita, action):
    factories.item_type(comment_required=True)
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    with pytest.raises(InvalidAnswer, match="asks for a comment"):
        review.submit(seat.pk, Answer(action, comment="  "), by=rita)
    assert Assignment.objects.get().closed_at is None


def test_a_label_that_does_not_exist_is_refused_and_nothing_is_stored(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    with pytest.raises(InvalidAnswer) as caught:
        review.submit(seat.pk, Answer("edit", label="angry"), by=rita)
    assert (caught.value.attr, Review.objects.count(), Label.objects.count()) == ("label", 0, 0)


def test_the_same_answer_twice_is_stored_once(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    for _ in range(2):
        assert review.submit(seat.pk, Answer("approve"), by=rita).status == "approved"
    assert (Review.objects.count(), Label.objects.count()) == (1, 1)


def test_another_answer_after_the_first_is_refused(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    review.submit(seat.pk, Answer("approve"), by=rita)
    with pytest.raises(AlreadyAnswered):
        review.submit(seat.pk, Answer("edit", label="negative"), by=rita)


def test_a_lease_that_ran_out_stores_nothing(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    Assignment.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(SeatLost):
        review.submit(seat.pk, Answer("approve"), by=rita)
    assert (Review.objects.count(), Label.objects.count()) == (0, 0)


def test_nobody_answers_at_anothers_seat(rita, edgar):
    factories.item_type()
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    with pytest.raises(SeatLost):
        review.submit(seat.pk, Answer("approve"), by=edgar)


def test_an_answer_takes_at_most_twelve_statements(rita):
    factories.item_type()
    factories.submit(0.85, callback_url="https://client.example/hook")
    seat = assignments.claim(by=rita)
    sittings.current(rita)
    with counted(most=12):
        review.submit(seat.pk, Answer("edit", label="negative"), by=rita)


def test_the_trail_tells_what_was_said_and_what_came_of_it(rita):
    factories.item_type()
    factories.submit(0.85)
    item = answer(rita, "edit", label="negative", comment="Sarcasm.", time_spent_ms=1200)
    events = AuditEvent.objects.filter(subject_id=str(item.pk)).order_by("id")
    assert [event.verb for event in events] == ["item.submitted", "review.submitted", "item.resolved"]
    assert [(event.actor, event.data["label"]) for event in events[1:]] == [("user:rita", "negative")] * 2


def test_the_design_of_the_sample_is_kept_with_the_label(rita):
    factories.item_type(audit_rate=1.0, held_out_share=0.5)
    held = next(item for item in (factories.submit(0.97) for _ in range(50)) if item.held_out)
    seat = factories.seat_of(held, "audit")
    Assignment.objects.exclude(pk=seat.pk).delete()
    answer(rita, "edit", label="positive", time_spent_ms=900)
    label = Label.objects.get()
    assert (label.blind, label.reserved, label.inclusion, label.time_spent_ms) == (True, True, 1.0, 900)


def test_an_edited_generation_becomes_a_golden_example(rita):
    factories.item_type("answers", kind="generation", labels=[], held_out_share=0.05)
    payload = {"query": "When?", "context": ["On Monday."], "output": "On Sunday."}
    entries = [
        router.Entry(f"g{i}", payload, opinions=(factories.opinion(0.85, "On Sunday."),)) for i in range(5)
    ]
    made = router.submit("answers", entries, by="system:test")
    kept = next(one.item for one in made if not one.item.held_out)
    Assignment.objects.exclude(item=kept).delete()
    answer(rita, "edit", label="On Monday.")
    example = GoldenExample.objects.get()
    assert (example.query, example.output, example.edited_output) == ("When?", "On Sunday.", "On Monday.")


def test_held_out_items_are_never_kept_as_examples(rita):
    factories.item_type("answers", kind="generation", labels=[], held_out_share=0.5)
    payload = {"query": "When?", "context": ["On Monday."], "output": "On Sunday."}
    entries = [
        router.Entry(f"g{i}", payload, opinions=(factories.opinion(0.85, "On Sunday."),)) for i in range(20)
    ]
    made = router.submit("answers", entries, by="system:test")
    held = next(one.item for one in made if one.item.held_out)
    Assignment.objects.exclude(item=held).delete()
    answer(rita, "edit", label="On Monday.")
    assert (Label.objects.count(), GoldenExample.objects.count()) == (1, 0)


def test_whoever_left_the_group_is_not_heard(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    rita.groups.clear()
    with pytest.raises(SeatLost):
        review.submit(seat.pk, Answer("approve"), by=rita)
    assert Review.objects.count() == 0


def test_a_lapsed_holder_may_still_be_the_expert():
    factories.item_type(opinions_wanted=2)
    factories.submit(0.85)
    both = factories.person("both", "reviewers", "experts")
    assignments.claim(by=both)
    Assignment.objects.filter(user=both).update(leased_until=timezone.now() - timedelta(seconds=1))
    answer(factories.person("rita", "reviewers"), "reject")
    assert assignments.claim(by=both).purpose == "expert"


def test_a_refused_answer_begins_no_sitting(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = assignments.claim(by=rita)
    with pytest.raises(InvalidAnswer):
        review.submit(seat.pk, Answer("edit", label="angry"), by=rita)
    assert ReviewSession.objects.count() == 0


def test_every_event_of_an_item_names_its_policy(rita, edgar):
    factories.item_type()
    factories.submit(0.85)
    item = answer(rita, "escalate")
    answer(edgar)
    events = AuditEvent.objects.filter(subject_id=str(item.pk))
    assert {event.verb: event.data["policy"] for event in events} == dict.fromkeys(
        ["item.submitted", "review.submitted", "item.escalated", "item.resolved"], 1
    )


def test_one_refusal_frees_the_others_who_were_asked(rita):
    factories.item_type(opinions_wanted=3, reject_means="withhold")
    factories.submit(0.85)
    assert answer(rita, "reject").status == "rejected"
    assert not Assignment.objects.open().exists()
