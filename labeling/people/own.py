"""How a person's own answers compare, for nobody but themselves: with experts, and at known questions.

What is told must not tell which question was a known one. So it ends with yesterday, and grows only by
whole blocks of answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from labeling.models import Review
from routing.decisions import LOOKS
from routing.kinds import KINDS
from routing.models import EXPERTS, ItemType

BLOCK = 20  # answers: fewer tell nothing, and one more must not tell of itself
NEWEST = 200  # answers that are compared
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
