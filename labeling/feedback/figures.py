"""Feedback in figures: what people and production said of a model's answers, and what to mend first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.utils import timezone

from labeling.feedback.opportunities import Answer, Opportunity, opportunities
from labeling.metrics import Checked
from labeling.models import ProductionFeedback
from routing.kinds import KINDS, KindErrors
from routing.models import HIDDEN, ItemType
from routing.truth import CORRECTED

NEWEST = 20_000  # judged answers that opportunities are taken from
LONGEST = 2_000  # bytes of an answer, beyond which it names no class

# What was given without a model's answer, and what tests a person, is no feedback to a model.
GIVEN = """
SELECT count(*),
    count(*) FILTER (WHERE r.agrees_with_ai),
    count(*) FILTER (WHERE r.action = 'reject'),
    count(*) FILTER (WHERE NOT r.agrees_with_ai),
    avg(i.confidence), avg(r.confidence)
FROM labeling_review r
JOIN routing_assignment a ON a.id = r.assignment_id
JOIN routing_item i ON i.id = r.item_id
WHERE i.item_type_id = %(item_type)s AND r.created_at > %(since)s AND NOT a.purpose = ANY(%(hidden)s)
    AND (r.agrees_with_ai IS NOT NULL OR r.action = 'reject' AND i.confidence IS NOT NULL)
"""
# The last word on each item. Of automated ones only those drawn for a check stand for the others: what was
# looked at because somebody doubted it is wrong more often.
JUDGED = f"""
SELECT CASE WHEN pg_column_size(p.label) <= %(longest)s THEN p.label::text END,
    coalesce(i.score, i.confidence), i.model, coalesce(last.agrees_with_ai, false), 1 / i.label_probability
FROM (
    SELECT DISTINCT ON (r.item_id) r.item_id, r.agrees_with_ai
    FROM labeling_review r JOIN routing_assignment a ON a.id = r.assignment_id
    WHERE a.item_type_id = %(item_type)s AND r.created_at > %(since)s AND NOT a.purpose = ANY(%(hidden)s)
        AND (r.agrees_with_ai IS NOT NULL OR r.action = 'reject')
    ORDER BY r.item_id DESC, r.id DESC LIMIT %(newest)s
) last
JOIN routing_item i ON i.id = last.item_id
JOIN routing_prediction p ON p.item_id = i.id AND p.rank = 0
WHERE i.label_probability > 0 AND i.confidence IS NOT NULL AND NOT {CORRECTED}
    AND (i.action <> 'auto_approve' OR i.audit_draw < i.label_probability)
"""


@dataclass(frozen=True)
class Figures:
    """Feedback of a window.

    Of `total` words on a model's answers `positive` say the same, `correction` give another one and
    `negative` refuse it without one; `correction_rate` is the share of corrections. `mean_confidence` is the
    model's at these answers, `mean_own_confidence` the people's, where they said it. `production` tells how
    often production spoke. Corrections are those of the type that are in force now, and how often they were
    used. `right` is how often the model is right by the last word on each item; see `opportunities`.
    """

    item_type: str
    days: float
    total: int
    positive: int
    negative: int
    correction: int
    correction_rate: float | None
    mean_confidence: float | None
    mean_own_confidence: float | None
    production: int
    production_wrong: int
    corrections_in_force: int
    corrections_used: int
    right: Checked
    opportunities: list[Opportunity]


def figures(item_type: ItemType, days: float, now: datetime | None = None) -> Figures:
    """Return the feedback of the last `days` days, in four statements."""
    since = (now or timezone.now()) - timedelta(days=days)
    values = {
        "item_type": item_type.pk,
        "since": since,
        "hidden": [str(one) for one in HIDDEN],
        "newest": NEWEST,
        "longest": LONGEST,
    }
    total, positive, negative, correction, mean, own = _rows(GIVEN, values)[0]
    right, found = opportunities(_answers(item_type, values))
    production = ProductionFeedback.objects.filter(item__item_type=item_type, created_at__gt=since).aggregate(
        all=Count("id"), wrong=Count("id", filter=Q(correct=False))
    )
    held = item_type.corrections.filter(ended_at__isnull=True).aggregate(
        all=Count("id"), uses=Sum("uses", default=0)
    )
    return Figures(
        item_type=item_type.slug,
        days=days,
        total=total,
        positive=positive,
        negative=negative,
        correction=correction,
        correction_rate=correction / total if total else None,
        mean_confidence=mean,
        mean_own_confidence=own,
        production=production["all"],
        production_wrong=production["wrong"],
        corrections_in_force=held["all"],
        corrections_used=held["uses"],
        right=right,
        opportunities=found,
    )


def _answers(item_type: ItemType, values: dict[str, Any]) -> Iterator[Answer]:
    for said, score, model, right, weight in _rows(JUDGED, values):
        yield Answer(_classes(item_type, said), score, model, right, weight)


def _classes(item_type: ItemType, said: str | None) -> tuple[str, ...]:
    kind = KINDS[item_type.kind]
    try:
        return kind.slices(kind.clean_label(json.loads(said), None, item_type.spec)) if said else ()
    except KindErrors:
        return ()


def _rows(sql: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
