"""Walk along seals and events, given as they are stored, and name the first thing that does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush

from audit import chain
from audit.chain import Broken, Event, Link

PROGRESS_EVERY = 10_000
# By how much an event's time may contradict those of the seals around it: clocks of machines differ.
TOLERANCE = timedelta(hours=1)


def follow(links: Iterable[Link]) -> Link | None:
    """Return the last of the seals, given by number, having checked that each names the one before.

    Raises Broken where one is missing, out of order or follows another than the one before it.
    """
    last = None
    for link in links:
        number, digest = (last.number + 1, last.digest) if last else (1, chain.GENESIS)
        if link.number != number:
            raise Broken(f"seal {number} is missing: seal {link.number} comes in its place")
        if link.previous != digest:
            raise Broken(f"seal {link.number} does not follow seal {number - 1}: it names another digest")
        if last and link.complete_to < last.complete_to:
            raise Broken(f"seal {link.number} reaches less far than seal {number - 1}")
        if chain.seal_digest(link) != link.digest:
            raise Broken(f"seal {link.number} was altered: its fields do not match its digest")
        last = link
    return last


class _Open:
    """A seal whose events are being counted off; between it and the seal before they were written."""

    def __init__(self, link: Link) -> None:
        self.link, self.hash = link, chain.SealHash()
        times = [link.at, link.after or link.at]  # in this order, unless a clock was set back meanwhile
        self.earliest = min(times) - TOLERANCE if link.after else None
        self.latest = max(times) + TOLERANCE

    def add(self, event: Event) -> None:
        """Count an event off; raises Broken where its time or, at the last one, the root can't be."""
        link = self.link
        if self.earliest and event.at < self.earliest:
            raise Broken(f"event {event.id} was dated back: it was written after a seal of {link.after}")
        if event.at > self.latest:
            raise Broken(f"event {event.id} was dated ahead: seal {link.number} of {link.at} covers it")
        self.hash.add(event.id, event.digest)
        if self.hash.events == link.events and self.hash.root() != link.root:
            first, last = link.members[0][0], link.members[-1][1]
            raise Broken(f"seal {link.number} does not match events {first} to {last}")


def by_first_id(links: Iterable[Link]) -> Iterator[Link]:
    """Yield seals, given by number, by the first id that they cover, each knowing the one it comes `after`.

    Raises Broken for one that covers an id of a stretch that the seal before it had closed. Memory holds
    only the seals of stretches that are still open.
    """
    waiting: list[tuple[int, int, Link]] = []
    past: list[tuple[int, datetime]] = []  # the last id that was given out when a seal was set, and when
    floor = 0
    for link in links:
        first = link.members[0][0]
        if first <= floor:
            raise Broken(f"seal {link.number} covers event {first}, which an earlier seal had closed off")
        after = next((at for last_id, at in reversed(past) if last_id < first), None)
        heappush(waiting, (first, link.number, replace(link, after=after)))
        past.append((link.last_id, link.at))
        floor = link.complete_to
        while len(past) > 1 and past[1][0] <= floor:
            del past[0]
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
        if chain.content_digest(*event[1:-1]) != event.digest:
            raise Broken(f"event {event.id} was altered or forged: its content does not match its digest")
        if due == event.id:
            seal.add(event)
            sealed += 1
            due, seal = next(owed, (None, None))
        elif event.id <= complete_to:
            closed = f"seal {head.number} closed that stretch" if head else "ids begin with 1"
            raise Broken(f"event {event.id} was written afterwards: {closed}")
        count += 1
        if progress and count % PROGRESS_EVERY == 0:
            progress(count)
    if due is not None:
        raise Broken(f"event {due} is missing: seal {seal.link.number} covers it")
    return count, sealed
