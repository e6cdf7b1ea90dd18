"""What decisions of an item type cost: by whom they are taken, from which score on, and so far."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from routing.admin import pages
from routing.economics import costing, spending
from routing.economics.costing import Looks, Measured
from routing.economics.costs import ACTIONS, Costs, audit_rate
from routing.models import ItemType

SCORES = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999)
WHO = dict(zip(ACTIONS, ("the machine", "a reviewer", "an expert"), strict=True))
PARTS = {"looks": "looks", "expert_looks": "expert_looks", "delay": "waiting", "wrong": "errors"}
DAYS = 28  # whole weeks


@pages.page("economics", "Costs", pages.ROUTING)
def economics(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show what is typed and measured, who is cheapest at which score, and what decisions cost by week."""
    measured = costing.measure(item_type)
    prices = costing.prices(item_type, measured)
    policy = item_type.newest[0].pure if item_type.newest else None
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Costs of {item_type}",
        "opts": admin.model._meta,
        "original": item_type,
        "policy": item_type.newest[0] if policy else None,
        "rate_in_force": policy.audit_rate if policy else None,
        "by_cost": policy is not None and policy.costs is not None,
        "measured": measured,
        "intercept_size": abs(measured.platt.intercept),
        "people": [_person(name, looks) for name, looks in _people(measured)],
        "prices": prices,
        **(_priced(item_type, prices, measured) if prices else {}),
    }
    return TemplateResponse(request, "admin/routing/itemtype/economics.html", context)


def _people(measured: Measured) -> list[tuple[str, Looks]]:
    return [("Reviewers", measured.review), ("Experts", measured.expert)]


def _person(name: str, looks: Looks) -> dict[str, Any]:
    usual = dict(zip(("time", "wait", "error"), looks.usual, strict=True))
    return {"name": name, "looks": looks, "usual": usual, "waits": looks.wait_hours * 3600}


def _priced(item_type: ItemType, prices: Costs, measured: Measured) -> dict[str, Any]:
    return {
        "rows": [_row(prices, score) for score in SCORES],
        "break_even": prices.break_even,
        "by_people": WHO[prices.by_people],
        "best_rate": audit_rate(prices.error, prices.review_seconds / 3600 * prices.review_hour),
        **_spent(item_type, prices, measured),
    }


def _spent(item_type: ItemType, prices: Costs, measured: Measured) -> dict[str, Any]:
    try:
        found = spending.spent(item_type, prices, DAYS, measured=measured)
    except OperationalError:  # so much was decided that adding it up takes too long
        return {"stopped": True}
    highest = max((week.per_decision or 0.0 for week in found.weeks), default=0.0)
    return {"spent": found, "weeks": [_week(week, highest) for week in found.weeks]}


def _row(prices: Costs, score: float) -> dict[str, Any]:
    expected, cheapest = prices.expected(score), prices.cheapest(score)
    return {
        "score": score,
        "right": prices.probability(score),
        "costs": [(expected[action], action == cheapest) for action in ACTIONS],
        "who": WHO[cheapest],
    }


def _week(week: spending.Spent, highest: float) -> dict[str, Any]:
    """Return a week with the blocks of its bar: part, width and left edge in percent of the dearest week."""
    whole = highest * week.decisions
    blocks, edge = [], 0.0
    for part, name in PARTS.items():
        width = 100 * (getattr(week, name) or 0.0) / whole if whole else 0.0
        blocks.append((part, round(width, 2), round(edge, 2)))
        edge += width
    return {"week": week, "blocks": blocks}
