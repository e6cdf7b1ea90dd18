"""Time-outs: an approval that nobody answered ends as its agent asked, unless a person is faster."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit import trail
from labeling.models import Approval
from routing import assignments, decisions, telling
from routing.kinds.agent_action import proposal
from routing.models import OPEN, Item, ItemType, Purpose, Status

CLOCK = "system:agents"
SEATS = (Purpose.REVIEW, Purpose.OVERLAP, Purpose.LEARN, Purpose.EXPERT)
WHY = "nobody answered in the time that the agent gave"


def close_all(*, most: int) -> int:
    """End up to `most` approvals whose time is over and return how many nobody had answered."""
    due = Approval.objects.filter(closed_at=None, until__lte=timezone.now()).order_by("until")
    return sum(close(pk) for pk in list(due.values_list("pk", flat=True)[:most]))


@transaction.atomic
def close(item_id: UUID) -> bool:
    """End an approval whose time is over; return whether nobody had answered it.

    The item's row is locked first, as every answer locks it: of an answer and the end of time that come
    together one waits for the other, and the first one counts.
    """
    item = (
        Item.objects.select_related(
            "policy", "item_type__queue", "item_type__expert_queue", "item_type__subject_rights"
        )
        .select_for_update(of=("self",))
        .get(pk=item_id)
    )
    now = timezone.now()
    approval = Approval.objects.filter(item=item, closed_at=None, until__lte=now).first()
    if approval is None:
        return False
    late = item.status in OPEN
    approval.closed_at, approval.timed_out = now, late
    approval.save(update_fields=["closed_at", "timed_out"])
    if late:
        told = telling.entry("approval.timed_out", item, {"on_timeout": approval.on_timeout})
        trail.record_all([told], by=CLOCK)
        _end(item, approval.on_timeout, now=now)
    return late


def may_accept(item_type: ItemType) -> bool:
    """Return whether who runs the server allows that an action is taken because nobody answered."""
    return item_type.slug in settings.HITL_AGENTS_ACCEPT_ON_TIMEOUT


def _end(item: Item, wanted: str, *, now: datetime) -> None:
    if wanted == Approval.OnTimeout.ACCEPT and not may_accept(item.item_type):
        wanted = Approval.OnTimeout.ESCALATE  # it was allowed when the agent asked, and is no more
    if wanted == Approval.OnTimeout.ESCALATE:
        if item.status != Status.PENDING_EXPERT:
            decisions.escalate(item, why=WHY, now=now, by=CLOCK)
        return
    assignments.withdraw([item.pk], SEATS, now=now)
    if wanted == Approval.OnTimeout.ACCEPT:
        decisions.resolve(item, Status.APPROVED, proposal(item.payload), why=WHY, now=now, by=CLOCK)
    else:
        decisions.resolve(item, Status.REJECTED, None, why=WHY, now=now, by=CLOCK)
