"""What each process remembers of the sketches in the database: read once, then only what came since."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from threading import Lock
from time import monotonic
from typing import Any, Generic, TypeVar

from labeling.alike.lookup import Lookup
from labeling.alike.sketches import FORMS, Sketch

Key = TypeVar("Key", bound=Hashable)

MOST = 10_000  # sketches of one item type, the newest: 20 MB
MOST_TYPES = 6
AFRESH = 3600  # seconds after which all is read again: rows that were taken out, or put back, count by then


class Memory(Generic[Key]):
    """The newest sketches of the item types asked about last.

    `read(item_type_id, since)` returns rows (key, sketch), the oldest first, and the `since` to read on from
    next time; None asks for the newest MOST. Reading a row twice does no harm.
    """

    def __init__(self, read: Callable[[int, Any], tuple[list[tuple[Key, bytes]], Any]]) -> None:
        self._read = read
        self._known: OrderedDict[int, _Known[Key]] = OrderedDict()
        self._lock = Lock()

    def nearest(
        self, item_type_id: int, sketch: Sketch, count: int, without: Collection[Key] = ()
    ) -> list[tuple[Key, float]]:
        """Return up to `count` keys with their cosine, the most alike first; one statement."""
        with self._lock:
            known = self._known.setdefault(item_type_id, _Known())
            if monotonic() - known.begun > AFRESH:
                known = self._known[item_type_id] = _Known()
            self._known.move_to_end(item_type_id)
            while len(self._known) > MOST_TYPES:
                self._known.popitem(last=False)
            rows, known.since = self._read(item_type_id, known.since)
            known.add(rows)
            return known.lookups[sketch.form].nearest(sketch, count, without)

    def forget(self, item_type_id: int) -> None:
        """Read an item type from the beginning the next time."""
        with self._lock:
            self._known.pop(item_type_id, None)


class _Known(Generic[Key]):
    """What is known of one item type."""

    def __init__(self) -> None:
        self.since: Any = None
        self.begun = monotonic()
        self.lookups: dict[str, Lookup[Key]] = {form: Lookup(form, MOST) for form in FORMS}

    def add(self, rows: list[tuple[Key, bytes]]) -> None:
        for key, data in rows:
            sketch = Sketch.from_bytes(data)
            self.lookups[sketch.form].add(key, sketch)
