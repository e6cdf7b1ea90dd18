"""What waits for a person, at a cost that does not grow with the backlog."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser

from routing import assignments
from routing.models import Queue

CAP = 1000


@dataclass(frozen=True)
class Waiting:
    """One queue of a person: what they may be given of it, counted up to CAP; one more means 'or more'."""

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


def queues(user: AbstractBaseUser) -> list[Waiting]:
    """Return the person's queues, empty ones last, with what a claim could give them: four statements."""
    counts = assignments.count(by=user, limit=CAP + 1)
    mine = Queue.objects.filter(group__user=user).prefetch_related("item_types", "expert_item_types")
    waiting = [
        Waiting(
            slug=queue.slug,
            paused=queue.paused_at is not None,
            types=tuple(
                sorted({str(one) for one in [*queue.item_types.all(), *queue.expert_item_types.all()]})
            ),
            free=free,
            overdue=late,
        )
        for queue in mine
        for free, late in [counts.get(queue.pk, (0, 0))]
    ]
    return sorted(waiting, key=lambda one: (one.free == 0, one.slug))
