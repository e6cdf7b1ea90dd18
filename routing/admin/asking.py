"""Another opinion on items, asked for from the admin with a reason."""

from __future__ import annotations

from collections import Counter

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from routing import another
from routing.admin.confirming import ReasonForm
from routing.errors import NoOpinionWanted

MOST = 100  # items at once: each is a decision of its own


@admin.action(description="Ask one more person about the selected items", permissions=["steer"])
def ask_opinions(model_admin: ModelAdmin, request: HttpRequest, items: QuerySet) -> HttpResponse | None:
    """Ask why, then ask one more person about each item; say of how many items that was not possible."""
    chosen = list(items.order_by("pk").values_list("pk", "item_ref")[: MOST + 1])
    if len(chosen) > MOST:
        messages.error(request, f"Choose at most {MOST} items at once.")
        return None
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if not form.is_valid():
        context = {
            **model_admin.admin_site.each_context(request),
            "title": "Ask one more person",
            "opts": model_admin.model._meta,
            "items": chosen,
            "form": form,
            "chosen_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/routing/item/opinions.html", context)
    refused: Counter[str] = Counter()
    for pk, _ in chosen:
        try:
            another.request(pk, why=form.cleaned_data["reason"].strip(), by=request.user)
        except NoOpinionWanted as error:
            refused[error.detail] += 1
    _say(request, len(chosen) - refused.total(), refused)
    return None


def _say(request: HttpRequest, asked: int, refused: Counter[str]) -> None:
    if asked:
        messages.success(request, f"One more person is asked about {asked} item{'' if asked == 1 else 's'}.")
    for detail, count in refused.items():
        messages.warning(request, f"{count} left as {'it is' if count == 1 else 'they are'}: {detail}")
