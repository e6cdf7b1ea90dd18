"""How a person's own answers compare, for nobody but themselves: with experts, colleagues, known questions.

What is told must not tell which question was a known one. So it ends with yesterday, and grows only by
whole blocks of answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from labeling.models import Label, Review
from labeling.people.influence import Difference, Look, influence
from routing.decisions import LOOKS
from routing.kinds import KINDS
from routing.models import EXPERTS, ItemType, Purpose

BLOCK = 20  # answers: fewer tell nothing, and one more must not tell of itself
NEWEST = 200  # answers that are compared
DRAWN = (Purpose.REVIEW, Purpose.OVERLAP)
LOOKED_AT = 5_000  # a person's latest answers, among which those that an expert answered too are sought


@dataclass(frozen=True)
class Share:
    """Of `count` answers, at least a block, so many were right or agreed."""

    count: int
    right: int

    @property
    def percent(self) -> int:
        """The share in whole percent."""
        return round(100 * self.right / self.count)


def at_known_questions(user: AbstractBaseUser, *, now: datetime) -> Share | None:
    """Return how many of the latest known questions were answered right; None below one block."""
    asked = Review.objects.filter(user=user, right__isnull=False, created_at__lt=_today(now))
    first, last = _blocks(asked.count())
    right = asked.order_by("created_at", "id").values_list("right", flat=True)[first:last]
    return Share(last - first, sum(right)) if last else None


def with_experts(user: AbstractBaseUser, *, now: datetime) -> Share | None:
    """Return how many of the latest answers that an expert gave too were the same; None below one block."""
    latest = Review.objects.filter(
        user=user, created_at__lt=_today(now), assignment__purpose__in=LOOKS
    ).exclude(action=Review.Action.ESCALATE)
    items = latest.order_by("-created_at").values("item")[:LOOKED_AT]
    experts = Review.objects.filter(
        item__in=items, created_at__lt=_today(now), assignment__purpose__in=EXPERTS
    ).exclude(user=user)
    told = {
        one["item"]: one
        for one in experts.order_by("created_at", "id").values("item", "item__item_type", "action", "label")
    }
    first, last = _blocks(len(told))
    if not last:
        return None
    chosen = list(told)[first:last]
    mine = {one["item"]: one for one in latest.filter(item__in=chosen).values("item", "action", "label")}
    types = ItemType.objects.in_bulk({told[item]["item__item_type"] for item in chosen})
    same = [_same(mine[item], told[item], types[told[item]["item__item_type"]]) for item in chosen]
    return Share(len(same), sum(same))


def with_colleagues(user: AbstractBaseUser, *, now: datetime) -> Share | None:
    """Return how many of the latest answers that chance gave to a colleague too were the same as theirs.

    None below one block.
    """
    drawn = Label.objects.filter(
        source__in=DRAWN, superseded_at=None, review__isnull=False, ts__lt=_today(now)
    )
    items = list(drawn.filter(user=user).order_by("-pk").values_list("item", flat=True)[:LOOKED_AT])
    rows = drawn.filter(item__in=items).order_by("pk")
    opened = "review__assignment__created_at"
    met: dict[Any, dict[bool, Any]] = {}
    for item, opened_at, person, slug, label in rows.values_list(
        "item", opened, "user", "item_type", "label"
    ):
        met.setdefault((item, opened_at, slug), {}).setdefault(person == user.pk, label)
    types = {one.slug: one for one in ItemType.objects.filter(slug__in={slug for _, _, slug in met})}
    both = [
        (slug, said[True], said[False])
        for (_, _, slug), said in met.items()
        # An erased text says nothing any more.
        if len(said) == 2 and (KINDS[types[slug].kind].exact or None not in said.values())
    ]
    first, last = _blocks(len(both))
    if not last:
        return None
    same = [
        KINDS[types[slug].kind].agree(mine, theirs, types[slug].spec)
        for slug, mine, theirs in both[first:last]
    ]
    return Share(len(same), sum(same))


def seconds_each(user: AbstractBaseUser, *, now: datetime) -> float | None:
    """Return how many seconds the latest answers took, the median; None below one block."""
    timed = Review.objects.filter(user=user, created_at__lt=_today(now), time_spent_ms__isnull=False)
    taken = list(timed.order_by("-created_at").values_list("time_spent_ms", flat=True)[:NEWEST])
    return median(taken) / 1000 if len(taken) >= BLOCK else None


def pull(user: AbstractBaseUser, *, now: datetime) -> Difference | None:
    """Return how much more often the person agrees with the model for seeing its answer; None of too few.

    Known questions are left out: of both groups only looks that chance made blind or not.
    """
    latest = Review.objects.filter(
        user=user,
        created_at__lt=_today(now),
        assignment__purpose__in=DRAWN,
        upholds=None,
        agrees_with_ai__isnull=False,
    )
    rows = latest.order_by("-created_at").values_list("blind", "agrees_with_ai")[:LOOKED_AT]
    return influence(Look(user.pk, None, blind, agreed) for blind, agreed in rows).pull


def _same(mine: dict[str, Any], expert: dict[str, Any], item_type: ItemType) -> bool:
    refused = [one["action"] == Review.Action.REJECT for one in (mine, expert)]
    if any(refused):
        return all(refused)
    return KINDS[item_type.kind].agree(mine["label"], expert["label"], item_type.spec)


def _blocks(count: int) -> tuple[int, int]:
    """Return where the newest whole blocks begin and end, counted from the first answer on."""
    last = count - count % BLOCK
    return max(0, last - NEWEST), last


def _today(now: datetime) -> datetime:
    """Return when the day began where the server is."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
