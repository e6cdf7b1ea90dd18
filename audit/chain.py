"""A hash chain over plain values: digests of events, and seals over digests; audit/walking.py checks it.

Each event has a digest of its own content; each seal has a digest over the root of its events' Merkle tree,
over its own fields and over the digest of the seal before it (Haber and Stornetta 1991, linked
time-stamping), so that no event or seal can be changed, removed or added behind the last seal without being
found.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from json.encoder import encode_basestring as _quote
from typing import Any, NamedTuple
from uuid import UUID

from audit import merkle

GENESIS = "0" * 64
CONTENT = ("at", "actor", "verb", "subject_type", "subject_id", "request_id", "body")

Run = tuple[int, int]  # first and last id, both included


class Event(NamedTuple):
    """One event as it is stored, its content in the order of CONTENT; `body` is canonical JSON text."""

    id: int
    at: datetime
    actor: str
    verb: str
    subject_type: str
    subject_id: str
    request_id: str
    body: str
    digest: str


@dataclass(frozen=True, slots=True)
class Link:
    """One seal as it is stored; `members` are the runs of event ids that it covers, ascending."""

    number: int
    at: datetime
    events: int
    members: tuple[Run, ...]
    last_id: int
    complete_to: int
    writing: tuple[str, ...]
    previous: str
    root: str = ""
    digest: str = ""
    after: datetime | None = None  # not stored: a seal that was set before its first event was written


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found; of a broken trail the counts are those of the rows as they stand.

    `first_broken` says what is broken and why, `head` is the last seal's digest. Of the sealed events,
    `signed` are fixed by a checkpoint as well. `remarks` are what could not be looked at.
    """

    intact: bool
    events: int
    sealed: int
    first_broken: str | None
    head: str
    signed: int = 0
    remarks: tuple[str, ...] = ()


class Broken(Exception):
    """The chain does not hold; the message names the first broken thing and why."""


def plain(value: Any) -> Any:
    """Return times as ISO 8601 in UTC, dates, UUIDs and decimals as text.

    Raises TypeError for anything else that JSON has no form for, ValueError for a time without zone.
    """
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"A time in the trail needs a zone: {value!r}")
        return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"The trail can't hold a {type(value).__name__}: {value!r}")


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=plain
).encode


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, no NaN (as RFC 8785 but for numbers).

    Raises ValueError for NaN and infinities, TypeError for what has no JSON form.
    """
    return _encode(value)


def event_digest(event: Any) -> str:
    """Return the SHA-256, in hex, of the content of an event (anything with an event's attributes).

    The id is not known before the row is written; the seal's members bind it to the digest.
    """
    return content_digest(*[getattr(event, name) for name in CONTENT])


def content_digest(
    at: datetime, actor: str, verb: str, subject_type: str, subject_id: str, request_id: str, body: str
) -> str:
    """Return the SHA-256, in hex, of an event's content, given in the order of CONTENT."""
    # The canonical JSON of these fields, put together by hand: verification makes it a million times.
    text = (
        f'{{"actor":{_quote(actor)},"at":"{plain(at)}","body":{_quote(body)},'
        f'"request_id":{_quote(request_id)},"subject_id":{_quote(subject_id)},'
        f'"subject_type":{_quote(subject_type)},"verb":{_quote(verb)}}}'
    )
    return hashlib.sha256(text.encode()).hexdigest()


class SealHash:
    """The Merkle tree of one seal, growing with its events by id."""

    def __init__(self) -> None:
        self._tree = merkle.Growing()
        self.events = 0

    def add(self, event_id: int, digest: str) -> None:
        """Take in the next event, in the order of ids."""
        self._tree.add(merkle.leaf(event_id, digest))
        self.events += 1

    def root(self) -> str:
        """Return the root over the events so far, in hex."""
        return self._tree.root()


def seal_digest(link: Link) -> str:
    """Return the digest of a seal, in hex, over its fields; `digest` and `after` play no part."""
    fields = {
        "number": link.number,
        "at": link.at,
        "events": link.events,
        "members": link.members,
        "last_id": link.last_id,
        "complete_to": link.complete_to,
        "writing": link.writing,
        "previous": link.previous,
        "root": link.root,
    }
    return hashlib.sha256(_encode(fields).encode()).hexdigest()


def runs(ids: Iterable[int]) -> list[Run]:
    """Return ascending ids as runs of consecutive ones."""
    found: list[Run] = []
    for number in ids:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def parse_members(number: int, text: str, first_id: int, events: int) -> tuple[Run, ...]:
    """Return the runs that a stored seal covers, ascending and disjoint, `events` ids from `first_id`.

    Raises Broken where the text says anything else.
    """
    try:
        members = tuple((int(first), int(last)) for first, last in json.loads(text))
    except (ValueError, TypeError, RecursionError):
        raise Broken(f"seal {number} was altered: its members can't be read") from None
    ends = [end for run in members for end in run]
    count = sum(last - first + 1 for first, last in members)
    if ends != sorted(ends) or ends[:1] != [first_id] or count != events:
        raise Broken(f"seal {number} was altered: its members, their count and the first do not agree")
    return members
