"""The last answer said anew: the review and its label are replaced, and the item follows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from labeling.answering import correcting, review
from labeling.answering.review import Answer
from labeling.models import GoldenExample, Label, Review
from routing import assignments, router
from routing.errors import ExpertHasBegun, InvalidAnswer, TooLate
from routing.models import Assignment, Delivery, Item
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db


def answer(by, action="approve", **fields):
    """Claim the next seat as this person and answer it; return the seat."""
    seat = assignments.claim(by=by)
    review.submit(seat.pk, Answer(action, **fields), by=by)
    return seat


def correct(seat, by, action="approve", **fields):
    """Correct the answer at this seat; return the item as stored."""
    item = correcting.correct(seat.pk, Answer(action, **fields), by=by)
    item.refresh_from_db()
    return item


def age(**ago):
    """Let every answer, and what it decided, have been given so long ago."""
    then = timezone.now() - timedelta(**ago)
    Review.objects.update(created_at=then)
    Item.objects.filter(decided_at__isnull=False).update(decided_at=then)


def verbs(item):
    return list(
        AuditEvent.objects.filter(subject_id=str(item.pk)).order_by("id").values_list("verb", flat=True)
    )


def test_a_decision_by_the_old_answer_is_overturned_and_the_client_is_told(rita):
    factories.item_type()
    factories.submit(0.85, callback_url="https://client.example/hook")
    item = correct(answer(rita), rita, "edit", label="negative")
    assert (item.status, item.label, item.decided_by) == ("approved", "negative", "user:rita")
    events = Delivery.objects.order_by("id").values_list("event", flat=True)
    assert list(events) == ["item.decided", "item.overturned"]


def test_the_review_is_replaced_and_the_label_gets_a_new_row(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita, time_spent_ms=1000)
    correct(seat, rita, "edit", label="negative", time_spent_ms=500, comment="Sarcasm.")
    said = Review.objects.get()
    assert (said.action, said.label, said.agrees_with_ai, said.quality) == ("edit", "negative", False, 0.0)
    assert (said.comment, said.time_spent_ms, said.corrected_at is None) == ("Sarcasm.", 1500, False)
    old, new = Label.objects.order_by("id")
    assert (old.label, old.superseded_at == said.corrected_at) == ("positive", True)
    assert (new.label, new.superseded_at, new.feedback_type, new.review) == (
        "negative",
        None,
        "correction",
        said,
    )


def test_the_trail_has_one_event_with_before_and_after(rita):
    factories.item_type()
    factories.submit(0.85)
    item = correct(answer(rita), rita, "edit", label="negative")
    assert verbs(item)[-2:] == ["review.corrected", "item.overturned"]
    told = AuditEvent.objects.get(verb="review.corrected")
    assert told.actor == "user:rita"
    assert (told.data["before"]["label"], told.data["after"]["label"]) == ("positive", "negative")


def test_the_same_answer_again_changes_nothing(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    before = AuditEvent.objects.count()
    correct(seat, rita, "edit", label="positive")
    assert (AuditEvent.objects.count(), Label.objects.count(), Review.objects.get().corrected_at) == (
        before,
        1,
        None,
    )


def test_only_a_word_of_comment_moves_no_item(rita):
    factories.item_type()
    factories.submit(0.85)
    item = correct(answer(rita), rita, confidence=0.5, comment="Not sure.")
    assert verbs(item)[-1] == "review.corrected"
    assert Label.objects.get(superseded_at__isnull=True).weight == 0.5


def test_after_a_minute_it_is_too_late(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    age(seconds=61)
    with pytest.raises(TooLate):
        correct(seat, rita, "edit", label="negative")
    with pytest.raises(TooLate):
        correcting.reopen(by=rita)
    assert Label.objects.get().label == "positive"


def test_who_has_opened_it_within_the_minute_has_ten_to_finish(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    opened = correcting.reopen(by=rita)
    age(minutes=9)
    assert correcting.reopen(by=rita).correcting_until == opened.correcting_until
    assert correct(seat, rita, "edit", label="negative").label == "negative"


def test_ten_minutes_after_opening_it_is_too_late(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    correcting.reopen(by=rita)
    Review.objects.update(correcting_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(TooLate):
        correct(seat, rita, "edit", label="negative")


def test_only_the_last_answer_can_be_corrected(rita):
    factories.item_type()
    factories.submit(0.85)
    factories.submit(0.85)
    first = answer(rita)
    answer(rita)
    with pytest.raises(TooLate):
        correct(first, rita, "edit", label="negative")


def test_nobody_corrects_anothers_answer(rita, edgar):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    with pytest.raises(TooLate):
        correct(seat, edgar, "edit", label="negative")


def test_whoever_left_the_group_is_not_heard(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    rita.groups.clear()
    with pytest.raises(TooLate):
        correcting.reopen(by=rita)
    with pytest.raises(TooLate):
        correct(seat, rita, "edit", label="negative")


def test_an_answer_that_does_not_fit_leaves_the_old_one(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    with pytest.raises(InvalidAnswer):
        correct(seat, rita, "edit", label="angry")
    assert (Label.objects.get().label, Review.objects.get().corrected_at) == ("positive", None)


def test_a_correction_can_be_corrected_for_a_minute_too(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    age(seconds=50)
    correct(seat, rita, "edit", label="negative")
    Review.objects.update(created_at=timezone.now() - timedelta(seconds=100))
    assert correct(seat, rita, "edit", label="positive").label == "positive"
    assert Label.objects.filter(superseded_at__isnull=True).count() == 1


@pytest.mark.parametrize("action", ["reject", "escalate"])
def test_an_expert_who_has_not_begun_is_asked_no_more(rita, action):
    factories.item_type()
    submitted = factories.submit(0.85)
    item = correct(answer(rita, action), rita, "edit", label="negative")
    assert (item.status, item.label, item.priority) == ("approved", "negative", submitted.priority)
    assert [reason["code"] for reason in item.reasons] == [one["code"] for one in submitted.reasons]
    assert factories.seat_of(item, "expert").outcome == "withdrawn"
    assert verbs(item)[-3:] == ["item.recalled", "review.corrected", "item.resolved"]
    assert factories.seat_of(item).outcome == "answered"


def test_once_the_expert_holds_it_the_answer_stands(rita, edgar):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita, "reject")
    assignments.claim(by=edgar)
    with pytest.raises(ExpertHasBegun):
        correct(seat, rita, "edit", label="negative")
    assert (Review.objects.get().action, Label.objects.count()) == ("reject", 0)


def test_once_the_expert_has_answered_the_answer_stands(rita, edgar):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita, "reject")
    answer(edgar)
    with pytest.raises(ExpertHasBegun):
        correct(seat, rita, "edit", label="negative")


def test_an_approval_turned_into_a_refusal_asks_an_expert(rita):
    factories.item_type()
    factories.submit(0.85)
    item = correct(answer(rita), rita, "reject")
    assert (item.status, item.label) == ("approved", "positive")
    assert factories.seat_of(item, "expert").closed_at is None
    assert Label.objects.filter(superseded_at__isnull=True).count() == 0


def test_an_approval_turned_into_a_refusal_withholds_where_the_type_says_so(rita):
    factories.item_type(reject_means="withhold")
    factories.submit(0.85)
    item = correct(answer(rita), rita, "reject")
    assert (item.status, item.label) == ("rejected", None)
    assert correct(factories.seat_of(item), rita).status == "approved"


def test_looks_that_a_refusal_had_ended_are_open_again(rita):
    factories.item_type(opinions_wanted=2)
    factories.submit(0.85)
    item = correct(answer(rita, "reject"), rita)
    assert (item.status, Assignment.objects.open().filter(item=item).count()) == ("pending_human", 1)
    answer(factories.person("otto", "reviewers"))
    item.refresh_from_db()
    assert (item.status, item.label) == ("approved", "positive")


def test_of_two_who_differed_one_corrects_and_they_agree(rita):
    factories.item_type(opinions_wanted=2)
    factories.submit(0.85)
    seat = answer(rita)
    answer(factories.person("otto", "reviewers"), "edit", label="negative")
    item = correct(seat, rita, "edit", label="negative")
    assert (item.status, item.label) == ("approved", "negative")
    assert factories.seat_of(item, "expert").outcome == "withdrawn"


def test_of_two_who_agreed_one_corrects_and_an_expert_is_asked(rita, edgar):
    factories.item_type(opinions_wanted=2)
    factories.submit(0.85)
    seat = answer(rita)
    answer(factories.person("otto", "reviewers"))
    item = correct(seat, rita, "edit", label="negative")
    assert (item.status, item.label) == ("approved", "positive")
    answer(edgar, "edit", label="negative")
    item.refresh_from_db()
    assert item.label == "negative"


def test_another_persons_refusal_keeps_the_expert(rita):
    factories.item_type(opinions_wanted=2)
    factories.submit(0.85)
    seat = answer(rita)
    answer(factories.person("otto", "reviewers"), "reject")
    item = correct(seat, rita, "edit", label="negative")
    assert (item.status, Assignment.objects.open().get(item=item).purpose) == ("pending_expert", "expert")


def test_what_an_expert_decided_stays(rita, edgar):
    factories.item_type(opinions_wanted=2)
    factories.submit(0.85)
    seat = answer(rita)
    answer(factories.person("otto", "reviewers"), "reject")
    answer(edgar, "edit", label="negative")
    item = correct(seat, rita, "reject")
    assert (item.status, item.label, item.decided_by) == ("approved", "negative", "user:edgar")


def test_an_expert_corrects_the_own_decision(edgar):
    factories.item_type()
    factories.submit(0.3)
    seat = answer(edgar, "reject")
    assert correct(seat, edgar, "edit", label="negative").label == "negative"
    assert correct(seat, edgar, "reject").status == "rejected"


def test_a_check_that_overturned_can_restore_what_it_overturned(rita):
    factories.item_type(audit_rate=1.0)
    factories.submit(0.97)
    item = correct(answer(rita, "edit", label="negative"), rita, "edit", label="positive")
    assert (item.label, Review.objects.get().upholds) == ("positive", True)


def test_a_check_that_overturned_and_now_doubts_leaves_it_to_an_expert(rita):
    factories.item_type(audit_rate=1.0)
    factories.submit(0.97)
    item = correct(answer(rita, "edit", label="negative"), rita, "reject")
    assert (item.label, factories.seat_of(item, "expert").closed_at) == ("positive", None)


def test_a_check_that_agreed_can_still_overturn(rita):
    factories.item_type(audit_rate=1.0)
    factories.submit(0.97)
    assert correct(answer(rita, "edit", label="positive"), rita, "edit", label="negative").label == "negative"


def test_a_check_that_doubted_takes_its_question_back(rita):
    factories.item_type(audit_rate=1.0)
    factories.submit(0.97)
    item = correct(answer(rita, "reject"), rita, "edit", label="positive")
    assert (item.label, factories.seat_of(item, "expert").outcome) == ("positive", "withdrawn")


def test_a_pool_item_stays_in_the_pool(rita):
    made = factories.item_type()
    item = factories.submit(None, pool=True)
    assignments.ask([assignments.Want(item, "learn", made.queue)])
    item = correct(answer(rita, "edit", label="negative"), rita, "edit", label="positive")
    assert (item.status, Label.objects.get(superseded_at__isnull=True).label) == ("pooled", "positive")


def test_an_item_without_a_model_waits_for_people_again(rita):
    made = factories.item_type()
    item = factories.submit(None)
    assignments.ask([assignments.Want(item, "learn", made.queue)])
    seat = answer(rita, "escalate")
    assert correct(seat, rita, "edit", label="negative").status == "approved"


def test_the_golden_example_is_replaced(rita):
    factories.item_type("answers", kind="generation", labels=[], held_out_share=0.05)
    payload = {"query": "When?", "context": ["On Monday."], "output": "On Sunday."}
    entries = [
        router.Entry(f"g{i}", payload, opinions=(factories.opinion(0.85, "On Sunday."),)) for i in range(5)
    ]
    kept = next(
        one.item for one in router.submit("answers", entries, by="system:test") if not one.item.held_out
    )
    Assignment.objects.exclude(item=kept).delete()
    correct(answer(rita, "edit", label="Monday."), rita, "edit", label="On Monday.")
    old, new = GoldenExample.objects.order_by("id")
    assert (old.edited_output, old.retired_at is None) == ("Monday.", False)
    assert (new.edited_output, new.retired_at, new.replaces, new.version) == ("On Monday.", None, old, 2)


def test_a_correction_costs_few_statements(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = answer(rita)
    with counted(most=23):
        correcting.correct(seat.pk, Answer("edit", label="negative"), by=rita)
