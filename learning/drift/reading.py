"""What a look goes by, read from the database: decisions, what a model learnt from, what people said."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from audit.uuid7 import earliest
from learning import embeddings, reading, registry, serving
from learning.drift import comparing, inputs
from learning.drift.comparing import Rows
from learning.drift.overrides import Looked
from learning.encoders import EncodeError, Encoder
from learning.models import LearningPlan, ModelVersion
from routing import recent
from routing.certificates import outcomes
from routing.economics.known import Known, known
from routing.kinds import KINDS, KindErrors
from routing.models import Item, ItemType, Prediction, Status

log = logging.getLogger(__name__)
LATEST = 200  # items whose models are asked for
WEEKS = 26
CHUNK = 100  # payloads at a time: a picture may have megabytes
FITTED = 500  # payloads that an encoder is fitted to where no champion has one
LONGEST = 60  # characters of an answer's name


def model_in_use(item_type: ItemType) -> str:
    """Return the model that most of the latest decisions went by, by its name; empty where none was."""
    with connection.cursor() as cursor:
        statement = recent.sql("id", "model", "policy_id")
        cursor.execute(statement, recent.values(item_type.pk, LATEST))
        models = Counter(model for _, model, policy in cursor.fetchall() if model and policy)
    return models.most_common(1)[0][0] if models else ""


def version_of(item_type: ItemType, model: str) -> ModelVersion | None:
    """Return the registered model of this name, trained here or elsewhere, or None for a client's own."""
    slug, _, number = model.rpartition("@")
    named = Q(external_name=model) & ~Q(external_name="")
    if slug == item_type.slug and number.isdecimal() and len(number) < 10:
        named |= Q(number=int(number))
    versions = ModelVersion.objects.select_related("run", "item_type").filter(item_type=item_type)
    return versions.filter(named).first()


def rows(plan: LearningPlan, model: str, version: ModelVersion | None) -> tuple[Rows, Rows | None]:
    """Return a model's first and newest decisions, and a fair sample of what there was when it was trained.

    The latter are items that are held out from training: those that were trained on were chosen because they
    are hard, and an encoder knows them better than others. None for a model that was not trained here.
    """
    decided = outcomes.decisions(plan.item_type, model).filter(confidence__isnull=False)
    ends = (decided.order_by(way).values_list("pk", flat=True)[: comparing.MOST] for way in ("id", "-id"))
    ours = sorted({pk for end in ends for pk in end})
    before = _before(version)
    encoder = _encoder(plan, version, [*ours, *before])
    said = Prediction.objects.filter(item=OuterRef("pk"), rank=0).values(data=JSONObject(label="label"))
    made = _read(decided.filter(pk__in=ours).annotate(said=Subquery(said)), plan, encoder)
    if len(before) < comparing.LEAST:
        return made, None
    return made, _read(Item.objects.filter(pk__in=before).annotate(said=Subquery(said)), plan, encoder)


def _before(version: ModelVersion | None) -> list[UUID]:
    """Return the newest items that were held out when the model's training began, by the index on status."""
    if version is None or version.run is None:
        return []
    held_out = Item.objects.filter(item_type=version.item_type, held_out=True, erased_at__isnull=True)
    older = held_out.filter(pk__lt=earliest(version.run.started_at)).order_by("-pk")
    ids = older.values_list("pk", flat=True)
    newest = (pk for status in Status for pk in ids.filter(status=status)[: comparing.MOST])
    return sorted(newest)[-comparing.MOST :]


def _encoder(plan: LearningPlan, version: ModelVersion | None, ids: Sequence[UUID]) -> Encoder | None:
    """Return what makes payloads numbers: the model's own encoder, else one fitted to old and new alike.

    One that is fitted to the old alone would find the new ones stranger than they are.
    """
    if version is not None and version.artifact:
        try:
            return serving.loaded(version).encoder
        except registry.ModelUnusable as error:
            log.error("drift is looked for without the encoder of %s: %s", version, error)
    some = np.random.default_rng(0).permutation(len(ids))[:FITTED]
    drawn = Item.objects.filter(pk__in=[ids[place] for place in some]).order_by("pk")
    try:
        payloads = dict(drawn.values_list("pk", "payload"))
        wanted = embeddings.needed(plan, list(payloads.values()), None)
        known = embeddings.remember(wanted, list(payloads), list(payloads.values()))
        encoder, _ = reading.fit(known, plan.encoder, plan.item_type.kind)
    except EncodeError:
        return None
    return encoder


