"""Golden examples: kept, replaced, retired."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from labeling import golden, tasks
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.exporting import streaming
from labeling.exporting.formats import FORMATS
from labeling.models import GoldenExample
from routing import assignments
from tests import factories

pytestmark = pytest.mark.django_db

PAYLOAD = {"query": "When?", "context": ["On Monday."], "output": "On Sunday."}


@pytest.fixture
def answers():
    return factories.item_type("answers", kind="generation", labels=[], held_out_share=0.05)


def submitted(to="answers", label="On Sunday.", **fields):
    """Return a new item that is not held out."""
    while (item := factories.submit(0.85, to=to, label=label, **({"payload": PAYLOAD} | fields))).held_out:
        item.assignments.all().delete()
    return item


def answer(name, action="edit", label=None, group="reviewers"):
    person = factories.person(name, group)
    review.submit(assignments.claim(by=person).pk, Answer(action, label=label), by=person)


def seat_of(example):
    return assignments.with_item().get(pk=example.review.assignment_id)


def test_an_answer_is_kept_once_the_item_is_decided(answers):
    answers.opinions_wanted = 2
    answers.save()
    submitted()
    answer("rita", label="On Monday.")
    assert not GoldenExample.objects.exists()
    answer("bea", label="On Monday.")
    kept = GoldenExample.objects.get()
    assert (kept.user.username, kept.version, kept.edited_output) == ("bea", 1, "On Monday.")


def test_an_experts_answer_is_the_one_that_is_kept(answers):
    submitted()
    answer("rita", "escalate")
    answer("edgar", label="On Monday.", group="experts")
    kept = GoldenExample.objects.get()
    assert (kept.user.username, kept.edited_output) == ("edgar", "On Monday.")


def test_another_answer_is_a_new_version(answers):
    submitted()
    answer("rita", label="On Monday.")
    first = GoldenExample.objects.get()
    item = review.lock(first.review.assignment_id).item
    item.label = "On Monday, at noon."
    second = golden.keep(item, seat_of(first), first.review)
    first.refresh_from_db()
    assert (second.version, second.replaces, first.retired_because) == (2, first, golden.REPLACED)
    assert golden.restore([first.pk], by="system:test") == 0


def test_the_same_answer_is_no_new_version(answers):
    submitted()
    answer("rita", label="On Monday.")
    first = GoldenExample.objects.get()
    item = review.lock(first.review.assignment_id).item
    assert golden.keep(item, seat_of(first), first.review) == first
    assert GoldenExample.objects.count() == 1


def test_what_a_person_retired_comes_back_only_with_another_answer(answers):
    submitted()
    answer("rita", label="On Monday.")
    first = GoldenExample.objects.get()
    golden.retire([first.pk], why="unclear", by="system:test")
    item = review.lock(first.review.assignment_id).item
    assert golden.keep(item, seat_of(first), first.review) == first
    item.label = "On Monday, at noon."
    second = golden.keep(item, seat_of(first), first.review)
    first.refresh_from_db()
    assert (second.version, second.retired_at, first.retired_because) == (2, None, "unclear")


def test_a_rejected_item_teaches_nothing_any_more(answers):
    submitted()
    answer("rita", label="On Monday.")
    kept = GoldenExample.objects.get()
    item = review.lock(kept.review.assignment_id).item
    item.status, item.label = "rejected", None
    assert golden.keep(item, seat_of(kept), kept.review) is None
    kept.refresh_from_db()
    assert kept.retired_because == golden.REJECTED


def test_a_labelled_text_is_kept_with_what_the_model_said():
    factories.item_type(held_out_share=0.05)
    submitted("sentiment", "positive", payload={"text": "So so."})
    answer("rita", label="negative")
    kept = GoldenExample.objects.get()
    assert (kept.query, kept.output, kept.edited_output) == ("So so.", "positive", "negative")


def test_features_alone_teach_nothing():
    factories.item_type(held_out_share=0.05)
    submitted("sentiment", "positive", payload={"features": [1, 2]})
    answer("rita", label="negative")
    assert not GoldenExample.objects.exists()


def test_why_it_was_retired_is_kept_and_told(answers):
    submitted()
    answer("rita", label="On Monday.")
    kept = GoldenExample.objects.get()
    assert golden.retire([kept.pk], why="the plan changed", by="system:test") == 1
    kept.refresh_from_db()
    assert kept.retired_because == "the plan changed"
    event = AuditEvent.objects.get(verb="golden.retired")
    assert event.data == {"why": "the plan changed"}


@pytest.mark.parametrize(("days", "retired"), [(None, 0), (11, 0), (9, 1)])
def test_old_examples_are_retired(answers, days, retired):
    answers.golden_days = days
    answers.save()
    old = timezone.now() - timedelta(days=10)
    GoldenExample.objects.create(item_type=answers, query="old", created_at=old)
    GoldenExample.objects.create(item_type=answers, query="new")
    assert tasks.retire_golden() == retired
    assert GoldenExample.objects.filter(retired_at__isnull=False).count() == retired


@pytest.mark.parametrize(("why", "rows"), [("unclear", 0), (golden.REJECTED, 1)])
def test_what_is_retired_is_not_taught_any_more(answers, why, rows):
    submitted()
    answer("rita", label="On Monday.")
    chat = FORMATS["openai-chat"]

    def exported():
        wanted = streaming.wanted(answers, chat)
        return b"".join(streaming.stream("openai-chat", chat, wanted, by="system:test")).count(b"\n")

    assert exported() == 1
    golden.retire([GoldenExample.objects.get().pk], why=why, by="system:test")
    assert exported() == rows
