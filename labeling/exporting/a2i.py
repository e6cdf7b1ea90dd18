"""Amazon A2I's output.json: of each item that people answered one object, on a line of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.exporting.records import Head, Record, in_force, line
from routing.a2i import conditions, results

SOURCE = "hitl"
FLOW = "arn:hitl:flow-definition/"
CHECKED, UNCHECKED = 0.0, 1 - 1e-9  # draws that are in every share, and in none but the whole


def rows(record: Record, head: Head, number: int) -> Iterator[bytes]:
    """Yield the item as A2I writes a human loop; nothing where nobody answered it."""
    answers = [_answer(one) for one in sorted(in_force(record), key=lambda one: one["ts"])]
    answers += [_refusal(one) for one in record.get("reviews", ()) if one["action"] == "reject"]
    if answers:
        yield line(
            {
                "flowDefinitionArn": FLOW + head.item_type,
                "humanAnswers": answers,
                "humanLoopName": record["item_ref"],
                "inputContent": _input(record, head),
            }
        )


def _answer(label: dict[str, Any]) -> dict[str, Any]:
    content = label["label"] if isinstance(label["label"], dict) else {"label": label["label"]}
    return {"answerContent": content, "submissionTime": label["ts"], **_worker(label)}


def _refusal(review: dict[str, Any]) -> dict[str, Any]:
    content = {"rejected": True, "comment": review.get("comment") or ""}
    time = review.get("corrected_at") or review["created_at"]
    return {"answerContent": content, "submissionTime": time, **_worker(review)}


def _worker(said: dict[str, Any]) -> dict[str, Any]:
    name = said.get("user") or ""
    identity = {"identityProviderType": SOURCE, "issuer": SOURCE, "sub": name}
    return {"workerId": name, "workerMetadata": {"identityData": identity}}


def _input(record: Record, head: Head) -> dict[str, Any]:
    """Return what was shown; with conditions, which of them held."""
    shown = {"payload": record.get("payload"), "context": record.get("context")}
    predicted = {"predictions": record.get("predictions", [])}
    found = {
        "aiServiceRequest": shown,
        "aiServiceResponse": predicted,
        "selectedAiServiceResponse": predicted,
    }
    if head.conditions:
        draw = CHECKED if any(one.get("source") == "audit" for one in record["labels"]) else UNCHECKED
        nodes = conditions.parse(head.conditions)
        found["humanTaskActivationConditionResults"] = results.evaluated(
            nodes, record.get("context") or {}, draw=draw
        )
    return found
