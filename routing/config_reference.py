"""The reference of the configuration file: every field with what may stand there, written from the code."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from pydantic import BaseModel

from routing.config_file import ItemTypePart, QueuePart, RulePart, ThresholdPart, UserPart
from routing.kinds import KINDS
from routing.models import ItemType, Queue, Reviewer, Rule

NAMES = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}
OF_KINDS = ", ".join(f"`{kind}`" for kind in KINDS)
SAID = {
    "QueuePart.name": "Its short name; item types and rules name it.",
    "QueuePart.group": "Whose members work on it; made where it does not exist.",
    "UserPart.username": "By which they sign in. Somebody new sets a password by a link from an admin.",
    "UserPart.groups": "All of them: reviewers, experts, leads, admins, compliance, clients, or yours.",
    "UserPart.staff": "Lets them into the admin. For somebody new: where a group has rights there.",
    "UserPart.active": "`false`: they can't sign in.",
    "UserPart.skills": "What they may decide, in the words that item types ask for in `skill`.",
    "ItemTypePart.labels": "The labels to choose from, in the order in which people see them.",
    "ItemTypePart.kind": f"What a label is: {OF_KINDS}. It can't be changed later.",
    "ItemTypePart.thresholds": "See below.",
    "ItemTypePart.rules": "See below. Where given, these are all of its rules: others are removed.",
    "ThresholdPart.classes": "Auto-approve thresholds of single labels, for example `{fraud: 0.99}`.",
    "RulePart.state": "`shadow` is recorded and changes nothing; `draft` is not used at all.",
    "RulePart.queue": "With the effect `queue`: which one.",
    "RulePart.effect": "A person looks, an expert decides, more priority, or another queue.",
    "RulePart.name": "Shown to reviewers as the reason.",
}
PARTS: tuple[tuple[str, type[BaseModel], type[Model] | None], ...] = (
    ("`queues`", QueuePart, Queue),
    ("`users`", UserPart, Reviewer),
    ("`item_types`", ItemTypePart, ItemType),
    ("`thresholds` of an item type", ThresholdPart, ItemType),
    ("`rules` of an item type", RulePart, Rule),
)


def tables() -> str:
    """Return a Markdown table of the fields for each part of a file."""
    return "\n\n".join(f"### {title}\n\n" + "\n".join(_table(part, row)) for title, part, row in PARTS)


def _table(part: type[BaseModel], row: type[Model] | None) -> Iterator[str]:
    yield "| field | what may stand there | left out of a new one | what it does |"
    yield "|---|---|---|---|"
    for name, field in part.model_fields.items():
        kind = _kind(field.annotation, field.metadata)
        usual = "required" if field.is_required() else _default(field.default)
        said = SAID.get(f"{part.__name__}.{name}") or _help(row, name)
        yield f"| `{name}` | {kind} | {usual} | {said} |"


def _help(row: type[Model] | None, name: str) -> str:
    try:
        return str(row._meta.get_field(name).help_text).replace("|", "\\|") if row else ""
    except FieldDoesNotExist:
        return ""


def _default(value: Any) -> str:
    if isinstance(value, BaseModel):
        return "its defaults"
    if value is None:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value or value == 0 else "empty"


def _kind(annotation: Any, metadata: Any = ()) -> str:
    """Return in words what a field takes; a number with its bounds."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(inside[0], inside[1].metadata if hasattr(inside[1], "metadata") else inside[1:])
    if origin in (Union, UnionType):
        return ", or ".join("`null`" if one is NoneType else _kind(one, metadata) for one in inside)
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in inside)
    if origin is list:
        return f"list of {_plural(inside[0])}"
    if origin is dict:
        return f"{_kind(inside[0])}: {_kind(inside[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "fields"
    return NAMES[annotation] + _bounds(metadata)


def _plural(inner: Any) -> str:
    return "rules" if inner is RulePart else _kind(inner) + "s"


def _bounds(metadata: Any) -> str:
    low = next((one.ge for one in metadata if isinstance(one, Ge)), None)
    high = next((one.le for one in metadata if isinstance(one, Le)), None)
    if low is None:
        return ""
    return f" from {low:,}" + (f" to {high:,}" if high is not None else "")
