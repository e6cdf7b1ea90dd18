"""Whether one event leads to the root of its seal's Merkle tree, computed anew from the stored digests."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from audit import chain, merkle
from audit.models import AuditEvent, Seal

MOST = 20_000  # events in a seal; a larger one is left to verification
MEMBERS = """
SELECT id, digest FROM audit_auditevent
WHERE id BETWEEN %s AND %s AND id <@ %s::int8multirange ORDER BY id
"""


@dataclass(frozen=True)
class Tree:
    """The path from an event to its seal's root: hashes in hex; whether it ends where the seal says."""

    steps: list[str]
    size: int
    root: str
    holds: bool


def path(row: AuditEvent, seal: int | None) -> Tree | None:
    """Return the event's path in its seal; None where there is no seal, or too large a one to do it now."""
    link = _link(seal)
    if link is None or link.events > MOST:
        return None
    covered = ",".join(f"[{first},{last}]" for first, last in link.members)
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [link.members[0][0], link.members[-1][1], f"{{{covered}}}"])
        found = cursor.fetchall()
    leaves = [merkle.leaf(event_id, digest) for event_id, digest in found]
    place = next(number for number, (event_id, _) in enumerate(found) if event_id == row.pk)
    steps = merkle.path(leaves, place)
    reached = merkle.root_of(leaves[place], place, len(leaves), steps)
    return Tree(
        steps, len(leaves), link.root, reached == link.root and chain.seal_digest(link) == link.digest
    )


def _link(seal: int | None) -> chain.Link | None:
    row = Seal.objects.filter(number=seal).first() if seal else None
    if row is None:
        return None
    try:
        return row.link
    except chain.Broken:
        return None
