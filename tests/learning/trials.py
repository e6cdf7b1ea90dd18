"""Small worlds of trials: live items that a champion answered, what people said, what a rival says."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from learning.models import ModelVersion, TrialAnswer
from routing import router
from routing.models import Item, ItemType
from tests import factories
from tests.learning import worlds

TRUTH, ERROR = "circle", "star"
FEATURES = [3.0, 0.0, 0.0, 0.0]  # of a circle


def model(item_type: ItemType, number: int, status: str = "champion", **fields: object) -> ModelVersion:
    """Return a model's row without a file, which no trial needs whose answers are given."""
    if status == "champion":
        fields = {"promoted_at": timezone.now(), "promoted_by": "system:test"} | fields
    if status == "shadow":
        fields = {"shadow_since": timezone.now() - timedelta(minutes=1)} | fields
    return ModelVersion.objects.create(
        item_type=item_type,
        number=number,
        status=status,
        labels_used=9,
        artifact="gone",
        sha256="0" * 64,
        **fields,
    )


def live(champion: ModelVersion, count: int, *, right: bool = True) -> list[Item]:
    """Return circles that came just now and that the champion called circles, or stars."""
    first = Item.objects.count()
    entries = [
        factories.entry(
            ref=f"live-{first + number}",
            payload={"features": FEATURES},
            opinions=(factories.opinion(0.9, TRUTH if right else ERROR, str(champion)),),
        )
        for number in range(count)
    ]
    refs = [entry.item_ref for entry in entries]
    router.submit(champion.item_type, entries, by="system:test")
    return list(Item.objects.filter(item_type=champion.item_type, item_ref__in=refs).order_by("pk"))


def labelled(champion: ModelVersion, rival: ModelVersion, *, only: str, count: int) -> list[Item]:
    """Return live items that people called circles, of which `only` one model, both or neither said so."""
    items = live(champion, count, right=only in ("champion", "both"))
    worlds.label(items, TRUTH, source="review")
    said = TRUTH if only in ("rival", "both") else ERROR
    TrialAnswer.objects.bulk_create(
        TrialAnswer(model_version=rival, item=item, label=said, confidence=0.9) for item in items
    )
    return items
