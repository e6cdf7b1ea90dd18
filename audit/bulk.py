"""Many rows of one table in one statement, at a fraction of what bulk_create and bulk_update cost."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import AutoField, Model


def insert(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given by column name, in this order and in one statement; none: no statement.

    They travel as one JSON text: values are what JSON can hold, times and UUIDs; None is stored as NULL. All
    rows name the same columns; one that is not named must have a default in the database. For rows that
    nobody needs back: ids that the database gives are not returned.
    """
    if not rows:
        return
    names = ", ".join(_columns(model, rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) "
            f"SELECT {names} FROM {_given(model, rows)}",
            [json.dumps(rows, default=_text)],
        )


def insert_objects(objects: Sequence[Model]) -> None:
    """Insert new objects of one model as `insert` does; a key that the database gives stays None."""
    if not objects:
        return
    model = type(objects[0])
    names = [field.attname for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    insert(model, [{name: getattr(one, name) for name in names} for one in objects])
    for one in objects:
        one._state.adding, one._state.db = False, connection.alias


def update(objects: Sequence[Model], fields: Sequence[str]) -> None:
    """Write these fields, by name, of stored objects of one model, as they are here; none: no statement."""
    if not objects:
        return
    model = type(objects[0])
    key, *changed = [model._meta.pk.attname, *(model._meta.get_field(name).attname for name in fields)]
    rows = [{name: getattr(one, name) for name in (key, *changed)} for one in objects]
    key, *changed = _columns(model, rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_quoted(model._meta.db_table)} AS stored "
            f"SET {', '.join(f'{name} = given.{name}' for name in changed)} "
            f"FROM {_given(model, rows)} WHERE stored.{key} = given.{key}",
            [json.dumps(rows, default=_text)],
        )


def _columns(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [_quoted(model._meta.get_field(name).column) for name in rows[0]]


def _given(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return, as a table in SQL, the rows that a statement gets as its one parameter."""
    types = [model._meta.get_field(name).db_type(connection) for name in rows[0]]
    typed = ", ".join(f"{name} {kind}" for name, kind in zip(_columns(model, rows), types, strict=True))
    return f"jsonb_to_recordset(%s::jsonb) AS given ({typed})"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} can't be stored in bulk.")
