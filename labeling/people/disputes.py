"""What becomes of items that several people answered: how many votes decided, and what experts settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Avg, Count, FloatField, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, JSONObject

from audit.uuid7 import earliest
from labeling.models import Label
from routing.kinds import KINDS
from routing.models import Item, ItemType, Prediction, Purpose
from routing.truth import was_right

NEWEST = 2_000  # answers that are compared: each pair of long texts or of many boxes takes a moment
OPINIONS = (Purpose.REVIEW, Purpose.OVERLAP, Purpose.LEARN)


@dataclass(frozen=True)
class Settled:
    """How experts settled what people disagreed on: so many items, and whose answer they came to."""

    items: int
    as_somebody: int
    as_the_model: int


@dataclass(frozen=True)
class Decided:
    """How many items several people's answers decided or left open, and how many votes each took."""

    method: str
    items: int
    votes: float


def settled(item_type: ItemType, *, since: datetime) -> Settled:
    """Return how experts settled the items on which people had disagreed, of the newest NEWEST they answered.

    One statement.
    """
    others = _said(item_type).filter(item=OuterRef("item"), source__in=OPINIONS)
    model = Prediction.objects.filter(item=OuterRef("item"), rank=0)
    experts = _said(item_type, since).filter(source=Purpose.EXPERT).order_by("-pk")
    told = experts.annotate(
        others=ArraySubquery(others.values(data=JSONObject(label="label"))),
        model=Subquery(model.values(data=JSONObject(label="label"))),
    )
    kind, spec = KINDS[item_type.kind], item_type.spec
    items = somebody = machine = 0
    for label, said, model_said in told.values_list("label", "others", "model")[:NEWEST]:
        labels = [one["label"] for one in said]
        if all(kind.agree(labels[0], other, spec) for other in labels[1:]):
            continue
        items += 1
        somebody += any(kind.agree(label, other, spec) for other in labels)
        machine += bool(model_said) and was_right(model_said["label"], label, None, spec, approved=True)
    return Settled(items, somebody, machine)


def decided(item_type: ItemType, *, since: datetime) -> list[Decided]:
    """Return by method how many items were decided after several people's answers, and after how many."""
    items = Item.objects.filter(item_type=item_type, decided_at__gt=since, signals__has_key="consensus")
    counted = (
        items.values(method=KT("signals__consensus__method"))
        .annotate(items=Count("pk"), votes=Avg(Cast(KT("signals__consensus__votes"), FloatField())))
        .order_by("method")
    )
    return [Decided(**row) for row in counted]


def _said(item_type: ItemType, since: datetime | None = None) -> QuerySet[Label]:
    labels = Label.objects.filter(item_type=item_type, superseded_at=None, review__isnull=False)
    return labels.filter(pk__gte=earliest(since)) if since else labels
