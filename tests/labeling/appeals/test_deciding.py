"""An expert's answer at a dispute upholds the decision or overturns it, and whoever disputes reads why."""

import pytest

from audit import trail
from audit.models import AuditEvent
from labeling.answering import correcting
from labeling.answering.review import Answer
from labeling.appeals.opening import NotDisputable
from labeling.models import Appeal, Label, Review
from routing import assignments
from routing.errors import InvalidAnswer
from routing.models import Delivery
from tests import factories
from tests.labeling.disputes import automated, decided, disputable, dispute
from tests.labeling.opinions import answer

pytestmark = pytest.mark.django_db
WHY = "The last sentence says it."


def outcome():
    """Return what became of the one dispute, and what its author is told."""
    return Appeal.objects.values_list("state", "answer", "closed_by").get()


def test_an_expert_who_comes_to_the_same_upholds_the_decision(rita, edgar):
    dispute(decided(rita))
    item = answer(edgar, "positive", comment=WHY)
    assert outcome() == ("upheld", WHY, "user:edgar")
    assert (item.label, item.decided_by) == ("positive", "user:rita")
    assert Label.objects.filter(source="appeal").values_list("label", "blind").get() == ("positive", True)


def test_an_expert_who_differs_overturns_it(rita, edgar):
    dispute(decided(rita))
    item = answer(edgar, "negative", comment=WHY)
    assert outcome() == ("overturned", WHY, "user:edgar")
    assert (item.label, item.decided_by) == ("negative", "user:edgar")
    assert Review.objects.latest("id").upholds is False


def test_a_machines_decision_is_overturned_by_a_refusal(edgar):
    dispute(automated())
    item = answer(edgar, action="reject", comment=WHY)
    assert (item.status, outcome()[0]) == ("rejected", "overturned")


def test_a_refused_item_is_upheld_by_a_refusal(rita, edgar):
    disputable(reject_means="withhold")
    factories.submit(0.85)
    dispute(answer(rita, action="reject"))
    answer(edgar, action="reject", comment=WHY)
    assert outcome()[0] == "upheld"


def test_the_expert_must_say_why(rita, edgar):
    dispute(decided(rita))
    with pytest.raises(InvalidAnswer) as refused:
        answer(edgar, "positive", comment="  ")
    assert refused.value.attr == "comment"


def test_story_and_client_learn_of_the_answer(edgar):
    item = automated(callback_url="https://client.example/hook")
    dispute(item)
    answer(edgar, "negative", comment=WHY)
    events = list(Delivery.objects.order_by("id").values_list("event", flat=True))
    assert events == ["item.decided", "appeal.opened", "item.overturned", "appeal.decided"]
    told = Delivery.objects.latest("id").body["data"]
    assert (told["label"], told["appeal"]["state"], told["appeal"]["answer"]) == (
        "negative",
        "overturned",
        WHY,
    )
    event = AuditEvent.objects.get(verb="appeal.decided")
    assert (event.data["state"], "answer" in event.data) == ("overturned", False)
    assert trail.opened(event, item.secret)["answer"] == WHY


def test_a_decision_that_stood_a_dispute_is_final(rita, edgar):
    item = decided(rita)
    dispute(item)
    answer(edgar, "positive", comment=WHY)
    with pytest.raises(NotDisputable):
        dispute(item)


def test_what_others_overturned_meanwhile_is_still_no_decision_upheld(rita, edgar):
    disputable(validated_share=1.0)
    item = decided(rita)
    dispute(item)
    emma = factories.person("emma", "experts")
    answer(emma, "negative", comment=WHY)
    assert outcome()[0] == "overturned"
    item = answer(edgar, "negative")
    assert (item.label, item.decided_by, outcome()[0]) == ("negative", "user:emma", "overturned")


def test_an_expert_who_corrects_the_answer_closes_the_dispute_anew(rita, edgar):
    dispute(decided(rita))
    answer(edgar, "negative", comment=WHY)
    seat = Appeal.objects.get().seat_id
    item = correcting.correct(seat, Answer("edit", "positive", "I misread it."), by=edgar)
    assert outcome() == ("upheld", "I misread it.", "user:edgar")
    assert (item.label, item.decided_by) == ("positive", "user:rita")


def test_the_claim_shows_the_expert_neither_suggestion_nor_reasons(rita, edgar):
    from labeling.api.answers import seat_data

    dispute(decided(rita), "Look again.")
    shown = seat_data(assignments.claim(by=edgar))
    assert (shown["suggestion"], shown["opinions"], shown["reasons"]) == (None, [], [])
    assert (shown["purpose"], shown["dispute"]["reason"]) == ("appeal", "Look again.")
