"""What routing itself keeps of items beside their rows, and takes away when they are erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from routing import names
from routing.models import SHOWN_AS, Assignment, Correction, Delivery, DeliveryAttempt, Item, Prediction
from routing.privacy.forgetting import worded
from routing.telling import QUOTING

GONE = "erased"

# Answers that were kept to be given again, wherever in them an item is named, by id or by reference.
ANSWERS = """
DELETE FROM routing_idempotencykey k WHERE k.body IS NOT NULL AND EXISTS (
    SELECT 1 FROM jsonb_path_query(k.body, 'strict $.** ? (@.type() == "string")') found
    WHERE found #>> '{}' = ANY(%s)
)
"""


def forget(items: Sequence[Item], now: datetime) -> Mapping[str, int]:
    """Take away what models said in words, corrections, messages to clients and answers kept for them."""
    ids = [item.pk for item in items]
    Correction.objects.filter(item__in=ids).delete()
    if worded(items):
        Prediction.objects.filter(item__in=ids).update(label=None, probabilities=None)
    messages = Delivery.objects.filter(item__in=ids)
    messages.filter(next_attempt_at__isnull=False).update(next_attempt_at=None, parked_at=now)
    messages.update(body={}, url="", last_answer=GONE)
    DeliveryAttempt.objects.filter(delivery__item__in=ids).update(said=GONE)
    _forget_answers(items)
    return {}


def _forget_answers(items: Sequence[Item]) -> None:
    """A known question is told by another id than its item's."""
    ids = [item.pk for item in items]
    tests = Assignment.objects.filter(item__in=ids, purpose__in=list(SHOWN_AS))
    told = [str(pk) for pk in ids] + [str(names.of_item(seat)) for seat in tests]
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, [told + [item.item_ref for item in items]])


def scrubbed(item: Item) -> dict[str, Any]:
    """Return the columns of an item in which words of models or people are repeated, without these."""
    reasons = [one | {"text": GONE} if one["code"] in QUOTING else one for one in item.reasons]
    signals = {
        name: {key: part for key, part in value.items() if key not in ("label", "posterior", "reasons")}
        if isinstance(value, dict)
        else value
        for name, value in item.signals.items()
    }
    return {"reasons": reasons, "signals": signals}
