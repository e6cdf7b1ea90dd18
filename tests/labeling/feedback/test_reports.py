"""What production learnt is kept, is learnt from, and opens an expert's look once."""

import pytest

from audit import trail
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.feedback import reports
from labeling.models import Label, ProductionFeedback
from learning import dataset
from routing import assignments
from routing.models import Assignment, Item
from tests import factories
from tests.api_client import attrs, caller
from tests.statements import counted

pytestmark = pytest.mark.django_db
URL = "/api/v1/feedback/"


@pytest.fixture
def shop():
    return factories.person("shop", "clients")


def said(ref, correct=False, **fields):
    """Return one word of feedback."""
    return {"item_type": "sentiment", "item_ref": ref, "correct": correct} | fields


def test_what_is_right_is_kept_and_nobody_is_asked(shop):
    factories.item_type()
    item = factories.submit(0.99, ref="a")
    reports.receive([said("a", True)], by=shop)
    kept = ProductionFeedback.objects.get()
    assert (kept.item, kept.correct, kept.answer, kept.label, kept.user) == (
        item,
        True,
        "positive",
        None,
        shop,
    )
    assert not Assignment.objects.exists()
    assert not Label.objects.exists()


def test_what_is_wrong_asks_an_expert_and_the_answer_stands_meanwhile(shop):
    factories.item_type()
    item = factories.submit(0.99, ref="a")
    [received] = reports.receive([said("a")], by=shop)
    seat = Assignment.objects.get()
    assert (received.expert_asked, seat.purpose, seat.queue.slug) == (True, "expert", "experts")
    item.refresh_from_db()
    assert (item.status, item.label) == ("approved", "positive")
    assert [one.verb for one in trail.story(item)][1:] == ["feedback.received", "item.questioned"]


def test_the_same_answer_is_asked_about_once(shop):
    factories.item_type()
    factories.submit(0.99, ref="a")
    edgar = factories.person("edgar", "experts")
    reports.receive([said("a")], by=shop)
    review.submit(assignments.claim(by=edgar).pk, Answer("approve"), by=edgar)
    again = reports.receive([said("a", True), said("a"), said("a", label="negative")], by=shop)
    assert [one.expert_asked for one in again] == [False, False, False]
    assert Assignment.objects.count() == 1


def test_a_new_answer_is_asked_about_anew(shop):
    factories.item_type()
    factories.submit(0.99, ref="a")
    edgar = factories.person("edgar", "experts")
    reports.receive([said("a")], by=shop)
    review.submit(assignments.claim(by=edgar).pk, Answer("edit", "negative"), by=edgar)
    [again] = reports.receive([said("a")], by=shop)
    assert (again.expert_asked, Assignment.objects.count()) == (True, 2)


def test_saying_the_same_again_changes_nothing(shop):
    factories.item_type()
    factories.submit(0.99, ref="a")
    answers = reports.receive([said("a", label="negative")] * 2, by=shop)
    answers += reports.receive([said("a", label="negative")], by=shop)
    assert [one.duplicate for one in answers] == [False, True, True]
    assert (ProductionFeedback.objects.count(), Label.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("correct", "label", "stored"),
    [
        (True, "positive", ("approve", "positive", 1.0)),
        (False, "negative", ("edit", "correction", 3.0)),
    ],
)
def test_a_label_becomes_a_row_of_labels(shop, correct, label, stored):
    factories.item_type()
    item = factories.submit(0.99, ref="a")
    reports.receive([said("a", correct, label=label)], by=shop)
    row = Label.objects.get()
    assert (row.item, row.label, row.source, row.user) == (item, label, "feedback", shop)
    assert (row.action, row.feedback_type, row.weight) == stored
    assert (row.prev_confidence, row.reserved) == (0.99, item.held_out)


def test_no_entity_is_a_label_too(shop):
    factories.item_type("links", kind="entity_linking", labels=[])
    payload = {"text": "Paris", "mention": {"start": 0, "end": 5}, "candidates": [{"id": "Q90", "name": "P"}]}
    factories.submit(0.99, to="links", label="Q90", payload=payload, ref="a")
    Item.objects.update(
        status="approved", decided_at="2026-01-01T00:00Z", decided_by="system:router", label="Q90"
    )
    reports.receive([said("a", label=None, item_type="links")], by=shop)
    assert list(Label.objects.values_list("label", "source")) == [(None, "feedback")]


