"""The targets in a configuration file: `targets` of a whole file, and of an item type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from audit.trail import Actor
from hitl_project.goals import promises
from hitl_project.goals.definitions import DEFINITIONS
from hitl_project.goals.figures import Definition
from routing.config_file import ConfigError
from routing.config_parts import register_chapter, register_section
from routing.models import ItemType, Target

PLAIN = {"start": None, "starts_on": None, "ends_on": None, "alert": True}
NAMES = ("value", *PLAIN)


def apply(item_type: ItemType | None, data: Any, by: Actor) -> bool:
    """Make the targets say what the block says, and return whether anything changed.

    A target is its value, null for none, or fields; a figure that the block leaves out keeps its target.
    Raises ConfigError with the figure that is wrong.
    """
    if not isinstance(data, dict):
        raise ConfigError((), "Write figures here, for example {automation_rate: 0.9}.")
    changed = False
    for name, said in data.items():
        definition = DEFINITIONS.get(name)
        if definition is None:
            raise ConfigError((name,), f"There is no such figure. Use: {', '.join(DEFINITIONS)}.")
        try:
            changed |= promises.promise(name, item_type, _read(definition, said), by=by)
        except ValidationError as error:
            raise ConfigError((name,), " ".join(error.messages)) from error
    return changed


def export(item_type: ItemType | None = None) -> dict[str, Any] | None:
    """Return the targets as the block says them, or None where nothing was said."""
    rows = Target.objects.filter(item_type=item_type, metric__in=DEFINITIONS).order_by("metric")
    return {row.metric: _written(row) for row in rows} or None


def register() -> None:
    """Take over the blocks `targets`."""
    register_section("targets", apply, export)
    register_chapter("targets", lambda data, by: apply(None, data, by), export)


def _read(definition: Definition, said: Any) -> dict[str, Any]:
    fields = said if isinstance(said, dict) else {"value": said}
    for name in fields:
        if name not in NAMES:
            raise ConfigError((definition.name, name), f"There is no such field. Use: {', '.join(NAMES)}.")
    read = PLAIN | {"value": None} | fields
    for name in ("value", "start"):
        read[name] = _number(definition, name, read[name])
    for name in ("starts_on", "ends_on"):
        read[name] = _day(definition, name, read[name])
    if not isinstance(read["alert"], bool):
        raise ConfigError((definition.name, "alert"), "Write true or false.")
    return read


def _number(definition: Definition, name: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError((definition.name, name), f"Write a number, in {definition.unit.value}.")
    if problem := definition.refuses(value):
        raise ConfigError((definition.name, name), problem)
    return float(value)


def _day(definition: Definition, name: str, value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ConfigError((definition.name, name), "Write a day, for example 2026-07-01.") from error


def _written(row: Target) -> float | Mapping[str, Any] | None:
    """Return a target that is its value alone as that; one that moves or is silent with its fields."""
    fields = {name: getattr(row, name) for name in NAMES}
    fields |= {name: str(day) for name in ("starts_on", "ends_on") if (day := fields[name])}
    if all(fields[name] == usual for name, usual in PLAIN.items()):
        return row.value
    return {"value": row.value} | {
        name: fields[name] for name, usual in PLAIN.items() if fields[name] != usual
    }
