"""What a bundle is made of, in pieces: which seals cover a period or an event, and what they cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from audit.bundles.lines import EVENT_FIELDS
from audit.chain import Broken, Link, Run
from audit.models import AuditEvent, Checkpoint, Seal

SEALS = 200  # read at once
ROWS = 5_000
SLACK = timedelta(minutes=1)
EVENTS = 20_000  # after which no further seal joins a page

# In the order of the seals and, within one, of the ids.
COVERED = """
SELECT {fields} FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS run (first, last, place)
JOIN audit_auditevent ON id BETWEEN run.first AND run.last ORDER BY run.place, id
"""


class NotSettled(Exception):
    """Transactions that began earlier are still writing: what is asked for can't be told completely yet."""


def edges(since: datetime | None, until: datetime) -> Run:
    """Return the first and last number of the seals that cover every event of a period.

    An event is made before it is written, so a seal set by `since` holds none from then on; and once all ids
    are settled that had been given out by the first seal after `until`, none of before can follow. SLACK is
    for clocks that differ, and for the moment from making an event to writing it. Raises NotSettled while
    that is not so.
    """
    before = Seal.objects.filter(at__lte=since - SLACK).order_by("-number").first() if since else None
    after = Seal.objects.filter(at__gte=until + SLACK).order_by("number").first()
    if after is None:
        raise NotSettled(NotSettled.__doc__)
    last = (
        Seal.objects.filter(number__gte=after.number, complete_to__gte=after.last_id)
        .order_by("number")
        .first()
    )
    if last is None:
        raise NotSettled(NotSettled.__doc__)
    return (before.number + 1 if before else 1), last.number


def closing(number: int) -> int | None:
    """Return the seal of the first checkpoint that covers this seal, or None where none does."""
    return Checkpoint.objects.filter(seal__gte=number).order_by("seal").values_list("seal", flat=True).first()


def links(first: int, last: int) -> Iterator[Link]:
    """Yield the seals of these numbers, ascending; raises chain.Broken for one that can't be read."""
    while first <= last:
        page = list(Seal.objects.filter(number__gte=first, number__lte=last).order_by("number")[:SEALS])
        if not page:
            return
        yield from (one.link for one in page)
        first = page[-1].number + 1


def pages(found: Iterable[Link]) -> Iterator[list[Link]]:
    """Yield seals in lists that cover few enough events to be read together."""
    page, events = [], 0
    for link in found:
        page.append(link)
        events += link.events
        if events >= EVENTS:
            yield page
            page, events = [], 0
    if page:
        yield page


def covered(found: Iterable[Link], fields: tuple[str, ...] = EVENT_FIELDS) -> Iterator[tuple]:
    """Yield the events that these seals cover, by seal and id, in memory that does not grow with them."""
    runs = [run for link in found for run in link.members]
    quoted = ", ".join(connection.ops.quote_name(name) for name in fields)
    with connection.chunked_cursor() as cursor:
        first, last = [run[0] for run in runs], [run[1] for run in runs]
        cursor.execute(COVERED.format(fields=quoted), [first, last])
        while rows := cursor.fetchmany(ROWS):
            yield from rows


def rows(ids: Sequence[int]) -> Iterator[tuple]:
    """Yield the events of these ids, ascending."""
    for start in range(0, len(ids), ROWS):
        found = AuditEvent.objects.filter(pk__in=ids[start : start + ROWS]).order_by("pk")
        yield from found.values_list(*EVENT_FIELDS)


def of_subject(subject: str, since: datetime | None, until: datetime) -> QuerySet[AuditEvent]:
    """Return the events of a subject, TYPE:ID, in a period, by id."""
    subject_type, _, subject_id = subject.partition(":")
    events = AuditEvent.objects.filter(subject_type=subject_type, subject_id=subject_id, at__lt=until)
    return (events.filter(at__gte=since) if since else events).order_by("id")


def owner(event_id: int) -> Link:
    """Return the seal that covers an event; raises NotSettled where none does yet, Broken where none may."""
    reaching = Seal.objects.filter(last_id__gte=event_id, first_id__lte=event_id).order_by(
        "last_id", "number"
    )
    for one in reaching.iterator(chunk_size=SEALS):
        if covers(one.link, event_id):
            return one.link
    head = Seal.objects.order_by("-number").first()
    if head and event_id <= head.complete_to:
        raise Broken(f"event {event_id} was written afterwards: seal {head.number} closed that stretch")
    raise NotSettled(NotSettled.__doc__)


def covers(link: Link, event_id: int) -> bool:
    """Return whether an event is one of a seal's members."""
    return any(first <= event_id <= last for first, last in link.members)
