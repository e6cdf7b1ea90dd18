"""What waits for a person, at a cost that does not grow with the backlog."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from routing.models import Assignment, Queue

CAP = 1000


@dataclass(frozen=True)
class Waiting:
    """One queue of a person: its free and its overdue seats, counted up to CAP; one more means 'or more'."""

    slug: str
    paused: bool
    types: tuple[str, ...]
    free: int
    overdue: int

    @property
    def free_text(self) -> str:
        """The number of free seats as people read it, such as '1,000+'."""
        return capped(self.free)

    @property
    def overdue_text(self) -> str:
        """The number of overdue seats as people read it."""
        return capped(self.overdue)


def capped(number: int) -> str:
    """Return the number as people read it, with a plus where the counting stopped at CAP."""
    return f"{CAP:,}+" if number > CAP else f"{number:,}"


# The inner SELECTs stop at the cap before anything is compared: a million waiting cost what a thousand do.
COUNT = """
SELECT q.id, free.n, late.n
FROM routing_queue q
JOIN auth_user_groups g ON g.group_id = q.group_id AND g.user_id = %(user)s
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM (
        SELECT a.id, a.item_id FROM routing_assignment a
        WHERE a.queue_id = q.id AND a.closed_at IS NULL
          AND (a.leased_until IS NULL OR a.leased_until <= %(now)s)
        LIMIT %(limit)s
    ) few WHERE {unseen}
) free
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM (
        SELECT a.id, a.item_id FROM routing_assignment a
        WHERE a.queue_id = q.id AND a.closed_at IS NULL AND a.due_at <= %(now)s
          AND (a.leased_until IS NULL OR a.leased_until <= %(now)s)
        LIMIT %(limit)s
    ) few WHERE {unseen}
) late
"""
UNSEEN = """NOT EXISTS (
        SELECT 1 FROM routing_assignment mine
        WHERE mine.item_id = few.item_id AND mine.user_id = %(user)s AND mine.id <> few.id)"""


def queues(user: AbstractBaseUser) -> list[Waiting]:
    """Return the person's queues, empty ones last, with what waits in each: four statements, however much."""
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT.format(unseen=UNSEEN), {"user": user.pk, "now": timezone.now(), "limit": CAP + 1}
        )
        counts = {row[0]: row[1:] for row in cursor.fetchall()}
    mine = Queue.objects.filter(pk__in=counts).prefetch_related("item_types", "expert_item_types")
    return [
        Waiting(
            slug=queue.slug,
            paused=queue.paused_at is not None,
            types=tuple(
                sorted({str(one) for one in [*queue.item_types.all(), *queue.expert_item_types.all()]})
            ),
            free=counts[queue.pk][0],
            overdue=counts[queue.pk][1],
        )
        for queue in sorted(mine, key=lambda queue: (counts[queue.pk][0] == 0, queue.slug))
    ]


def has_queue(user: AbstractBaseUser) -> bool:
    """Return whether the person belongs to a group for which some queue waits."""
    return Queue.objects.filter(group__user=user).exists()


def anything(
    user: AbstractBaseUser,
    *,
    queue: str | None = None,
    item_type: str | None = None,
    skipping: Collection[int] = (),
) -> bool:
    """Return whether a claim by this person would find a seat, without taking it."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=timezone.now())
    seen = Assignment.objects.filter(item=OuterRef("item"), user=user).exclude(pk=OuterRef("pk"))
    seats = (
        Assignment.objects.open()
        .filter(free, ~Exists(seen), queue__group__user=user, queue__paused_at__isnull=True)
        .exclude(pk__in=list(skipping))
    )
    if queue:
        seats = seats.filter(queue__slug=queue)
    if item_type:
        seats = seats.filter(item_type__slug=item_type)
    return seats.exists()
