"""People at their seats, for tests: an answer given at an item, at an open seat, or long ago."""

from datetime import timedelta

from django.utils import timezone

from labeling.answering import review
from labeling.answering.review import Answer
from labeling.models import Review
from routing import assignments
from routing.assignments import Want
from routing.models import Assignment, Item


def answer(seat, by, label=None, action="edit", **fields):
    """Let this person hold the seat and answer it, and return the review."""
    now = timezone.now()
    Assignment.objects.filter(pk=seat.pk).update(
        user=by, claimed_at=now, leased_until=now + timedelta(minutes=5)
    )
    review.submit(seat.pk, Answer(action, label, **fields), by=by)
    return Review.objects.get(assignment=seat)


def ask(item, purpose="review", **fields):
    """Open a seat of this purpose at the item, in the queue of its type, and return it."""
    queue = item.item_type.expert_queue if purpose in ("expert", "validate") else item.item_type.queue
    return assignments.ask([Want(item, purpose, queue, **fields)])[0]


def settled(item, label="negative", by="user:edgar", **fields):
    """Leave the item decided with this label, without an open seat, and return it."""
    Assignment.objects.open().filter(item=item).update(closed_at=timezone.now(), outcome="withdrawn")
    decided = {"status": "approved", "decided_at": timezone.now(), "decided_by": by}
    Item.objects.filter(pk=item.pk).update(label=label, **(decided | fields))
    item.refresh_from_db()
    return item
