"""What a language model should have said."""

from typing import Any

from routing.kinds.base import Kind, Lesson, TypeSpec
from routing.similarity import critical_tokens, text_similarity
from routing.values import Findings, called

MAX_PASSAGES = 200


class Generation(Kind):
    """A label is the text that should have been said."""

    name = "generation"
    _telling = ("query", "output")

    def distance(self, a: Any, b: Any, spec: TypeSpec) -> float:
        """Return one minus the similarity of the texts, whatever their case and white space."""
        return 1.0 - text_similarity(str(a), str(b))

    def conflict(self, a: Any, b: Any) -> str | None:
        """Return that the texts say other numbers, or that one of them negates more often."""
        (numbers, negations), (others, their_negations) = critical_tokens(str(a)), critical_tokens(str(b))
        if numbers != others:
            return "the numbers differ"
        return "one negates what the other says" if negations != their_negations else None

    def lesson(self, payload: dict[str, Any]) -> Lesson:
        """Return query, context and output."""
        return Lesson(payload["query"], payload.get("context", []), payload["output"])

    def _check_payload(self, payload: dict[str, Any], findings: Findings) -> tuple[str, ...]:
        findings.text(payload.get("query"), "payload.query")
        findings.text(payload.get("output"), "payload.output")
        context = payload.get("context", "")
        if not isinstance(context, list):
            findings.text(context, "payload.context", blank=True)
        elif len(context) > MAX_PASSAGES:
            findings.add("payload.context", "max_length", f"Send at most {MAX_PASSAGES} passages.")
        else:
            for i, passage in enumerate(context):
                findings.text(passage, f"payload.context.{i}", blank=True)
        return ("query", "context", "output")

    def _check_label(
        self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec, findings: Findings
    ) -> Any:
        if not isinstance(label, str):
            findings.add("label", "invalid", f"Send the better text, not {called(label)}.")
            return label
        findings.text(label, "label")
        # Browsers send line ends as CR LF; what a person left untouched must stay equal.
        return label.replace("\r\n", "\n").strip()
