"""What people found of a model's recent answers: right or wrong, and how likely each was to be looked at."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import connection

from routing.kinds import KINDS, TypeSpec
from routing.models import ItemType, Status
from routing.truth import CHECKED, CORRECTED, was_right

MOST = 5_000
NEWEST = 20_000  # decided items of a type among which they are looked for
FEWEST = 30  # below which nothing is said of a model


@dataclass(frozen=True)
class Known:
    """The truth of n answers: arrays (n,) of scores, which are right, weights 1/q, and which were automated.

    q is the chance with which an answer was to be looked at by a person; with these weights those that were
    looked at stand for all. `decided` holds seconds since the epoch.
    """

    scores: np.ndarray
    right: np.ndarray
    weights: np.ndarray
    automated: np.ndarray
    decided: np.ndarray

    def __len__(self) -> int:
        return len(self.scores)

    def error(self, chosen: np.ndarray | None = None) -> float | None:
        """Return the share of wrong answers among the chosen (n,) bool (Hájek, 1971); None of too few."""
        chosen = np.ones(len(self), bool) if chosen is None else chosen
        if chosen.sum() < FEWEST:
            return None
        return float(np.average(~self.right[chosen], weights=self.weights[chosen]))

    def wrong_from(self, threshold: float) -> float | None:
        """Return the share of all answers that are wrong at or above a score; None of too few answers."""
        if len(self) < FEWEST:
            return None
        return float(np.average(~self.right & (self.scores >= threshold), weights=self.weights))


KNOWN = f"""
SELECT i.score, i.confidence, i.label_probability, i.action, i.decided_by <> 'system:router', i.status,
    i.label, p.label, (SELECT jsonb_object_agg(name, i.payload -> name) FROM unnest(%(fields)s::text[]) name),
    extract(epoch FROM i.decided_at)::float8, i.model
FROM (
    SELECT * FROM routing_item d
    WHERE d.item_type_id = %(item_type)s AND d.decided_at > %(since)s
    ORDER BY d.decided_at DESC LIMIT %(newest)s
) i
JOIN routing_prediction p ON p.item_id = i.id AND p.rank = 0
WHERE i.label_probability > 0 AND i.confidence IS NOT NULL AND NOT {CORRECTED} AND (
    i.decided_by <> 'system:router' OR {CHECKED}
) AND (i.action <> 'auto_approve' OR i.audit_draw < i.label_probability) AND %(model)s IN ('', i.model)
ORDER BY i.decided_at DESC LIMIT %(most)s
"""


def known(item_type: ItemType, since: datetime, model: str = "") -> Known:
    """Return what is known of answers decided since then, newest first, in one statement.

    Only those of `model`, else of the one that most of the newest hundred are by: scores of two models can't
    be compared. Answers that a person had corrected before are left out: what was decided was not the
    model's. Of automated ones only those drawn for a check count: others are looked at because of a doubt.
    """
    fields = list(KINDS[item_type.kind].label_fields)
    parameters = {
        "item_type": item_type.pk,
        "since": since,
        "newest": NEWEST,
        "most": MOST,
        "fields": fields,
        "model": model,
    }
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, parameters)
        rows = cursor.fetchall()
    models = Counter(row[-1] for row in rows[:100])
    of_one = [row for row in rows if row[-1] == models.most_common(1)[0][0]] if rows else []
    spec = item_type.spec
    return Known(
        scores=_floats(row[1] if row[0] is None else row[0] for row in of_one),
        right=np.array([_right(row, spec) for row in of_one], dtype=bool),
        weights=_floats(1 / row[2] for row in of_one),
        automated=np.array([row[3] == "auto_approve" for row in of_one], dtype=bool),
        decided=_floats(row[9] for row in of_one),
    )


def together(several: Sequence[Known]) -> Known:
    """Return what is known of several item types as one."""
    names = ("scores", "right", "weights", "automated", "decided")
    joined = {name: np.concatenate([getattr(one, name) for one in several]) for name in names}
    return Known(**joined)


def _right(row: tuple, spec: TypeSpec) -> bool:
    by_person, status, final, said, payload = row[4:9]
    if not by_person:
        return True
    final, said, payload = (None if one is None else json.loads(one) for one in (final, said, payload))
    return was_right(said, final, payload, spec, approved=status == Status.APPROVED)


def _floats(values: Iterable[float]) -> np.ndarray:
    return np.fromiter(values, dtype=np.float64)
