"""The block `subject_rights` of an item type in a configuration file."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from audit.trail import Actor
from routing.config_file import ConfigError
from routing.config_parts import register_section
from routing.models import ItemType, SubjectRights
from routing.privacy import rights

FIELDS = [field.name for field in SubjectRights._meta.fields if field.name not in ("id", "item_type")]


def apply(item_type: ItemType, data: Any, by: Actor) -> bool:
    """Make the item type's rights say what the block says, and return whether anything changed.

    What the block leaves out stays as it is. Raises ConfigError with the field that is wrong.
    """
    if not isinstance(data, dict):
        raise ConfigError((), "Write fields here, for example {retention_days: 90}.")
    for name in data:
        if name not in FIELDS:
            raise ConfigError((name,), f"There is no such field. Use: {', '.join(FIELDS)}.")
    try:
        return rights.change(item_type, data, by=by)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise ConfigError((name,), " ".join(messages)) from error


def export(item_type: ItemType) -> dict[str, Any] | None:
    """Return the item type's rights as the block says them, or None where it has none."""
    found = SubjectRights.objects.filter(item_type=item_type).first()
    return {name: getattr(found, name) for name in FIELDS} if found else None


def register() -> None:
    """Take over the block `subject_rights`."""
    register_section("subject_rights", apply, export)
