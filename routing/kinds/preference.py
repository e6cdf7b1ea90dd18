"""Which of two answers to a prompt is better."""

from typing import Any

from routing.kinds.base import Choice, Kind, TypeSpec, check_choice
from routing.kinds.cells import COMPARING
from routing.values import Findings

CHOICES = ("a", "b", "tie")
WORDS = {"a": "A is better", "b": "B is better", "tie": "a tie"}


class Preference(Kind):
    """A label is a, b or tie."""

    name = "preference"
    cells = COMPARING
    own_fields = ("prompt", "a", "b")
    shuffles = True
    _telling = ("prompt",)

    def classes(self, spec: TypeSpec) -> tuple[str, ...]:
        """Return a, b and tie."""
        return CHOICES

    def choices(self, payload: dict[str, Any], spec: TypeSpec, *, chance: float) -> tuple[Choice, ...]:
        """Return both outputs, in an order that no habit can follow, and the tie.

        People prefer what they read first: only where the order is drawn does that cancel out.
        """
        first, second = ("a", "b") if chance < 0.5 else ("b", "a")
        return (
            Choice(first, "1 is better", payload[first], "1"),
            Choice(second, "2 is better", payload[second], "2"),
            Choice("tie", "A tie", "", "0"),
        )

    def display(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return the prompt."""
        return {"prompt": payload["prompt"]}

    def slices(self, label: Any) -> tuple[str, ...]:
        """Return the label."""
        return (label,)

    def describe(self, label: Any) -> str:
        """Return which is better."""
        return WORDS.get(label, str(label)) if isinstance(label, str) else super().describe(label)

    def gist(self, payload: dict[str, Any]) -> str:
        """Return the prompt and both outputs."""
        return "\n".join(payload[name] for name in self.own_fields)

    def _check_payload(self, payload: dict[str, Any], findings: Findings) -> tuple[str, ...]:
        for name in self.own_fields:
            findings.text(payload.get(name), f"payload.{name}")
        return self.own_fields

    def _check_label(
        self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec, findings: Findings
    ) -> Any:
        check_choice(label, CHOICES, "label", findings)
        return label
