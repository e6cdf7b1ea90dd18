"""The part `teams` of an item type in a configuration file: the groups that keep it to themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Group

from audit import trail
from audit.trail import Actor
from routing.config_file import ConfigError, Place
from routing.config_parts import register_section
from routing.models import ItemType


def groups(names: Sequence[str], place: Place = ()) -> dict[str, Group]:
    """Return the groups of these names; raises ConfigError, under the place, for one that there isn't."""
    found = {group.name: group for group in Group.objects.filter(name__in=names)}
    for i, name in enumerate(names):
        if name not in found:
            known = ", ".join(Group.objects.order_by("name").values_list("name", flat=True))
            raise ConfigError((*place, i), f"There is no group {name!r}. Use one of: {known}.")
    return found


def apply(item_type: ItemType, data: Any, by: Actor) -> bool:
    """Make these the item type's teams, an empty list none, and return whether that changed anything."""
    if not isinstance(data, list) or not all(isinstance(name, str) for name in data):
        raise ConfigError((), "Write a list of groups, for example [claims].")
    wanted = groups(data)
    before = sorted(item_type.teams.values_list("name", flat=True))
    if before == sorted(wanted):
        return False
    item_type.teams.set(wanted.values())
    told = {"before": {"teams": before}, "after": {"teams": sorted(wanted)}}
    trail.record("itemtype.changed", item_type, by=by, **told)
    return True


def export(item_type: ItemType) -> list[str] | None:
    """Return the names of the item type's teams, or None where it has none."""
    return sorted(item_type.teams.values_list("name", flat=True)) or None


def register() -> None:
    """Take over the part `teams`."""
    register_section("teams", apply, export)
