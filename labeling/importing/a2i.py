"""Amazon A2I's output.json read as a record: what was asked, what the service said, what people answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.a2i import inference
from routing.errors import InvalidInput
from routing.values import called


def record(
    raw: Any, *, answer: str, payload: str | None = None, names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a record as imports take it; raises InvalidInput with what is missing.

    `answer` is where in `answerContent` the label stands and `payload` where in `inputContent` the payload
    does, as names with dots between (empty: the whole); `names` maps names of its fields to ours. The form
    keys and moderation labels of the service's response become the context that rules read.
    """
    if not isinstance(raw, Mapping) or not isinstance(raw.get("humanLoopName"), str):
        raise InvalidInput.single("This is no output.json of A2I.", attr="humanLoopName", code="required")
    given = raw.get("inputContent")
    content = given if isinstance(given, Mapping) else {}
    fields = _at(content, payload or "", "inputContent")
    if not isinstance(fields, Mapping):
        raise InvalidInput.single("The payload must be an object.", attr="inputContent")
    answers = raw.get("humanAnswers")
    response = content.get("aiServiceResponse")
    return {
        "item_ref": raw["humanLoopName"],
        "payload": {(names or {}).get(name, name): value for name, value in fields.items()},
        "context": _context(response) if isinstance(response, Mapping) else {},
        "labels": [
            _label(one, answer, f"humanAnswers[{i}]")
            for i, one in enumerate(answers if isinstance(answers, list) else [])
        ],
    }


def _context(response: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return inference.context(response)
    except ValueError as error:
        raise InvalidInput.single(str(error), attr="inputContent.aiServiceResponse") from error


def _label(one: Any, answer: str, path: str) -> dict[str, Any]:
    if not isinstance(one, Mapping):
        raise InvalidInput.single(f"Send an object, not {called(one)}.", attr=path)
    content = one.get("answerContent")
    found = {"label": _at(content, answer, f"{path}.answerContent"), "ts": one.get("submissionTime")}
    worker = one.get("workerId")
    return found | ({"user": f"a2i-{worker}"[:150]} if isinstance(worker, str) and worker else {})


def _at(value: Any, path: str, said: str) -> Any:
    """Return what stands at a path; names are tried whole first, as some have dots in them."""
    while path:
        if not isinstance(value, Mapping):
            raise InvalidInput.single(f"There is nothing at {path}.", attr=said, code="required")
        name = path if path in value else path.partition(".")[0]
        if name not in value:
            raise InvalidInput.single(f"There is nothing at {path}.", attr=said, code="required")
        value, path = value[name], path[len(name) :].lstrip(".")
    return value
