"""The admin's page on how much the model's suggestion moves people's answers to items of one type."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from audit.uuid7 import earliest
from labeling.models import Flag, Label
from labeling.people.influence import FEW, Look, by_band, by_person, influence
from routing.admin import pages
from routing.models import DECIDED, EXPERTS, ItemType, Prediction, Purpose, Status
from routing.truth import was_right

DAYS = 90
NEWEST = 20_000  # answers that are read
# Where the draw decides who sees the model's answer; of checks, and of looks at decided items, all are blind.
DRAWN = (Purpose.REVIEW, Purpose.OVERLAP)

COLUMNS = (
    "item",
    "user",
    "prev_confidence",
    "blind",
    "source",
    "review__agrees_with_ai",
    "review__upholds",
    "timed",
    "too_fast",
    "told",
)


@pages.page("influence", "Influence of the model", pages.PEOPLE)
def influence_page(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show how often people say what the model says with and without seeing it, by person and score."""
    looks = read(item_type)
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Influence of the model on {item_type}",
        "opts": admin.model._meta,
        "original": item_type,
        "days": DAYS,
        "few": FEW,
        "looks": len(looks),
        "all": influence(looks),
        "bands": [{"low": low, "high": high, "found": found} for low, high, found in by_band(looks)],
        "people": _people(looks),
    }
    return TemplateResponse(request, "admin/routing/itemtype/influence.html", context)


def _people(looks: Sequence[Look]) -> list[dict[str, Any]]:
    """Return what each person's looks tell, by name."""
    found = by_person(looks)
    names = User.objects.filter(pk__in=found).order_by("username").values_list("pk", "username")
    return [{"name": name, "found": found[pk]} for pk, name in names]


def read(item_type: ItemType) -> list[Look]:
    """Return the newest answers of 90 days at items that a model had answered.

    Refusals name no label and are left out. Whether the model was wrong is told by known questions and by
    experts who answered the same item; whether an answer came too fast, by the automated checks of labels,
    which read no known questions. Two statements.
    """
    answered = Label.objects.filter(
        item_type=item_type,
        pk__gt=earliest(timezone.now() - timedelta(days=DAYS)),
        superseded_at__isnull=True,
        review__agrees_with_ai__isnull=False,
        source__in=(*DRAWN, Purpose.GOLD),
    )
    experts = Label.objects.filter(item=OuterRef("item"), source__in=EXPERTS, superseded_at__isnull=True)
    flags = Flag.objects.filter(label=OuterRef("pk"), check_name=Flag.Check.TOO_FAST)
    rows = answered.annotate(
        told=Q(source=Purpose.GOLD) | Exists(experts),
        timed=Q(time_spent_ms__isnull=False, checked_at__isnull=False) & ~Q(source=Purpose.GOLD),
        too_fast=Exists(flags),
    )
    newest = list(rows.order_by("-pk").values_list(*COLUMNS, named=True)[:NEWEST])
    wrong = _wrong(item_type, {row.item for row in newest if row.told})
    return [
        Look(
            person=row.user,
            score=row.prev_confidence,
            blind=row.blind,
            agreed=row.review__agrees_with_ai,
            wrong=wrong.get(row.item),
            fast=row.too_fast if row.timed else None,
            drawn=row.source in DRAWN and row.review__upholds is None,
        )
        for row in newest
    ]


def _wrong(item_type: ItemType, told: Collection[UUID]) -> dict[UUID, bool]:
    """Return of each of these items that is decided whether its model was wrong."""
    said = Prediction.objects.filter(item__in=told, item__status__in=DECIDED, rank=0)
    return {
        pk: not was_right(label, final, None, item_type.spec, approved=status == Status.APPROVED)
        for pk, label, final, status in said.values_list("item", "label", "item__label", "item__status")
    }
