"""Which key opens what an event tells: that of the item it is about, found in one statement for each type."""

import pytest

from hitl_project.compliance.bundles.secrets import secrets
from routing.models import Item
from tests import factories

pytestmark = pytest.mark.django_db


def test_keys_are_found_by_item_and_by_what_hangs_on_one(django_assert_num_queries):
    factories.item_type()
    item = factories.submit(0.6)
    seat = item.assignments.get()
    asked = {("routing.item", str(item.pk)), ("routing.assignment", str(seat.pk)), ("auth.user", "1")}
    with django_assert_num_queries(2):
        found = secrets(asked | {("no.model", "1"), ("routing.item", "no id")})
    assert found == dict.fromkeys(asked - {("auth.user", "1")}, item.secret)


def test_a_key_that_was_destroyed_is_not_found():
    factories.item_type()
    item = factories.submit(0.97)
    Item.objects.update(secret=None)
    assert secrets({("routing.item", str(item.pk))}) == {}
