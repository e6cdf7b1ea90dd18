"""Real threads on real connections: a label that several imports bring at once is stored and told once."""

from uuid import uuid4

import pytest

from audit.models import AuditEvent
from labeling.importing.posted import import_labels
from labeling.models import Label
from tests import factories
from tests.races.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def made(count):
    """Return the import of that many labels with ids of their own, of items not known yet."""
    rows = [{"item_type": "sentiment", "label": "positive"} for _ in range(count)]
    return [{"id": str(uuid4()), "item_ref": f"r{i}"} | row for i, row in enumerate(rows)]


def created(answers):
    """Return how many labels each import says it has stored."""
    return sorted(sum(not one.duplicate for one in answer) for answer in answers)


def test_labels_sent_by_two_at_once_are_stored_and_told_once():
    factories.item_type()
    raws = made(500)
    answers = at_once([lambda: import_labels(raws, by="system:test")] * 2)
    assert created(answers) == [0, 500]
    assert (Label.objects.count(), AuditEvent.objects.filter(verb="label.imported").count()) == (500, 500)


def test_opposite_orders_and_overlapping_parts_wait_for_one_another():
    factories.item_type()
    raws = made(500)
    orders = [raws, raws[::-1], raws[250:] + raws[:250], raws[100:400]]
    answers = at_once([lambda order=order: import_labels(order, by="system:test") for order in orders])
    assert sum(created(answers)) == Label.objects.count() == 500
    assert AuditEvent.objects.filter(verb="label.imported").count() == 500
