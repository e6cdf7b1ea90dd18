"""From which score on items would have to be automated, so that people keep up with the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.db import connection
from django.utils import timezone

from routing.certificates.outcomes import OPEN_EFFECTS, OPEN_REASONS
from routing.economics import known
from routing.models import ItemType, Queue

LAST = 10_000
DAYS = 30


@dataclass(frozen=True)
class Sample:
    """The newest n items of a queue: arrays (n,) of scores and of the looks that each asks for here.

    `looks` is what an item asks for unless it is automated, `checks` where it is, `now` as it was routed;
    `free` says which would be automated from some threshold on. `error` is the cost of one, nan: not typed.
    """

    scores: np.ndarray
    looks: np.ndarray
    checks: np.ndarray
    now: np.ndarray
    free: np.ndarray
    error: np.ndarray


@dataclass(frozen=True)
class Relief:
    """A threshold at which people keep up: the share automated, and the share of all items wrong by it.

    `threshold` None: people keep up even where nothing is automated. `error` is None where too little is
    known of the model, `cost_per_hour` also where no cost of an error is typed.
    """

    threshold: float | None
    automated: float
    error: float | None
    answers: int
    cost_per_hour: float | None


def _any(values: Iterable[str], of: str) -> str:
    return " || ".join(f'{of} == "{value}"' for value in sorted(values))


# What `outcomes.could` asks of one item, for many at once.
SCORES = f"""
SELECT coalesce(i.score, i.confidence, 0), i.action, t.opinions_wanted, t.audit_rate, t.cost_error,
    i.confidence IS NOT NULL AND NOT jsonb_path_exists(i.reasons, '$[*] ? (!(
        {_any(OPEN_REASONS, "@.code")}
        || @.code == "rule" && ({_any(OPEN_EFFECTS, "@.data.effect")}) && @.data.error == null))')
FROM (
    SELECT newest.* FROM unnest(%(types)s::bigint[]) AS type (id)
    CROSS JOIN (VALUES ('approved'), ('rejected'), ('pending_human'), ('pending_expert')) AS at (status)
    CROSS JOIN LATERAL (
        SELECT * FROM routing_item one
        WHERE one.item_type_id = type.id AND one.status = at.status AND one.action IS NOT NULL
        ORDER BY one.id DESC LIMIT %(last)s
    ) newest
    ORDER BY newest.id DESC LIMIT %(last)s
) i JOIN routing_itemtype t ON t.id = i.item_type_id
"""


def sample(types: Sequence[ItemType]) -> Sample:
    """Return the newest LAST items of these types, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(SCORES, {"types": [one.pk for one in types], "last": LAST})
        rows = cursor.fetchall()
    scores, action, opinions, rates, error, free = zip(*rows, strict=True) if rows else ((),) * 6
    looks, checks = np.array(opinions, dtype=float), np.array(rates, dtype=float)
    expert = np.array([one == "expert_escalation" for one in action], dtype=bool)
    auto = np.array([one == "auto_approve" for one in action], dtype=bool)
    looks = np.where(expert, 0.0, looks)
    return Sample(
        scores=np.array(scores, dtype=float),
        looks=looks,
        checks=checks,
        now=np.where(auto, checks, looks),
        free=np.array(free, dtype=bool) & ~expert,
        error=np.array([np.nan if one is None else one for one in error], dtype=float),
    )


def threshold_for(found: Sample, factor: float) -> tuple[float | None, float] | None:
    """Return the highest threshold at which the looks asked for are at most `factor` times those of now.

    With it comes the share automated; the threshold is None where that takes no automation at all. None in
    place of both where no threshold is low enough, or nothing was looked at.
    """
    if not found.now.sum() > 0:
        return None
    limit = factor * found.now.sum()
    if found.looks.sum() <= limit:
        return None, 0.0
    scores, spared = found.scores[found.free], (found.looks - found.checks)[found.free]
    order = np.argsort(-scores, kind="stable")
    falling, left = scores[order], found.looks.sum() - np.cumsum(spared[order])
    last_of_equals = np.append(falling[1:] != falling[:-1], True)[: len(falling)]
    enough = np.flatnonzero((left <= limit) & last_of_equals)
    if not enough.size:
        return None
    return float(falling[enough[0]]), float((enough[0] + 1) / len(found.scores))


def relief(queue: Queue, per_hour: float, most: float) -> Relief | None:
    """Return the threshold at which of `per_hour` looks at most `most` are left; None where there is none.

    One common threshold for all item types of the queue; a statement for each of them, and two.
    """
    types = list(ItemType.objects.filter(queue=queue).order_by("slug"))
    found = sample(types)
    if not per_hour > 0 or (at := threshold_for(found, most / per_hour)) is None:
        return None
    threshold, automated = at
    if threshold is None:
        return Relief(None, 0.0, 0.0, 0, 0.0)
    since = timezone.now() - timedelta(days=DAYS)
    truth = known.together([known.known(one, since) for one in types])
    error = truth.wrong_from(threshold)
    price = float(found.error.mean())
    items = per_hour / float(found.now.mean())
    cost = None if error is None or np.isnan(price) else error * items * price
    return Relief(threshold, automated, error, len(truth), cost)
