"""What the decisions of an item type have cost: looks, waiting and errors, in total and week by week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from routing.economics.costing import Measured, measure
from routing.economics.costs import Costs
from routing.models import ItemType

LONGEST = "8s"  # the sums grow with what was decided; a page must not wait for ever


@dataclass(frozen=True)
class Spent:
    """What decisions cost, in the currency of the typed costs; `since` is the first day of the span.

    `errors` is what wrong decisions, automated or not, are expected to have cost; None while too few of the
    automated were checked to say, and then it is left out of the total.
    """

    since: date
    decisions: int
    automated: int
    looks: float
    expert_looks: float
    waiting: float
    errors: float | None

    @property
    def total(self) -> float:
        """What all of it cost."""
        return self.looks + self.expert_looks + self.waiting + (self.errors or 0.0)

    @property
    def per_decision(self) -> float | None:
        """What one decision cost on average, or None where there was none."""
        return self.total / self.decisions if self.decisions else None


@dataclass(frozen=True)
class Spending:
    """The cost over the whole span and by week, oldest first; `error` is the share of automated errors."""

    whole: Spent
    weeks: tuple[Spent, ...]
    error: float | None


# By week counted back from now, 0 the latest: decisions, and how long those that people took were waited for.
DECIDED = """
SELECT floor(extract(epoch FROM %(now)s - i.decided_at) / 604800)::int AS week, count(*),
    count(*) FILTER (WHERE i.action = 'auto_approve'), count(*) FILTER (WHERE i.action = 'human_review'),
    count(*) FILTER (WHERE i.action = 'expert_escalation'),
    coalesce(sum(extract(epoch FROM i.decided_at - i.created_at))
        FILTER (WHERE i.action <> 'auto_approve'), 0)::float8 / 3600
FROM routing_item i
WHERE i.item_type_id = %(item_type)s AND i.decided_at > %(since)s AND i.decided_at <= %(now)s
  AND i.action IS NOT NULL
GROUP BY week
"""
LOOKED = """
WITH looks AS (
    SELECT a.* FROM routing_queue q CROSS JOIN LATERAL (
        SELECT a.purpose IN ('expert', 'validate', 'appeal') AS expert, a.closed_at,
            extract(epoch FROM a.closed_at - a.claimed_at)::float8 AS seconds
        FROM routing_assignment a
        WHERE a.queue_id = q.id AND a.closed_at > %(since)s AND a.closed_at <= %(now)s
          AND a.item_type_id = %(item_type)s AND a.user_id IS NOT NULL OFFSET 0
    ) a
), top AS (
    SELECT expert, percentile_disc(0.99) WITHIN GROUP (ORDER BY seconds) AS seconds FROM looks GROUP BY expert
)
SELECT floor(extract(epoch FROM %(now)s - looks.closed_at) / 604800)::int AS week,
    coalesce(sum(least(looks.seconds, top.seconds)) FILTER (WHERE NOT expert), 0)::float8 / 3600,
    coalesce(sum(least(looks.seconds, top.seconds)) FILTER (WHERE expert), 0)::float8 / 3600
FROM looks JOIN top USING (expert) GROUP BY week
"""


def spent(
    item_type: ItemType,
    prices: Costs,
    days: int = 30,
    *,
    measured: Measured | None = None,
    now: datetime | None = None,
) -> Spending:
    """Return what the decisions of the last days cost at these prices, in three statements beside `measure`.

    Raises OperationalError where one of them takes longer than LONGEST.
    Every second that somebody held a seat they closed counts, checks included; waiting counts from arrival
    to decision where the router didn't decide. The share of errors is that of the whole span, each week
    having too few checks.
    """
    now = now or timezone.now()
    parameters = {"item_type": item_type.pk, "since": now - timedelta(days=days), "now": now}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [LONGEST])
        decided, looked = _rows(DECIDED, parameters), _rows(LOOKED, parameters)
    truth = (measured or measure(item_type, now)).known
    error = truth.error(truth.automated)
    weeks = []
    for week in sorted({*decided, *looked}, reverse=True):
        since = max(now - timedelta(weeks=week + 1), parameters["since"]).date()
        weeks.append(_spent(since, decided.get(week, (0,) * 5), looked.get(week, (0.0, 0.0)), prices, error))
    return Spending(_sum(parameters["since"].date(), weeks), tuple(weeks), error)


def _rows(sql: str, parameters: dict[str, object]) -> dict[int, tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {week: tuple(rest) for week, *rest in cursor.fetchall()}


def _spent(since: date, decided: tuple, hours: tuple, prices: Costs, error: float | None) -> Spent:
    decisions, automated, reviewed, expert, waited = decided
    wrong = None
    if error is not None or not automated:
        wrong = (error or 0.0) * automated + prices.review_error * reviewed + prices.expert_error * expert
    return Spent(
        since=since,
        decisions=decisions,
        automated=automated,
        looks=hours[0] * prices.review_hour,
        expert_looks=hours[1] * prices.expert_hour,
        waiting=waited * prices.delay_hour,
        errors=None if wrong is None else wrong * prices.error,
    )


def _sum(since: date, weeks: Sequence[Spent]) -> Spent:
    whole = Spent(since, 0, 0, 0.0, 0.0, 0.0, 0.0)
    for week in weeks:
        unknown = whole.errors is None or week.errors is None
        whole = replace(
            whole,
            decisions=whole.decisions + week.decisions,
            automated=whole.automated + week.automated,
            looks=whole.looks + week.looks,
            expert_looks=whole.expert_looks + week.expert_looks,
            waiting=whole.waiting + week.waiting,
            errors=None if unknown else whole.errors + week.errors,
        )
    return whole
