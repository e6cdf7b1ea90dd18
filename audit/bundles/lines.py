"""The lines of a bundle's files: events, seals, proofs and keys, each one canonical JSON text."""

from __future__ import annotations

from audit.chain import CONTENT, Link, canonical

FORMAT = "hitl-bundle/1"
EVENT_FIELDS = ("id", *CONTENT, "digest")
SEAL_FIELDS = (
    "number",
    "at",
    "events",
    "members",
    "last_id",
    "complete_to",
    "writing",
    "previous",
    "root",
    "digest",
)


def event(row: tuple) -> bytes:
    """Return the line of an event, given as the values of EVENT_FIELDS."""
    return _line(dict(zip(EVENT_FIELDS, row, strict=True)))


def seal(link: Link) -> bytes:
    """Return the line of a seal."""
    return _line({name: getattr(link, name) for name in SEAL_FIELDS})


def proof(event_id: int, number: int, path: list[str]) -> bytes:
    """Return the line that leads from an event to the root of a seal."""
    return _line({"event": event_id, "seal": number, "path": path})


def secret(event_id: int, key: str) -> bytes:
    """Return the line with the key, in hex, that opens the private part of an event."""
    return _line({"event": event_id, "secret": key})


def _line(values: dict) -> bytes:
    return canonical(values).encode() + b"\n"
