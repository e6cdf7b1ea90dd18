"""The four workflow templates: names for settings that an item type has anyway, so that none can contradict.

The name is read from the settings, never stored. Whoever changes a setting by hand changes the name with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

SETTINGS = ("opinions_wanted", "automate", "expert_mandatory")


@dataclass(frozen=True)
class Template:
    """A workflow by name: for whom it is, and the settings that make it."""

    name: str
    title: str
    summary: str
    opinions_wanted: int = 1
    automate: bool = True
    expert_mandatory: bool = False


_ALL = (
    Template(
        "single_look",
        "Single look",
        "The sure answers are approved by the router; one person looks at each of the others.",
    ),
    Template(
        "two_opinions",
        "Two opinions with adjudication",
        "The sure answers are approved by the router; two people answer each of the others without seeing "
        "each other's answer, and an expert decides where they differ.",
        opinions_wanted=2,
    ),
    Template(
        "expert_mandatory",
        "Expert mandatory",
        "An expert decides every item, however sure the model is. Nothing is automated.",
        automate=False,
        expert_mandatory=True,
    ),
    Template(
        "shadow",
        "Shadow",
        "People decide every item; the model's answer is recorded beside theirs. Nothing is automated.",
        automate=False,
    ),
)
TEMPLATES: Mapping[str, Template] = MappingProxyType({one.name: one for one in _ALL})


def name(settings: Mapping[str, Any]) -> str:
    """Return which template these settings amount to; the stricter of two that would fit.

    `settings` has at least SETTINGS. Experts before shadow before two opinions, as the router does: where an
    expert decides, nobody else is asked.
    """
    if settings["expert_mandatory"]:
        return "expert_mandatory"
    if not settings["automate"]:
        return "shadow"
    return "two_opinions" if settings["opinions_wanted"] > 1 else "single_look"


def settings(name: str) -> dict[str, Any]:
    """Return the settings that make this template; raises KeyError where there is none of this name."""
    template = TEMPLATES[name]
    return {column: getattr(template, column) for column in SETTINGS}


def sentence(settings: Mapping[str, Any]) -> str:
    """Return in one sentence what these settings amount to, with what goes beyond the template."""
    template = TEMPLATES[name(settings)]
    wanted = settings["opinions_wanted"]
    beyond = wanted > template.opinions_wanted and template.name != "expert_mandatory"
    more = f" {wanted} people answer each reviewed item." if beyond else ""
    return f"Workflow: {template.title.lower()}. {template.summary}{more}"
