"""Which of the item type's labels something is, or which several."""

from typing import Any

from routing.kinds.base import (
    Kind,
    Lesson,
    TypeSpec,
    check_choice,
    check_labels,
    check_open_payload,
    text_lesson,
)
from routing.values import Findings, called


class Classification(Kind):
    """A label is one of the type's labels; with several at once, the sorted list of them."""

    name = "classification"

    def clean_spec(self, spec: TypeSpec) -> None:
        """Raise KindErrors unless there are labels to choose from."""
        findings = Findings()
        check_labels(spec, 1 if spec.multilabel else 2, findings)
        findings.raise_any()

    def writes_labels_as_json(self, spec: TypeSpec) -> bool:
        """Return whether a label is a list."""
        return spec.multilabel

    def distance(self, a: Any, b: Any, spec: TypeSpec) -> float:
        """Return 0 or 1; between two sets of labels one minus their intersection over union (Jaccard)."""
        if a == b:
            return 0.0
        if not (isinstance(a, list) and isinstance(b, list)):
            return 1.0
        return 1.0 - len(set(a) & set(b)) / len(set(a) | set(b))

    def scale(self, spec: TypeSpec) -> str:
        """Return nominal; sets of labels have a distance."""
        return "distance" if spec.multilabel else "nominal"

    def classes(self, spec: TypeSpec) -> tuple[str, ...]:
        """Return the type's labels in the admin's order."""
        return spec.labels

    def slices(self, label: Any) -> tuple[str, ...]:
        """Return the label, or each of several."""
        return tuple(label) if isinstance(label, list) else (label,)

    def describe(self, label: Any) -> str:
        """Return the label; several separated by commas."""
        if isinstance(label, list):
            return ", ".join(map(str, label)) or "none of the labels"
        return super().describe(label)

    def lesson(self, payload: dict[str, Any]) -> Lesson | None:
        """Return the text, whose answer is the label; None where there is no text."""
        return text_lesson(payload)

    def _check_payload(self, payload: dict[str, Any], findings: Findings) -> tuple[str, ...]:
        return check_open_payload(payload, findings)

    def _check_label(
        self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec, findings: Findings
    ) -> Any:
        if not spec.multilabel:
            check_choice(label, spec.labels, "label", findings)
            return label
        if not isinstance(label, list):
            findings.add("label", "invalid", f"Send a list of labels, not {called(label)}.")
            return label
        fits = [check_choice(one, spec.labels, "label", findings) for one in label]
        return sorted(set(label)) if all(fits) else label
