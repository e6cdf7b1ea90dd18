"""What rules can read of an item type's recent items, and expressions to start from."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from routing import recent
from routing.models import ItemType
from routing.rules import messages

LAST = 1_000  # items
MOST = 200  # fields
SHOWN = 40  # characters of an example
LARGE = 100_000  # bytes of a stored payload; larger ones, such as pictures, are not opened

_SQL = f"""
WITH recent AS ({recent.sql("id", "payload", "context")}),
wholes AS (
    SELECT 'payload' AS root, CASE WHEN pg_column_size(payload) < {LARGE} THEN payload END AS whole
    FROM recent
    UNION ALL SELECT 'context', context FROM recent
),
outer_fields AS (
    SELECT ARRAY[root, key] AS steps, value FROM wholes,
    jsonb_each(CASE WHEN jsonb_typeof(whole) = 'object' THEN whole ELSE '{{}}' END)
),
fields AS (
    SELECT steps, value FROM outer_fields
    UNION ALL
    SELECT steps || key, inside.value FROM outer_fields upper,
    jsonb_each(CASE WHEN jsonb_typeof(upper.value) = 'object' THEN upper.value ELSE '{{}}' END) inside
),
shown AS (
    SELECT steps, jsonb_typeof(value) AS kind, CASE jsonb_typeof(value)
        WHEN 'string' THEN left(value #>> '{{}}', {SHOWN + 1})
        WHEN 'array' THEN jsonb_array_length(value) || ' in it'
        WHEN 'object' THEN ''
        ELSE value::text END AS example
    FROM fields
)
SELECT steps, kind, count(*), mode() WITHIN GROUP (ORDER BY example), count(DISTINCT example),
    (SELECT count(*) FROM recent)
FROM shown GROUP BY steps, kind ORDER BY count(*) DESC, steps, kind LIMIT {MOST}
"""

_WORD = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)
_RESERVED = frozenset(messages.RESERVED)


@dataclass(frozen=True)
class Field:
    """One field seen in recent items: how a rule writes it, what it holds, in which share of them."""

    steps: tuple[str, ...]
    kinds: tuple[str, ...]
    share: float
    example: str
    distinct: int

    @property
    def path(self) -> str:
        """The field as an expression reads it, for example context.amount or context['due date']."""
        return written(self.steps)

    @property
    def shown_share(self) -> str:
        """In how many of the items it is, for people."""
        return (
            "all"
            if self.share >= 1
            else f"{max(self.share, 0.001):.1%}"
            if self.share < 0.01
            else f"{self.share:.0%}"
        )

    @property
    def called(self) -> str:
        """What people call what it holds."""
        return " or ".join(CALLED.get(kind, kind) for kind in self.kinds)


CALLED = {
    "string": "text",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "object",
}


def written(steps: Sequence[str]) -> str:
    """Return the path of a field as an expression reads it."""
    return steps[0] + "".join(
        f".{step}"
        if _WORD.match(step) and step not in _RESERVED
        else f"[{json.dumps(step, ensure_ascii=False)}]"
        for step in steps[1:]
    )


def seen(item_type: ItemType, last: int = LAST) -> list[Field]:
    """Return the fields of payload and context, one nested level deep, in the last items: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, recent.values(item_type.pk, last))
        rows = cursor.fetchall()
    found: dict[tuple[str, ...], Field] = {}
    for steps, kind, count, example, distinct, total in rows:
        text = example if len(example) <= SHOWN else example[: SHOWN - 1] + "…"
        key = tuple(steps)
        before = found.get(key)
        if before is None:
            found[key] = Field(key, (kind,), count / total, text, distinct)
        else:
            share, kinds = before.share + count / total, (*before.kinds, kind)
            found[key] = Field(key, kinds, share, before.example, before.distinct + distinct)
    return sorted(found.values(), key=lambda field: (field.steps[0] != "context", field.steps))


def examples(item_type: ItemType, fields: Sequence[Field], *, values: bool = True) -> list[tuple[str, str]]:
    """Return expressions to start from, each with what it is for, made of the fields that are there.

    `values`: whether a value seen in an item may be shown.
    """
    plain = [field for field in fields if field.steps[0] == "context"] or list(fields)
    number = _first(plain, "number")
    flag = _first(plain, "boolean")
    word = next((one for one in plain if one.kinds == ("string",) and 1 < one.distinct <= 50), None)
    words = next((one for one in fields if one.kinds == ("string",) and one.steps[0] == "payload"), None)
    amount = number.path if number else "context.amount"
    audit = flag.path if flag else "context.requires_audit"
    country = word.path if word else "context.country"
    text = words.path if words else "payload.text"
    label = json.dumps(item_type.labels[0] if item_type.labels else "fraud", ensure_ascii=False)
    value = json.dumps(word.example if word and values else "AE", ensure_ascii=False)
    fresh = next((one.path for one in plain if one.kinds == ("boolean",) and "new" in one.steps[-1]), None)
    new = fresh or (flag.path if flag else "context.new_client")
    return [
        ("a large amount", _asked(number, f"{amount} > 10000")),
        ("asked for by the client", _asked(flag, f"{audit} == true")),
        ("one answer of the model", f"prediction.label == {label}"),
        ("some values of a field", f"has({country}) && {country} in [{value}]"),
        ("an unsure model and something else", f"prediction.score < 0.9 && has({new}) && {new} == true"),
        ("a word in the text", f"has({text}) && {text}.matches('(?i)refund|lawyer')"),
    ]


def _first(fields: Sequence[Field], kind: str) -> Field | None:
    """Return the outermost field that holds only this."""
    fitting = [field for field in fields if field.kinds == (kind,)]
    return min(fitting, key=lambda field: len(field.steps), default=None)


def _asked(field: Field | None, expression: str) -> str:
    """Return the expression, asking first whether the field is there where some items lack it."""
    if field is None or field.share > 0.999:
        return expression
    return f"has({field.path}) && {expression}"
