"""The block `learning` of an item type in a configuration file: its learning plan."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from audit import trail
from audit.trail import Actor
from learning.models import LearningPlan
from routing.config_file import ConfigError
from routing.config_parts import register_section
from routing.models import ItemType

FIELDS = [field.name for field in LearningPlan._meta.fields if field.name not in ("id", "item_type")]


def apply(item_type: ItemType, data: Any, by: Actor) -> bool:
    """Make the item type's plan say what the block says, and return whether anything changed.

    What the block leaves out stays as it is. Raises ConfigError with the field that is wrong.
    """
    if not isinstance(data, dict):
        raise ConfigError((), "Write fields here, for example {learner: linear, auto_promote: true}.")
    for name in data:
        if name not in FIELDS:
            raise ConfigError((name,), f"There is no such field. Use: {', '.join(FIELDS)}.")
    plan = LearningPlan.objects.filter(item_type=item_type).first()
    new = plan is None
    plan = plan or LearningPlan(item_type=item_type)
    before = {name: getattr(plan, name) for name in data}
    if not new and before == data:
        return False
    for name, value in data.items():
        setattr(plan, name, value)
    try:
        plan.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise ConfigError((name,), " ".join(messages)) from error
    plan.save()
    verb = "learningplan.created" if new else "learningplan.changed"
    trail.record(verb, plan, by=by, item_type=item_type.slug, before=None if new else before, after=data)
    return True


def export(item_type: ItemType) -> dict[str, Any] | None:
    """Return the item type's plan as the block says it, or None where it has none."""
    plan = LearningPlan.objects.filter(item_type=item_type).first()
    return {name: getattr(plan, name) for name in FIELDS} if plan else None


def register() -> None:
    """Take over the block `learning`."""
    register_section("learning", apply, export)
