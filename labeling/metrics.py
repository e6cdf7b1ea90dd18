"""What the figures say of one item type, or of all: `summary(item_type, days) -> Summary`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from routing.backtest.estimates import wilson
from routing.truth import CORRECTED


@dataclass(frozen=True)
class Checked:
    """How right decisions were, by blind checks of a random share: the automated, or those of reviewers.

    `accuracy` is the Hájek estimate (Hájek 1971): each check weighs the inverse of the probability with
    which it was drawn. `low` and `high` bound it with 95 % confidence: Wilson's interval (1927) at Kish's
    effective sample size. All three are None where nothing was checked. Checks of answers that a person had
    corrected before are left out: what was decided was not the model's.
    """

    checks: int
    accuracy: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Summary:
    """Counts of items that came in within the window and what became of them; rates are of `routed`."""

    item_type: str | None
    days: float
    items: int
    routed: int
    automated: int
    human: int
    expert: int
    waiting_for_model: int
    pooled: int
    decided: int
    automation_rate: float | None
    review_rate: float | None
    reviews: int
    agreement_with_model: float | None
    mean_review_seconds: float | None
    median_review_seconds: float | None
    checked: Checked
    validated: Checked


ITEMS = """
SELECT count(*),
    count(*) FILTER (WHERE i.action IS NOT NULL),
    count(*) FILTER (WHERE i.action = 'auto_approve'),
    count(*) FILTER (WHERE i.action = 'human_review'),
    count(*) FILTER (WHERE i.action = 'expert_escalation'),
    count(*) FILTER (WHERE i.status = 'pending_ai'),
    count(*) FILTER (WHERE i.status = 'pooled'),
    count(*) FILTER (WHERE i.decided_at IS NOT NULL)
FROM routing_item i
WHERE i.created_at > %(since)s {of_type}
"""
# At a seeded error the model is wrong by choice, what is a known question was counted when it became one, and
# second looks are at what is doubtful.
REVIEWS = """
SELECT count(*), avg(r.agrees_with_ai::int) FILTER (WHERE a.purpose NOT IN ('seed', 'gold', 'second')),
    avg(r.time_spent_ms) / 1000.0,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY r.time_spent_ms) / 1000.0
FROM labeling_review r
JOIN routing_item i ON i.id = r.item_id
JOIN routing_assignment a ON a.id = r.assignment_id
WHERE r.created_at > %(since)s {of_type}
"""
# Who refuses the model's answer without giving another one leaves the verdict to the expert who is then
# asked; until that one has answered, the check says nothing.
CHECKS = """
SELECT {by} count(*), sum(1 / a.inclusion), sum((verdict.correct)::int / a.inclusion),
    sum(1 / (a.inclusion * a.inclusion))
FROM routing_assignment a
JOIN routing_item i ON i.id = a.item_id
JOIN labeling_review r ON r.assignment_id = a.id
LEFT JOIN LATERAL (
    SELECT e.action, e.agrees_with_ai
    FROM labeling_review e JOIN routing_assignment ea ON ea.id = e.assignment_id
    WHERE e.item_id = a.item_id AND ea.purpose IN ('expert', 'appeal') AND e.id > r.id
    ORDER BY e.id DESC LIMIT 1
) expert ON r.agrees_with_ai IS NULL
CROSS JOIN LATERAL (
    SELECT coalesce(
        r.agrees_with_ai, expert.agrees_with_ai, CASE WHEN expert.action = 'reject' THEN false END
    ) AS correct
) verdict
WHERE a.purpose = 'audit' AND r.created_at > %(since)s AND verdict.correct IS NOT NULL
    AND NOT {corrected} {of_type} {grouped}
"""
# Experts' blind looks at what reviewers had decided.
VALIDATIONS = """
SELECT {by} count(*), sum(1 / a.inclusion), sum(r.upholds::int / a.inclusion),
    sum(1 / (a.inclusion * a.inclusion))
FROM routing_assignment a
JOIN routing_item i ON i.id = a.item_id
JOIN labeling_review r ON r.assignment_id = a.id
WHERE a.purpose = 'validate' AND r.created_at > %(since)s AND r.upholds IS NOT NULL {of_type} {grouped}
"""
OF_TYPE = "AND i.item_type_id = (SELECT id FROM routing_itemtype WHERE slug = %(item_type)s)"
BY_STEP = "i.item_type_id, width_bucket(r.created_at, %(starts)s::timestamptz[]),"

Sums = tuple[int, float, float, float]


def summary(item_type: str | None = None, days: float = 30, now: datetime | None = None) -> Summary:
    """Return the figures of the last `days` days for the item type of this slug, or for all.

    Items count by when they came in, reviews and checks by when they were made. Four statements.
    """
    since = (now or timezone.now()) - timedelta(days=days)
    parameters = {"since": since, "item_type": item_type}
    items, routed, automated, human, expert, waiting, pooled, decided = _row(ITEMS, parameters)
    reviews, agreement, mean, median = _row(REVIEWS, parameters)
    return Summary(
        item_type=item_type,
        days=days,
        items=items,
        routed=routed,
        automated=automated,
        human=human,
        expert=expert,
        waiting_for_model=waiting,
        pooled=pooled,
        decided=decided,
        automation_rate=automated / routed if routed else None,
        review_rate=(human + expert) / routed if routed else None,
        reviews=reviews,
        agreement_with_model=_number(agreement),
        mean_review_seconds=_number(mean),
        median_review_seconds=_number(median),
        checked=estimate(*_row(CHECKS, parameters)),
        validated=estimate(*_row(VALIDATIONS, parameters)),
    )


def validated(item_type: str, *, since: datetime) -> Checked:
    """Return how often experts who looked again came to the answer of an item type's reviewers."""
    return estimate(*_row(VALIDATIONS, {"since": since, "item_type": item_type}))


def by_step(sql: str, starts: Sequence[datetime]) -> dict[tuple[int, int], Sums]:
    """Return the sums of CHECKS or VALIDATIONS since the first start, in one statement.

    They stand by the item type's id and the number of the step, from 1, in which the look was made: how many,
    weights, weights of right ones, squared weights.
    """
    text = sql.format(by=BY_STEP, of_type="", grouped="GROUP BY 1, 2", corrected=CORRECTED)
    with connection.cursor() as cursor:
        cursor.execute(text, {"since": starts[0], "starts": list(starts)})
        return {(item_type, step): tuple(sums) for item_type, step, *sums in cursor.fetchall()}


def _row(sql: str, parameters: dict[str, Any]) -> tuple:
    with connection.cursor() as cursor:
        of_type = OF_TYPE if parameters["item_type"] else ""
        cursor.execute(sql.format(by="", of_type=of_type, grouped="", corrected=CORRECTED), parameters)
        return cursor.fetchone()


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def estimate(checks: int, weight: float | None, right: float | None, squares: float | None) -> Checked:
    """Return the accuracy from sums over the checks: weights, weights of right ones, squared weights."""
    if not checks:
        return Checked(0, None, None, None)
    accuracy = right / weight
    low, high = wilson(accuracy, weight * weight / squares)
    return Checked(checks, accuracy, low, high)
