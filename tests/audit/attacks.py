"""What somebody with the database's password could do to the book, and what of it must be named.

Each attack gets a Book as `make` leaves it, changes the tables with the triggers off, and returns the words
that a verifier must say. Those in OUTSIDE leave tables that agree with each other: they are found only by
whoever kept a checkpoint elsewhere (`Book.kept`).
"""

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


def alter_event(made: Book) -> str:
    """Change what an event says."""
    book.tamper("UPDATE audit_auditevent SET body = %s WHERE id = %s", '{"turn":9}', made.ids[4])
    return f"event {made.ids[4]}"


def alter_event_and_its_digest(made: Book) -> str:
    """Change what an event says, and its digest with it."""
    _rewrite(made.ids[4])
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


def alter_seal(made: Book) -> str:
    """Date a seal back."""
    book.tamper("UPDATE audit_seal SET at = at - interval '1 day' WHERE number = 2")
    return "seal 2 was altered"


def alter_seal_and_its_digest(made: Book) -> str:
    """Put an altered event under its seal anew, with a fresh root and digest, and leave the next seal."""
    _rewrite(made.ids[1])
    _rechain(upto=1)
    return "seal 2 does not follow seal 1"


def alter_members(made: Book) -> str:
    """Let a seal cover less, with a fresh digest: an event falls out."""
    book.tamper(
        "UPDATE audit_seal SET members = %s, events = 2 WHERE number = 2", f"[[{made.ids[3]},{made.ids[4]}]]"
    )
    return "seal 2 was altered"


def delete_seal(made: Book) -> str:
    """Remove a seal."""
    book.tamper("DELETE FROM audit_seal WHERE number = 2")
    return "seal 2 is missing"


def swap_seals(made: Book) -> str:
    """Let two seals change places."""
    for old, new in ((2, 9), (3, 2), (9, 3)):
        book.tamper("UPDATE audit_seal SET number = %s WHERE number = %s", new, old)
    return "seal 2 does not follow seal 1"


def rechain(made: Book) -> str:
    """Alter an event and make every digest, root and seal fit again; only the checkpoints can't be made."""
    _rewrite(made.ids[1])
    _rechain()
    return "the chain was written anew"


def rechain_and_sign_with_another_key(made: Book) -> str:
    """The same, with checkpoints signed by a key of one's own."""
    _rewrite(made.ids[1])
    _rechain()
    _sign(FOREIGN)
    return f"unknown key, {checkpoints.public_key(FOREIGN)}"


def rechain_and_name_our_key(made: Book) -> str:
    """The same, with checkpoints that name our key over another's signature."""
    _rewrite(made.ids[1])
    _rechain()
    _sign(FOREIGN)
    book.tamper("UPDATE audit_checkpoint SET key = %s", checkpoints.public_key(SEED))
    return "the checkpoint at seal 2 was altered or forged"


def rechain_and_delete_the_checkpoints(made: Book) -> str:
    """The same, with the checkpoints removed and the events that tell of them left."""
    _rewrite(made.ids[1])
    _rechain()
    book.tamper("DELETE FROM audit_checkpoint")
    return "the checkpoint at seal 2 is missing"


def alter_checkpoint(made: Book) -> str:
    """Let a checkpoint count other events."""
    book.tamper("UPDATE audit_checkpoint SET events = events - 1 WHERE seal = 3")
    return "the checkpoint at seal 3 was altered or forged"


def delete_checkpoint(made: Book) -> str:
    """Remove a checkpoint."""
    book.tamper("DELETE FROM audit_checkpoint WHERE seal = 2")
    return "the checkpoint at seal 2 is missing"


def cut_the_end(made: Book) -> str:
    """Remove the last seal and its events, and leave the checkpoint."""
    _cut(made)
    book.tamper("INSERT INTO audit_checkpoint SELECT 3, at, head, events, key, signature FROM kept")
    return "seal 3 is missing"


def cut_the_end_with_its_checkpoint(made: Book) -> str:
    """Remove the last seal, its events, its checkpoint, and every event since: what is left agrees."""
    _cut(made)
    return "seal 3 is missing"


def rechain_without_a_trace(made: Book) -> str:
    """Alter an event, remove all checkpoints and what tells of them, and make everything fit again."""
    _rewrite(made.ids[1])
    book.tamper("DELETE FROM audit_checkpoint")
    signings = list(AuditEvent.objects.filter(verb="checkpoint.signed").values_list("pk", flat=True))
    book.tamper("DELETE FROM audit_auditevent WHERE id = ANY(%s)", signings)
    left = [one for one in made.ids[6:] if one not in signings]
    members = chain.canonical(chain.runs(left))
    book.tamper(
        "UPDATE audit_seal SET members = %s, events = 3, first_id = %s WHERE number = 3", members, left[0]
    )
    _rechain()
    return "the chain was written anew"


INSIDE: tuple[Attack, ...] = (
    alter_event,
    alter_event_and_its_digest,
    alter_time,
    delete_event,
    insert_event,
    insert_event_with_a_forged_digest,
    swap_events,
    swap_events_of_two_seals,
    alter_seal,
    alter_seal_and_its_digest,
    alter_members,
    delete_seal,
    swap_seals,
    rechain,
    rechain_and_sign_with_another_key,
    rechain_and_name_our_key,
    rechain_and_delete_the_checkpoints,
    alter_checkpoint,
    delete_checkpoint,
    cut_the_end,
)
OUTSIDE: tuple[Attack, ...] = (cut_the_end_with_its_checkpoint, rechain_without_a_trace)


def _rewrite(event_id: int) -> None:
    """Let an event tell of somebody else, with a fresh digest."""
    event = AuditEvent.objects.get(pk=event_id)
    event.actor = "user:ed"
    book.tamper(
        "UPDATE audit_auditevent SET actor = %s, digest = %s WHERE id = %s",
        event.actor,
        chain.event_digest(event),
        event_id,
    )


def _rechain(upto: int = 9) -> None:
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


def _sign(seed: bytes) -> None:
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


def _cut(made: Book) -> None:
    """Remove seal 3, its checkpoint and all events from the seventh on, keeping the checkpoint aside."""
    book.tamper("CREATE TEMPORARY TABLE kept AS SELECT * FROM audit_checkpoint WHERE seal = 3")
    book.tamper("DELETE FROM audit_checkpoint WHERE seal = 3")
    book.tamper("DELETE FROM audit_seal WHERE number = 3")
    book.tamper("DELETE FROM audit_auditevent WHERE id >= %s", made.ids[6])
