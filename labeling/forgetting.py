"""What people said of erased items: their words go, who answered what and when stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from audit import trail
from audit.trail import Entry
from labeling.importing import uploads
from labeling.models import Appeal, Flag, GoldenExample, Label, Precedent, ProductionFeedback, Review
from routing.models import Item
from routing.privacy.forgetting import worded

GONE = "erased"
BY = "system:erasure"


def forget(items: Sequence[Item], now: datetime) -> Mapping[str, int]:
    """Take away comments, texts given as answers, examples kept to teach, and what items look like."""
    ids = [item.pk for item in items]
    refs = [item.item_ref for item in items]
    words = {"label": None} if worded(items) else {}
    labels = Label.objects.filter(Q(item__in=ids) | Q(item_type=items[0].item_type, item_ref__in=refs))
    Review.objects.filter(item__in=ids).update(comment="", shown=None, **words)
    if words:
        labels.update(**words)
        ProductionFeedback.objects.filter(item__in=ids).update(answer=None, **words)
    labels.filter(checked_at__isnull=True).update(checked_at=now)
    _forget_examples(ids, now)
    flags = Flag.objects.filter(item__in=ids)
    flags.filter(outcome__isnull=True).update(outcome=Flag.Outcome.DISMISSED, settled_at=now, reason=GONE)
    flags.update(detail=GONE)
    _forget_appeals(ids, now, worded=bool(words))
    uploads.forget(items[0].item_type, refs)
    return {}


def _forget_examples(ids: Sequence[object], now: datetime) -> None:
    Precedent.objects.filter(item__in=ids).delete()
    kept = GoldenExample.objects.filter(item__in=ids)
    kept.filter(retired_at__isnull=True).update(retired_at=now, retired_because=GONE)
    kept.update(query="", context=[], output=None, edited_output=None, sketch=None)


def _forget_appeals(ids: Sequence[object], now: datetime, *, worded: bool) -> None:
    """A dispute that is open ends: nobody can look at what it is about any more."""
    appeals = Appeal.objects.filter(item__in=ids)
    still = list(appeals.filter(state=Appeal.State.OPEN).select_related("item"))
    appeals.filter(pk__in=[one.pk for one in still]).update(
        state=Appeal.State.WITHDRAWN, closed_at=now, closed_by=BY
    )
    told = [Entry("appeal.withdrawn", one.item, {"appeal": one.pk, "why": GONE}) for one in still]
    trail.record_all(told, by=BY)
    appeals.update(reason="", answer="", **({"disputed_label": None} if worded else {}))
