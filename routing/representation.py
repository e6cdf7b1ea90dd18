"""What clients see of an item: one shape for answers, lists and webhooks."""

from typing import Any

from routing import appealing
from routing.models import Item, Priority
from routing.policy import confidence_level


def item_data(item: Item) -> dict[str, Any]:
    """Return the item as API.md describes it, without its place in the queue; JSON-able."""
    return {
        "id": str(item.pk),
        "item_type": item.item_type.slug,
        "item_ref": item.item_ref,
        "status": item.status,
        "action": item.action,
        "priority": Priority(item.priority).label,
        "label": item.label,
        "confidence": item.confidence,
        "confidence_level": None if item.confidence is None else confidence_level(item.confidence),
        "uncertainty": item.uncertainty,
        "reasons": [reason["text"] for reason in item.reasons],
        "policy": item.policy.number if item.policy else None,
        "model": item.model or None,
        "created_at": item.created_at.isoformat(),
        "decided_at": item.decided_at.isoformat() if item.decided_at else None,
        "decided_by": item.decided_by,
        "appeal_url": appealing.link(item),
        "erased_at": item.erased_at.isoformat() if item.erased_at else None,
    }
