"""Attacks on seals, on checkpoints, and on all that stands behind them."""

from audit import chain, checkpoints, trail
from audit.models import AuditEvent
from tests.audit import book
from tests.audit.attacks.making import FOREIGN, SEED, Book, cut, rechain_all, rewrite, sign_all


def insert_seal_below_all_numbers(made: Book) -> str:
    """Add a seal that no other follows."""
    book.tamper("ALTER TABLE audit_seal DROP CONSTRAINT seal_number_counts_from_one")
    book.tamper("ALTER TABLE audit_seal DROP CONSTRAINT IF EXISTS audit_seal_number_check")
    book.tamper("UPDATE audit_seal SET number = -1 WHERE number = 1")
    return "seal 1 is missing"


def date_seal_before_all_times(made: Book) -> str:
    """The same with a seal."""
    book.tamper("UPDATE audit_seal SET at = '4000-01-01 BC' WHERE number = 2")
    return "seal 2 was altered or forged: its time can't be read"


def nest_members(made: Book) -> str:
    """Let a seal cover what nobody can read."""
    book.tamper("UPDATE audit_seal SET members = repeat('[', 100000) WHERE number = 2")
    return "seal 2 was altered"


def alter_seal(made: Book) -> str:
    """Date a seal back."""
    book.tamper("UPDATE audit_seal SET at = at - interval '1 day' WHERE number = 2")
    return "seal 2 was altered"


def alter_seal_and_its_digest(made: Book) -> str:
    """Put an altered event under its seal anew, with a fresh root and digest, and leave the next seal."""
    rewrite(made.ids[1])
    rechain_all(upto=1)
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
    rewrite(made.ids[1])
    rechain_all()
    return "the chain was written anew"


def rechain_and_sign_with_another_key(made: Book) -> str:
    """The same, with checkpoints signed by a key of one's own."""
    rewrite(made.ids[1])
    rechain_all()
    sign_all(FOREIGN)
    return f"unknown key, {checkpoints.public_key(FOREIGN)}"


def rechain_and_name_our_key(made: Book) -> str:
    """The same, with checkpoints that name our key over another's signature."""
    rewrite(made.ids[1])
    rechain_all()
    sign_all(FOREIGN)
    book.tamper("UPDATE audit_checkpoint SET key = %s", checkpoints.public_key(SEED))
    return "the checkpoint at seal 2 was altered or forged"


def rechain_and_delete_the_checkpoints(made: Book) -> str:
    """The same, with the checkpoints removed and the events that tell of them left."""
    rewrite(made.ids[1])
    rechain_all()
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


def delete_a_signed_seal(made: Book) -> str:
    """Remove the seal that the last checkpoint names, while later ones stand."""
    book.write(1)
    trail.seal()
    book.tamper("DELETE FROM audit_seal WHERE number = 3")
    return "seal 3 is missing"


def cut_the_end(made: Book) -> str:
    """Remove the last seal and its events, and leave the checkpoint."""
    cut(made)
    book.tamper("INSERT INTO audit_checkpoint SELECT 3, at, head, events, key, signature FROM kept")
    return "seal 3 is missing"


def cut_the_end_with_its_checkpoint(made: Book) -> str:
    """Remove the last seal, its events, its checkpoint, and every event since: what is left agrees."""
    cut(made)
    return "seal 3 is missing"


def rechain_without_a_trace(made: Book) -> str:
    """Alter an event, remove all checkpoints and what tells of them, and make everything fit again."""
    rewrite(made.ids[1])
    book.tamper("DELETE FROM audit_checkpoint")
    signings = list(AuditEvent.objects.filter(verb="checkpoint.signed").values_list("pk", flat=True))
    book.tamper("DELETE FROM audit_auditevent WHERE id = ANY(%s)", signings)
    left = [one for one in made.ids[6:] if one not in signings]
    members = chain.canonical(chain.runs(left))
    book.tamper(
        "UPDATE audit_seal SET members = %s, events = 3, first_id = %s WHERE number = 3", members, left[0]
    )
    rechain_all()
    return "the chain was written anew"
