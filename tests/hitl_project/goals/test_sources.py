"""What is read of items, looks and checks, and the figures that come of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from hitl_project.goals import keeping, sources
from hitl_project.goals.board import Flow
from hitl_project.goals.estimates import Amounts, counted
from hitl_project.goals.facts import Cell
from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from routing.models import Item
from tests import factories
from tests.labeling import opinions
from tests.labeling.disputes import decided, disputable, dispute
from tests.statements import counted as statements

pytestmark = pytest.mark.django_db


def answer(user, action, label=None, **fields):
    seat = assignments.claim(by=user)
    review.submit(seat.pk, Answer(action, label, **fields), by=user)


def measured(*types):
    return keeping.whole(sources.read(), {one.pk: {} for one in types}, types)


def cell(item_type):
    return sources.read().of_type(item_type.pk)


def test_the_days_begin_on_a_monday_and_end_with_this_one():
    found = sources.days(datetime(2026, 3, 4, 12, tzinfo=UTC), 2)
    assert (str(found[0].date()), found[0].weekday(), str(found[-1].date()), len(found)) == (
        "2026-02-16",
        0,
        "2026-03-04",
        17,
    )


def test_items_count_by_where_they_went_and_where_they_stand(rita):
    kept = factories.item_type()
    for score in (0.99, 0.98, 0.85, 0.3, None):
        factories.submit(score)
    answer(rita, "approve")
    found = cell(kept)
    assert (found.automated, found.human, found.expert, found.came) == (2, 1, 1, 5)
    assert (found.decided_automated, found.decided_human, found.decided_expert) == (2, 1, 0)
    assert found.states == {"approved": 3, "pending_expert": 1, "pending_ai": 1}


def test_what_is_older_than_the_window_does_not_count():
    kept = factories.item_type()
    factories.submit(0.99)
    Item.objects.update(
        created_at=timezone.now() - timedelta(days=75), decided_at=timezone.now() - timedelta(days=75)
    )
    assert cell(kept) == Cell()


def test_a_look_left_open_counts_half_an_hour(rita):
    kept = factories.item_type()
    for spent in (20_000, 9_000_000, None):
        factories.submit(0.85)
        answer(rita, "approve", time_spent_ms=spent)
    assert cell(kept).looked == Amounts(2, 1820.0, 20.0**2 + 1800.0**2)


def test_the_last_word_on_an_item_says_whether_the_answer_was_kept(rita, edgar):
    kept = factories.item_type()
    factories.submit(0.85)
    answer(rita, "escalate")
    answer(edgar, "edit", "negative")
    factories.submit(0.85)
    answer(rita, "approve")
    assert cell(kept).kept_human == counted(2, 1)


def test_only_blind_looks_tell_of_agreement_with_the_model(rita):
    kept = factories.item_type(blind_share=1.0)
    factories.submit(0.85)
    answer(rita, "edit", "positive")
    seen = factories.item_type("seen", blind_share=0.0)
    factories.submit(0.85, to="seen")
    answer(rita, "approve")
    assert (cell(kept).blind_human, cell(seen).blind_human) == (counted(1, 1), Cell().blind_human)


def test_open_looks_past_their_time_are_late(rita):
    kept = factories.item_type()
    factories.submit(0.85)
    answer(rita, "approve")
    factories.submit(0.85)
    kept.assignments.filter(closed_at=None).update(due_at=timezone.now() - timedelta(minutes=1))
    assert cell(kept).in_time == counted(2, 1)


def test_hours_cost_what_the_item_type_says(rita):
    kept = factories.item_type(cost_review_hour=36.0, cost_expert_hour=72.0)
    factories.submit(0.99)
    factories.submit(0.85)
    answer(rita, "approve")
    seat = kept.assignments.get()
    kept.assignments.update(claimed_at=seat.closed_at - timedelta(seconds=50))
    found = cell(kept)
    assert (found.priced, found.costs.count, found.costs.total) == (2, 1, pytest.approx(0.5))
    assert measured(kept)["cost_per_decision"].value == pytest.approx(0.25)


def test_each_time_is_of_its_own_items_and_looks(rita):
    kept, begun = factories.item_type(), timezone.now() - timedelta(hours=2)
    alone, asked, _ = (factories.submit(score) for score in (0.99, 0.85, 0.3))
    answer(rita, "approve")
    Item.objects.update(created_at=begun)
    for item, seconds in ((alone, 2), (asked, 600)):
        Item.objects.filter(pk=item.pk).update(decided_at=begun + timedelta(seconds=seconds))
    claimed, closed = (begun + timedelta(seconds=seconds) for seconds in (90, 126))
    kept.assignments.filter(item=asked).update(created_at=begun, claimed_at=claimed, closed_at=closed)
    found, flow = measured(kept), Flow(kept, "", cell(kept))
    names = ("processing_time", "time_to_resolution", "queue_time", "cases_per_hour")
    assert [found[name].value for name in names] == pytest.approx([2, 600, 90, 100])
    assert flow.decision_seconds == pytest.approx(301)
    assert {name: (count, round(seconds, -1)) for name, count, seconds in flow.states if count} == {
        "approved": (2, 300),
        "pending_expert": (1, 7200),
    }


def test_experts_who_look_again_tell_how_right_reviewers_are(rita, edgar):
    kept = factories.item_type(validated_share=1.0)
    for label in ("negative", "negative", "negative", "positive"):
        factories.submit(0.85)
        opinions.answer(rita, "negative")
        opinions.answer(edgar, label)
    assert measured(kept)["expert_validation"].value == 0.75


def test_item_types_without_costs_cost_nothing_that_is_known(rita):
    kept = factories.item_type()
    factories.submit(0.85)
    answer(rita, "approve")
    assert (cell(kept).priced, measured(kept)["cost_per_decision"].value) == (0, None)


def test_checks_give_accuracy_and_false_positives(rita):
    kept = factories.item_type(audit_rate=1.0)
    for label in ("positive", "positive", "positive", "negative"):
        factories.submit(0.99, label="positive")
        answer(rita, "edit", label)
    found = measured(kept)
    assert (found["system_accuracy"].value, found["false_positive_rate"].value) == (0.75, 0.25)
    assert (found["correction_rate"].value, found["human_ai_agreement"].value) == (0.25, 0.75)


def test_corrections_among_doubtful_items_do_not_stand_for_all(rita):
    kept = factories.item_type(audit_rate=0.0)
    for _ in range(3):
        factories.submit(0.85)
        answer(rita, "edit", "negative")
    kept.audit_rate = 1.0
    kept.save()
    assert measured(kept)["correction_rate"].value == 1.0
    for _ in range(7):
        factories.submit(0.99)
    assert measured(kept)["correction_rate"].value is None


def test_answered_disputes_tell_how_many_changed_the_decision(rita, edgar):
    kept = disputable()
    for label in ("negative", "positive"):
        dispute(decided(rita, "positive"))
        opinions.answer(edgar, label, comment="Read again.")
    dispute(decided(rita, "positive"))
    assert cell(kept).disputes == counted(2, 1)
    assert measured(kept)["overturned_disputes"].value == 0.5


def test_of_days_read_before_only_the_last_two_weeks_are_read_again():
    kept, now = factories.item_type(), timezone.now()
    ages = (30, 20, 10, 0)
    for days in ages:
        item = factories.submit(0.99)
        Item.objects.filter(pk=item.pk).update(created_at=now - timedelta(days=days))
    known = sources.read(now)
    Item.objects.update(action="human_review")
    found, whole = sources.read(now, known=known), sources.read(now)
    later = sources.read(now + timedelta(days=70), known=known)
    days = [timezone.localdate(now - timedelta(days=days)) for days in ages]
    assert [found.of_type(kept.pk, [day]).human for day in days] == [0, 0, 1, 1]
    assert [whole.of_type(kept.pk, [day]).human for day in days] == [1, 1, 1, 1]
    assert later.of_type(kept.pk, later.days).came == 0


def test_looks_count_by_queue_as_well(rita):
    other = factories.queue("others", "reviewers")
    kept, moved = factories.item_type(), factories.item_type("moved", queue=other)
    for slug in ("sentiment", "sentiment", "moved"):
        factories.submit(0.85, to=slug)
        answer(rita, "approve", time_spent_ms=1_000)
    facts = sources.read()
    found = [facts.of_desk(queue.pk, kept.pk, facts.days).looked.count for queue in (kept.queue, other)]
    there = facts.of_desk(other.pk, moved.pk, facts.days)
    assert (found, there.looked, there.in_time) == ([2, 0], Amounts(1, 1.0, 1.0), counted(1, 1))


def test_reading_takes_as_many_statements_for_many_item_types():
    factories.item_type()
    with statements(most=18):
        sources.read()
    for number in range(5):
        factories.item_type(f"more-{number}")
        factories.submit(0.85, to=f"more-{number}")
    with statements(most=18):
        sources.read()
