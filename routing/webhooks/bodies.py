"""What a message says, and how: of bounded size, in one of two envelopes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from routing.wire import dump

LONGEST = 20_000  # bytes of a body, as the Standard Webhooks specification advises
KEPT = ("id", "item_type", "item_ref", "status", "action")  # what a message is about is never left out
SOURCE = "/hitl"


def fitted(body: Mapping[str, Any], *, link: str | None, longest: int = LONGEST) -> dict[str, Any]:
    """Return the body, of at most `longest` bytes where it can be so.

    The largest parts of its data are left out until it fits, as null; `trimmed` names them and `link` says
    where the whole is read.
    """
    if len(dump(body)) <= longest:
        return dict(body)
    data: dict[str, Any] = {**body["data"], "trimmed": [], "link": link}
    left = {name: len(dump(value)) for name, value in body["data"].items() if name not in KEPT}
    while left and len(dump({**body, "data": data})) > longest:
        name = max(left, key=left.__getitem__)
        del left[name]
        data[name] = None
        data["trimmed"].append(name)
    return {**body, "data": data}


def cloud_event(body: Mapping[str, Any], *, message_id: str) -> dict[str, Any]:
    """Return the message as a CloudEvent 1.0 in structured JSON (cloudevents/formats/json-format.md)."""
    data = body["data"]
    subject = data.get("item_ref") or data.get("item_type")
    return {
        "specversion": "1.0",
        "type": body["type"],
        "source": SOURCE,
        "id": message_id,
        "time": body["timestamp"],
        **({"subject": subject} if subject else {}),
        "datacontenttype": "application/json",
        "data": data,
    }


def digest(url: str) -> str:
    """Return by what an address is known that may not be kept itself: its SHA-256."""
    return hashlib.sha256(url.encode()).hexdigest()
