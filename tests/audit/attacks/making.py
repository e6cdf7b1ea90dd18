"""The book that is attacked, and what attacks on it share."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from audit import chain, checkpoints, signing, trail
from audit.checkpoints import Statement
from audit.models import AuditEvent, Checkpoint, Seal
from tests.audit import book

SEED = b"a key of ours, thirty-two bytes."
FOREIGN = b"the key of somebody else, 32 by."


@dataclass(frozen=True)
class Book:
    """Ten events under three seals: 1-3, 4-6, then the signing of seal 2 and 7-9; one more tells of seal 3's.

    `ids` are those of the nine that are no signings, `kept` is the checkpoint at seal 3.
    """

    ids: list[int]
    kept: Statement


Attack = Callable[[Book], str]


def make() -> Book:
    """Return the book; settings.HITL_SIGNING_KEY must be SEED. One id before the last three is free."""
    ids = book.write(3)
    trail.seal()
    ids += book.write(3)
    signing.sign(by="system:test")
    ids += book.write(3)
    return Book(ids, signing.sign(by="system:test").statement)


def rewrite(event_id: int) -> None:
    """Let an event tell of somebody else, with a fresh digest."""
    event = AuditEvent.objects.get(pk=event_id)
    event.actor = "user:ed"
    book.tamper(
        "UPDATE audit_auditevent SET actor = %s, digest = %s WHERE id = %s",
        event.actor,
        chain.event_digest(event),
        event_id,
    )


def rechain_all(upto: int = 9) -> None:
    """Make roots, digests and links of the seals up to this one fit the events as they stand."""
    previous = chain.GENESIS
    for seal in Seal.objects.filter(number__lte=upto).order_by("number"):
        tree = chain.SealHash()
        covered = [one for first, last in seal.link.members for one in range(first, last + 1)]
        for row in AuditEvent.objects.filter(pk__in=covered).order_by("pk"):
            tree.add(row.pk, row.digest)
        link = replace(seal.link, previous=previous, root=tree.root())
        previous = chain.seal_digest(link)
        book.tamper(
            "UPDATE audit_seal SET previous = %s, root = %s, digest = %s WHERE number = %s",
            link.previous,
            link.root,
            previous,
            link.number,
        )


def sign_all(seed: bytes) -> None:
    """Sign the checkpoints anew over the seals as they stand."""
    for one in Checkpoint.objects.all():
        head = Seal.objects.get(number=one.seal).digest
        fresh = checkpoints.signed(replace(one.statement, head=head), seed)
        book.tamper(
            "UPDATE audit_checkpoint SET head = %s, key = %s, signature = %s WHERE seal = %s",
            fresh.head,
            fresh.key,
            fresh.signature,
            fresh.seal,
        )


def cut(made: Book) -> None:
    """Remove seal 3, its checkpoint and all events from the seventh on, keeping the checkpoint aside."""
    book.tamper("CREATE TEMPORARY TABLE kept AS SELECT * FROM audit_checkpoint WHERE seal = 3")
    book.tamper("DELETE FROM audit_checkpoint WHERE seal = 3")
    book.tamper("DELETE FROM audit_seal WHERE number = 3")
    book.tamper("DELETE FROM audit_auditevent WHERE id >= %s", made.ids[6])
