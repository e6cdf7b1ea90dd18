"""A second look at a doubtful label: asked for, answered, and what follows."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from audit.models import AuditEvent
from labeling.answering import correcting, review
from labeling.models import Flag, Label
from labeling.quality import seconds
from routing.models import Assignment, Item, ItemType
from tests import factories
from tests.labeling.quality import doubted
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def flag():
    """A label by rita that is doubtful, with another reviewer and an expert at work."""
    factories.item_type()
    factories.person("otto", "reviewers")
    factories.person("edgar", "experts")
    return doubted.flagged(factories.person("rita", "reviewers"))


def person(name):
    return User.objects.get(username=name)


def test_another_person_is_asked_as_if_it_were_a_random_check(flag):
    (seat,) = seconds.ask(flag.item_type)
    flag.refresh_from_db()
    assert (flag.seat, seat.purpose, seat.queue.slug, seat.blind, seat.priority) == (
        seat,
        "second",
        "reviews",
        True,
        0,
    )
    assert seconds.ask(flag.item_type) == []
    assert AuditEvent.objects.filter(verb="flag.looked_at_again", subject_id=str(flag.pk)).count() == 1


def test_second_looks_that_one_run_opens_seem_to_have_come_one_by_one(flag):
    for _ in range(4):
        doubted.flagged(person("rita"))
    now = timezone.now()
    seats = seconds.ask(flag.item_type, now=now)
    waited = {now - seat.created_at for seat in seats}
    assert (len(waited), min(waited) >= timedelta(), max(waited) < timedelta(minutes=2)) == (5, True, True)
    assert {seat.due_at - seat.created_at for seat in seats} == {timedelta(hours=24)}


def test_many_second_looks_cost_as_many_statements_as_one(flag):
    with counted(most=20) as one:
        assert len(seconds.ask(flag.item_type)) == 1
    for _ in range(4):
        doubted.flagged(person("rita"))
    with counted(most=len(one)):
        assert len(seconds.ask(flag.item_type)) == 4


def test_a_second_look_stands_for_as_many_items_as_the_label_it_doubts(flag):
    Label.objects.update(inclusion=0.25)
    assert [seat.inclusion for seat in seconds.ask(flag.item_type)] == [0.25]


def test_the_same_answer_confirms_the_label_and_leaves_the_item(flag):
    seconds.ask(flag.item_type)
    doubted.answer(person("otto"), "negative")
    flag.refresh_from_db()
    assert (flag.outcome, flag.item.label) == ("confirmed", "negative")
    assert not Assignment.objects.filter(purpose="expert").exists()


def test_another_answer_brings_in_an_expert_who_overturns(flag):
    seconds.ask(flag.item_type)
    doubted.answer(person("otto"), "positive")
    flag.refresh_from_db()
    assert (flag.outcome, flag.item.label) == ("changed", "negative")
    doubted.answer(person("edgar"), "positive")
    assert Item.objects.get(pk=flag.item_id).label == "positive"


def test_where_only_one_expert_is_left_their_second_look_counts_at_once(flag):
    person("otto").groups.clear()
    (seat,) = seconds.ask(flag.item_type)
    doubted.answer(person("edgar"), "positive")
    item = Item.objects.get(pk=flag.item_id)
    assert (seat.queue.slug, item.label, item.decided_by) == ("experts", "positive", "user:edgar")
    assert not Assignment.objects.open().exists()


def test_where_everybody_has_looked_the_flag_waits_for_a_lead(flag):
    for name in ("otto", "edgar"):
        person(name).groups.clear()
    assert seconds.ask(flag.item_type) == []
    assert Flag.objects.filter(settled_at__isnull=True, seat__isnull=True).count() == 1


def test_nobody_looks_again_where_the_item_type_does_not_want_it(flag):
    ItemType.objects.update(second_looks=False)
    assert seconds.ask(ItemType.objects.get()) == []


def test_a_label_whose_item_was_decided_otherwise_meanwhile_needs_no_second_look(flag):
    Item.objects.update(label="positive")
    assert seconds.ask(flag.item_type) == []
    assert Flag.objects.get().outcome == "changed"


def test_a_label_that_its_author_took_back_needs_no_second_look(flag):
    Label.objects.update(superseded_at=timezone.now())
    assert seconds.ask(flag.item_type) == []
    assert Flag.objects.get().outcome == "changed"


def test_a_label_that_another_person_has_given_as_well_is_confirmed(flag):
    Label.objects.create(
        item_type=flag.item_type,
        item_ref=flag.item.item_ref,
        item=flag.item,
        label="negative",
        user=person("otto"),
        action="edit",
        source="overlap",
    )
    assert seconds.ask(flag.item_type) == []
    assert Flag.objects.get().outcome == "confirmed"


def test_an_item_that_waits_for_an_expert_is_left_until_it_is_decided(flag):
    Item.objects.update(status="pending_expert", label=None, decided_at=None, decided_by=None)
    assert seconds.ask(flag.item_type) == []
    assert Flag.objects.get().outcome is None


def test_second_looks_are_few_and_go_to_the_most_doubtful(flag, monkeypatch):
    monkeypatch.setattr(seconds, "AT_LEAST", 1)
    other = doubted.flagged(person("rita"))
    Flag.objects.filter(pk=other.pk).update(score=0.999)
    assert [seat.item_id for seat in seconds.ask(flag.item_type)] == [other.item_id]
    assert seconds.ask(flag.item_type) == []


def test_a_refusal_at_the_second_look_asks_an_expert(flag):
    seconds.ask(flag.item_type)
    doubted.answer(person("otto"), action="reject")
    assert Flag.objects.get().outcome == "changed"
    assert Assignment.objects.open().filter(purpose="expert", item=flag.item).count() == 1


def test_a_flag_is_dismissed_with_a_reason_and_its_second_look_called_off(flag):
    seconds.ask(flag.item_type)
    assert seconds.dismiss([flag.pk], reason="It is a short text.", by=person("edgar")) == 1
    flag.refresh_from_db()
    assert (flag.outcome, flag.reason, flag.seat.outcome) == (
        "dismissed",
        "It is a short text.",
        "withdrawn",
    )
    assert seconds.dismiss([flag.pk], reason="Again.", by=person("edgar")) == 0


def test_who_is_answering_already_may_finish_after_a_dismissal(flag):
    (seat,) = seconds.ask(flag.item_type)
    held = {"user": person("otto"), "claimed_at": timezone.now()}
    Assignment.objects.filter(pk=seat.pk).update(leased_until=timezone.now() + timedelta(minutes=5), **held)
    seconds.dismiss([flag.pk], reason="It is a short text.", by=person("edgar"))
    assert Assignment.objects.get(pk=seat.pk).outcome is None


def test_a_second_look_that_its_author_corrects_settles_the_flag_anew(flag):
    (seat,) = seconds.ask(flag.item_type)
    doubted.answer(person("otto"), "positive")
    correcting.correct(seat.pk, review.Answer("edit", label="negative"), by=person("otto"))
    assert Flag.objects.get().outcome == "confirmed"
    assert not Assignment.objects.open().exists()
