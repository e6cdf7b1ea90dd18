"""What number something is."""

from typing import Any

from routing.kinds.base import Kind, Lesson, TypeSpec, check_open_payload, text_lesson
from routing.values import Findings, is_number


class Regression(Kind):
    """A label is a number within the item type's range."""

    name = "regression"
    exact = False

    def clean_spec(self, spec: TypeSpec) -> None:
        """Raise KindErrors unless the range, where there is one, has a width."""
        findings = Findings()
        for name, value in (("minimum", spec.minimum), ("maximum", spec.maximum)):
            if value is not None:
                findings.number(value, name)
        if not findings.errors and None not in (spec.minimum, spec.maximum) and spec.minimum >= spec.maximum:
            findings.add("maximum", "invalid", "The maximum must be larger than the minimum.")
        findings.raise_any()

    def writes_labels_as_json(self, spec: TypeSpec) -> bool:
        """Return True: a label is a number."""
        return True

    def distance(self, a: Any, b: Any, spec: TypeSpec) -> float:
        """Return the gap as a share of the type's range; without a range, of the larger number."""
        if a == b:
            return 0.0
        if spec.minimum is None or spec.maximum is None:
            width = max(abs(a), abs(b))
        else:
            width = spec.maximum - spec.minimum
        return min(1.0, abs(a - b) / width)

    def scale(self, spec: TypeSpec) -> str:
        """Return interval."""
        return "interval"

    def describe(self, label: Any) -> str:
        """Return the number in up to six digits."""
        return f"{label:g}" if is_number(label) else super().describe(label)

    def lesson(self, payload: dict[str, Any]) -> Lesson | None:
        """Return the text, whose answer is the label; None where there is no text."""
        return text_lesson(payload)

    def _check_payload(self, payload: dict[str, Any], findings: Findings) -> tuple[str, ...]:
        return check_open_payload(payload, findings)

    def _check_label(
        self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec, findings: Findings
    ) -> Any:
        findings.number(label, "label", low=spec.minimum, high=spec.maximum)
        return label
