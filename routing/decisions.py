"""What becomes of a waiting item: resolved, sent to an expert, or a decision overturned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from audit import trail
from audit.trail import Actor, actor_name
from routing import assignments, webhooks
from routing.assignments import Want
from routing.errors import StaleItem
from routing.models import DECIDED, Item, Priority, Purpose, Status

LOOKS = (Purpose.REVIEW, Purpose.OVERLAP, Purpose.LEARN)


def move(item: Item, to: Status, **changes: Any) -> None:
    """Change the status in one guarded UPDATE; raises StaleItem where it is no longer as it was read."""
    if not Item.objects.filter(pk=item.pk, status=item.status).update(status=to, **changes):
        raise StaleItem
    item.status = to
    for name, value in changes.items():
        setattr(item, name, value)


def resolve(item: Item, status: Status, label: Any, *, why: str, now: datetime, by: Actor) -> None:
    """Close a waiting item as approved (with its final label) or rejected, and tell its client."""
    before = item.status
    move(item, status, label=label, decided_at=now, decided_by=actor_name(by))
    if status == Status.REJECTED:
        # One refusal is enough: others who were asked as well need not look any more.
        assignments.withdraw([item.pk], LOOKS, now=now)
    webhooks.announce([item], "item.decided", now=now)
    trail.record(
        "item.resolved", item, by=by, policy=number(item), before=before, after=status, label=label, why=why
    )


def escalate(item: Item, *, why: str, now: datetime, by: Actor) -> None:
    """Send a waiting item to an expert; looks that others might still give are withdrawn."""
    before = item.status
    priority = max(item.priority, Priority.HIGH)
    reasons = [*item.reasons, {"code": "escalated", "text": why, "data": {}}]
    move(item, Status.PENDING_EXPERT, priority=priority, reasons=reasons)
    assignments.withdraw([item.pk], LOOKS, now=now)
    assignments.ask([Want(item, Purpose.EXPERT, item.item_type.expert_queue, priority)], now=now)
    trail.record(
        "item.escalated", item, by=by, policy=number(item), before=before, after=item.status, why=why
    )


def question(item: Item, *, why: str, now: datetime, by: Actor) -> None:
    """Ask an expert about an item that is already decided; the decision stands until the expert differs."""
    assignments.ask([Want(item, Purpose.EXPERT, item.item_type.expert_queue, Priority.HIGH)], now=now)
    trail.record("item.questioned", item, by=by, policy=number(item), why=why)


def overturn(item: Item, status: Status, label: Any, *, why: str, now: datetime, by: Actor) -> None:
    """Replace a decision by another one, and tell the item's client."""
    if item.status not in DECIDED:
        raise StaleItem
    before = {"status": item.status, "label": item.label, "decided_by": item.decided_by}
    move(item, status, label=label, decided_at=now, decided_by=actor_name(by))
    webhooks.announce([item], "item.overturned", now=now)
    trail.record(
        "item.overturned",
        item,
        by=by,
        policy=number(item),
        before=before,
        after={"status": status, "label": label},
        why=why,
    )


def number(item: Item) -> int | None:
    """Return the number of the policy that judged the item, for the trail."""
    return item.policy.number if item.policy else None
