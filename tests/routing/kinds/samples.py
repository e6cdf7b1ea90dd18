"""A type, a payload and two unlike labels of every kind, and what is wrong with a bad one, for tests."""

from collections.abc import Callable
from typing import Any

import pytest

from routing.kinds import KindErrors, TypeSpec

SAMPLES = {
    "classification": (
        TypeSpec("classification", ("no", "yes")),
        {"text": "So so."},
        ("yes", "no"),
    ),
    "entity_linking": (
        TypeSpec("entity_linking"),
        {
            "text": "Paris sang.",
            "mention": {"start": 0, "end": 5},
            "candidates": [{"id": "Q90", "name": "Paris"}, {"id": "Q1", "name": "Paris Hilton"}],
        },
        ("Q90", None),
    ),
    "generation": (
        TypeSpec("generation"),
        {"query": "When?", "context": ["At noon."], "output": "At one."},
        ("At noon.", "Not at all."),
    ),
    "preference": (TypeSpec("preference"), {"prompt": "Say hi", "a": "Hi", "b": "Ho"}, ("a", "tie")),
    "detection": (
        TypeSpec("detection", ("car", "bike")),
        {"image": "https://x.example/1.png", "width": 100, "height": 50},
        ([{"label": "car", "box": [1, 2, 30, 40]}], []),
    ),
    "agent_action": (
        TypeSpec("agent_action"),
        {"action": "refund", "args": {"order": "A-1", "amount": 180}},
        (
            {"action": "refund", "args": {"order": "A-1", "amount": 180}},
            {"action": "refund", "args": {"order": "A-1", "amount": 80}},
        ),
    ),
    "regression": (TypeSpec("regression", minimum=0, maximum=10), {"features": [1, 2]}, (3, 7.5)),
}


def errors_of(call: Callable[..., Any], *arguments: Any) -> list[tuple[str, str]]:
    """Return attr and code of everything that is wrong."""
    with pytest.raises(KindErrors) as caught:
        call(*arguments)
    return [(error.attr, error.code) for error in caught.value.errors]
