"""How long the verification of the book takes: every event, seal and checkpoint, in one process.

Rows are written by SQL in the form that the server gives them, sealed twenty at a time (a minute of a quiet
server), with one checkpoint at the end. Usage: python bench/trail.py [--quick]
"""

import argparse
import json
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.measuring import backend_clock
from bench.world import say, scratch_database

SEED = b"a key for nothing but this bench"
A_SEAL = 20  # events
PIECE = 2_000  # seals written at once

# The digest is that of audit.chain.event_digest: canonical JSON of what the event says.
EVENTS = """
WITH made AS (
    SELECT n, now() - (%(count)s - n) * interval '1 second' AS at, 'user:person-' || n %% 40 AS actor,
           (ARRAY['item.submitted', 'item.judged', 'seat.claimed', 'review.submitted'])[1 + n %% 4] AS verb,
           gen_random_uuid()::text AS subject, md5(n::text) AS request,
           '{"after":{"label":"positive","status":"decided"},"before":{"status":"in_review"},"confidence":'
           || round((n %% 1000) / 1000.0, 3) || ',"reasons":["confidence below the threshold of the policy"]}'
           AS body
    FROM generate_series(1, %(count)s::int) AS n
), said AS (
    SELECT *, format('{"actor":%%s,"at":"%%s","body":%%s,"request_id":"%%s","subject_id":"%%s",'
        '"subject_type":"routing.item","verb":"%%s"}', to_json(actor), to_char(at AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00', to_json(body), request, subject, verb) AS text FROM made
)
INSERT INTO audit_auditevent (at, actor, verb, subject_type, subject_id, request_id, body, digest)
SELECT at, actor, verb, 'routing.item', subject, request, body,
       encode(sha256(convert_to(text, 'UTF8')), 'hex') FROM said ORDER BY n
"""


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 events in place of a million")
    options = parser.parse_args()
    with scratch_database("trail"):
        print(json.dumps(measure(100_000 if options.quick else 1_000_000)))


def measure(count: int) -> dict:
    """Return seconds by the clock and of CPU here for the verification of so many events."""
    from django.conf import settings
    from django.db import connection

    from audit import trail

    settings.HITL_SIGNING_KEY = SEED
    with connection.cursor() as cursor:
        say(f"writing {count} events")
        cursor.execute("DROP INDEX event_by_words")
        cursor.execute(EVENTS, {"count": count})
        cursor.execute("ANALYZE audit_auditevent")
    say("sealing them")
    seals = write_seals()
    say("verifying")
    spent = backend_clock()
    clock, cpu, backend = time.perf_counter(), time.process_time(), spent()
    verdict = trail.verify(progress=lambda done: say(f"{done} checked") if done % 100_000 == 0 else None)
    backend = spent() - backend
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    assert verdict.intact, verdict.first_broken
    return {
        "events": verdict.events,
        "signed": verdict.signed,
        "seals": seals,
        "seconds": round(clock, 1),
        "cpu_seconds_here": round(cpu, 1),
        "cpu_seconds_database": round(backend, 1),
        "microseconds_an_event": round(1e6 * clock / count, 1),
    }


def write_seals() -> int:
    """Seal all events, so many at a time, sign the last seal, and return how many seals there are."""
    from audit import chain, signing
    from audit.models import AuditEvent, Seal

    rows = AuditEvent.objects.order_by("id").values_list("id", "digest", "at")
    previous, made, number = chain.GENESIS, [], 0
    group: list[tuple[int, str, datetime]] = []
    for row in rows.iterator(chunk_size=10_000):
        group.append(row)
        if len(group) == A_SEAL:
            number += 1
            made.append(one_seal(number, group, previous))
            previous, group = made[-1].digest, []
        if len(made) == PIECE:
            Seal.objects.bulk_create(made)
            made = []
    Seal.objects.bulk_create(made)
    signing.sign(by="system:bench")
    return Seal.objects.count()


def one_seal(number: int, group: list[tuple[int, str, datetime]], previous: str) -> object:
    """Return the row of one seal over these events."""
    from audit import chain, sealing

    tree = chain.SealHash()
    for event_id, digest, _ in group:
        tree.add(event_id, digest)
    (first, *_), (last, _, at) = group[0], group[-1]
    link = chain.Link(number, at, len(group), ((first, last),), last, last, (), previous, tree.root())
    return sealing.row(replace(link, digest=chain.seal_digest(link)))


if __name__ == "__main__":
    main()
