"""Plain words for what the trail names shortly: actors, answers, purposes, moments and durations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

SUBJECT = "subject"  # who came by the link that is given to whom a decision is about
LONGEST = 400  # characters of an answer on one line

PARTS = {
    "router": "the router",
    "webhooks": "the server’s sender",
    "learning": "the server’s training",
    "overdue": "the server’s clock",
    "checks": "the server’s checks",
    "certifier": "the server’s certifier",
    "seeder": "the server’s sampler",
    "planter": "the server’s sampler",
    "judge": "the server’s checks",
    "ml-backend": "the models elsewhere",
    "import_items": "an import on the server",
}
PURPOSES = {
    "review": "to review it",
    "overlap": "for a further opinion",
    "expert": "to decide as an expert",
    "audit": "to check what was automated",
    "learn": "so that the model can learn",
    "seed": "as a test: the model’s answer is known to be wrong",
    "gold": "as a test: the answer is known",
    "validate": "to check, as an expert, what reviewers decided",
    "second": "to look again at a doubtful answer",
    "appeal": "to decide on a dispute",
}
STATUSES = {
    "pooled": "waiting unlabelled in the pool",
    "pending_ai": "waiting for a model’s answer",
    "pending_human": "waiting for a person",
    "pending_expert": "waiting for an expert",
    "approved": "approved",
    "rejected": "rejected",
}


def parts(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return each thing that an event tells with its name, in words; what is empty is left out."""
    return tuple(
        f"{name.replace('_', ' ')}: {clipped(value) if isinstance(value, str) else answer(value)}"
        for name, value in data.items()
        if value not in (None, "", [], {})
    )


def actor(name: str) -> str:
    """Return whom the trail names: a person, a key and whose it is, or a part of the server."""
    kind, _, rest = name.partition(":")
    if kind == "user":
        return rest
    if kind == "key":
        prefix, _, owner = rest.partition("/")
        return f"{owner} (by API key {prefix})"
    if kind == "system":
        return PARTS.get(rest, "the server")
    return "the person it is about" if name == SUBJECT else name or "the server"


def answer(label: Any) -> str:
    """Return an answer on one line, as a person would read it; none for what says nothing."""
    if label is None:
        return "no answer"
    if isinstance(label, str):
        return f"“{clipped(label)}”"
    if isinstance(label, list) and all(isinstance(one, str) for one in label):
        return listed([f"“{clipped(one)}”" for one in label]) if label else "none of the labels"
    return clipped(json.dumps(label, ensure_ascii=False))


def clipped(text: str) -> str:
    """Return the text, of a very long one its beginning."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"


def listed(parts: Sequence[str]) -> str:
    """Return the parts as a sentence lists them."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def percent(share: float | None) -> str:
    """Return a share as a percentage."""
    return "unknown" if share is None else f"{100 * share:.1f} %"


def moment(at: datetime | str | None) -> str:
    """Return a moment as text, in UTC; the trail's own spelling is read as well."""
    if not at:
        return "an unknown time"
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{when.astimezone(UTC):%-d %b %Y %H:%M:%S} UTC"


def lasting(seconds: float | None) -> str:
    """Return a duration in the units in which one would say it."""
    if seconds is None:
        return "an unknown time"
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def sentence(text: str, name: str = "") -> str:
    """Return text as a sentence: a capital first, except in a name that it begins with; a full stop last."""
    text = text.strip()
    if not text:
        return ""
    begun = text if name and text.startswith(name) else text[0].upper() + text[1:]
    return begun + ("" if text[-1] in ".!?…" else ".")