def test_a_model_learns_from_it_but_is_not_judged_by_it(shop):
    """Whoever complains does so of errors: of held-out items that would be a sample of the worst."""
    made = factories.item_type()
    for ref in ("a", "b"):
        factories.submit(0.99, ref=ref)
    Item.objects.filter(item_ref="b").update(held_out=True)
    Item.objects.filter(item_ref="a").update(held_out=False)
    reports.receive([said("a", label="negative"), said("b", label="negative")], by=shop)
    loaded = dataset.load(made)
    assert (loaded.train.labels, loaded.held_out.labels) == (["negative"], [])


def test_many_cost_no_more_statements_than_few(shop):
    factories.item_type()
    refs = [f"r{number}" for number in range(22)]
    for ref in refs:
        factories.submit(0.99, ref=ref)
    with counted(most=12) as few:
        reports.receive([said(ref, label="negative") for ref in refs[:2]], by=shop)
    with counted(most=len(few)):
        reports.receive([said(ref, label="negative") for ref in refs[2:]], by=shop)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"correct": 1}, [("invalid", "correct")]),
        ({"item_ref": "gone"}, [("unknown_item", "item_ref")]),
        ({"item_type": "gone"}, [("unknown_item", "item_ref")]),
        ({"item_ref": "open"}, [("not_decided", "item_ref")]),
        ({"label": "angry"}, [("unknown_label", "label")]),
        ({"label": "positive"}, [("contradiction", "label")]),
        ({"correct": True, "label": "negative"}, [("contradiction", "label")]),
        ({"why": "x"}, [("unknown_field", "why")]),
        ({"item_ref": 7, "item_type": None}, [("invalid", "item_type"), ("invalid", "item_ref")]),
    ],
)
def test_what_is_wrong_is_said_field_by_field(fields, found):
    factories.item_type()
    factories.submit(0.99, ref="a")
    factories.submit(0.85, ref="open")
    refused = caller("items:write").post(URL, said("a") | fields)
    assert (refused.status_code, attrs(refused)) == (400, found)
    assert not ProductionFeedback.objects.exists()


def test_an_array_is_stored_whole_or_not_at_all():
    factories.item_type()
    factories.submit(0.99, ref="a")
    client = caller("items:write")
    refused = client.post(URL, [said("a"), said("gone"), "x"])
    assert attrs(refused) == [("invalid", "2")]
    refused = client.post(URL, [said("a"), said("gone")])
    assert (attrs(refused), ProductionFeedback.objects.count()) == ([("unknown_item", "1.item_ref")], 0)
    stored = client.post(URL, [said("a"), said("a")])
    assert stored.status_code == 201
    assert (stored.json()["created"], stored.json()["duplicates"]) == (1, 1)


def test_it_is_told_and_listed_through_the_api():
    factories.item_type()
    item = factories.submit(0.99, ref="a")
    client = caller("items:write", "labels:read")
    posted = client.post(URL, said("a", label="negative"))
    repeated = client.post(URL, said("a", label="negative"))
    assert (posted.status_code, repeated.status_code) == (201, 200)
    row = {
        "item_id": str(item.pk),
        "item_type": "sentiment",
        "item_ref": "a",
        "correct": False,
        "answer": "positive",
        "label": "negative",
    }
    listed = client.get(URL, {"item_type": "sentiment", "correct": "false"}).json()["results"]
    assert [{name: one[name] for name in row} for one in [*listed, posted.json()]] == [row, row]
    assert (posted.json()["expert_asked"], repeated.json()["duplicate"]) == (True, True)
    assert client.get(URL, {"correct": "true"}).json()["results"] == []


def test_it_takes_the_right_scope():
    factories.item_type()
    assert caller("labels:read").post(URL, said("a")).status_code == 403
    assert caller("items:write").get(URL).status_code == 403
