"""What a preset is: an item type's settings, rules and guidelines for one use, ready to be looked over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from routing import workflows


@dataclass(frozen=True)
class PresetRule:
    """A rule that the form comes with; `priority` is the least that a match gives."""

    name: str
    category: str
    when: str
    effect: str = "review"
    state: str = "live"
    priority: str | None = None


@dataclass(frozen=True)
class Preset:
    """Where to start from for one use: nothing is stored before an admin has seen and saved it.

    `own` are columns of an item type beside those of the workflow; queues are chosen in the form, and
    `queues` says what suits. Costs stay empty: only the customer knows them.
    """

    name: str
    title: str
    question: str
    audience: str
    sets: str
    kind: str
    workflow: str
    queues: str
    guidelines: str
    own: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[PresetRule, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "own", MappingProxyType(dict(self.own)))

    @property
    def settings(self) -> dict[str, Any]:
        """The columns of an item type that the preset fills in."""
        return {
            "slug": self.name.replace("_", "-"),
            "name": self.title,
            "kind": self.kind,
            "guidelines": self.guidelines,
            **workflows.settings(self.workflow),
            **self.own,
        }
