"""A hash chain over plain values: digests of events, seals over digests, and where the first one breaks.

Each event has a digest of its own content; each seal has a digest over the root of its events' Merkle tree,
over its own fields and over the digest of the seal before it (Haber and Stornetta 1991, linked
time-stamping), so that no event or seal can be changed, removed or added behind the last seal without being
found.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from heapq import heappop, heappush
from json.encoder import encode_basestring as _quote
from typing import Any, NamedTuple
from uuid import UUID

from audit import merkle

GENESIS = "0" * 64
PROGRESS_EVERY = 10_000
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
    return _digest(*[getattr(event, name) for name in CONTENT])


def _digest(
    at: datetime, actor: str, verb: str, subject_type: str, subject_id: str, request_id: str, body: str
) -> str:
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
    """Return the digest of a seal, in hex, over its fields; the link's own `digest` plays no part."""
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
    except (ValueError, TypeError):
        raise Broken(f"seal {number} was altered: its members can't be read") from None
    ends = [end for run in members for end in run]
    count = sum(last - first + 1 for first, last in members)
    if ends != sorted(ends) or ends[:1] != [first_id] or count != events:
        raise Broken(f"seal {number} was altered: its members, their count and the first do not agree")
    return members


def follow(links: Iterable[Link]) -> Link | None:
    """Return the last of the seals, given by number, having checked that each names the one before.

    Raises Broken where one is missing, out of order or follows another than the one before it.
    """
    last = None
    for link in links:
        number, digest = (last.number + 1, last.digest) if last else (1, GENESIS)
        if link.number != number:
            raise Broken(f"seal {number} is missing: seal {link.number} comes in its place")
        if link.previous != digest:
            raise Broken(f"seal {link.number} does not follow seal {number - 1}: it names another digest")
        if last and link.complete_to < last.complete_to:
            raise Broken(f"seal {link.number} reaches less far than seal {number - 1}")
        if seal_digest(link) != link.digest:
            raise Broken(f"seal {link.number} was altered: its fields do not match its digest")
        last = link
    return last


@dataclass(slots=True)
class _Open:
    """A seal whose events are being counted off."""

    link: Link
    hash: SealHash = field(default_factory=SealHash)

    def add(self, event_id: int, digest: str) -> None:
        self.hash.add(event_id, digest)
        link = self.link
        if self.hash.events == link.events and self.hash.root() != link.root:
            first, last = link.members[0][0], link.members[-1][1]
            raise Broken(f"seal {link.number} does not match events {first} to {last}")


def by_first_id(links: Iterable[Link]) -> Iterator[Link]:
    """Yield seals, given by number, by the first id that they cover.

    Raises Broken for one that covers an id of a stretch that the seal before it had closed. Memory holds
    only the seals of stretches that are still open.
    """
    waiting: list[tuple[int, int, Link]] = []
    floor = 0
    for link in links:
        first = link.members[0][0]
        if first <= floor:
            raise Broken(f"seal {link.number} covers event {first}, which an earlier seal had closed off")
        heappush(waiting, (first, link.number, link))
        floor = link.complete_to
        while waiting and waiting[0][0] <= floor:
            yield heappop(waiting)[2]
    while waiting:
        yield heappop(waiting)[2]


def _owed(links: Iterable[Link]) -> Iterator[tuple[int, _Open]]:
    """Yield every id that the seals cover, ascending, with its seal; the links come by first id."""
    coming = iter(links)
    following = next(coming, None)
    heap: list[tuple[int, int, int, _Open]] = []
    reached, owner = 0, 0
    while heap or following:
        while following and (not heap or following.members[0][0] <= heap[0][0]):
            opened = _Open(following)
            for first, last in following.members:
                heappush(heap, (first, last, following.number, opened))
            following = next(coming, None)
        first, last, number, opened = heappop(heap)
        if first <= reached:
            raise Broken(f"event {first} is covered twice, by seals {owner} and {number}")
        for event_id in range(first, last + 1):
            yield event_id, opened
        reached, owner = last, number


def check(
    events: Iterable[Event], links: Iterable[Link], head: Link | None, progress: Callable[[int], None] | None
) -> tuple[int, int]:
    """Return how many events there are and how many of them are sealed, having checked each.

    Events come by id, links by their first member, `head` is the last link. Memory holds only the seals
    whose events overlap. Raises Broken at the first event that is altered, missing or written afterwards.
    """
    complete_to = head.complete_to if head else 0
    owed = _owed(links)
    due, seal = next(owed, (None, None))
    count = sealed = 0
    for event in events:
        if due is not None and due < event.id:
            break
        if _digest(*event[1:-1]) != event.digest:
            raise Broken(f"event {event.id} was altered or forged: its content does not match its digest")
        if due == event.id:
            seal.add(event.id, event.digest)
            sealed += 1
            due, seal = next(owed, (None, None))
        elif event.id <= complete_to:
            raise Broken(f"event {event.id} was written afterwards: seal {head.number} closed that stretch")
        count += 1
        if progress and count % PROGRESS_EVERY == 0:
            progress(count)
    if due is not None:
        raise Broken(f"event {due} is missing: seal {seal.link.number} covers it")
    return count, sealed
