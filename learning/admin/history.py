"""The admin's page on how an item type's models have got better."""

from __future__ import annotations

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from learning import history
from routing.admin import pages
from routing.models import ItemType


@pages.page("models", "Models over time", pages.LEARNING, right="learning.view_modelversion")
def history_page(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show F1 by version with its interval, what the last quarter has brought, and the figures as a table."""
    measured = history.versions(item_type)
    dots, floor = history.picture(measured)
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Models of {item_type} over time",
        "opts": admin.model._meta,
        "original": item_type,
        "measured": measured[::-1],
        "dots": dots,
        "floor": floor,
        "size": (history.WIDTH, history.HEIGHT),
        "lift": history.lift(item_type, now=timezone.now()),
    }
    return TemplateResponse(request, "admin/routing/itemtype/models.html", context)
