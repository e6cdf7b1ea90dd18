"""Who asks for figures, of which item types and days: what the dashboard and the analytics share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from hitl_project.dashboard.periods import Period
from routing import teams
from routing.models import ItemType


@dataclass(frozen=True)
class Asked:
    """Who asks, for which item types and which days, and when."""

    request: HttpRequest
    types: list[ItemType]
    chosen: ItemType | None
    period: Period
    now: datetime

    @property
    def of(self) -> list[ItemType]:
        """The item types that the figures are of."""
        return [self.chosen] if self.chosen else self.types

    @property
    def whole(self) -> bool:
        """Whether no item type is hidden from who asks."""
        return not teams.hidden(self.request)

    @property
    def context(self) -> dict[str, Any]:
        """What every page of figures says of this."""
        return {
            "now": self.now,
            "types": self.types,
            "chosen": self.chosen,
            "whole": self.whole,
            "period": self.period,
        }


def asks(request: HttpRequest, period: Period, now: datetime) -> Asked:
    """Return what the address asks for, in one statement.

    Raises PermissionDenied where item types exist and none is open to who asks. Figures of all types together
    would tell of those that are hidden, so whoever does not see all is shown one.
    """
    types = teams.read(ItemType.objects.order_by("slug"), request)
    chosen = next((one for one in types if one.slug == request.GET.get("item_type")), None)
    if chosen is None and teams.hidden(request):
        if not types:
            raise PermissionDenied("No item type is open to you: ask an admin to put you into a team.")
        chosen = types[0]
    return Asked(request, types, chosen, period, now)
