"""Searches that people keep: add, rename, share, delete, each written into the trail."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audit import trail
from audit.models import SavedFilter
from hitl_project.compliance.access import reads_the_whole_book
from hitl_project.compliance.asking import Asked, given

MOST = 100  # searches one person may keep
LONGEST = 100


def seen_by(user: User) -> list[dict[str, Any]]:
    """Return the searches that this person kept or that are shared with them, their own first."""
    rows = SavedFilter.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner")
    found = [
        {"row": one, "query": urlencode(one.query), "own": one.owner_id == user.pk}
        for one in rows.order_by("name")
    ]
    return sorted(found, key=lambda one: not one["own"])


@reads_the_whole_book
def kept(request: HttpRequest) -> HttpResponse:
    """Show the searches that this person kept, to rename, share and delete, and those of others."""
    return render(request, "compliance/filters.html", {"kept": seen_by(request.user)})


@require_POST
@reads_the_whole_book
@transaction.atomic
def add(request: HttpRequest) -> HttpResponse:
    """Keep the search that the form carries under a name; the same name again replaces one's own."""
    query = given(request.POST)
    back = f"{reverse('compliance-events')}?{urlencode(query)}"
    name = _name(request)
    if not name or not Asked(query).is_valid():
        messages.error(request, "Give the search a name of at most 100 characters.")
        return redirect(back)
    mine = SavedFilter.objects.select_for_update().filter(owner=request.user)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        messages.error(request, f"You keep {MOST} searches: delete one first.")
        return redirect(back)
    told = {"query": query, "shared": request.POST.get("shared") == "on"}
    row, made = SavedFilter.objects.update_or_create(owner=request.user, name=name, defaults=told)
    verb = "filter.saved" if made else "filter.changed"
    trail.record(verb, row, by=request.user, name=name, after=told)
    messages.success(request, f"Kept as “{name}”.")
    return redirect(back)


@require_POST
@reads_the_whole_book
@transaction.atomic
def change(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Rename one's own search, or share it or no longer."""
    row = _mine(request, filter_id)
    name = _name(request)
    others = SavedFilter.objects.filter(owner=request.user, name=name).exclude(pk=row.pk)
    if not name or others.exists():
        messages.error(request, "A search needs a name that none of your others has.")
        return redirect("compliance-filters")
    before = {"name": row.name, "shared": row.shared}
    row.name, row.shared = name, request.POST.get("shared") == "on"
    after = {"name": row.name, "shared": row.shared}
    if before != after:
        row.save(update_fields=["name", "shared"])
        trail.record("filter.changed", row, by=request.user, before=before, after=after)
    return redirect("compliance-filters")


@require_POST
@reads_the_whole_book
@transaction.atomic
def delete(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Delete one's own search."""
    row = _mine(request, filter_id)
    before = {"name": row.name, "query": row.query, "shared": row.shared}
    trail.record("filter.deleted", row, by=request.user, before=before, after={})
    row.delete()
    return redirect("compliance-filters")


def _mine(request: HttpRequest, filter_id: int) -> SavedFilter:
    rows: QuerySet[SavedFilter] = SavedFilter.objects.select_for_update()
    row = rows.filter(owner=request.user, pk=filter_id).first()
    if row is None:
        raise Http404
    return row


def _name(request: HttpRequest) -> str:
    name = request.POST.get("name", "").replace("\x00", "").strip()
    return name if len(name) <= LONGEST else ""
