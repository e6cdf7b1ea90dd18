"""What becomes of a waiting item: resolved, sent to an expert, or a decision overturned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from audit import bulk, trail
from audit.trail import Actor, actor_name
from routing import assignments, corrections, novelty, telling, webhooks
from routing.assignments import Want
from routing.errors import StaleItem
from routing.models import DECIDED, Assignment, Item, Priority, Purpose, Status

LOOKS = (Purpose.REVIEW, Purpose.OVERLAP, Purpose.LEARN)


def move(item: Item, to: Status, **changes: Any) -> None:
    """Change the status in one guarded UPDATE; raises StaleItem where it is no longer as it was read."""
    if not Item.objects.filter(pk=item.pk, status=item.status).update(status=to, **changes):
        raise StaleItem
    item.status = to
    for name, value in changes.items():
        setattr(item, name, value)


def resolve(
    item: Item,
    status: Status,
    label: Any,
    *,
    why: str,
    now: datetime,
    by: Actor,
    consensus: Mapping[str, Any] | None = None,
) -> None:
    """Close a waiting item as approved (with its final label) or rejected, and tell its client.

    `consensus` is what several people's answers amounted to; it is kept with the item and in the trail.
    """
    before = item.status
    kept = _kept(item, consensus)
    move(item, status, label=label, decided_at=now, decided_by=actor_name(by), **kept)
    if "corrected" in item.signals:
        corrections.contradict(item, now=now, by=by)
    if status == Status.REJECTED:
        # One refusal is enough: others who were asked as well need not look any more.
        assignments.withdraw([item.pk], LOOKS, now=now)
    novelty.note([(item.item_type, label)])
    webhooks.announce([item], "item.decided", now=now)
    told = {"before": before, "after": status, "label": label, "why": why} | _told(consensus)
    told = {"policy": number(item)} | told
    trail.record_all([telling.entry("item.resolved", item, told)], by=by)


def escalate(
    item: Item, *, why: str, now: datetime, by: Actor, consensus: Mapping[str, Any] | None = None
) -> None:
    """Send a waiting item to an expert; looks that others might still give are withdrawn.

    `consensus` is kept as by `resolve`.
    """
    before = item.status
    move(item, Status.PENDING_EXPERT, **raised(item, why), **_kept(item, consensus))
    _hand_over([item], before, why=why, now=now, by=by, told=_told(consensus))


def _kept(item: Item, consensus: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"signals": item.signals | _told(consensus)} if consensus else {}


def _told(consensus: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"consensus": dict(consensus)} if consensus else {}


def escalate_locked(items: Sequence[Item], *, why: str, now: datetime, by: Actor) -> None:
    """Send items that wait for a person to experts; the caller holds the locks of their rows."""
    for item in items:
        item.status = Status.PENDING_EXPERT
        for name, value in raised(item, why).items():
            setattr(item, name, value)
    bulk.update(items, ["status", "priority", "reasons"])
    _hand_over(items, Status.PENDING_HUMAN, why=why, now=now, by=by)


def raised(item: Item, why: str) -> dict[str, Any]:
    """Return the columns of an item that change as it is sent to an expert."""
    reasons = [*item.reasons, {"code": "escalated", "text": why, "data": {}}]
    return {"priority": max(item.priority, Priority.HIGH), "reasons": reasons}


def _hand_over(
    items: Sequence[Item],
    before: str,
    *,
    why: str,
    now: datetime,
    by: Actor,
    told: Mapping[str, Any] | None = None,
) -> None:
    assignments.withdraw([item.pk for item in items], LOOKS, now=now)
    wants = [Want(item, Purpose.EXPERT, item.item_type.expert_queue, item.priority) for item in items]
    assignments.ask(wants, now=now)
    entries = [
        telling.entry(
            "item.escalated",
            item,
            {"policy": number(item), "before": before, "after": item.status, "why": why, **(told or {})},
        )
        for item in items
    ]
    trail.record_all(entries, by=by)


def question(item: Item, *, why: str, now: datetime, by: Actor) -> None:
    """Ask an expert about an item that is already decided; the decision stands until the expert differs.

    Where an expert is asked already, nothing more is done. The item's row is locked.
    """
    question_all([item], why=why, now=now, by=by)


def question_all(items: Sequence[Item], *, why: str, now: datetime, by: Actor) -> list[Item]:
    """Do for each of them what `question` does, in three statements, and return those now asked about."""
    if not items:
        return []
    open_ones = Assignment.objects.open().filter(item__in=items, purpose=Purpose.EXPERT)
    asked = set(open_ones.values_list("item_id", flat=True))
    left = [item for item in items if item.pk not in asked]
    wants = [Want(item, Purpose.EXPERT, item.item_type.expert_queue, Priority.HIGH) for item in left]
    assignments.ask(wants, now=now)
    told = [telling.entry("item.questioned", item, {"policy": number(item), "why": why}) for item in left]
    trail.record_all(told, by=by)
    return left


def overturn(
    item: Item,
    status: Status,
    label: Any,
    *,
    why: str,
    now: datetime,
    by: Actor,
    consensus: Mapping[str, Any] | None = None,
    decided_by: str | None = None,
) -> None:
    """Replace a decision by another one, and tell the item's client; `consensus` is kept as by `resolve`.

    `decided_by` is whose decision it is where an earlier one comes back; None: of whoever overturns.
    """
    if item.status not in DECIDED:
        raise StaleItem
    before = {"status": item.status, "label": item.label, "decided_by": item.decided_by}
    kept = _kept(item, consensus)
    move(item, status, label=label, decided_at=now, decided_by=decided_by or actor_name(by), **kept)
    corrections.contradict(item, now=now, by=by)
    novelty.note([(item.item_type, label)])
    webhooks.announce([item], "item.overturned", now=now)
    after = {"status": status, "label": label} | ({"decided_by": decided_by} if decided_by else {})
    told = {"before": before, "after": after, "why": why} | _told(consensus)
    trail.record_all([telling.entry("item.overturned", item, {"policy": number(item)} | told)], by=by)


def number(item: Item) -> int | None:
    """Return the number of the policy that judged the item, for the trail."""
    return item.policy.number if item.policy else None
