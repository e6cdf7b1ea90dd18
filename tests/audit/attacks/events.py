"""Attacks on events: altered, deleted, written afterwards, moved."""

from datetime import timedelta

from audit import chain, trail
from audit.models import AuditEvent
from tests.audit import book
from tests.audit.attacks.making import Book, rewrite


def alter_event(made: Book) -> str:
    """Change what an event says."""
    book.tamper("UPDATE audit_auditevent SET body = %s WHERE id = %s", '{"turn":9}', made.ids[4])
    return f"event {made.ids[4]}"


def alter_event_and_its_digest(made: Book) -> str:
    """Change what an event says, and its digest with it."""
    rewrite(made.ids[4])
    return "seal 2 does not match events"


def alter_time(made: Book) -> str:
    """Date an event back."""
    book.tamper("UPDATE audit_auditevent SET at = at - interval '1 day' WHERE id = %s", made.ids[4])
    return f"event {made.ids[4]}"


def delete_event(made: Book) -> str:
    """Remove an event."""
    book.tamper("DELETE FROM audit_auditevent WHERE id = %s", made.ids[4])
    return f"event {made.ids[4]} is missing"


def insert_event(made: Book) -> str:
    """Write an event afterwards, with an id below all others and a right digest."""
    event = AuditEvent.objects.get(pk=made.ids[0])
    event.pk = made.ids[0] - 1
    event.save(force_insert=True)
    return f"event {event.pk}"


def insert_event_with_a_forged_digest(made: Book) -> str:
    """Write an event at the end with a digest of another."""
    event = AuditEvent.objects.get(pk=made.ids[0])
    event.pk, event.actor = None, "user:ed"
    event.save(force_insert=True)
    return f"event {event.pk}"


def insert_event_below_all_ids(made: Book) -> str:
    """Write an event with the lowest id that the database knows, and a right digest."""
    event = AuditEvent.objects.get(pk=made.ids[0])
    event.pk = -(2**63)
    event.save(force_insert=True)
    return f"event {event.pk}"


def insert_event_dated_back(made: Book) -> str:
    """Write an event at the end that says it is a year old, and let the server seal it."""
    event = AuditEvent.objects.get(pk=made.ids[0])
    event.pk, event.at = None, event.at - timedelta(days=365)
    event.digest = chain.event_digest(event)
    event.save(force_insert=True)
    trail.seal()
    return f"event {event.pk} was dated back"


def insert_event_beyond_all_ids(made: Book) -> str:
    """Write an event with an id that no seal comes to for a long time, so that it can go again unnoticed."""
    event = AuditEvent.objects.get(pk=made.ids[0])
    event.pk = 10**15
    event.save(force_insert=True)
    return f"event {event.pk} was written past the application"


def date_event_to_infinity(made: Book) -> str:
    """Give an event a time that can't be read."""
    book.tamper("UPDATE audit_auditevent SET at = 'infinity' WHERE id = %s", made.ids[4])
    return f"event {made.ids[4]} was altered or forged: its time can't be read"


def swap_events(made: Book) -> str:
    """Let two events of one seal change places."""
    first, second = made.ids[3], made.ids[5]
    for old, new in ((first, -1), (second, first), (-1, second)):
        book.tamper("UPDATE audit_auditevent SET id = %s WHERE id = %s", new, old)
    return "seal 2 does not match events"


def swap_events_of_two_seals(made: Book) -> str:
    """Let two events of two seals change places."""
    first, second = made.ids[0], made.ids[5]
    for old, new in ((first, -1), (second, first), (-1, second)):
        book.tamper("UPDATE audit_auditevent SET id = %s WHERE id = %s", new, old)
    return "seal 1 does not match events"
