"""What models keep of erased items: vectors and answers in words go, and who had learnt from them is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from labeling.models import Label
from learning.models import Embedding, ModelVersion, TrialAnswer
from routing.models import Item, ItemType
from routing.privacy.forgetting import worded

# What a sampling run kept of the features of those it picked.
PICKS = """
UPDATE learning_samplingrun r SET suggestions = (
    SELECT jsonb_agg(
        CASE WHEN one ->> 'item_id' = ANY(%(ids)s) THEN one || '{"features": null}' ELSE one END
        ORDER BY place
    ) FROM jsonb_array_elements(r.suggestions) WITH ORDINALITY AS picks (one, place)
)
WHERE r.item_type_id = %(item_type)s AND EXISTS (
    SELECT 1 FROM jsonb_array_elements(r.suggestions) AS picks (one) WHERE one ->> 'item_id' = ANY(%(ids)s)
)
"""


def forget(items: Sequence[Item], now: datetime) -> Mapping[str, int]:
    """Take away vectors, picks' features and texts of models; return the models that had learnt from these.

    A model can't unlearn: it is named with how many of the items had labels when it was trained, and its card
    says so. The next training leaves them out.
    """
    ids = [item.pk for item in items]
    Embedding.objects.filter(item__in=ids).delete()
    if worded(items):
        TrialAnswer.objects.filter(item__in=ids).delete()
    with connection.cursor() as cursor:
        cursor.execute(PICKS, {"ids": [str(pk) for pk in ids], "item_type": items[0].item_type_id})
    return _taught(items[0].item_type, ids)


def _taught(item_type: ItemType, ids: Sequence[UUID]) -> dict[str, int]:
    labels = Label.objects.filter(item__in=ids, reserved=False, item__held_out=False, label__isnull=False)
    firsts = list(labels.order_by("item_id", "id").distinct("item_id").values_list("id", flat=True))
    versions = ModelVersion.objects.filter(item_type=item_type, run__last_label__isnull=False)
    counts = {
        str(one): sum(first <= one.run.last_label for first in firsts)
        for one in versions.select_related("run", "item_type")
    }
    return {name: count for name, count in counts.items() if count}