def _read(items: QuerySet[Item], plan: LearningPlan, encoder: Encoder | None) -> Rows:
    """Return the items' rows, oldest first, with no more than CHUNK payloads in memory at once."""
    columns = ("pk", "payload", "context", "confidence", "said")
    found = items.order_by("pk").values_list(*columns, named=True).iterator(chunk_size=CHUNK)
    ids, fields, scores, answers, vectors = [], [], [], [], []
    while chunk := list(islice(found, CHUNK)):
        ids += [str(one.pk) for one in chunk]
        fields += [inputs.fields(one.payload, one.context, plan.slices) for one in chunk]
        scores += [one.confidence for one in chunk]
        answers += [answer(plan.item_type, one.said["label"] if one.said else None) for one in chunk]
        vectors.append(_vectors(encoder, {one.pk: one.payload for one in chunk}) if encoder else None)
    return Rows(ids, _stacked(vectors, len(ids)), fields, np.array(scores, np.float64), answers)


def _vectors(encoder: Encoder, payloads: Mapping[UUID, dict[str, Any]]) -> np.ndarray | None:
    """Return the embeddings of items' payloads, nan where one can't be read; None where none can."""
    known = embeddings.remember([encoder.name], list(payloads), list(payloads.values()))
    found, kept = reading.rows(encoder.embed, known)
    if not kept:
        return None
    whole = np.full((len(payloads), found.shape[1]), np.nan, np.float32)
    whole[kept] = found
    return whole


def _stacked(vectors: Sequence[np.ndarray | None], count: int) -> np.ndarray | None:
    """Return the chunks as one array of `count` rows, nan for a chunk without any; None where all are."""
    width = next((one.shape[1] for one in vectors if one is not None), None)
    if width is None:
        return None
    whole = np.full((count, width), np.nan, np.float32)
    for place, one in enumerate(vectors):
        if one is not None:
            whole[place * CHUNK : place * CHUNK + len(one)] = one
    return whole


def answer(item_type: ItemType, label: Any) -> str:
    """Return the name under which an answer is counted: its classes, else how many, how large or how long."""
    kind = KINDS[item_type.kind]
    try:
        classes = kind.slices(kind.clean_label(label, None, item_type.spec))
    except KindErrors:
        return "can’t be read"
    if classes:
        return " + ".join(sorted(classes))[:LONGEST]
    if isinstance(label, list):
        return f"{len(label)} in it"
    if isinstance(label, int | float):
        return f"about {label:.1g}"
    return f"about {len(label):.1g} characters" if isinstance(label, str) else "none"


def looked(item_type: ItemType, model: str, *, now: datetime) -> tuple[Looked, list[dict[str, Any]]]:
    """Return which of the model's answers people overturned in the last half year, and how many each week.

    A week has its first day, how many answers people looked at and how many they overturned; the last one
    ends now.
    """
    found = known(item_type, now - timedelta(weeks=WEEKS), model)
    order = np.argsort(found.decided, kind="stable")
    return Looked(~found.right[order], found.automated[order], found.scores[order]), list(_weeks(found, now))


def _weeks(found: Known, now: datetime) -> Iterator[Mapping[str, Any]]:
    ago = ((now.timestamp() - found.decided) // timedelta(weeks=1).total_seconds()).astype(int)
    for week in range(int(ago.max(initial=-1)), -1, -1):
        here = ago == week
        first = (now - timedelta(weeks=week + 1)).date().isoformat()
        yield {"first": first, "looked": int(here.sum()), "overturned": int((~found.right[here]).sum())}
