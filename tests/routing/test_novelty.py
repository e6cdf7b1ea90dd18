"""What is new goes to a person: strange payloads, entities and classes that nobody has given."""

import pytest

from labeling.answering import review
from labeling.answering.review import Answer
from labeling.importing import posted
from routing import assignments, novelty, policies, router
from routing.models import SeenClass
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db


def measured(monkeypatch, *shares):
    monkeypatch.setattr(novelty, "_registered", [lambda item_type, payloads: list(shares)])


def answer(item, label):
    """Let somebody give this answer at the item's seat."""
    name = f"rita-{item.item_ref}"
    rita = factories.person(name, "reviewers", "experts")
    seat = assignments.claim(by=rita)
    assert seat.item_id == item.pk
    return review.submit(seat.pk, Answer("edit", label), by=rita)


def link(label, ref, **fields):
    payload = {"text": "Paris", "mention": {"start": 0, "end": 5}, "candidates": [{"id": "Q90", "name": "P"}]}
    return factories.submit(1.0, to="links", label=label, ref=ref, payload=payload, **fields)


def codes(item):
    return [reason["code"] for reason in item.reasons]


def test_a_strange_payload_goes_to_a_person_and_the_measure_is_kept(monkeypatch):
    factories.item_type(novelty_limit=0.99)
    measured(monkeypatch, 0.997)
    item = factories.submit(0.99)
    item.refresh_from_db()
    assert (item.status, item.signals) == ("pending_human", {"novelty": 0.997})
    assert codes(item) == ["novelty", "confidence"]


def test_where_nothing_can_be_compared_nothing_is_said(monkeypatch):
    factories.item_type(novelty_limit=0.99)
    measured(monkeypatch, None)
    item = factories.submit(0.99)
    assert (item.status, item.signals) == ("approved", {})


def test_nobody_is_asked_how_strange_an_item_is_where_the_policy_has_no_limit(monkeypatch):
    factories.item_type()
    monkeypatch.setattr(novelty, "_registered", [lambda item_type, payloads: 1 / 0])
    assert factories.submit(0.99).signals == {}


def test_a_class_is_looked_at_until_somebody_has_given_it():
    factories.item_type(confirm_classes=True)
    first = factories.submit(0.99)
    assert (first.status, first.signals) == ("pending_human", {"unseen": ["positive"]})
    answer(first, "positive")
    second, other = factories.submit(0.99), factories.submit(0.99, label="negative")
    assert (second.status, second.signals) == ("approved", {"unseen": []})
    assert other.reasons[0]["text"] == "nobody has given 'negative' as an answer yet"


def test_an_entity_beyond_the_candidates_is_new_until_somebody_has_given_it():
    factories.item_type("links", kind="entity_linking", labels=[])
    assert link("Q90", "offered").status == "approved"
    first = link("Q167646", "new")
    assert (first.status, first.signals) == ("pending_human", {"unseen": ["Q167646"]})
    answer(first, "Q167646")
    assert link("Q167646", "again").status == "approved"


def test_a_check_that_overturns_gives_a_class():
    factories.item_type(audit_rate=1.0, confirm_classes=True)
    SeenClass.objects.create(item_type_id=factories.submit(None).item_type_id, name="positive")
    item = factories.submit(0.99)
    answer(item, "negative")
    item.refresh_from_db()
    assert item.label == "negative"
    assert sorted(SeenClass.objects.values_list("name", flat=True)) == ["negative", "positive"]


def test_imported_labels_give_classes_once():
    factories.item_type(confirm_classes=True)
    raws = [{"item_type": "sentiment", "item_ref": f"r{i}", "label": "positive"} for i in range(3)]
    posted.import_labels(raws, by="system:test")
    posted.import_labels(raws[:1], by="system:test")
    assert list(SeenClass.objects.values_list("name", flat=True)) == ["positive"]


def test_a_batch_asks_once_which_classes_were_given():
    factories.item_type(confirm_classes=True)
    entries = [factories.entry(0.9, label=label) for label in ("positive", "negative") * 20]
    with counted(most=12) as many:
        router.submit("sentiment", entries, by="system:test")
    assert sum("routing_seenclass" in sql for sql in many) == 1


def test_types_that_do_not_ask_note_and_look_up_nothing():
    factories.item_type()
    with counted(most=10) as made:
        answer_to = factories.submit(0.85)
    answer(answer_to, "positive")
    assert [sql for sql in made if "routing_seenclass" in sql] == []
    assert not SeenClass.objects.exists()


def test_an_item_is_judged_by_the_labels_of_its_policy():
    made = factories.item_type()
    made.labels = ["negative", "positive", "mixed"]
    made.save(update_fields=["labels"])
    item = factories.submit(0.99, label="mixed")
    assert (item.status, item.reasons[0]["code"]) == ("pending_human", "novelty")
    policies.publish(made, reason="mixed is a label now", by="system:test")
    assert factories.submit(0.99, label="mixed").status == "approved"


def confirming(item_type):
    """Let the type ask for classes to be confirmed, and publish that."""
    item_type.confirm_classes = True
    item_type.save(update_fields=["confirm_classes"])
    return policies.publish(item_type, reason="be careful", by="system:test")


def test_what_people_answered_before_anybody_asked_is_known_once_it_is_asked():
    made = factories.item_type()
    answer(factories.submit(0.85), "positive")
    factories.submit(0.99, label="negative")
    confirming(made)
    assert (factories.submit(0.99).status, factories.submit(0.99, label="negative").status) == (
        "approved",
        "pending_human",
    )


def test_a_label_of_the_pool_gives_a_class(monkeypatch):
    made = factories.item_type(confirm_classes=True)
    item = factories.submit(None, pool=True)
    wants = [assignments.Want(item, "learn", made.queue, 1)]
    assignments.ask(wants, now=item.created_at)
    answer(item, "negative")
    assert factories.submit(0.99, label="negative").status == "approved"


def test_a_check_that_agrees_gives_a_class():
    factories.item_type("links", kind="entity_linking", labels=[], audit_rate=1.0)
    answer(link("Q90", "offered"), "Q90")
    assert list(SeenClass.objects.values_list("name", flat=True)) == ["Q90"]
