"""Find an item by what a person at the telephone can say of it: its reference, its id, whom it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from routing import personal, teams
from routing.admin.lists import by_reference
from routing.models import Item

MOST = 50
LONGEST = 200  # characters, as of references and names
HEAVY = ("payload", "context", "reasons", "shadow", "signals")


@dataclass(frozen=True)
class Found:
    """The items that were found, by what, and whether there are more than are shown."""

    items: Sequence[Item]
    by: str = ""
    more: bool = False


def find(asked: str, *, caller: Any) -> Found:
    """Return the items that this may mean: an id, a whole reference, a person, the beginning of a reference.

    The first of these that finds something counts; `caller` is the request of a page or the API, and is shown
    items of types that it may see. Persons are found for those who may see personal data.
    """
    asked = asked.strip()[:LONGEST].replace("\0", "")
    if not asked:
        return Found(())
    rows = teams.seen(Item.objects.select_related("item_type").defer(*HEAVY), caller)
    ways: list[tuple[str, QuerySet[Item]]] = []
    if identity := _uuid(asked):
        ways.append(("id", rows.filter(pk=identity)))
    ways.append(("reference", rows.filter(by_reference("", asked))))
    if personal.may_see(caller.user):
        ways.append(("person", rows.filter(about=asked).exclude(about="").order_by("-id")))
    # Unordered: the index gives the first that come, and sorting all with a short beginning takes long.
    ways.append(("beginning", rows.filter(item_ref__startswith=asked).order_by()))
    for way, matching in ways:
        if found := list(matching[: MOST + 1]):
            return Found(_sorted(found[:MOST], way), way, more=len(found) > MOST)
    return Found((), "nothing")


def _sorted(found: list[Item], way: str) -> list[Item]:
    return found if way == "person" else sorted(found, key=lambda item: (item.item_ref, item.item_type.slug))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
