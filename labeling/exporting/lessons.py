"""What an answered item teaches a language model: a prompt, a text to say, and one not to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labeling.exporting.records import Record, answer, verdict

Message = dict[str, str]


@dataclass(frozen=True)
class Lesson:
    """One lesson; `good` or `bad` is None where nobody said which text would be."""

    prompt: list[Message]
    good: str | None
    bad: str | None


def lesson(record: Record, kind: str) -> Lesson | None:
    """Return what the record teaches, or None where nothing: nobody answered, or a tie.

    An edit prefers the person's text to the model's, an approval tells the model's text to be good, a
    rejection tells it to be bad.
    """
    return TEACHES[kind](record)


def message(role: str, content: str) -> Message:
    """Return one turn of a conversation."""
    return {"role": role, "content": content}


def _generation(record: Record) -> Lesson | None:
    said = verdict(record)
    if said is None:
        return None
    payload = record["payload"]
    prompt, output = _prompt(payload), payload["output"]
    if said["action"] == "reject":
        return Lesson(prompt, None, output)
    # Line ends and blanks around a text are no edit: labels are stored without them.
    if said["label"] == output.replace("\r\n", "\n").strip():
        return Lesson(prompt, output, None)
    return Lesson(prompt, said["label"], output)


def _prompt(payload: dict[str, Any]) -> list[Message]:
    context = payload.get("context") or []
    passages = [context] if isinstance(context, str) else context
    sources = "\n\n".join(passage for passage in passages if passage.strip())
    head = [message("system", sources)] if sources else []
    return [*head, message("user", payload["query"])]


def _preference(record: Record) -> Lesson | None:
    said = answer(record)
    if said is None or said["label"] == "tie":
        return None
    payload = record["payload"]
    better = said["label"]
    worse = "b" if better == "a" else "a"
    return Lesson([message("user", payload["prompt"])], payload[better], payload[worse])


TEACHES: dict[str, Callable[[Record], Lesson | None]] = {
    "generation": _generation,
    "preference": _preference,
}
