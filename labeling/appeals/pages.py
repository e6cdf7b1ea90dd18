"""The public page behind an item's link: what was decided, disputing it, and what came of that."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from rest_framework.throttling import SimpleRateThrottle

from labeling.appeals import opening
from labeling.models import Appeal
from routing import appealing
from routing.draws import draw
from routing.errors import HitlError
from routing.judging import ROUTER
from routing.kinds import KINDS
from routing.models import Item, Status


class Looks(SimpleRateThrottle):
    """So many pages a minute from one address, right links or wrong ones."""

    scope, rate = "appeal-looks", "60/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        """Return what is counted under."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class Acts(SimpleRateThrottle):
    """So many acts an hour by one link, from wherever."""

    scope, rate = "appeal-acts", "20/hour"

    def get_cache_key(self, request: Any, view: Any) -> str:
        """Return what is counted under: the item's id."""
        return self.cache_format % {"scope": self.scope, "ident": view}


@never_cache
@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    """Show an item's decision to whoever has its link; a post disputes it, or takes the dispute back."""
    item_id = appealing.item_of(token)
    counted = Looks()
    if not counted.allow_request(request, None):
        return _too_many(request, counted)
    item = opening.items().filter(pk=item_id).first() if item_id else None
    if item is None:
        return _private(render(request, "labeling/appeals/unknown.html", status=404))
    return _act(request, item) if request.method == "POST" else _show(request, item)


def _act(request: HttpRequest, item: Item) -> HttpResponse:
    counted = Acts()
    if not counted.allow_request(request, str(item.pk)):
        return _too_many(request, counted)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if len(reason) > opening.LONGEST_REASON:
        problem = f"Say it in at most {opening.LONGEST_REASON:,} characters."
        return _show(request, item, problem=problem, typed=reason, status=400)
    try:
        _do(item.pk, request.POST.get("act", ""), reason)
    except HitlError as error:
        return _show(request, item, problem=error.detail, typed=reason, status=error.status)
    return _private(HttpResponseRedirect(request.path, status=303))


def _do(item_id: UUID, act: str, reason: str) -> None:
    if act == "dispute":
        opening.dispute(item_id, reason, by=opening.SUBJECT)
    elif act == "withdraw":
        for found in Appeal.objects.filter(item=item_id, state=Appeal.State.OPEN):
            opening.withdraw(found, by=opening.SUBJECT)


def _show(request: HttpRequest, item: Item, *, status: int = 200, **more: Any) -> HttpResponse:
    latest = Appeal.objects.filter(item=item).select_related("seat").first()
    context = {
        "item": item,
        "decided": item.decided_at and not item.erased_at,
        "answer": _in_words(item),
        "automatic": item.decided_by == ROUTER,
        "until": appealing.until(item),
        "refusal": opening.refusal(item, now=timezone.now()),
        "appeal": latest,
        "mine": latest is not None and latest.opened_by == opening.SUBJECT,
        "longest": opening.LONGEST_REASON,
        **more,
    }
    return _private(render(request, "labeling/appeals/appeal.html", context, status=status))


def _in_words(item: Item) -> str:
    """Return the decision in words; empty where it is a text or nothing was approved: the client told it."""
    kind = KINDS[item.item_type.kind]
    if item.status != Status.APPROVED or item.erased_at or kind.free_text:
        return ""
    offered = kind.choices(item.payload, item.item_type.spec, chance=draw("", "appeal"))
    names = [choice.name for choice in offered if choice.label == item.label]
    return names[0] if names else kind.describe(item.label)


def _too_many(request: HttpRequest, counted: SimpleRateThrottle) -> HttpResponse:
    answer = render(request, "labeling/appeals/too_many.html", status=429)
    answer["Retry-After"] = str(int(counted.wait() or 60) + 1)
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    """Keep the page out of search engines: who has the address may act."""
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
