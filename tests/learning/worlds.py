"""Small worlds of learning: items with features that a model can tell apart, and people's labels of them."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote

import numpy as np
from django.core.files.storage import storages
from django.db import connection

from labeling.models import Label
from learning import registry, serving
from learning.models import LearningPlan, ModelVersion
from routing.models import Item, ItemType, Status
from tests import factories

LABELS = ["circle", "square", "star"]


def shapes(slug: str = "shapes", *, plan: dict[str, Any] | None = None, **fields: Any) -> ItemType:
    """Return an item type of three classes with a learning plan that promotes by itself."""
    item_type = factories.item_type(slug, labels=LABELS, **fields)
    chosen = {"auto_promote": True, "margin_overall": 0.2, "margin_slice": 0.5, "batch_size": 10}
    chosen |= {"most_ece": 1.0, "shadow_labels": 0}
    LearningPlan.objects.create(item_type=item_type, **(chosen | (plan or {})))
    return item_type


def items(
    item_type: ItemType,
    count: int,
    *,
    seed: int = 0,
    status: str = Status.POOLED,
    held_out: float = 0.25,
    spread: float = 0.4,
) -> list[Item]:
    """Store items whose features lie about their class's centre; `truth(item)` says which it is.

    The classes take turns. With a `spread` from 2 on they overlap, and `truth` is but the likeliest.
    """
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        features = rng.normal(0, spread, 4)
        features[number % 3] += 3
        made.append(
            Item(
                item_type=item_type,
                item_ref=f"shape-{seed}-{number}",
                payload={"features": features.round(4).tolist()},
                status=status,
                audit_draw=float(rng.random()),
                held_out=number % 100 < held_out * 100,
                created_by="system:test",
            )
        )
    return Item.objects.bulk_create(made)


def truth(item: Item) -> str:
    """Return what the item is, by the feature that stands out."""
    return LABELS[int(np.argmax(item.payload["features"][:3]))]


def label(items: list[Item], value: str | None = None, **fields: Any) -> list[Label]:
    """Store one label of each item: `value`, or the truth."""
    return Label.objects.bulk_create(
        Label(
            item_type=item.item_type,
            item_ref=item.item_ref,
            item=item,
            label=value or truth(item),
            action="edit",
            reserved=item.held_out,
            **({"source": "learn"} | fields),
        )
        for item in items
    )


def champion(item_type: ItemType) -> ModelVersion | None:
    """Return the model in force."""
    return ModelVersion.objects.filter(item_type=item_type, status="champion").first()


def spoil(version: ModelVersion) -> None:
    """Overwrite the model's file, and forget the model in this process as a fresh one would."""
    storages["models"].delete(version.artifact)
    with storages["models"].open(version.artifact, "wb") as stored:
        stored.write(b"not a model")
    serving._loaded.clear()
    registry._usable_until.clear()


def environment() -> dict[str, str]:
    """Return the environment of a process that works on the tests' own database."""
    has = connection.settings_dict
    password = f":{quote(has['PASSWORD'])}" if has["PASSWORD"] else ""
    # The host may be a socket's folder, which has no place before the first slash.
    where = f"host={quote(has['HOST'], safe='')}&port={has['PORT'] or 5432}"
    url = f"postgres://{quote(has['USER'])}{password}@/{quote(has['NAME'])}?{where}"
    return os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "hitl_project.settings"}
