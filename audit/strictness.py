"""Names that the API does not know are refused: a filter that is misspelt must not be a filter less."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as FormError
from django.db.models import QuerySet
from django_filters import ChoiceFilter, IsoDateTimeFilter
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

PAGES = ("cursor", "page_size")


class Strict(serializers.Serializer):
    """A serializer that refuses fields that it does not have; `besides` are left to somebody else."""

    besides: tuple[str, ...] = ()

    def to_internal_value(self, data: Any) -> Any:
        """Return the fields; raises ValidationError for unknown ones."""
        if isinstance(data, Mapping):
            refuse_unknown(data, self.fields, besides=self.besides)
        return super().to_internal_value(data)


class Filters(DjangoFilterBackend):
    """The filters of a list, and no others."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """Return the rows that are asked for; raises ValidationError for unknown parameters."""
        filterset = self.get_filterset_class(view, queryset)
        refuse_unknown(request.query_params, filterset.base_filters, besides=PAGES)
        return super().filter_queryset(request, queryset, view)


class MomentField(IsoDateTimeField):
    """A time in UTC: PostgreSQL takes no zone that is more than 15 hours away from there, ISO 8601 does."""

    default_error_messages: ClassVar = {"invalid": "Send a time such as 2026-11-22T10:00:00Z."}

    def to_python(self, value: Any) -> datetime | None:
        """Return the time; raises ValidationError for one that lies before year 1 or after 9999 there."""
        found = super().to_python(value)
        try:
            return found and found.astimezone(UTC)
        except OverflowError:
            raise FormError(self.error_messages["invalid"], code="invalid") from None


class MomentFilter(IsoDateTimeFilter):
    """A time that a list is narrowed by."""

    field_class = MomentField


class OneOfFilter(ChoiceFilter):
    """One of a few words; another one is refused with those that there are."""

    def __init__(self, *, choices: Sequence[tuple[str, str]], **more: Any) -> None:
        words = ", ".join(word for word, _ in choices)
        super().__init__(choices=choices, error_messages={"invalid_choice": f"Use one of: {words}."}, **more)


def refuse_unknown(named: Iterable[str], known: Iterable[str], *, besides: Iterable[str] = ()) -> None:
    """Raise ValidationError with each name that is neither known nor one of `besides`."""
    known = [*known, *besides]
    unknown = [name for name in named if name not in known]
    if unknown:
        detail = ErrorDetail(f"There is no such field. Use: {', '.join(known)}.", code="unknown_field")
        raise ValidationError({name[:100]: [detail] for name in unknown[:100]})
