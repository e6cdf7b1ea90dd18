"""The admin's page on how far people agree about items of one type."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from labeling import metrics
from labeling.people import agreement, skills
from routing.admin import pages
from routing.models import Assignment, ItemType, Purpose

DAYS = 90
FEW = 20  # answers under which a share says nothing


@pages.page("agreement", "Agreement", pages.PEOPLE)
def agreement_page(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show how far people agree with each other and with experts, and what their answers together decide."""
    since = timezone.now() - timedelta(days=DAYS)
    drawn = Assignment.objects.filter(item_type=item_type, purpose=Purpose.VALIDATE)
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Agreement on {item_type}",
        "opts": admin.model._meta,
        "original": item_type,
        "days": DAYS,
        "few": FEW,
        "overlaps": agreement.overlaps(item_type, since=since),
        "validated": metrics.validated(item_type.slug, since=since),
        "waiting": drawn.open().count(),
        "settled": agreement.settled(item_type, since=since),
        "decided": agreement.decided(item_type, since=since),
        "skills_known": item_type.ask_until_sure and skills.load(item_type) is not None,
    }
    return TemplateResponse(request, "admin/routing/itemtype/agreement.html", context)
