"""Where a person stands: may they be given work, and if not, why and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from audit import trail
from audit.trail import Actor
from routing.errors import CapReached, HitlError, Paused
from routing.models import Assignment, ItemType, Queue, Reviewer

CAP_WINDOW = timedelta(hours=24)


@dataclass(frozen=True)
class Standing:
    """Why a person is given nothing; all empty where they are given whatever waits.

    `until` is when a slot of the daily cap becomes free; None where what they hold fills the cap by itself.
    """

    no_queue: bool = False
    paused: bool = False
    because: str = ""
    cap: int | None = None
    until: datetime | None = None

    @property
    def refusal(self) -> HitlError | None:
        """What to answer to somebody who asks for work, with the remedy; None where they may have some."""
        if self.paused:
            why = f" ({self.because})" if self.because else ""
            return Paused(f"You are paused{why}: nothing is given to you until a lead lets you go on.")
        if self.cap is None:
            return None
        if self.until is None:
            return CapReached(f"You hold as many items as your daily cap of {self.cap} allows: answer these.")
        when = timezone.localtime(self.until)
        return CapReached(
            f"You have reached your daily cap of {self.cap}; more is given from {when:%Y-%m-%d %H:%M %Z} on."
        )


def standing(user: AbstractBaseUser, *, now: datetime | None = None) -> Standing:
    """Return why this person is given nothing, if so, apart from there being nothing that waits."""
    now = now or timezone.now()
    if not Queue.objects.filter(group__user=user).exists():
        return Standing(no_queue=True)
    limits = Reviewer.objects.filter(user=user).first()
    if limits is None:
        return Standing()
    if limits.paused_at:
        return Standing(paused=True, because=limits.paused_because)
    if limits.daily_cap is None:
        return Standing()
    left = limits.daily_cap - Assignment.objects.held_by(user, now)[: limits.daily_cap].count()
    if left <= 0:
        return Standing(cap=limits.daily_cap)
    # The answer that must grow old before one more is given: of those of a day, counted from the newest.
    answered = Assignment.objects.filter(user=user, closed_at__gt=now - CAP_WINDOW).order_by("-closed_at")
    oldest = answered.values_list("closed_at", flat=True)[left - 1 : left].first()
    return Standing(cap=limits.daily_cap, until=oldest + CAP_WINDOW) if oldest else Standing()


@transaction.atomic
def pause(limits: Reviewer, *, why: str, item_type: ItemType | None = None, by: Actor) -> bool:
    """Give this person nothing until `resume`, and return whether they were at work.

    What they hold they may still answer: nobody loses what they have begun. `item_type` is the one at whose
    known questions they failed, if that is why.
    """
    now = timezone.now()
    open_ones = Reviewer.objects.filter(pk=limits.pk, paused_at__isnull=True)
    if not open_ones.update(paused_at=now, paused_because=why[:200], paused_for=item_type):
        return False
    told = {"person": limits.user.get_username(), "why": why}
    if item_type:
        told["item_type"] = item_type.slug
    trail.record("reviewer.paused", limits, by=by, **told)
    return True


@transaction.atomic
def resume(limits: Reviewer, *, why: str, by: AbstractBaseUser) -> bool:
    """Give this person work again, and return whether they were paused.

    The known questions that they answered before count no more.
    """
    stopped = Reviewer.objects.filter(pk=limits.pk, paused_at__isnull=False)
    if not stopped.update(paused_at=None, paused_because="", paused_for=None, resumed_at=timezone.now()):
        return False
    trail.record("reviewer.resumed", limits, by=by, person=limits.user.get_username(), why=why)
    return True
