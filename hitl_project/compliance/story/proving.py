"""Which seal covers each event of a story, and since when a signed checkpoint stands for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from audit import chain
from audit.models import Seal

# From the first seal set after an event's id was given out until the first that holds all up to that id: the
# one that covers it is among these, usually the first.
CANDIDATES = """
WITH RECURSIVE asked AS (SELECT unnest(%(ids)s::bigint[]) AS id),
walked AS (
    SELECT asked.id, first.number, first.complete_to
    FROM asked CROSS JOIN LATERAL (
        SELECT number, complete_to FROM audit_seal WHERE last_id >= asked.id ORDER BY last_id, number LIMIT 1
    ) first
    UNION
    SELECT walked.id, next.number, next.complete_to
    FROM walked JOIN audit_seal next ON next.number = walked.number + 1
    WHERE walked.complete_to < walked.id
)
SELECT DISTINCT number FROM walked
"""


SIGNED = """
SELECT asked.number, signed.seal, signed.at
FROM unnest(%(numbers)s::bigint[]) AS asked (number) CROSS JOIN LATERAL (
    SELECT seal, at FROM audit_checkpoint WHERE seal >= asked.number ORDER BY seal LIMIT 1
) signed
"""


@dataclass(frozen=True)
class Proof:
    """What fixes one event: its seal, and the first signed checkpoint at or after that; None: none yet."""

    event: int
    seal: int | None = None
    sealed_at: datetime | None = None
    checkpoint: int | None = None
    signed_at: datetime | None = None


@dataclass(frozen=True)
class Proofs:
    """The proofs of a story's events by id, and how many of these are not sealed or not signed yet."""

    by_event: dict[int, Proof]

    @property
    def unsealed(self) -> int:
        """How many events no seal covers yet."""
        return sum(one.seal is None for one in self.by_event.values())

    @property
    def unsigned(self) -> int:
        """How many events are sealed, but stand under no signed checkpoint yet."""
        return sum(one.seal is not None and one.checkpoint is None for one in self.by_event.values())

    @property
    def sealed_until(self) -> datetime | None:
        """When the last seal that covers an event of the story was set."""
        return max((one.sealed_at for one in self.by_event.values() if one.sealed_at), default=None)

    @property
    def signed_until(self) -> datetime | None:
        """When the last checkpoint that stands for an event of the story was signed."""
        return max((one.signed_at for one in self.by_event.values() if one.signed_at), default=None)


def prove(ids: Iterable[int]) -> Proofs:
    """Return what fixes each of these events, in three statements."""
    wanted = sorted(set(ids))
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, {"ids": wanted})
        numbers = [row[0] for row in cursor.fetchall()]
        cursor.execute(SIGNED, {"numbers": numbers})
        signed = {number: (checkpoint, at) for number, checkpoint, at in cursor.fetchall()}
    found: dict[int, Proof] = {one: Proof(one) for one in wanted}
    for seal in Seal.objects.filter(number__in=numbers).order_by("number"):
        for event in _covered(seal, wanted):
            found[event] = Proof(event, seal.number, seal.at, *signed.get(seal.number, (None, None)))
    return Proofs(found)


def _covered(seal: Seal, ids: Sequence[int]) -> list[int]:
    """Return which of these events a seal covers; none where its members can't be read any more."""
    try:
        members = seal.link.members
    except chain.Broken:
        return []
    return [one for one in ids if any(first <= one <= last for first, last in members)]
