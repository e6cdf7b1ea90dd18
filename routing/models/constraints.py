"""Constraints that several tables share."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q


def both_or_neither(first: str, second: str, *, name: str) -> models.CheckConstraint:
    """Return the constraint that two columns are set together or not at all."""
    first_null, second_null = Q(**{f"{first}__isnull": True}), Q(**{f"{second}__isnull": True})
    return models.CheckConstraint(
        condition=(first_null & second_null) | (~first_null & ~second_null),
        name=name,
    )


def in_unit_interval(field: str, *, name: str) -> models.CheckConstraint:
    """Return the constraint that a probability lies from 0 to 1."""
    return models.CheckConstraint(condition=Q(**{f"{field}__gte": 0, f"{field}__lte": 1}), name=name)


def one_of(field: str, choices: Iterable[str | int], *, name: str) -> models.CheckConstraint:
    """Return the constraint that a column, where it is set, has one of these values."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": list(choices)}), name=name)
