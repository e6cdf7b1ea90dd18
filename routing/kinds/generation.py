"""What a language model should have said."""

from dataclasses import dataclass
from typing import Any

from routing.kinds.base import Kind, Lesson, TypeSpec
from routing.kinds.cells import WRITING
from routing.similarity import critical_tokens, text_similarity
from routing.values import Findings, called, is_number

MAX_PASSAGES = 200


@dataclass(frozen=True)
class Passage:
    """One source that the model was given, by its number from 1, and whether it says to have used it."""

    number: int
    text: str
    used: bool


class Generation(Kind):
    """A label is the text that should have been said."""

    name = "generation"
    gist_settles = False  # what was said to a query may be right with one context and wrong with another
    exact = False
    free_text = True
    cells = WRITING
    own_fields = ("query", "context", "output", "used")
    _telling = ("query", "output")

    def display(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return query, output and passages; `cited` is whether the client said which of them were used."""
        context, used = payload.get("context") or [], payload.get("used") or ()
        texts = context if isinstance(context, list) else [context]
        passages = tuple(Passage(i + 1, text, i in used) for i, text in enumerate(texts))
        return {
            "query": payload["query"],
            "output": payload["output"],
            "cited": any(one.used for one in passages),
            "used": tuple(one for one in passages if one.used),
            "unused": tuple(one for one in passages if not one.used),
        }

    def distance(self, a: Any, b: Any, spec: TypeSpec) -> float:
        """Return one minus the similarity of the texts, whatever their case and white space."""
        return 1.0 - text_similarity(str(a), str(b))

    def conflict(self, a: Any, b: Any) -> str | None:
        """Return that the texts say other numbers, or that one of them negates more often."""
        (numbers, negations), (others, their_negations) = critical_tokens(str(a)), critical_tokens(str(b))
        if numbers != others:
            return "the numbers differ"
        return "one negates what the other says" if negations != their_negations else None

    def gist(self, payload: dict[str, Any]) -> str:
        """Return the query."""
        return payload["query"]

    def reading(self, payload: dict[str, Any]) -> str:
        """Return query and output: of the passages people look at what they need."""
        return f"{payload['query']}\n{payload['output']}"

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
        _check_used(payload.get("used"), len(context) if isinstance(context, list) else 1, findings)
        return self.own_fields

    def _check_label(
        self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec, findings: Findings
    ) -> Any:
        if not isinstance(label, str):
            findings.add("label", "invalid", f"Send the better text, not {called(label)}.")
            return label
        findings.text(label, "label")
        # Browsers send line ends as CR LF; what a person left untouched must stay equal.
        return label.replace("\r\n", "\n").strip()


def _check_used(used: Any, passages: int, findings: Findings) -> None:
    """`used` counts passages from 0 and may be missing: many models don't say what they used."""
    if used is None:
        return
    if not isinstance(used, list) or not all(_counts(one, passages) for one in used):
        findings.add("payload.used", "invalid", "Send a list of passages of the context, counted from 0.")


def _counts(place: Any, passages: int) -> bool:
    return is_number(place) and int(place) == place and 0 <= place < passages
