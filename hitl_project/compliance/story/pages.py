"""The pages under /compliance/items/: find an item, and read its story."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hitl_project.compliance.access import reads_the_book
from hitl_project.compliance.story import reading, whole
from hitl_project.compliance.story.facts import Statement
from hitl_project.compliance.story.finding import find
from hitl_project.compliance.story.whole import Story
from routing import personal
from routing.admin.show import laid_out

SHOWN_AT = {
    "reference": "with this reference",
    "id": "with this id",
    "person": "about this person",
    "beginning": "whose reference begins so",
}


@reads_the_book
def items(request: HttpRequest) -> HttpResponse:
    """Show the items that a reference, an id or a person may mean; a single sure one is opened at once."""
    asked = request.GET.get("q", "")
    found = find(asked, caller=request)
    if len(found.items) == 1 and found.by in ("reference", "id"):
        return redirect("compliance-story", item_id=found.items[0].pk)
    told = {
        "asked": asked.strip(),
        "found": found,
        "how": SHOWN_AT.get(found.by, ""),
        "finds_people": personal.may_see(request.user),
    }
    return render(request, "compliance/story/items.html", told)


@reads_the_book
def story(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Show one item's story, and keep that this person read it where it shows what is personal."""
    item = reading.find(item_id, caller=request)
    if item is None:
        raise Http404
    told = whole.tell(item, by=request.user)
    whole.note_reading(told, by=request.user)
    response = render(request, "compliance/story/story.html", _shown(told))
    # What is personal stays out of the browser's cache and of proxies.
    response["Cache-Control"] = "no-store"
    return response


def _shown(told: Story) -> dict[str, Any]:
    return {
        "story": told,
        "item": told.item,
        "statements": [_statement(one, told) for one in told.statements],
        "payload": laid_out(told.content["payload"]),
        "picture": _picture(told.content["payload"].get("image")),
        "item_context": laid_out(told.content["context"]) if told.content["context"] else "",
        "matched": {name for one in told.statements for name in _rules(one)},
        "subject": f"{reading.ITEM}:{told.item.pk}",
    }


def _picture(image: Any) -> str:
    """Return a picture that came with the item; '' for none, and for one that lies elsewhere."""
    return image if isinstance(image, str) and image.lower().startswith("data:image/") else ""


def _statement(one: Statement, told: Story) -> dict[str, Any]:
    return {"row": one, "proofs": [told.proofs.by_event[event] for event in one.events]}


def _rules(one: Statement) -> list[str]:
    return [quote.of for quote in one.quotes if quote.of.startswith("Rule")]
