"""The hook through which each room takes away what it keeps of erased items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from routing.kinds import KINDS
from routing.models import Item

# Takes items of one type, locked and not yet erased, and the time; returns the names of models that had
# learnt from them, each with from how many. Its number of statements does not grow with the items.
Forget = Callable[[Sequence[Item], datetime], Mapping[str, int]]
_registered: dict[str, Forget] = {}


def register(room: str, forget: Forget) -> None:
    """Let a room that stands on this one forget what it keeps of items."""
    _registered[room] = forget


def forget(items: Sequence[Item], now: datetime) -> Counter[str]:
    """Have every room forget these items of one type; return which models had learnt from them."""
    learnt: Counter[str] = Counter()
    for one in _registered.values():
        learnt.update(one(items, now))
    return learnt


def worded(items: Sequence[Item]) -> bool:
    """Return whether what is said of these items of one type are words, which may tell of a person."""
    return bool(items) and KINDS[items[0].item_type.kind].free_text
