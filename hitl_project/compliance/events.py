"""The pages of the trail's events: the list that is searched, one event, and the download."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib.admin.utils import quote
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse

from audit import finding
from audit.models import AuditEvent
from hitl_project.compliance import differing, filters, tree, verbs
from hitl_project.compliance.access import reads_the_whole_book
from hitl_project.compliance.asking import PERIODS, Asked, given
from hitl_project.compliance.story import proving
from routing.models import Item, Policy

PAGE = 50
LONGEST = 18  # digits of an id
SHOWN_POLICIES = 200
ITEM, PERSON = "routing.item", "auth.user"
IDENTITY = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@reads_the_whole_book
def events(request: HttpRequest) -> HttpResponse:
    """Show the events that are asked for, newest first, fifty a page."""
    asked = given(request.GET)
    form = Asked(asked)
    context: dict[str, Any] = {"form": form, "asked": asked, "query": urlencode(asked), **_choices()}
    if form.is_valid():
        context |= _page(finding.matching(AuditEvent.objects.all(), form.wanted()), request)
    context["kept"] = filters.seen_by(request.user)
    return render(request, "compliance/events.html", context, status=200 if form.is_valid() else 400)


@reads_the_whole_book
def event(request: HttpRequest, event_id: int) -> HttpResponse:
    """Show one event: who, what, to what, before and after, and what proves it."""
    row = get_object_or_404(AuditEvent, pk=event_id)
    data, proof = row.data, proving.prove([row.pk]).by_event[row.pk]
    context = {
        "row": shown([row])[0],
        "event": row,
        "changes": differing.changes(data),
        "facts": differing.facts(data),
        "locked": "private" in data,
        "body": differing.laid_out(data),
        "proof": proof,
        "tree": tree.path(row, proof.seal),
        "fits": differing.fits(row),
    }
    return render(request, "compliance/event.html", context)


def shown(rows: list[AuditEvent]) -> list[dict[str, Any]]:
    """Return events as lists show them: in words, with the page of what each was done to."""
    called = _called(rows)
    return [
        {
            "event": row,
            "words": verbs.in_words(row.verb),
            "thing": verbs.thing(row.subject_type),
            "called": called.get(row.subject, row.subject_id),
            "url": page_of(row.subject_type, row.subject_id),
            "gist": differing.gist(row.data),
        }
        for row in rows
    ]


def _called(rows: list[AuditEvent]) -> dict[str, str]:
    """Return what the items and people are called to whom these events were done, by subject."""
    items = {
        row.subject_id for row in rows if row.subject_type == ITEM and IDENTITY.fullmatch(row.subject_id)
    }
    users = {row.subject_id for row in rows if row.subject_type == PERSON and row.subject_id.isdecimal()}
    refs = Item.objects.filter(pk__in=items).order_by().values_list("pk", "item_ref") if items else ()
    people = User.objects.filter(pk__in=users).values_list("pk", "username") if users else ()
    named = {f"{ITEM}:{pk}": ref for pk, ref in refs}
    return named | {f"{PERSON}:{pk}": name for pk, name in people}


def page_of(subject_type: str, subject_id: str) -> str:
    """Return where one can read of a subject: an item's story, else its page in the admin; '' for none."""
    if not subject_id:
        return ""
    try:
        if subject_type == ITEM:
            return reverse("compliance-story", args=[subject_id])
        name = subject_type.replace(".", "_")
        return reverse(f"admin:{name}_change", args=[quote(subject_id)])
    except NoReverseMatch:
        return ""


def _page(rows: Any, request: HttpRequest) -> dict[str, Any]:
    """Return a page of the rows with the ids at which its neighbours begin; 404 for what is no id."""
    before, after = _number(request, "before"), _number(request, "after")
    if after is not None:
        found = finding.read(rows.filter(pk__gt=after), most=PAGE + 1, newest_first=False)
        more, page = len(found) > PAGE, found[:PAGE][::-1]
        older, newer = True, more
    else:
        found = finding.read(rows.filter(pk__lt=before) if before else rows, most=PAGE + 1)
        more, page = len(found) > PAGE, found[:PAGE]
        older, newer = more, before is not None
    return {
        "rows": shown(page),
        "older": page[-1].pk if page and older else None,
        "newer": page[0].pk if page and newer else None,
    }


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
        raise Http404
    return int(text)


def _choices() -> dict[str, Any]:
    """Return what the form offers: what occurs in the book, and who has an account."""
    policies = Policy.objects.order_by("-published_at").values_list("item_type__slug", "number")
    people = set(User.objects.values_list("username", flat=True)[: finding.MOST_VALUES])
    acted = {name for name in finding.values("actor") if not name.startswith(("user:", "key:"))}
    return {
        "periods": PERIODS,
        "verbs": verbs.grouped(finding.values("verb")),
        "people": sorted(people) + sorted(acted),
        "models": finding.values("model"),
        "things": sorted(one._meta.label_lower for one in apps.get_models()),
        "policies": [f"{slug}/{number}" for slug, number in policies[:SHOWN_POLICIES]],
    }
