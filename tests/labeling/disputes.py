"""Decided items that may be disputed, for tests."""

from labeling.appeals import opening
from routing.models import ItemType, SubjectRights
from tests import factories
from tests.labeling.opinions import answer


def disputable(days=30, **fields):
    """Return a new item type whose decisions may be disputed for so many days."""
    made = factories.item_type(**fields)
    SubjectRights.objects.create(item_type=made, appeal_days=days)
    return made


def decided(by, label="positive", **fields):
    """Return an item that this person has decided, and whose decision may be disputed."""
    if not ItemType.objects.exists():
        disputable()
    factories.submit(0.85, **fields)
    return answer(by, label)


def automated(**fields):
    """Return an item that no person has decided, and whose decision may be disputed."""
    if not ItemType.objects.exists():
        disputable()
    return factories.submit(0.99, **fields)


def dispute(item, reason="You did not read the end.", by=opening.SUBJECT):
    """Dispute the item's decision and return the appeal."""
    return opening.dispute(item.pk, reason, by=by).appeal
