"""What the trail is told of an item: what was said in free words, and only that, in confidence.

Ids, classes, numbers, rules and who did what stay readable for ever. A comment, an answer of a kind that is
given in free words, and a reason that quotes one can be read while the item's secret lives; see
audit/private.py. Grounds that staff give for an act of theirs are part of the record and stay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from audit import private
from audit.trail import Entry
from routing.jsonb import as_stored
from routing.kinds import KINDS
from routing.models import Item

WORDS = frozenset({"comment"})
ANSWERS = frozenset({"label", "said", "answer", "reasons", "posterior"})
QUOTING = frozenset({"committee", "corrected"})  # codes of reasons that repeat what models or people said


def entry(verb: str, item: Item, data: dict[str, Any]) -> Entry:
    """Return what is to be recorded of an item, what was said in free words locked by the item's secret."""
    if "policy" in data:  # policies are numbered within their item type
        data = {"item_type": item.item_type.slug} | data
    free = KINDS[item.item_type.kind].free_text
    names = WORDS | ANSWERS if free else WORDS
    shown = _without(data, names)
    if free and "reasons" in data:
        shown["reasons"] = [one["text"] for one in item.reasons if one["code"] not in QUOTING]
    held = {name: value for name, value in data.items() if name not in shown or shown[name] != value}
    return Entry(verb, item, shown, held, item.secret)


def content(item: Item) -> str | None:
    """Return the salted hash by which payload and context are told again; None once the item is erased."""
    if item.secret is None:
        return None
    values = {"payload": item.payload, "context": item.context}
    return private.fingerprint(as_stored(values), secret=item.secret)


def _without(data: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return the data without what is named so, on whichever level; what says nothing stays."""
    return {
        name: _without(value, names) if isinstance(value, dict) else value
        for name, value in data.items()
        if not (name in names and value)
    }
