"""What is too old is erased at night; what waits, is looked at or is held is not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from routing import decisions, tasks
from routing.models import Erasure, Item, SubjectRights
from routing.privacy import holds, retention
from tests import factories

pytestmark = pytest.mark.django_db


def old(confidence=0.99, *, days=40, **fields):
    """Return an item that was decided so many days ago."""
    item = factories.submit(confidence, **fields)
    if item.decided_at:
        item.decided_at = timezone.now() - timedelta(days=days)
        Item.objects.filter(pk=item.pk).update(decided_at=item.decided_at)
    return item


@pytest.fixture
def sentiment(db):
    made = factories.item_type()
    SubjectRights.objects.create(item_type=made, retention_days=30)
    return made


def left():
    return set(Item.objects.filter(erased_at=None).values_list("item_ref", flat=True))


def test_only_what_was_decided_long_enough_ago_is_erased(sentiment):
    old(ref="old"), old(ref="young", days=20), old(0.5, ref="waits")
    assert (tasks.erase_old(), tasks.go_on_erasing(), left()) == (1, 1, {"young", "waits"})
    erasure = Erasure.objects.get()
    assert (erasure.why, erasure.asked_by, erasure.erased) == ("older than 30 days", retention.BY, 1)


def test_with_nothing_too_old_no_erasure_is_begun(sentiment):
    old(days=20)
    assert (tasks.erase_old(), Erasure.objects.count()) == (0, 0)


def test_a_hold_keeps_what_is_too_old(sentiment):
    item = old(ref="held")
    holds.place(item=item, why="case", by="user:carla")
    assert (tasks.erase_old(), left()) == (0, {"held"})


def test_what_an_expert_still_looks_at_is_kept(sentiment):
    item = old(ref="doubted")
    decisions.question(item, why="doubt", now=timezone.now(), by="system:test")
    assert (tasks.erase_old(), left()) == (0, {"doubted"})


def test_a_type_that_names_no_time_keeps_all(db):
    factories.item_type("other")
    old(to="other", days=4000)
    assert tasks.erase_old() == 0
