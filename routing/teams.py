"""Which item types a person, or a key, may see and steer: those without teams, and those of their teams.

Work is given out by queues: whoever a queue serves answers what waits there, whatever the teams are. A key
with item types of its own is given work of these alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.models import ApiKey
from routing.models import Delivery, ItemType, Queue, Rule

SEES_ALL = "compliance"  # the group that must be able to answer for everything


def visible(types: QuerySet[ItemType], caller: Any) -> QuerySet[ItemType]:
    """Return those of the item types that the caller, a request of a page or the API, may see.

    It narrows the statement that reads them and takes none of its own.
    """
    user, key = caller.user, getattr(caller, "auth", None)
    if isinstance(key, ApiKey) and key.item_types:
        types = types.filter(slug__in=key.item_types)
    if user.is_superuser:
        return types
    every = ItemType.teams.through.objects.filter(itemtype=OuterRef("pk"))
    mine = every.filter(group__user=user)
    answers_for_all = User.objects.filter(pk=user.pk, groups__name=SEES_ALL)
    return types.filter(~Exists(every) | Exists(mine) | Exists(answers_for_all))


def hidden(caller: Any) -> list[int]:
    """Return the ids of the item types that the caller may not see: one statement a request."""
    known = vars(caller).get("_hidden_types")
    if known is None and caller.user.is_superuser and not limits(caller):
        return []
    if known is None:
        shown = visible(ItemType.objects.filter(pk=OuterRef("pk")), caller)
        known = list(ItemType.objects.filter(~Exists(shown)).values_list("pk", flat=True))
        caller._hidden_types = known
    return known


def sees_all(caller: Any) -> bool:
    """Return whether no item type is hidden from the caller, nor will be one that is made later."""
    return limits(caller) is None and not hidden(caller)


def read(types: QuerySet[ItemType], caller: Any) -> list[ItemType]:
    """Return those of all item types that the caller may see; `hidden` takes no statement after it."""
    shown = visible(ItemType.objects.filter(pk=OuterRef("pk")), caller)
    rows = list(types.annotate(shown=Exists(shown)))
    caller._hidden_types = [one.pk for one in rows if not one.shown]
    return [one for one in rows if one.shown]


def seen(rows: QuerySet, caller: Any, *, path: str = "item_type") -> QuerySet:
    """Return those of the rows whose item type, at `path`, the caller may see; one statement more.

    Rows without an item type are seen by everybody.
    """
    kept_back = hidden(caller)
    return rows.exclude(**{f"{path}__in": kept_back}) if kept_back else rows


def about_types(rows: QuerySet[Delivery], caller: Any) -> QuerySet[Delivery]:
    """Return those of the messages that don't tell of a hidden item type as a whole, as that training is due.

    Nor of figures of all types together (their item type is null), where some of these are hidden.
    """
    kept_back = hidden(caller)
    if not kept_back:
        return rows
    slugs = list(ItemType.objects.filter(pk__in=kept_back).values_list("slug", flat=True))
    told = Q(body__data__item_type__in=slugs) | Q(body__data__item_type=None)
    return rows.exclude(told, body__data__has_key="item_type", item__isnull=True)


def queues(rows: QuerySet[Queue], caller: Any) -> QuerySet[Queue]:
    """Return the queues that the caller may see: all but those which serve only hidden item types."""
    kept_back = hidden(caller)
    if not kept_back:
        return rows
    uses = ItemType.objects.filter(
        Q(queue=OuterRef("pk"))
        | Q(expert_queue=OuterRef("pk"))
        | Exists(Rule.objects.filter(item_type=OuterRef("pk"), queue=OuterRef(OuterRef("pk"))))
    )
    return rows.filter(~Exists(uses) | Exists(uses.exclude(pk__in=kept_back)))


def limits(caller: Any) -> list[str] | None:
    """Return the short names of the only item types that the caller's key may touch; None for any other."""
    key = getattr(caller, "auth", None)
    return key.item_types if isinstance(key, ApiKey) and key.item_types else None


def known(slugs: Collection[str]) -> set[str]:
    """Return those of these short names that an item type has."""
    return set(ItemType.objects.filter(slug__in=slugs).values_list("slug", flat=True)) if slugs else set()


@dataclass
class Person:
    """Somebody who sees what a page that they did not ask for themselves shows, such as a mail to them."""

    user: Any
