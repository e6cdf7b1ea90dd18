"""Parts of a configuration file that belong to apps that stand on this one: each registers what it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from audit.trail import Actor
from routing.models import ItemType

Apply = Callable[[ItemType, Any, Actor], bool]
Export = Callable[[ItemType], Any]


@dataclass(frozen=True)
class Section:
    """A part of an item type's configuration that belongs to another app.

    `apply(item_type, data, by)` stores it and returns whether anything changed, and raises ConfigError with
    a place relative to the section; `export(item_type)` returns it as plain data, or None for nothing.
    """

    apply: Apply
    export: Export


@dataclass(frozen=True)
class Chapter:
    """A part of a file that stands beside queues, users and item types and belongs to another app.

    `apply(data, by)` stores it and returns whether anything changed, and raises ConfigError with a place
    relative to the chapter; `export()` returns it as plain data, or None for nothing.
    """

    apply: Callable[[Any, Actor], bool]
    export: Callable[[], Any]


sections: dict[str, Section] = {}
chapters: dict[str, Chapter] = {}


def register_section(name: str, apply: Apply, export: Export) -> None:
    """Let an app that stands on this one handle the block `name` of an item type."""
    sections[name] = Section(apply, export)


def register_chapter(name: str, apply: Callable[[Any, Actor], bool], export: Callable[[], Any]) -> None:
    """Let an app that stands on this one handle the part `name` of a file."""
    chapters[name] = Chapter(apply, export)
