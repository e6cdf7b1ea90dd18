"""The admin's page on whether what arrives has drifted: then and now in pictures, and what was done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from learning import dataset, plans
from learning.drift import looking, pictures, reading
from learning.drift.verdict import LEVEL
from learning.drift.words import TITLES, chance
from learning.models import DriftReport
from routing.admin import pages
from routing.models import Item, ItemType
from routing.policies import stops

LATEST = 30  # looks that are listed


@pages.page("drift", "Drift", pages.LEARNING)
def drift_page(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show what the latest look found, or the one that is asked for, and the looks before it."""
    reports = list(DriftReport.objects.filter(item_type=item_type)[:LATEST])
    asked = request.GET.get("look", "")
    report = next((one for one in reports if str(one.pk) == asked), reports[0] if reports else None)
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Drift of {item_type}",
        "opts": admin.model._meta,
        "original": item_type,
        "plan": plans.of(item_type),
        "learnable": dataset.learnable(item_type),
        "mails": bool(settings.EMAIL_HOST),
        "looks": [(one, [said.partition(":")[0] for said in one.reasons]) for one in reports],
        "report": report,
        "newest": report is not None and report == reports[0],
        "stopped": next(iter(stops.stopped([item_type])), None),
        "panels": panels(report) if report else [],
        "needed": looking.FIRST,
        "so_far": None if report else _so_far(item_type),
    }
    return TemplateResponse(request, "admin/routing/itemtype/drift.html", context)


def _so_far(item_type: ItemType) -> dict[str, Any] | None:
    """Return the model in use and how many decisions it has made, at most as many as a first look takes."""
    model = reading.model_in_use(item_type)
    return {"model": model, "count": looking.count(item_type, model, looking.FIRST)} if model else None


def panels(report: DriftReport) -> list[dict[str, Any]]:
    """Return what is shown of each test: its windows, and the picture of the one that is the surest."""
    shown = []
    for test, title in TITLES.items():
        windows = [one for one in report.found["tests"] if one["test"] == test]
        if windows:
            best = min(windows, key=lambda one: (one["adjusted"], -one["window"]))
            rows = [one | {"chance": chance(one["adjusted"], LEVEL)} for one in windows]
            drifted = any(one["drifted"] for one in windows)
            shown.append(
                {"test": test, "title": title, "said": best["said"], "drifted": drifted, "windows": rows}
                | {"of": best["window"], "picture": _picture(best, report)}
            )
    return shown


def _picture(found: dict[str, Any], report: DriftReport) -> dict[str, Any]:
    """Return what the template draws of one test, by what it has: bins, shares of values, or weeks."""
    drawn = found["picture"]
    if found["test"] == "overrides":
        made, line, top = pictures.weeks(report.found["weeks"])
        return {"weeks": made, "line": line, "top": top, "first": report.found["weeks"][0]["first"]}
    if found["test"] == "answers":
        return {"tables": [{"name": "", "rows": drawn["shares"]}]}
    if found["test"] == "fields":
        tables = [
            {"name": one["name"], "rows": list(zip(one["names"], one["then"], one["now"], strict=True))}
            for one in drawn["fields"]
        ]
        return {"tables": tables, "of": drawn["of"]}
    names = [""] * len(drawn["then"])
    if found["test"] == "scores":
        step = 1 / len(drawn["then"])
        names = [f"{place * step:.2f} to {(place + 1) * step:.2f}" for place in range(len(names))]
    unlike = Item.objects.filter(pk__in=drawn.get("unlike", ())).only("item_ref").in_bulk()
    items = [unlike[pk] for pk in map(UUID, drawn.get("unlike", ())) if pk in unlike]
    return {"bins": pictures.histograms(drawn["then"], drawn["now"], names), "unlike": items}
