"""What decisions of an item type cost: what the admin typed, times what is measured of people and models.

`measure(item_type) -> Measured`, `costs(item_type) -> Costs | None` (what its policy routes by),
`prices(item_type) -> Costs | None` (the same whether it routes by cost or not).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from routing.economics import known, platt
from routing.economics.costs import Costs
from routing.economics.known import Known
from routing.economics.platt import Platt
from routing.models import ItemType

DAYS = 30
FEWEST = 20  # looks below which the usual figure stands for a measured one
MOST = 5_000  # looks of each queue
NEWEST = 50_000  # answers of each queue, whatever their type, among which these are looked for
REVIEW_SECONDS, EXPERT_SECONDS = 36.0, 72.0
REVIEW_ERROR, EXPERT_ERROR = 0.03, 0.005


@dataclass(frozen=True)
class Looks:
    """What the looks of reviewers, or of experts, take: mean seconds, mean hours an item waits, errors.

    `looks`, `waits` and `seeded` say from how many each is; the usual figure stands where these are few.
    """

    seconds: float
    looks: int
    wait_hours: float
    waits: int
    error: float
    seeded: int

    @property
    def usual(self) -> tuple[bool, bool, bool]:
        """Whether seconds, waiting hours and errors are usual figures, not measured ones."""
        return self.looks < FEWEST, self.waits < FEWEST, self.seeded < FEWEST


@dataclass(frozen=True)
class Measured:
    """What people took and what the model got right in the last DAYS days."""

    review: Looks
    expert: Looks
    known: Known
    platt: Platt


# A tab left open is no work: nothing counts for more than the longest of 99 in 100. Nobody waits for the
# looks that learning asks for and the checks, so they tell how long a look takes and nothing of waiting. A
# seat that is caught or not had an answer in it that is known to be wrong.
LOOKS = """
WITH looks AS (
    SELECT a.expert, a.waited_for, a.caught, a.seconds, a.hours
    FROM routing_queue q CROSS JOIN LATERAL (
        SELECT a.purpose IN ('expert', 'validate', 'appeal') AS expert,
            a.purpose IN ('review', 'overlap', 'expert') AS waited_for,
            a.caught, extract(epoch FROM a.closed_at - a.claimed_at)::float8 AS seconds,
            extract(epoch FROM a.closed_at - a.created_at)::float8 / 3600 AS hours
        FROM (
            SELECT * FROM routing_assignment one
            WHERE one.queue_id = q.id AND one.closed_at > %(since)s AND one.outcome = 'answered'
            ORDER BY one.closed_at DESC LIMIT %(newest)s
        ) a WHERE a.item_type_id = %(item_type)s
        ORDER BY a.closed_at DESC LIMIT %(most)s
    ) a
), top AS (
    SELECT expert, percentile_disc(0.99) WITHIN GROUP (ORDER BY seconds) AS seconds,
        percentile_disc(0.99) WITHIN GROUP (ORDER BY hours) FILTER (WHERE waited_for) AS hours
    FROM looks GROUP BY expert
)
SELECT expert, count(*), avg(least(looks.seconds, top.seconds)),
    count(*) FILTER (WHERE waited_for), avg(least(looks.hours, top.hours)) FILTER (WHERE waited_for),
    count(caught), avg((NOT caught)::int)::float8
FROM looks JOIN top USING (expert) GROUP BY expert
"""


def measure(item_type: ItemType, now: datetime | None = None) -> Measured:
    """Return what is measured of people and of the model, in two statements.

    What people get wrong is the share of known errors in front of them that they let pass, times the share
    of errors among what they look at.
    """
    since = (now or timezone.now()) - timedelta(days=DAYS)
    truth = known.known(item_type, since)
    with connection.cursor() as cursor:
        asked = {"item_type": item_type.pk, "since": since, "most": MOST, "newest": NEWEST}
        cursor.execute(LOOKS, asked)
        found = {expert: figures for expert, *figures in cursor.fetchall()}
    faced = truth.error(~truth.automated)
    review = _looks(found.get(False), faced, usual=(REVIEW_SECONDS, 0.0, REVIEW_ERROR))
    # An expert of whom nothing is known must not seem to be there at once.
    usual = (EXPERT_SECONDS, review.wait_hours, EXPERT_ERROR)
    expert = _looks(found.get(True), faced, usual=usual)
    return Measured(review, expert, truth, platt.fit(truth.scores, truth.right, truth.weights))


def _looks(found: list | None, faced: float | None, *, usual: tuple[float, float, float]) -> Looks:
    looks, seconds, waits, hours, seeded, missed = found or (0, None, 0, None, 0, None)
    return Looks(
        seconds=seconds if looks >= FEWEST else usual[0],
        looks=looks,
        wait_hours=hours if waits >= FEWEST else usual[1],
        waits=waits,
        error=missed * faced if seeded >= FEWEST and faced is not None else usual[2],
        seeded=seeded if faced is not None else 0,
    )


def costs(item_type: ItemType) -> Costs | None:
    """Return what the draft routes by, or None where it doesn't route by cost."""
    return prices(item_type) if item_type.route_by_cost else None


def prices(item_type: ItemType, measured: Measured | None = None) -> Costs | None:
    """Return what each action costs, or None where one of the four costs is not typed."""
    typed = (
        item_type.cost_error,
        item_type.cost_review_hour,
        item_type.cost_expert_hour,
        item_type.cost_delay_hour,
    )
    if None in typed:
        return None
    found = measured or measure(item_type)
    return Costs(
        *typed,
        review_seconds=found.review.seconds,
        expert_seconds=found.expert.seconds,
        review_wait_hours=found.review.wait_hours,
        expert_wait_hours=found.expert.wait_hours,
        review_error=found.review.error,
        expert_error=found.expert.error,
        slope=found.platt.slope,
        intercept=found.platt.intercept,
    )
