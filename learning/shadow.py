"""What models that are not in force say of live items, and how that compares with the champion's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from audit.uuid7 import earliest
from labeling.models import Label
from learning import dataset, embeddings, reading, serving
from learning.judging.duel import Duel, Pair, fight
from learning.models import ModelVersion, Trainer, TrialAnswer
from routing.kinds import KINDS
from routing.models import Item, ItemType, Prediction
from routing.truth import compared

BATCH = 1_000  # live items a model answers at once
MOST = 20_000  # of one model's answers to items that nobody has labelled, and of labels that are compared


def answer(version: ModelVersion, champion: ModelVersion) -> int:
    """Store what the model says of live items that the champion has answered; return of how many.

    Items that came since its shadow began: first those that people have labelled, then the others in the
    order in which they came. Nobody is shown it and nothing is routed by it. Raises ModelUnusable.
    """
    live = _live(version, champion).filter(~Exists(version.trial_answers.filter(item=OuterRef("pk"))))
    if version.trainer == Trainer.EXTERNAL:
        live = live.filter(predictions__model=version.external_name)
    labelled = Label.objects.in_force().filter(
        item_type=version.item_type, pk__gt=earliest(version.shadow_since), item__isnull=False
    )
    items = list(live.filter(pk__in=labelled.values("item")).order_by("pk")[:BATCH])
    if len(items) < BATCH and version.trial_answers.count() < MOST:
        last = version.trial_answers.order_by("-item").values_list("item", flat=True).first()
        fresh = (live.filter(pk__gt=last) if last else live).exclude(pk__in=[one.pk for one in items])
        items += fresh.order_by("pk")[: BATCH - len(items)]
    said = _sent(version, items) if version.trainer == Trainer.EXTERNAL else _own(version, items)
    # Two workers may answer the same items at once, and say the same.
    TrialAnswer.objects.bulk_create(said, ignore_conflicts=True)
    return len(said)


def compare(version: ModelVersion, champion: ModelVersion, *, expected: float | None = None) -> Duel:
    """Return how the model does against the champion on live items that people have labelled since.

    Only items that were to be labelled by a chance that is known count; see `duel.fight` for `expected`,
    which is let go where some items have no chance of a label: of all items nothing is known then. Four
    statements.
    """
    chances = _chances(version, champion)
    rows = _labelled(version, champion)
    ids = [row.item_id for row in rows]
    ours = dict(version.trial_answers.filter(item__in=ids).values_list("item", "label"))
    theirs = dict(Prediction.objects.filter(item__in=ids, rank=0).values_list("item", "label"))
    pairs = [
        Pair(
            _right(ours[row.item_id], row, version.item_type),
            _right(theirs[row.item_id], row, version.item_type),
            row.chance,
        )
        for row in rows
        if row.item_id in ours and row.item_id in theirs
    ]
    if chances["least"] == 0:
        expected = None
    return fight(pairs, floor=chances["floor"] or 1.0, expected=expected)


def _live(version: ModelVersion, champion: ModelVersion) -> QuerySet[Item]:
    """Return the items that the champion answered and that came since the model's shadow began."""
    return Item.objects.filter(
        item_type=version.item_type,
        model=str(champion),
        policy__isnull=False,
        pk__gt=earliest(version.shadow_since),
        erased_at__isnull=True,
    )


def _chances(version: ModelVersion, champion: ModelVersion) -> dict[str, float | None]:
    """Return the least chance of a label that a live item had, and as `floor` the least above 0."""
    first = _live(version, champion).order_by("pk")[:MOST]
    chance = "label_probability"
    return first.aggregate(least=Min(chance), floor=Min(chance, filter=Q(label_probability__gt=0)))


def _labelled(version: ModelVersion, champion: ModelVersion) -> Sequence[Any]:
    """Return the latest labels of live items, in the order in which they came, with the items' chances."""
    since = earliest(version.shadow_since)
    # A label is younger than its item, so that the index on labels narrows this down.
    latest = dataset.latest(version.item_type).filter(
        pk__gt=since,
        item__in=_live(version, champion).filter(audit_draw__lt=F("label_probability")),
    )
    fields = {name: f"item__payload__{name}" for name in KINDS[version.item_type.kind].label_fields}
    rows = Label.objects.filter(pk__in=Subquery(latest.values("pk"))).order_by("pk")
    read = rows.annotate(chance=F("item__label_probability"), fields=JSONObject(**fields))
    return read.values_list("item_id", "label", "chance", "fields", named=True)[:MOST]


def _right(said: Any, row: Any, item_type: ItemType) -> bool:
    return compared(said, row.label, row.fields, item_type.spec)[0]


def _own(version: ModelVersion, items: Sequence[Item]) -> list[TrialAnswer]:
    """Return what the server's own model says; nothing, kept as such, of an item that it can't read."""
    if not items:
        return []
    model = serving.loaded(version)
    payloads = embeddings.remember(
        [version.encoder], [item.pk for item in items], [item.payload for item in items]
    )
    probabilities, kept = reading.rows(model.predict_proba, payloads)
    best = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1)
    said: Mapping[int, tuple[str, float]] = {
        place: (model.classes[column], float(confidence))
        for place, column, confidence in zip(kept, best, sure, strict=True)
    }
    return [
        TrialAnswer(model_version=version, item=item, label=label, confidence=confidence)
        for item, (label, confidence) in (
            (item, said.get(place, (None, None))) for place, item in enumerate(items)
        )
    ]


def _sent(version: ModelVersion, items: Sequence[Item]) -> list[TrialAnswer]:
    """Return what a model from outside said, where the items came with its prediction."""
    found: dict[UUID, TrialAnswer] = {}
    rows = Prediction.objects.filter(item__in=items, model=version.external_name).order_by("rank")
    for row in rows:
        answer = TrialAnswer(
            model_version=version, item_id=row.item_id, label=row.label, confidence=row.confidence
        )
        found.setdefault(row.item_id, answer)
    return list(found.values())
