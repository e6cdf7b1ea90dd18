"""Items that several people answered, made up for tests that need no database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from labeling.people.ratings import Rating, Unit
from routing.models import ItemType

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


def item_type(kind="classification", labels=("negative", "neutral", "positive"), **fields):
    """Return an item type that is not stored."""
    return ItemType(slug="made-up", kind=kind, labels=list(labels), **fields)


def units(*answers, times=1, people=(1, 2, 3), weight=1.0, days=0):
    """Return an item for each tuple of labels, said by the people in their order, so many times."""
    return [
        Unit(
            UUID(int=number),
            tuple(Rating(*one) for one in zip(people, said, strict=False)),
            True,
            weight,
            AT + timedelta(days=days),
        )
        for number, said in enumerate(answers * times)
    ]
