"""Which committed events no seal covers yet, and the one act that puts a seal on them.

Events commit out of the order of their ids, so "everything above the last sealed id" would lose those that
commit late. A seal therefore notes the last id given out and the transactions that were writing just then:
whoever holds one of those ids was writing, or had ended. Once none of the noted transactions writes any
more, every id up to the noted one is settled: committed and visible, or never to be. A seal's `complete_to`
is the highest id settled when it was set, and the next seal searches from there.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.db import connection, transaction
from django.utils import timezone

from audit import chain
from audit.models import Seal

ADVISORY_LOCK = 0x5EA1

LOCK = "SELECT pg_try_advisory_xact_lock(%s), current_setting('transaction_isolation')"
LAST_ID = "SELECT last_value FROM audit_auditevent_id_seq WHERE is_called"
# An insert locks the table before it draws its id, and lets go after its transaction is visible or gone.
# A virtual transaction id may come again after a restart: that only delays. Prepared ones have no process.
WRITING = """
SELECT virtualtransaction, pid IS NULL FROM pg_locks
WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND relation = 'audit_auditevent'::regclass AND pid IS DISTINCT FROM pg_backend_pid()
ORDER BY virtualtransaction
"""
UNSEALED = """
SELECT id, digest FROM audit_auditevent
WHERE id > %s AND id <= %s AND NOT id <@ %s::int8multirange ORDER BY id
"""
CHUNK = 5_000


def seal() -> Seal | None:
    """Seal every committed event that no seal covers; None where there is none, or another is sealing.

    The order of the reads carries the proof: lock, last id, writers, events, each with a snapshot of its
    own. Raises RuntimeError in a transaction that keeps one snapshot, where the proof fails.
    """
    with transaction.atomic():
        (locked, isolation), *_ = _rows(LOCK, [ADVISORY_LOCK])
        if isolation != "read committed":
            raise RuntimeError(f"Sealing needs a READ COMMITTED transaction, not {isolation}.")
        if not locked:
            return None
        previous = Seal.objects.order_by("-number").first()
        floor = previous.complete_to if previous else 0
        last_id = next((row[0] for row in _rows(LAST_ID)), 0)
        writers = list(_rows(WRITING))
        late = list(Seal.objects.filter(last_id__gt=floor))
        running = chain.SealHash()
        members = chain.runs(_taken(unsealed(floor, last_id, late), running))
        if not members:
            return None
        complete_to = max([floor, *_settled(late, last_id, writers)])
        link = chain.Link(
            number=previous.number + 1 if previous else 1,
            at=timezone.now(),
            events=running.events,
            members=tuple(members),
            last_id=last_id,
            complete_to=complete_to,
            writing=tuple(transaction_id for transaction_id, _ in writers),
            previous=previous.digest if previous else chain.GENESIS,
            root=running.root(),
        )
        made = row(replace(link, digest=chain.seal_digest(link)))
        made.save(force_insert=True)
        return made


def row(link: chain.Link) -> Seal:
    """Return the row, not yet stored, of a link."""
    return Seal(
        number=link.number,
        at=link.at,
        events=link.events,
        first_id=link.members[0][0],
        members=chain.canonical(link.members),
        last_id=link.last_id,
        complete_to=link.complete_to,
        writing=list(link.writing),
        previous=link.previous,
        root=link.root,
        digest=link.digest,
    )


def _rows(sql: str, params: Iterable[object] = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return cursor.fetchall()


def unsealed(floor: int, last_id: int, late: Iterable[Seal]) -> Iterator[tuple[int, str]]:
    """Yield id and digest of the events above `floor`, up to `last_id`, which no seal of `late` covers."""
    covered = ",".join(f"[{first},{last}]" for one in late for first, last in json.loads(one.members))
    with connection.chunked_cursor() as cursor:
        cursor.execute(UNSEALED, [floor, last_id, f"{{{covered}}}"])
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _taken(found: Iterable[tuple[int, str]], running: chain.SealHash) -> Iterator[int]:
    for event_id, digest in found:
        running.add(event_id, digest)
        yield event_id


def _settled(late: Iterable[Seal], last_id: int, writers: list[tuple[str, bool]]) -> list[int]:
    """Return the noted last ids below which nothing can appear any more."""
    if any(prepared for _, prepared in writers):
        return []  # it may be any of those noted earlier: preparing changes a transaction's name
    still = {transaction_id for transaction_id, _ in writers}
    past = [one.last_id for one in late if not still & set(one.writing)]
    return past if still else [*past, last_id]
