"""Keyset pages: the cursor holds the last row's values, so page 1,000 costs what page 1 does."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import Field, Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from audit.chain import canonical

MOST = 1000


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: just after these values, or, when `back`, just before."""

    values: list[Any]
    back: bool = False


class KeysetPagination(BasePagination):
    """Answer `{"next", "previous", "results"}`; `?cursor=` and `?page_size=` up to 1000.

    The order is the view's `keyset`, else `keyset` here: fields all ascending or all descending ('-'), none
    of them ever null, the last one unique.
    """

    keyset: tuple[str, ...] = ("-id",)
    page_size = 100

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list[Model]:
        """Return the rows of the page that the request asks for; 400 for a bad cursor or size."""
        self._url = request.build_absolute_uri()
        keyset = getattr(view, "keyset", None) or self.keyset
        self._names = [name.removeprefix("-") for name in keyset]
        self._descending = keyset[0].startswith("-")
        size, cursor = self._size(request), self._cursor(request, queryset.model)
        back = bool(cursor and cursor.back)
        downward = self._descending != back
        if cursor:
            queryset = queryset.filter(_beyond(self._names, cursor.values, downward))
        ordered = queryset.order_by(*(f"-{name}" if downward else name for name in self._names))
        rows = self.read(ordered, size + 1)
        more, rows = len(rows) > size, rows[:size]
        if back:
            rows.reverse()
        self._next = self._link(rows[-1:], back=False) if (more or back) else None
        self._previous = self._link(rows[:1], back=True) if (more if back else cursor) else None
        return rows

    def read(self, ordered: QuerySet, most: int) -> list[Model]:
        """Return the first rows; a list that is searched in a way of its own says here how."""
        return list(ordered[:most])

    def get_paginated_response(self, data: list[Any]) -> Response:
        """Return the page as API.md shapes it."""
        return Response({"next": self._next, "previous": self._previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the OpenAPI schema of a page."""
        link = {"type": "string", "nullable": True, "format": "uri"}
        properties = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the OpenAPI description of the two query parameters."""
        size = {"type": "integer", "minimum": 1, "maximum": MOST, "default": self.page_size}
        return [
            _parameter("cursor", "Where the page begins, from `next` or `previous`.", {"type": "string"}),
            _parameter("page_size", f"Rows a page, at most {MOST}.", size),
        ]

    def _size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", str(self.page_size))
        if not (asked.isascii() and asked.isdigit() and len(asked) <= 4 and 1 <= int(asked) <= MOST):
            raise ValidationError({"page_size": [f"A whole number from 1 to {MOST}."]})
        return int(asked)

    def _cursor(self, request: Request, model: type[Model]) -> Cursor | None:
        text = request.query_params.get("cursor")
        if not text:
            return None
        fields = [model._meta.get_field("pk" if name == "pk" else name) for name in self._names]
        try:
            back, *values = json.loads(urlsafe_b64decode(text.encode()))
            pairs = list(zip(fields, values, strict=True))
            return Cursor([_value(one, value) for one, value in pairs], bool(back))
        except (ValueError, TypeError, OverflowError, RecursionError, ModelValidationError):
            raise ValidationError({"cursor": ["This is no cursor of this list."]}) from None

    def _link(self, row: list[Model], *, back: bool) -> str | None:
        if not row:
            return remove_query_param(self._url, "cursor") if not back else None
        values = [attrgetter(name)(row[0]) for name in self._names]
        text = urlsafe_b64encode(canonical([int(back), *values]).encode()).decode()
        return replace_query_param(self._url, "cursor", text)


def _value(field: Field, raw: Any) -> Any:
    """Return a value as the field's; ValueError for what no row holds: null, text with NUL or half a pair."""
    if raw is None or (isinstance(raw, str) and b"\x00" in raw.encode()):
        raise ValueError("no row holds this")
    return field.to_python(raw)


def _beyond(names: list[str], values: list[Any], downward: bool) -> Q:
    """Return the condition (a, b, …) < values, or >, written so that an index on (a, b, …) serves it."""
    side = "lt" if downward else "gt"
    name, value = names[0], values[0]
    if len(names) == 1:
        return Q(**{f"{name}__{side}": value})
    rest = Q(**{f"{name}__{side}": value}) | _beyond(names[1:], values[1:], downward)
    return Q(**{f"{name}__{side}e": value}) & rest


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
