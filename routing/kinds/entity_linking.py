"""Which entity a mention in a text means."""

from collections.abc import Collection
from itertools import chain, repeat
from typing import Any

from routing.kinds.base import Choice, Kind, TypeSpec
from routing.kinds.cells import LINKING
from routing.values import Findings, called

MAX_CANDIDATES = 200
MAX_ID = 200  # characters
KEYS = "123456789"
CLOSE = 100  # characters on either side of a mention that tell what it is about


class EntityLinking(Kind):
    """A label is an entity's id, or None for an entity that the knowledge base lacks."""

    name = "entity_linking"
    cells = LINKING
    own_fields = ("text", "mention", "candidates")

    def choices(self, payload: dict[str, Any], spec: TypeSpec, *, chance: float) -> tuple[Choice, ...]:
        """Return the candidates in the client's order; the first nine have the keys 1 to 9."""
        keys = chain(KEYS, repeat(None))
        return tuple(
            Choice(one["id"], one["name"], one.get("description", ""), key)
            for one, key in zip(payload["candidates"], keys, strict=False)
        )

    def display(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return the text before the mention, the mention, and the text after it."""
        text, start, end = payload["text"], payload["mention"]["start"], payload["mention"]["end"]
        return {"before": text[:start], "mention": text[start:end], "after": text[end:]}

    def slices(self, label: Any) -> tuple[str, ...]:
        """Return the entity's id; nothing for None."""
        return () if label is None else (label,)

    def novelty(
        self, label: Any, payload: dict[str, Any], known: Collection[str] | None, *, confirm: bool
    ) -> str | None:
        """Return what is new: no entity at all, or one never seen before.

        A candidate is seen: the client's knowledge base knows it. With `confirm` it is seen once a person has
        chosen it.
        """
        if label is None:
            return "the mention is not in the knowledge base"
        offered = {candidate.get("id") for candidate in payload.get("candidates", ())}
        if label not in offered and label not in (known or ()):
            return f"{label!r} is not among the candidates, and nobody has given it as an answer yet"
        return super().novelty(label, payload, known, confirm=confirm)

    def describe(self, label: Any) -> str:
        """Return the id, or that there is none."""
        return "not in the knowledge base" if label is None else str(label)

    def summary(self, payload: dict[str, Any]) -> str:
        """Return the mention and the text around it."""
        text, mention = payload.get("text"), payload.get("mention")
        if isinstance(text, str) and isinstance(mention, dict):
            said = text[mention.get("start", 0) : mention.get("end", 0)]
            return super().summary({"text": f"{said} — {text}"})
        return super().summary(payload)

    def gist(self, payload: dict[str, Any]) -> str:
        """Return the mention, and the text close around it."""
        start, end = payload["mention"]["start"], payload["mention"]["end"]
        text = payload["text"]
        return f"{text[start:end]}\n{text[max(start - CLOSE, 0) : end + CLOSE]}"

    def _check_payload(self, payload: dict[str, Any], findings: Findings) -> tuple[str, ...]:
        text = payload.get("text")
        if findings.text(text, "payload.text"):
            _check_mention(payload.get("mention"), text, findings)
        _check_candidates(payload.get("candidates"), findings)
        return self.own_fields

    def _check_label(
        self, label: Any, payload: dict[str, Any] | None, spec: TypeSpec, findings: Findings
    ) -> Any:
        if label is not None:
            findings.text(label, "label", limit=MAX_ID)
        return label


def _check_mention(mention: Any, text: str, findings: Findings) -> None:
    """Offsets count characters (Unicode code points) from 0; `end` is one past the last."""
    if not isinstance(mention, dict):
        findings.add("payload.mention", "invalid", f"Send {{start, end}}, not {called(mention)}.")
        return
    start, end = mention.get("start"), mention.get("end")
    fits = findings.number(start, "payload.mention.start", low=0, high=len(text), whole=True)
    fits = findings.number(end, "payload.mention.end", low=0, high=len(text), whole=True) and fits
    if fits and start >= end:
        findings.add("payload.mention.end", "out_of_range", "The end must lie after the start.")
    findings.free_form(mention, "payload.mention")


def _check_candidates(candidates: Any, findings: Findings) -> None:
    attr = "payload.candidates"
    if not isinstance(candidates, list) or len(candidates) > MAX_CANDIDATES:
        findings.add(attr, "invalid", f"Send a list of up to {MAX_CANDIDATES} candidates; it may be empty.")
        return
    findings.free_form(candidates, attr)
    ids = []
    for i, candidate in enumerate(candidates):
        if not isinstance(candidate, dict):
            findings.add(f"{attr}.{i}", "invalid", "Send {id, name, description}.")
            continue
        if findings.text(candidate.get("id"), f"{attr}.{i}.id", limit=MAX_ID):
            ids.append(candidate["id"])
        findings.text(candidate.get("name"), f"{attr}.{i}.name", limit=1000)
        findings.text(candidate.get("description", ""), f"{attr}.{i}.description", limit=10_000, blank=True)
    if len(set(ids)) != len(ids):
        findings.add(attr, "invalid", "Two candidates have the same id.")
