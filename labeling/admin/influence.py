"""The admin's page on how much the model's suggestion moves people's answers to items of one type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from routing.models import DECIDED, EXPERTS, Item, ItemType, Prediction, Purpose, Status
from routing.truth import was_right

DAYS = 90
NEWEST = 20_000  # answers that are read
# Where the draw decides who sees the model's answer; of checks all are blind.
DRAWN = (Purpose.REVIEW, Purpose.OVERLAP)

COLUMNS = (
    "user",
    "prev_confidence",
    "blind",
    "source",
    "time_spent_ms",
    "review__agrees_with_ai",
    "item__status",
    "item__label",
)


@pages.page("influence", "Influence of the model")
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
    experts who answered the same item. Two statements.
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
    rows = (
        answered.annotate(told=Q(source=Purpose.GOLD) | Exists(experts), too_fast=Exists(flags))
        .select_related("item", "review")
        .only(*COLUMNS)
        .order_by("-pk")
    )
    newest = list(rows[:NEWEST])
    told = {row.item_id: row.item for row in newest if row.told and row.item.status in DECIDED}
    wrong = _wrong(item_type, told)
    return [
        Look(
            person=row.user_id,
            score=row.prev_confidence,
            blind=row.blind,
            agreed=row.review.agrees_with_ai,
            wrong=wrong.get(row.item_id),
            fast=None if row.time_spent_ms is None else row.too_fast,
            drawn=row.source in DRAWN,
        )
        for row in newest
    ]


def _wrong(item_type: ItemType, told: Mapping[UUID, Item]) -> dict[UUID, bool]:
    """Return of each item whether its model was wrong."""
    said = Prediction.objects.filter(item__in=list(told), rank=0).values_list("item", "label")
    return {
        pk: not was_right(
            label, told[pk].label, None, item_type.spec, approved=told[pk].status == Status.APPROVED
        )
        for pk, label in said
    }
