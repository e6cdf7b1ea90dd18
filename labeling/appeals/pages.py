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


class Counted(SimpleRateThrottle):
    """Counts what is asked for under the name that it is given in place of a view."""

    def get_cache_key(self, request: Any, view: Any) -> str:
        """Return what is counted under: the item's id, or where a wrong link came from."""
        return self.cache_format % {"scope": self.scope, "ident": view}


class Looks(Counted):
    """So many pages a minute of one link, or with wrong links from one address.

    The address is that of the connection: what a header says of it anybody may make up.
    """

    scope, rate = "appeal-looks", "60/min"


class Acts(Counted):
    """So many acts an hour by one link."""

    scope, rate = "appeal-acts", "20/hour"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    """Show an item's decision to whoever has its link; a post disputes it, or takes the dispute back."""
    item_id = appealing.item_of(token)
    counted = Looks()
    if not counted.allow_request(request, str(item_id or request.META.get("REMOTE_ADDR", ""))):
        return _too_many(request, counted)
    item = opening.items().filter(pk=item_id).first() if item_id else None
    if item is None:
        return _private(render(request, "labeling/appeals/unknown.html", status=404))
    return _act(request, item) if request.method == "POST" else _show(request, item)


def _act(request: HttpRequest, item: Item) -> HttpResponse:
    counted = Acts()
    if not counted.allow_request(request, str(item.pk)):
        return _too_many(request, counted)
    reason = _typed(request.POST.get("reason", ""))
    if len(reason) > opening.LONGEST_REASON:
        problem = f"Say it in at most {opening.LONGEST_REASON:,} characters."
        return _show(request, item, problem=problem, typed=reason, status=400)
    try:
        _do(item.pk, request.POST.get("act", ""), reason)
    except HitlError as error:
        return _show(request, item, problem=error.detail, typed=reason, status=error.status)
    return _private(HttpResponseRedirect(request.path, status=303))


def _typed(text: str) -> str:
    """Return the text as the browser counted it, without what can't be stored."""
    lines = text.replace("\r\n", "\n").replace("\x00", "").strip()
    return lines.encode(errors="ignore").decode()


def _do(item_id: UUID, act: str, reason: str) -> None:
    if act == "dispute":
        opening.dispute(item_id, reason, by=opening.SUBJECT)
    elif act == "withdraw":
        for found in Appeal.objects.filter(item=item_id, state=Appeal.State.OPEN):
            opening.withdraw(found, by=opening.SUBJECT)


def _show(request: HttpRequest, item: Item, *, status: int = 200, **more: Any) -> HttpResponse:
    latest = Appeal.objects.filter(item=item).first()
    # What was decided anew since is another decision, and nobody has disputed that one.
    anew = latest and latest.closed_at and item.decided_at and latest.closed_at < item.decided_at
    former = latest if anew else None
    latest = None if former else latest
    context = {
        "item": item,
        "decided": item.decided_at and not item.erased_at,
        "answer": _in_words(item),
        "by": _by(item),
        "until": appealing.until(item),
        "refusal": opening.refusal(item, now=timezone.now()),
        "appeal": latest,
        "former": former,
        "mine": latest is not None and latest.opened_by == opening.SUBJECT,
        "longest": opening.LONGEST_REASON,
        **more,
    }
    return _private(render(request, "labeling/appeals/appeal.html", context, status=status))


def _by(item: Item) -> str:
    """Return in words who decided; empty where that is not known here: the item came with its decision."""
    if item.decided_by == ROUTER and "corrected" in item.signals:
        return "a machine, which gave again what a person had answered to exactly this before"
    if item.decided_by == ROUTER:
        return "a machine alone, without a person"
    return "a person" if (item.decided_by or "").startswith(("user:", "key:")) else ""


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
