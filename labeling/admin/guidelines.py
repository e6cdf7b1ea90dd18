"""The admin's page on what reviewers of one item type are told, version by version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from audit import trail
from audit.models import AuditEvent
from labeling.pages.guidelines import changes, render
from labeling.pages.words import Piece
from routing.admin import pages
from routing.models import Guidelines, ItemType

SHOWN = 20  # versions, the newest
EDITS = ("itemtype.added", "itemtype.created", "itemtype.changed")  # by the admin, and by a file of settings


@dataclass(frozen=True)
class Version:
    """One version: who wrote it, where the trail knows, and what it changed."""

    row: Guidelines
    by: str | None
    pieces: tuple[Piece, ...]


@pages.page("guidelines", "Guidelines", pages.ANSWERS)
def guidelines_page(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show the guidelines as reviewers see them, and who changed what in them and when."""
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Guidelines of {item_type}",
        "opts": admin.model._meta,
        "original": item_type,
        "may_change": admin.has_change_permission(request, item_type),
        "text": render(item_type.guidelines),
        "versions": list(_versions(item_type)),
        "earlier": max(item_type.guidelines_version - SHOWN, 0),
    }
    return TemplateResponse(request, "admin/routing/itemtype/guidelines.html", context)


def _versions(item_type: ItemType) -> Iterator[Version]:
    """Yield the newest versions, newest first; a text that this process has not read costs a statement."""
    rows = list(item_type.guidelines_versions.order_by("-number")[:SHOWN])
    writers = _writers(item_type, rows)
    for row in rows:
        pieces = changes(item_type.pk, row.number - 1, row.number) if row.number > 1 else ()
        yield Version(row, writers.get(row.number), pieces)


def _writers(item_type: ItemType, rows: Sequence[Guidelines]) -> dict[int, str]:
    """Return number -> actor of the versions that the trail tells of."""
    events = trail.story(item_type).filter(verb__in=EDITS, at__gte=rows[-1].created_at)
    edits = ((event, event.data["after"]) for event in events)
    written = {_number(event, after, rows): event.actor for event, after in edits if "guidelines" in after}
    return {number: actor for number, actor in written.items() if number}


def _number(event: AuditEvent, after: Mapping[str, Any], rows: Sequence[Guidelines]) -> int | None:
    """Return which version an edit made; a file of settings records the text without its number."""
    same = (row.number for row in rows if row.text == after["guidelines"] and row.created_at <= event.at)
    return after.get("guidelines_version") or next(same, None)
