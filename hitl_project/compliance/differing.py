"""What an event tells besides who, when and what: its changes as rows, its other facts, its gist."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from audit import chain
from audit.models import AuditEvent

CLIPPED = 160
# What says most of an event in a list, in this order.
GISTS = ("why", "reason", "label", "said", "action", "outcome", "name", "username", "number", "purpose")
PAIR = ("before", "after")
WHOLE, NOTHING = "as a whole", "nothing"


@dataclass(frozen=True)
class Change:
    """One thing that was changed: its name, what it was and what it is; None where there was or is none."""

    name: str
    before: str | None
    after: str | None


def changes(data: dict[str, Any]) -> list[Change]:
    """Return what differs between before and after, by name, nested names joined by a dot; the same: none."""
    if not any(name in data for name in PAIR):
        return []
    before, after = (dict(_flat(data.get(name))) for name in PAIR)
    names = sorted({**before, **after})
    return [
        Change(name or WHOLE, before.get(name) or None, after.get(name) or None)
        for name in names
        if before.get(name) != after.get(name)
    ]


def facts(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what else is told, by name, as texts; what is empty is left out."""
    told = {name: value for name, value in data.items() if name not in (*PAIR, "private")}
    return [(name.replace("_", " "), text) for name, text in _flat(told) if text]


def gist(data: dict[str, Any]) -> str:
    """Return the one thing that says most of an event, in a line; '' where there is none."""
    for name in GISTS:
        if data.get(name) not in (None, "", [], {}):
            return _clipped(_text(data[name]))
    differing = changes(data)
    if [one.name for one in differing] == [WHOLE]:
        return _clipped(f"{differing[0].before or NOTHING} → {differing[0].after or NOTHING}")
    return _clipped(", ".join(one.name for one in differing)) if differing else ""


def laid_out(data: dict[str, Any]) -> str:
    """Return everything as JSON, laid out."""
    return json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True)


def fits(row: AuditEvent) -> bool:
    """Return whether the event's content still has the digest that was written with it."""
    return chain.event_digest(row) == row.digest


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif value is not None:
        yield name, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False)


def _clipped(text: str) -> str:
    return text if len(text) <= CLIPPED else f"{text[: CLIPPED - 1]}…"
