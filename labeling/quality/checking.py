"""Each new label read once by every check, and the doubts kept as flags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from audit import trail
from labeling.models import Flag, Label, Review
from labeling.quality import acts, boxes, errors, likeness
from labeling.quality.doubts import Doubt
from labeling.quality.errors import Averages
from routing.kinds import KINDS, KindErrors
from routing.models import Item, ItemType, Prediction

CHECKER = "system:checks"
# What is checked: not what tests a person, nor second looks themselves, nor what production told.
READ = (
    Label.Source.REVIEW,
    Label.Source.OVERLAP,
    Label.Source.EXPERT,
    Label.Source.AUDIT,
    Label.Source.LEARN,
    Label.Source.VALIDATE,
    Label.Source.IMPORT,
)
PAUSE = timedelta(minutes=2)  # an author may take an answer back meanwhile
CHUNK = 25  # few, since an author who corrects one of them waits until all are read
NEWEST = 5_000  # labels of a type from which it is learnt what its model is sure of

AVERAGES = """
SELECT newest.name, avg((p.probabilities ->> newest.name)::float8), count(*)
FROM (
    SELECT item_id, label #>> '{}' AS name FROM labels
    WHERE item_type = %(slug)s AND source = ANY(%(sources)s) AND superseded_at IS NULL
        AND item_id IS NOT NULL AND jsonb_typeof(label) = 'string'
    ORDER BY id DESC LIMIT %(newest)s
) newest
JOIN routing_prediction p ON p.item_id = newest.item_id AND p.rank = 0
WHERE p.probabilities ? newest.name
GROUP BY newest.name
"""

Said = Mapping[UUID, tuple[Any, Mapping[str, float] | None]]


@transaction.atomic
def check(*, now: datetime | None = None) -> int:
    """Read the oldest labels that no check has read, at most CHUNK of them, and return how many there were.

    Safe to run twice at once: each reads other labels.
    """
    now = now or timezone.now()
    waiting = Label.objects.filter(checked_at__isnull=True, superseded_at__isnull=True)
    labels = list(
        waiting.filter(ts__lte=now - PAUSE)
        .order_by("id")
        .select_related("item__item_type")
        .defer("item__context", "item__reasons", "item__shadow")
        .select_for_update(of=("self",), skip_locked=True)[:CHUNK]
    )
    Label.objects.filter(pk__in=[label.pk for label in labels]).update(checked_at=now)
    _flag(list(_doubts([label for label in labels if label.item and label.source in READ])), now=now)
    return len(labels)


def _doubts(labels: Sequence[Label]) -> Iterator[tuple[Label, Doubt]]:
    """Yield what all checks doubt, with the label that it is about."""
    said = _said([label.item_id for label in labels])
    known: dict[str, Averages | None] = {}
    for label in labels:
        item_type = label.item.item_type
        if item_type.slug not in known:
            known[item_type.slug] = _averages(item_type)
        model, probabilities = said.get(label.item_id, (None, None))
        for doubt in (
            acts.too_fast(KINDS[item_type.kind].reading(label.item.payload), label.time_spent_ms),
            _empty_edit(label, model) if label.item_id in said else None,
            boxes.impossible(label.label, label.item.payload),
            _label_error(label, probabilities, known[item_type.slug]),
        ):
            if doubt:
                yield label, doubt
        yield from likeness.contradictions(label)


def _said(items: Sequence[UUID]) -> Said:
    """Return what the judged prediction of each item said, with its probabilities."""
    rows = Prediction.objects.filter(item__in=items, rank=0)
    return {
        item: (label, probabilities)
        for item, label, probabilities in rows.values_list("item_id", "label", "probabilities")
    }


def _averages(item_type: ItemType) -> Averages | None:
    asked = {"slug": item_type.slug, "sources": list(READ), "newest": NEWEST}
    with connection.cursor() as cursor:
        cursor.execute(AVERAGES, asked)
        return errors.averages(cursor.fetchall())


def _empty_edit(label: Label, said: Any) -> Doubt | None:
    """Whoever has not seen the model's answer has not edited it."""
    if label.blind or label.action not in (Review.Action.EDIT, Review.Action.APPROVE):
        return None
    kind, spec = KINDS[label.item.item_type.kind], label.item.item_type.spec
    try:
        said = kind.clean_label(said, label.item.payload, spec)
    except KindErrors:
        return None
    return acts.empty_edit(said, label.label, kind, spec)


def _label_error(
    label: Label, probabilities: Mapping[str, float] | None, known: Averages | None
) -> Doubt | None:
    if not (known and probabilities and isinstance(label.label, str)):
        return None
    return errors.label_error(label.label, errors.both(probabilities, _posterior(label.item)), known)


def _posterior(item: Item) -> Mapping[str, float] | None:
    """Return the probabilities of the classes by all people's answers, where they were weighed."""
    return (item.signals.get("consensus") or {}).get("posterior")


def _flag(found: Sequence[tuple[Label, Doubt]], *, now: datetime) -> None:
    """Keep the doubts that are not kept yet."""
    labels = {label.pk for label, _ in found}
    kept = set(Flag.objects.filter(label__in=labels).values_list("label_id", "check_name"))
    fresh = {
        (label.pk, doubt.check): (label, doubt)
        for label, doubt in found
        if label.source in READ and (label.pk, doubt.check) not in kept
    }
    flags = Flag.objects.bulk_create(
        Flag(
            label=label,
            item=label.item,
            item_type=label.item.item_type,
            check_name=doubt.check,
            score=doubt.score,
            detail=doubt.detail,
            created_at=now,
        )
        for label, doubt in fresh.values()
    )
    told = [
        trail.Entry("flag.raised", flag, {"item": str(flag.item_id), "check": flag.check_name})
        for flag in flags
    ]
    trail.record_all(told, by=CHECKER)
