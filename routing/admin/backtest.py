"""The page on which a draft is tried on history: what would move, and what that changes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from routing import policies
from routing.admin.pages import ROUTING, page
from routing.admin.show import percent
from routing.backtest import Example, history
from routing.backtest.estimates import Errors
from routing.backtest.moves import Backtest, ClassMoves, Side, moves
from routing.certify import Target
from routing.certify.oracle import Bound
from routing.models import ItemType

CHOICES = (1_000, 10_000, 100_000)
USUAL = 10_000
WHO = ("approved", "a person", "an expert")
PARTS = ("approved", "person", "expert")
FEW = 30  # answers below which a share says little


@page("backtest", "Try the draft on history", ROUTING)
def backtest(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show what the draft would have done with the last items, beside the policy in force."""
    last = _chosen(request.GET.get("last", ""))
    policy = policies.newest(item_type)
    started, found, stopped = time.perf_counter(), None, False
    if policy:
        try:
            found = history.backtest(item_type, last)
        except OperationalError:  # the database's own limit on how long a statement may take
            stopped = True
    context = {
        **admin.admin_site.each_context(request),
        "title": "Try the draft on history",
        "subtitle": str(item_type),
        "opts": admin.model._meta,
        "original": item_type,
        "policy": policy,
        "same": policy is not None and not policies.differs(item_type, policy),
        "may_publish": request.user.has_perm("routing.add_policy"),
        "choices": [(count, count == last) for count in CHOICES],
        "stopped": stopped,
        "longest": history.LONGEST,
        "found": found,
        **(_laid_out(found, history.target(item_type)) if found and found.items else {}),
        "seconds": time.perf_counter() - started,
    }
    return TemplateResponse(request, "admin/routing/itemtype/backtest.html", context)


def number(count: float, digits: int = 0) -> str:
    """Return a number with its thousands apart, unbroken at the end of a line."""
    return f"{count:,.{digits}f}".replace(",", "\u00a0")


def _chosen(asked: str) -> int:
    return next((count for count in CHOICES if asked == str(count)), USUAL)


def _laid_out(found: Backtest, target: Target | None) -> dict[str, Any]:
    return {
        "sentences": list(sentences(found)),
        "bars": [_bar("Policy in force", found.before), _bar("Draft", found.after)],
        "rows": [
            (WHO[at], [(count, to == at) for to, count in enumerate(row)], sum(row))
            for at, row in enumerate(found.table)
        ],
        "sums": [found.after.approved, found.after.person, found.after.expert],
        "classes": [(one, _ways(one)) for one in found.classes if one.moved],
        "sides": [("Policy in force", found.before), ("Draft", found.after)],
        "moved": [
            (f"from {WHO[i]} to {WHO[j]}", count, _of_move(found.examples, i, j))
            for i, j, count in moves(found.table)
        ],
        "bound": list(bounds(found.bound, target)) if found.bound and target else [],
        "target": target,
    }


def sentences(found: Backtest) -> Iterator[str]:
    """Yield what the backtest says, the most important first."""
    yield _movement(found)
    if found.unproven:
        yield "The draft has an error target that no threshold is proven to hold yet: until then people look."
    yield _mistakes(found.before.errors, found.after.errors)
    if found.newly.items:
        yield _fresh(found.newly)
    hours = found.after.hours - found.before.hours
    if abs(hours) >= 0.05:
        yield f"{number(abs(hours), 1)} hours of people’s work {'more' if hours > 0 else 'less'}."
    if found.before.cost is not None and found.after.cost is not None:
        cost = found.after.cost - found.before.cost
        rises = "stays" if abs(cost) < 0.005 else "rises" if cost > 0 else "falls"
        yield f"Expected cost {rises}{'' if rises == 'stays' else f' by {number(abs(cost), 2)}'}."


def _movement(found: Backtest) -> str:
    start = f"Of the last {number(found.items)} items"
    automated = found.after.approved - found.before.approved
    if not found.moved:
        return f"{start} none would go another way."
    if automated > 0:
        return f"{start} {number(automated)} more would be approved without a person."
    if automated < 0:
        return f"{start} {number(-automated)} fewer would be approved without a person."
    return f"{start} {number(found.moved)} would go another way; as many would be approved as now."


def _mistakes(before: Errors, after: Errors) -> str:
    if not after.items:
        return "Nothing would be approved without a person, so the machine would make no errors."
    if after.rate is None:
        return "How many of the approved would be wrong can't be said: no person's answer to them is known."
    end = _span(after.rate, after.low, after.high)
    few = "" if after.known >= FEW else f", from {after.known} answer{'s' * (after.known != 1)} only"
    if after.dark:
        told = f"{number(after.items - after.dark)} of the {number(after.items)}"
        return f"Errors can be expected of {told} approved only, of the others nothing is known: {end}{few}."
    if before.rate is None or before.dark:
        return f"Expected errors among the approved: {end}{few}."
    if percent(before.rate) == percent(after.rate):
        return f"Expected errors among the approved stay at {end}{few}."
    verb = "rise" if after.rate > before.rate else "fall"
    start = percent(before.rate)
    if before.known < FEW:
        start += f" (by {before.known} answer{'s' * (before.known != 1)} only)"
    return f"Expected errors among the approved {verb} from {start} to {end}{few}."


def _fresh(newly: Errors) -> str:
    if newly.rate is None:
        return f"Of the {number(newly.items)} newly approved no person's answer is known."
    share = _span(newly.rate, newly.low, newly.high)
    known = f"by {number(newly.known)} known answers"
    return f"Of the {number(newly.items)} newly approved {share} are wrong, {known}."


def bounds(found: Bound, target: Target) -> Iterator[str]:
    """Yield the most that any policy could automate with the model, and what more would take."""
    of = "of all decisions" if target.of == "decisions" else "among the approved"
    yield (
        f"With {found.model} at most {_span(found.best.share, found.low, found.high)} could be "
        f"approved at once at your target of {percent(target.alpha)} errors {of}, whatever the one threshold."
    )
    right = _span(found.accuracy, found.accuracy_low, found.accuracy_high)
    yield (
        f"It is right on {right}: no policy at all, not even one that knew each error, could approve "
        f"more than {percent(found.ceiling)}."
    )
    wanted, least = percent(found.wanted, 0), percent(found.needed)
    needed = f"To automate {wanted} a model needs an accuracy of at least {least}"
    reached = found.best.share >= found.wanted
    yield f"{needed}{', which this one has' if reached else ', and scores that tell right from wrong well'}."


def _span(share: float | None, low: float | None, high: float | None) -> str:
    return f"{percent(share)} (95 %: {percent(low)} to {percent(high)})"


def _bar(name: str, side: Side) -> dict[str, Any]:
    """Return one policy's bar: part, count, width and left edge in percent."""
    counts = (side.approved, side.person, side.expert)
    blocks, edge = [], 0.0
    for part, count in zip(PARTS, counts, strict=True):
        width = 100 * count / sum(counts)
        blocks.append((part, count, round(width, 2), round(edge, 2)))
        edge += width
    return {"name": name, "blocks": blocks}


def _ways(one: ClassMoves) -> str:
    return ", ".join(f"{number(count)} {PARTS[i]} → {PARTS[j]}" for i, j, count in moves(one.table))


def _of_move(examples: tuple[Example, ...], before: int, after: int) -> list[Example]:
    return [one for one in examples if one.move == (before, after)]
