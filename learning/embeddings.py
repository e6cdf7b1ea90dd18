"""The vectors that slow encoders make of items: read where they are kept, made and kept where not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from learning import reading
from learning.encoders import SLOW, EncodeError, choose_encoder
from learning.encoders.remembered import Remembered
from learning.models import Embedding, LearningPlan, ModelVersion

BATCH = 500  # items whose vectors are read, made and written at once
STORED = np.dtype("<f2")
Payload = dict[str, Any]


def needed(plan: LearningPlan, payloads: Sequence[Payload], champion: ModelVersion | None) -> list[str]:
    """Return the names of the encoders by which a run reads payloads: the plan's and the champion's."""
    wanted = [champion.encoder] if champion else []
    try:
        wanted.append(choose_encoder(payloads, plan.encoder, plan.item_type.kind))
    except EncodeError:
        return wanted  # whoever fits an encoder says why there is none
    return wanted


def remember(encoders: Iterable[str], items: Sequence[UUID], payloads: Sequence[Payload]) -> list[Payload]:
    """Return the items' payloads, each with what the slow ones among these encoders make of it.

    Whoever encodes such a payload afterwards finds the vector there. A payload that an encoder can't read
    comes back without; so do all where it can't work on this server, as whoever encodes then says.
    """
    known = list(payloads)
    for encoder in dict.fromkeys(encoders):
        if version := _version(encoder):
            for start in range(0, len(known), BATCH):
                part = slice(start, start + BATCH)
                known[part] = _remembered(encoder, version, items[part], known[part])
    return known


def _version(encoder: str) -> str:
    """Return by what name the encoder's vectors are kept; nothing where none are."""
    try:
        return SLOW[encoder].version() if encoder in SLOW else ""
    except EncodeError:
        return ""


def _remembered(
    encoder: str, version: str, items: Sequence[UUID], payloads: Sequence[Payload]
) -> list[Payload]:
    known = [Remembered(payload) for payload in payloads]
    kept = dict(Embedding.objects.filter(encoder=version, item__in=items).values_list("item_id", "vector"))
    for item, payload in zip(items, known, strict=True):
        if item in kept:
            payload.vectors[version] = np.frombuffer(kept[item], STORED)
    missing = [place for place, item in enumerate(items) if item not in kept]
    made, can = reading.rows(SLOW[encoder].vectors, [known[place] for place in missing])
    rows = {missing[place]: row.astype(STORED) for place, row in zip(can, made, strict=True)}
    for place, row in rows.items():
        known[place].vectors[version] = row
    # Another worker may have been as quick: what it made is the same. In one order for all: two that write
    # the same rows from both ends would wait for one another.
    _write(
        [
            Embedding(item_id=items[place], encoder=version, vector=row.tobytes())
            for place, row in sorted(rows.items(), key=lambda one: items[one[0]])
        ]
    )
    return known


@transaction.atomic(savepoint=False)
def _write(rows: Sequence[Embedding]) -> None:
    """Keep the vectors but those of items erased meanwhile: such an erasure makes the insert wait for it."""
    if rows:
        Embedding.objects.bulk_create(rows, ignore_conflicts=True)
        written = [row.item_id for row in rows]
        Embedding.objects.filter(item__in=written, item__erased_at__isnull=False).delete()
