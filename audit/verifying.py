"""Verification of the stored book: seals, the checkpoints wherever they are kept, and every event."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DataError, connection
from django.db.models import Sum

from audit import anchors, chain, checkpoints, walking
from audit.chain import Broken, Link, Verdict
from audit.checkpoints import Statement
from audit.models import AuditEvent, Checkpoint, Seal

EVENTS, SEALS = 10_000, 2_000  # read at a time
LEAST, MOST = -(2**63), 2**63 - 1
PAGE = f"""
SELECT {", ".join(chain.Event._fields)} FROM audit_auditevent WHERE id >= %s ORDER BY id LIMIT %s
"""
BEYOND = "SELECT min(id) FROM audit_auditevent WHERE id > (SELECT last_value FROM audit_auditevent_id_seq)"
# Times that the database can hold and nothing of ours could have written.
ODD = """
SELECT 'event ' || id FROM audit_auditevent WHERE {odd} UNION ALL
SELECT 'seal ' || number FROM audit_seal WHERE {odd} UNION ALL
SELECT 'the checkpoint at seal ' || seal FROM audit_checkpoint WHERE {odd} LIMIT 1
""".format(odd="at NOT BETWEEN '0001-01-02' AND '9999-12-30'")
SIGNED, ANCHORED = "checkpoint.signed", "checkpoint.anchored"


@dataclass(slots=True)
class Told:
    """Every checkpoint to compare with, and where it was found; remarks on what could not be read."""

    statements: list[tuple[Statement, str]]
    remarks: tuple[str, ...]
    seals: dict[int, tuple[str, int]] = field(default_factory=dict)  # digest and running count by number


def known_keys() -> list[str]:
    """Return the public keys, in hex, whose signatures count: our own, and those that we had before."""
    own = settings.HITL_SIGNING_KEY
    return [*([checkpoints.public_key(own)] if own else []), *settings.HITL_OLD_PUBLIC_KEYS]


def verify(progress: Callable[[int], None] | None = None, *, given: Collection[Statement] = ()) -> Verdict:
    """Check every event, seal and checkpoint, and return the verdict; see trail.verify."""
    remarks: tuple[str, ...] = ()
    try:
        told = _told(given)
        remarks = told.remarks
        head = walking.follow(_noted(_links(MOST), told))
        _compare(told, head)
        links = walking.by_first_id(_links(head.number if head else 0))
        events, sealed = walking.check(_events(), links, head, progress)
        _none_beyond()
    except Broken as broken:
        return _broken(str(broken), remarks)
    except (DataError, OverflowError):
        return _broken(f"{_one(ODD) or 'something'} was altered or forged: its time can't be read", remarks)
    newest = max((statement.seal for statement, _ in told.statements), default=0)
    signed = told.seals[newest][1] if newest else 0
    return Verdict(True, events, sealed, None, head.digest if head else chain.GENESIS, signed, remarks)


def none_lost() -> None:
    """Raise Broken where the book tells of the signing of a checkpoint that is not in the table."""
    signings = AuditEvent.objects.filter(verb=SIGNED).order_by("id").values_list("id", "subject_id")
    recorded = [(event_id, int(seal)) for event_id, seal in signings if seal.isdecimal()]
    there = set(Checkpoint.objects.values_list("seal", flat=True))
    for event_id, seal in recorded:
        if seal not in there:
            raise Broken(f"the checkpoint at seal {seal} is missing: event {event_id} tells of its signing")


def _told(given: Iterable[Statement]) -> Told:
    """Return the checkpoints of the table, of the anchor file and those given; raises Broken for lost ones.

    All are read before the seals, so that whatever one names must be there.
    """
    none_lost()
    anchored = anchors.read(settings.HITL_ANCHOR_FILE)
    statements = [(one.statement, "") for one in Checkpoint.objects.order_by("seal")]
    statements += [(one, f" in line {line} of the anchor file") for line, one in anchored.statements]
    statements += [(one, " that was given") for one in given]
    return Told(statements, anchored.remarks + _gone(anchored))


def _gone(anchored: anchors.Anchored) -> tuple[str, ...]:
    """Return a remark where the anchor file lacks checkpoints that the book says were appended to it."""
    if settings.HITL_ANCHOR_FILE is None:
        return ()
    appended = AuditEvent.objects.filter(verb=ANCHORED, body=chain.canonical({"to": "file"}))
    seals = {int(seal) for seal in appended.values_list("subject_id", flat=True) if seal.isdecimal()}
    gone = sorted(seals - {statement.seal for _, statement in anchored.statements})
    return (f"The anchor file lacks the checkpoint at seal {gone[0]}, which it had.",) if gone else ()


def _noted(links: Iterator[Link], told: Told) -> Iterator[Link]:
    """Pass the seals on, noting those that checkpoints name."""
    wanted = {statement.seal for statement, _ in told.statements}
    events = 0
    for link in links:
        events += link.events
        if link.number in wanted:
            told.seals[link.number] = (link.digest, events)
        yield link


def _compare(told: Told, head: Link | None) -> None:
    known, last = known_keys(), head.number if head else 0
    for statement, where in told.statements:
        checkpoints.compare(statement, told.seals, last=last, known=known, where=where)


def _links(upto: int) -> Iterator[Link]:
    """Yield the seals up to this number, page by page, so that no transaction stays open for long."""
    number = LEAST
    while True:
        page = list(Seal.objects.filter(number__gte=number, number__lte=upto).order_by("number")[:SEALS])
        for one in page:
            yield one.link
        if len(page) < SEALS:
            return
        number = page[-1].number + 1


def _events() -> Iterator[chain.Event]:
    """Yield the events by id, page by page.

    What commits behind a page that was read is in no seal of ours: those were read before.
    """
    first = LEAST
    while True:
        with connection.cursor() as cursor:
            cursor.execute(PAGE, [first, EVENTS])
            rows = cursor.fetchall()
        yield from map(chain.Event._make, rows)
        if len(rows) < EVENTS:
            return
        first = rows[-1][0] + 1


def _none_beyond() -> None:
    """Raise Broken where an event has an id that was not given out yet: no seal would ever come to it."""
    if beyond := _one(BEYOND):
        raise Broken(f"event {beyond} was written past the application: its id was not given out yet")


def _one(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found = cursor.fetchone()
    return found[0] if found else None


def _broken(why: str, remarks: tuple[str, ...]) -> Verdict:
    head = Seal.objects.order_by("-number").first()
    return Verdict(
        intact=False,
        events=AuditEvent.objects.count(),
        sealed=Seal.objects.aggregate(total=Sum("events", default=0))["total"],
        first_broken=why,
        head=head.digest if head else chain.GENESIS,
        remarks=remarks,
    )
