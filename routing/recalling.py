"""An expert who is asked no more, because the answer that asked for them was corrected."""

from __future__ import annotations

from datetime import datetime, timedelta

from audit import trail
from audit.trail import Actor
from routing import assignments, decisions
from routing.errors import ExpertHasBegun
from routing.models import Assignment, Item, Outcome, Status

UNDO = timedelta(minutes=1)  # from an answer until its author may open it no more
TO_FINISH = timedelta(minutes=10)  # from opening it until nothing is changed any more


def recall(item: Item, expert: Assignment, look: Assignment, *, why: str, now: datetime, by: Actor) -> None:
    """Withdraw an expert's seat that nobody has begun; the caller holds the lock of the item's row.

    An item that waits for the expert waits for ordinary people again, with the priority of the seat `look`,
    and the looks that were withdrawn when the expert was asked are open again. Raises ExpertHasBegun where
    somebody holds the seat or has answered.
    """
    unclaimed = Assignment.objects.filter(pk=expert.pk).exclude(leased_until__gt=now)
    if not assignments.call_off(unclaimed, now=now):
        raise ExpertHasBegun
    before = item.status
    if before == Status.PENDING_EXPERT:
        # Without a policy no model has answered yet: a person's label came first.
        to = Status.PENDING_HUMAN if item.policy_id else Status.PENDING_AI
        decisions.move(item, to, priority=look.priority, reasons=_without_escalation(item))
        withdrawn = Assignment.objects.filter(
            item=item, purpose__in=decisions.LOOKS, outcome=Outcome.WITHDRAWN, closed_at=expert.created_at
        )
        withdrawn.update(closed_at=None, outcome=None)
    trail.record(
        "item.recalled",
        item,
        by=by,
        policy=decisions.number(item),
        before=before,
        after=item.status,
        why=why,
    )


def _without_escalation(item: Item) -> list[dict]:
    """Return the item's reasons without the last one, where that tells of the escalation."""
    ends = bool(item.reasons) and item.reasons[-1]["code"] == "escalated"
    return item.reasons[:-1] if ends else item.reasons
