"""Actions of the list of items: use an item as a known question, or never."""

from __future__ import annotations

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from routing import marking
from routing.models import Item

MARKS = "routing.change_reviewer"  # who may judge people


@admin.action(description="Use as a known question", permissions=["mark"])
def use(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Item]) -> None:
    """Let the approved ones among the selected items be asked to measure people."""
    _tell(request, marking.mark(_plain(queryset), True, by=request.user), "will be asked as known questions")


@admin.action(description="Never use as a known question", permissions=["mark"])
def refuse(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Item]) -> None:
    """Keep the selected items from being asked, whoever decided them."""
    _tell(
        request,
        marking.mark(_plain(queryset), False, by=request.user),
        "will never be asked as known questions",
    )


@admin.action(description="Use as a known question where several people agree", permissions=["mark"])
def leave(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Item]) -> None:
    """Take both marks away from the selected items."""
    _tell(
        request,
        marking.mark(_plain(queryset), None, by=request.user),
        "are asked where their answer is known",
    )


def _plain(queryset: QuerySet[Item]) -> QuerySet[Item]:
    return Item.objects.filter(pk__in=queryset.values("pk"))


def _tell(request: HttpRequest, changed: int, done: str) -> None:
    if changed:
        messages.success(request, f"{changed} item{'s' if changed != 1 else ''} {done}.")
    else:
        messages.warning(request, "Nothing changed: only approved items have an answer that can be known.")
