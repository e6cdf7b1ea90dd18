"""Which items may be asked as known questions, and by whose word their answer is known."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from labeling.models import Flag, Label
from labeling.people.questions import can_ask, questions
from routing.marking import mark
from routing.models import Item
from tests import factories
from tests.labeling.looks import answer, ask, settled
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return factories.item_type(opinions_wanted=2)


def said(item, **answers):
    """Let people answer the item, by purpose, each somebody else: `review="negative"`."""
    for purpose, label in answers.items():
        person = factories.person(f"{purpose}-{Item.objects.count()}", "reviewers", "experts")
        answer(ask(item, purpose), person, label)
    return item


def known(made):
    return {one.item: one.known for one in questions(made, now=timezone.now())}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"expert": "negative"}, "expert"),
        ({"validate": "negative"}, "expert"),
        ({"review": "negative", "second": "negative"}, "people"),
        ({"audit": "negative", "second": "negative"}, "people"),
        ({"review": "negative"}, None),
        ({"seed": "negative", "gold": "negative"}, None),
    ],
)
def test_by_whose_word_an_answer_is_known(made, answers, expected):
    item = said(settled(factories.submit(0.85)), **answers)
    settled(item)
    assert known(made).get(item) == expected


def test_who_said_something_else_does_not_count(made):
    item = said(settled(factories.submit(0.85)), review="negative", second="negative")
    Item.objects.filter(pk=item.pk).update(label="positive")
    assert known(made) == {}


def test_what_somebody_looks_at_is_in_doubt_but_a_question_does_no_harm(made):
    item = settled(said(settled(factories.submit(0.85)), expert="negative"))
    seat = ask(item, "gold")
    assert known(made) == {item: "expert"}
    seat.delete()
    ask(item, "second")
    assert known(made) == {}


def test_what_a_check_doubts_is_not_asked(made):
    item = settled(said(settled(factories.submit(0.85)), expert="negative"))
    given = Label.objects.get()
    Flag.objects.create(label=given, item=item, item_type=made, check_name="too_fast", score=0.9)
    assert known(made) == {}


def test_a_question_knows_who_has_seen_it_and_how_often_it_was_asked(made):
    item = settled(said(settled(factories.submit(0.85)), expert="negative"))
    sam = factories.person("sam", "reviewers")
    answer(ask(item, "gold", meant_for=sam.pk), sam, "negative")
    (found,) = questions(made, now=timezone.now())
    assert (found.used, sam.pk in found.seen, found.usual) == (1, True, True)


def test_what_a_lead_marks_is_asked_whoever_decided_it_and_however_long_ago(made):
    long_ago = timezone.now() - timedelta(days=400)
    item = settled(factories.submit(0.99), by="system:router", decided_at=long_ago)
    assert mark(Item.objects.all(), True, by="user:lea") == 1
    assert known(made) == {item: "lead"}
    event = AuditEvent.objects.get(verb="item.known")
    assert (event.actor, event.data) == ("user:lea", {"before": None, "after": True})


def test_what_a_lead_takes_out_is_asked_no_more(made):
    settled(said(settled(factories.submit(0.85)), expert="negative"))
    assert mark(Item.objects.all(), False, by="user:lea") == 1
    assert (known(made), mark(Item.objects.all(), False, by="user:lea")) == ({}, 0)


def test_only_an_approved_item_can_be_marked(made):
    factories.submit(0.85)
    assert mark(Item.objects.all(), True, by="user:lea") == 0


@pytest.mark.parametrize(
    ("kind", "tolerance", "can"),
    [("classification", 0.0, True), ("generation", 0.0, False), ("generation", 0.2, True)],
)
def test_a_kind_without_exact_answers_needs_a_tolerance(kind, tolerance, can):
    labels = ["a", "b"] if kind == "classification" else []
    made = factories.item_type("other", kind=kind, labels=labels, agreement_tolerance=tolerance)
    assert can_ask(made) == can


def test_many_questions_take_two_statements(made):
    for _ in range(3):
        said(settled(factories.submit(0.85)), expert="negative")
    with counted(most=2):
        assert len(questions(made, now=timezone.now())) == 3
