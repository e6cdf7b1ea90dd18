"""People who answer in turn, for tests of what several answers amount to."""

from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments
from tests import factories


def answer(by, label=None, *, action="edit", **fields):
    """Claim the next seat as this person and answer it, by a label or an act; return the item as stored."""
    seat = assignments.claim(by=by)
    item = review.submit(seat.pk, Answer(action, label, **fields), by=by)
    item.refresh_from_db()
    return item


def reviewers(*names):
    """Return reviewers of these names."""
    return [factories.person(name, "reviewers") for name in names]


def both_say(people, *pairs):
    """Submit an item for each pair of labels and let the two people say them."""
    for labels in pairs:
        factories.submit(0.85)
        for person, label in zip(people, labels, strict=True):
            answer(person, label)


def seats(item):
    """Return purpose, blindness and inclusion of the item's seats, in their order."""
    return list(item.assignments.order_by("id").values_list("purpose", "blind", "inclusion"))
