"""Which key opens what an event tells in confidence: that of the item that the event is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model

RIGHT = "routing.view_personal"
# How rows lead to the item whose key locks what is told of them.
PATHS = ("secret", "item__secret", "assignment__item__secret", "label__item__secret", "review__item__secret")


def secrets(subjects: Collection[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """Return the keys that are left by (type, id); one statement for each type."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for subject_type, subject_id in subjects:
        by_type[subject_type].append(subject_id)
    return {
        (subject_type, str(pk)): key
        for subject_type, ids in by_type.items()
        for pk, key in _of_type(subject_type, ids).items()
    }


def _of_type(subject_type: str, ids: list[str]) -> dict[object, UUID]:
    try:
        model = apps.get_model(subject_type)
    except (LookupError, ValueError):
        return {}  # what is no row has no item
    pks = [pk for one in ids for pk in _keys(model, one)]
    path = next((path for path in PATHS if _leads(model, path)), None)
    if path is None:
        return {}
    found = model._default_manager.filter(pk__in=pks, **{f"{path}__isnull": False})
    return dict(found.values_list("pk", path))


def _keys(model: type[Model], text: str) -> list[object]:
    """Return a key of the model's rows as the database knows it; none for what can't be one."""
    try:
        return [model._meta.pk.to_python(text)]
    except ValidationError:
        return []


def _leads(model: type[Model], path: str) -> bool:
    """Return whether a path of fields leads from a model to the key of an item."""
    *steps, last = path.split("__")
    try:
        for step in steps:
            model = model._meta.get_field(step).related_model
        field = model._meta.get_field(last)
    except (FieldDoesNotExist, AttributeError):
        return False
    return field.get_internal_type() == "UUIDField"
