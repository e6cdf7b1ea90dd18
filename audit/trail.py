"""The only door to the book: record what happened, seal it, tell a subject's story, verify it all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, QuerySet

from audit import bulk, chain, private, request, sealing, verifying
from audit.chain import Verdict
from audit.checkpoints import Statement
from audit.models import ApiKey, AuditEvent, Seal

SYSTEM = "system"

Actor = AbstractBaseUser | AnonymousUser | ApiKey | str | None
Subject = Model | tuple[str, object]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to record: what was done, to what, and what else is known of it.

    `private` is locked by the subject's `secret` and lost when that is destroyed; see audit/private.py.
    """

    verb: str
    subject: Subject
    data: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] = field(default_factory=dict)
    secret: UUID | None = None


def record(verb: str, subject: Subject, *, by: Actor, **data: Any) -> AuditEvent:
    """Write one event in the caller's transaction, in one statement, and return it.

    Data may hold what JSON can, and times, dates, UUIDs and decimals. Raises TypeError or ValueError for
    anything else; the change that it tells of must then fail too, so nothing is caught here.
    """
    event = _event(Entry(verb, subject, data), actor_name(by))
    event.save(force_insert=True)
    return event


def record_all(entries: Iterable[Entry], *, by: Actor) -> None:
    """Write any number of events in the caller's transaction, in one statement; none: no statement."""
    actor = actor_name(by)
    bulk.insert_objects([_event(entry, actor) for entry in entries])


def opened(event: AuditEvent, secret: UUID | None) -> dict[str, Any]:
    """Return what else is known of an event, with what it tells in confidence where the secret opens that."""
    data = event.data
    locked = data.pop("private", None)
    return data | ((private.unlock(locked, secret=secret, subject=event.subject) or {}) if locked else {})


def seal() -> Seal | None:
    """Seal every committed event that no seal covers yet; None where there is none, or another is sealing."""
    return sealing.seal()


def story(subject: Subject) -> QuerySet[AuditEvent]:
    """Return every event of one subject's life, oldest first."""
    subject_type, subject_id = subject_name(subject)
    return AuditEvent.objects.filter(subject_id=subject_id, subject_type=subject_type).order_by("id")


def verify(progress: Callable[[int], None] | None = None, *, given: Collection[Statement] = ()) -> Verdict:
    """Check every event, seal and checkpoint, and return the verdict; `progress` hears how many are done.

    Finds events altered, deleted, forged or written into a closed stretch, seals altered, deleted or
    reordered, and what was cut off or written anew behind a checkpoint: of the table, of the anchor file, or
    `given` by whoever kept one. What no seal covers yet can be checked against its own digest only.
    """
    return verifying.verify(progress, given=given)


def actor_name(by: Actor) -> str:
    """Return how the trail names an actor: user:NAME, key:PREFIX/NAME, system:PART or the text given."""
    if by is None:
        return SYSTEM
    if isinstance(by, str):
        return by
    if isinstance(by, ApiKey):
        return f"key:{by.prefix}/{by.user.get_username()}"
    if not by.is_authenticated:
        return "anonymous"
    current = request.current()
    if current.key_prefix and current.key_user_id == by.pk:
        return f"key:{current.key_prefix}/{by.get_username()}"
    return f"user:{by.get_username()}"


def subject_name(subject: Subject) -> tuple[str, str]:
    """Return type and id of a subject: ('routing.item', '17') for a row, or the pair given, as text."""
    if isinstance(subject, Model):
        return subject._meta.label_lower, str(subject.pk)
    subject_type, subject_id = subject
    return subject_type, str(subject_id)


def _event(entry: Entry, actor: str) -> AuditEvent:
    subject_type, subject_id = subject_name(entry.subject)
    data = entry.data
    if entry.private:
        subject = f"{subject_type}:{subject_id}"
        data = data | {"private": private.lock(entry.private, secret=entry.secret, subject=subject)}
    event = AuditEvent(
        actor=actor,
        verb=entry.verb,
        subject_type=subject_type,
        subject_id=subject_id,
        request_id=request.current().request_id,
        body=chain.canonical(data),
    )
    event.digest = chain.event_digest(event)
    return event
