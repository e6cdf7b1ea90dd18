"""Which of two answers to a prompt is better."""

from typing import Any

from routing.kinds.base import Kind, TypeSpec, check_choice
from routing.values import Findings

CHOICES = ("a", "b", "tie")
WORDS = {"a": "A is better", "b": "B is better", "tie": "a tie"}


class Preference(Kind):
    """A label is a, b or tie."""

    name = "preference"
    _telling = ("prompt",)

    def classes(self, spec: TypeSpec) -> tuple[str, ...]:
        """Return a, b and tie."""
        return CHOICES

    def slices(self, label: Any) -> tuple[str, ...]:
        """Return the label."""
        return (label,)

    def describe(self, label: Any) -> str:
        """Return which is better."""
        return WORDS.get(label, str(label)) if isinstance(label, str) else super().describe(label)

    def _check_payload(self, payload: dict[str, Any], findings: Findings) -> tuple[str, ...]:
        fields = ("prompt", "a", "b")
        for name in fields:
            findings.text(payload.get(name), f"payload.{name}")
        return fields

    def _check_label(
        self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec, findings: Findings
    ) -> Any:
        check_choice(label, CHOICES, "label", findings)
        return label
