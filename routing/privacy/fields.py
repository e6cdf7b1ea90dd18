"""Fields of payload and context by their paths: whom an item is about, and what of it only some may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

PARTS = ("payload", "context")
LONGEST = 200  # characters of a person's name
HIDDEN = "[personal]"  # what stands where something is that the reader may not see


def check(path: str) -> str | None:
    """Return what is wrong with a path such as `context.customer.email`, or None."""
    part, *rest = path.split(".")
    if part not in PARTS or not rest or not all(rest):
        return f"{path!r} is no path: write payload.NAME or context.NAME, with a dot before each more."
    return None


def person(path: str, payload: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """Return whom an item is about: the text or whole number at the path; empty where there is neither."""
    if not path:
        return ""
    value: Any = {"payload": payload, "context": context}
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()[:LONGEST]


def masked(
    paths: Sequence[str], payload: Mapping[str, Any], context: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return payload and context with HIDDEN in the place of what the paths name.

    A path goes into each element of a list on its way. What isn't there stays away.
    """
    shown: dict[str, Any] = {"payload": payload, "context": context}
    for path in paths:
        shown = _without(shown, path.split("."))
    return shown["payload"], shown["context"]


def _without(value: Any, steps: Sequence[str]) -> Any:
    if not steps:
        return HIDDEN
    if isinstance(value, list):
        return [_without(one, steps) for one in value]
    if not isinstance(value, Mapping) or steps[0] not in value:
        return value
    return {**value, steps[0]: _without(value[steps[0]], steps[1:])}
