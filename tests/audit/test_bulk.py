"""Rows that go in together are stored as if each had been stored alone."""

import json

import pytest
from django.db import DataError, IntegrityError
from django.utils import timezone

from audit import bulk, chain, trail
from audit.models import AuditEvent
from routing.models import Item, Prediction
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db

ODD = {"a": [1.1, 1e-17, 12345678901234567890, None, True], 'q"\\': "é \n😀 %s", "deep": {"b": [[]]}}


def prediction(item, **fields):
    said = {"item_id": item.pk, "rank": 7, "model": "m@1", "label": ODD, "confidence": 0.1 + 0.2}
    return {**said, "probabilities": None, "created_at": timezone.now(), **fields}


def test_values_come_back_as_they_went_in():
    factories.item_type()
    row = prediction(factories.submit(0.85))
    with counted(most=1):
        bulk.insert(Prediction, [row])
    assert Prediction.objects.filter(rank=7).values(*row).get() == row
    assert Prediction.objects.filter(rank=7, probabilities__isnull=True).exists()


def test_nothing_takes_no_statement():
    with counted(most=0):
        bulk.insert(Prediction, [])
        bulk.insert_objects([])
        bulk.update([], ["label"])


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"confidence": 1.5}, IntegrityError),
        ({"confidence": None}, IntegrityError),
        ({"confidence": float("nan")}, DataError),
        ({"model": "m" * 201}, DataError),
        ({"label": "\x00"}, DataError),
        ({"label": {1, 2}}, TypeError),
    ],
)
def test_the_database_still_refuses_what_does_not_fit(wrong, error):
    factories.item_type()
    item = factories.submit(0.85)
    with pytest.raises(error):
        bulk.insert(Prediction, [prediction(item, **wrong)])


def test_objects_are_stored_in_their_order_and_known_as_stored():
    subjects = [("thing", number) for number in range(50)]
    trail.record_all([trail.Entry("done", one, ODD) for one in subjects], by="system:test")
    events = list(AuditEvent.objects.order_by("id"))
    assert [event.subject_id for event in events] == [str(number) for number in range(50)]
    assert all(event.body == chain.canonical(ODD) for event in events)
    assert all(event.digest == chain.event_digest(event) for event in events)


def test_an_item_stored_in_bulk_can_be_saved_again():
    factories.item_type()
    item = factories.submit(0.85, payload={"text": json.dumps(ODD)}, context=ODD)
    stored = Item.objects.get()
    fields = [field.attname for field in Item._meta.concrete_fields]
    assert [getattr(item, name) for name in fields] == [getattr(stored, name) for name in fields]
    item.save()
    assert Item.objects.count() == 1


def test_many_are_changed_in_one_statement_and_nothing_else_of_them_is():
    factories.item_type()
    first, second, other = (factories.submit(0.85) for _ in range(3))
    now = timezone.now()
    first.reasons, first.score, first.decided_at, first.payload = [ODD], 0.1 + 0.2, now, {"not": "written"}
    first.status, first.decided_by, first.label, second.policy, second.action = (
        "approved",
        "me",
        ODD,
        None,
        None,
    )
    with counted(most=1):
        bulk.update(
            [first, second],
            ["reasons", "score", "status", "decided_at", "decided_by", "label", "policy", "action"],
        )
    known = dict(Item.objects.values_list("pk", "payload"))
    assert set(map(json.dumps, known.values())) == {json.dumps(other.payload)}
    one, two, three = (Item.objects.get(pk=item.pk) for item in (first, second, other))
    assert (one.reasons, one.score, one.decided_at, one.label) == ([ODD], 0.1 + 0.2, now, ODD)
    assert (two.policy, two.action, two.label, two.score) == (None, None, None, second.score)
    assert (three.policy_id, three.status) == (other.policy_id, "pending_human")
