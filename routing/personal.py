"""Who is shown personal data of items; everybody else sees that something is there.

Reviewers see, at their seat, all that they must judge; a client's key sees its answers as ever.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from routing.models import Item, ItemType, SubjectRights
from routing.privacy import fields

SEES = "routing.view_personal"
ERASES = "routing.erase_item"
HIDDEN = fields.HIDDEN

User = AbstractBaseUser | AnonymousUser


def may_see(user: User) -> bool:
    """Return whether a person is shown personal data wherever items are shown."""
    return user.has_perm(SEES)


def rights(item_type: ItemType) -> SubjectRights | None:
    """Return how the type treats whom its items are about, or None where it keeps all and hides nothing."""
    try:
        return item_type.subject_rights
    except SubjectRights.DoesNotExist:
        return None


def hidden(item_type: ItemType, user: User) -> tuple[str, ...]:
    """Return the paths of the fields that this person is not shown."""
    found = rights(item_type)
    return () if found is None or not found.personal_fields or may_see(user) else tuple(found.personal_fields)


def masked(
    payload: dict[str, Any], context: dict[str, Any], item_type: ItemType, user: User
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return payload and context as this person may see them: HIDDEN stands for what they may not."""
    paths = hidden(item_type, user)
    return fields.masked(paths, payload, context) if paths else (payload, context)


def holds_any(item: Item) -> bool:
    """Return whether there is something in the item that only some are shown."""
    found = rights(item.item_type)
    if found is None or not found.personal_fields or item.erased_at:
        return False
    return fields.masked(found.personal_fields, item.payload, item.context) != (item.payload, item.context)
