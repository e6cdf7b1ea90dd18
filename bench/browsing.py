"""How long a page of the trail takes, by each filter and by the worst of them together, over many events.

Events are made by the database: 40 people, 5 item types, 3 models each, a year of time. Measured is the
statement that a page of 50 makes, newest first, 15 times each; and what the indexes cost those who write.
Usage: python bench/browsing.py [--quick]
"""

import argparse
import json
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.world import say, scratch_database

EVENTS, QUICK = 1_000_000, 100_000
TIMES = 15
PAGE = 50
WRITTEN = 20_000

# Half of the events come from the router, the rest from people; one verb and one person are rare.
FILL = """
INSERT INTO audit_auditevent (at, actor, verb, subject_type, subject_id, request_id, body, digest)
SELECT now() - interval '365 days' * (1 - n::float8 / %(count)s),
    CASE WHEN verb IN ('item.submitted', 'item.judged') THEN 'system:router'
         WHEN n %% 9973 = 0 THEN 'user:rare' ELSE 'user:person-' || n %% 40 END,
    verb, 'routing.item', md5((n / 3)::text)::uuid::text,
    CASE WHEN n %% 2 = 0 THEN md5('request' || n / 6) ELSE '' END,
    '{"action":"human_review","comment":"case ' || n %% 5000 || ' looked plain to me, word' || n %% 100000
    || '","confidence":0.' || n %% 1000 || ',"item_ref":"invoice-' || n / 3
    || '","item_type":"type-' || n %% 5
    || '","model":"type-' || n %% 5 || '@' || 1 + n * 3 / (%(count)s + 1)
    || '","policy":' || 1 + n * 20 / (%(count)s + 1)
    || ',"reasons":["confidence 0.' || n %% 1000 || ' below the threshold 0.950","rule large amount"],'
    || '"rules":["large amount"],"signals":{},"status":"pending_human"}',
    md5(n::text) || md5((-n)::text)
FROM (
    SELECT n, CASE WHEN n %% 9973 = 0 THEN 'policy.published' ELSE
        (ARRAY['item.submitted', 'item.judged', 'review.submitted', 'item.resolved'])[1 + n %% 4] END AS verb
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
) made
"""


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundred thousand events only")
    count = QUICK if parser.parse_args().quick else EVENTS
    with scratch_database("browsing"):
        say(f"making {count} events")
        fill(count)
        pages = {name: seconds(wanted) for name, wanted in searches(count).items()}
        writing = {"with": written(), "without_words_models_policies": written(without=True)}
    print(json.dumps({"events": count, "milliseconds": pages, "microseconds_to_write_one": writing}))


def fill(count: int) -> None:
    """Store this many events over a year, made by the database in ten parts, and gather statistics."""
    from django.db import connection

    with connection.cursor() as cursor:
        for part in range(10):
            first, last = part * count // 10 + 1, (part + 1) * count // 10
            cursor.execute(FILL, {"count": count, "first": first, "last": last})
            say(f"{last} events")
        cursor.execute("VACUUM ANALYZE audit_auditevent")


def searches(count: int) -> dict:
    """Return what is asked for, by name: each filter alone, and those that meet seldom or never."""
    from django.utils import timezone

    from audit.finding import Wanted
    from audit.models import AuditEvent

    item = AuditEvent.objects.order_by("id")[count // 2].subject_id
    some = AuditEvent.objects.exclude(request_id="").order_by("id").first().request_id
    now = timezone.now()
    early = {"since": now - timedelta(days=360), "until": now - timedelta(days=330)}
    person, other = ["user:person-2"], ["user:person-1"]
    return {
        "nothing": Wanted(),
        "item": Wanted(subjects=[item]),
        "person": Wanted(actors=person),
        "rare person": Wanted(actors=["user:rare"]),
        "model": Wanted(model="type-1@1"),
        "policy": Wanted(policy=("type-1", 2)),
        "verb": Wanted(verb="review.submitted"),
        "rare verb": Wanted(verb="policy.published"),
        "month a year ago": Wanted(**early),
        "request": Wanted(request_id=some),
        "common word": Wanted(words="invoice"),
        "rare word": Wanted(words="word4321"),
        "phrase": Wanted(words='"case 17 looked"'),
        "no such word": Wanted(words="nowhere"),
        "person, verb of nobody": Wanted(actors=person, verb="item.judged"),
        "person, verb, words": Wanted(actors=person, verb="review.submitted", words="plain -large"),
        "other's verb, common word": Wanted(actors=other, verb="item.judged", words="invoice"),
        "old month, person, common word": Wanted(actors=person, words="invoice", **early),
        "old month, last model": Wanted(model="type-1@3", **early),
        "policy and model that never met": Wanted(policy=("type-1", 1), model="type-1@3"),
        "model of another type, phrase": Wanted(model="type-1@2", words='"case 17 looked"'),
        "no subject of this type, common word": Wanted(subject_type="labeling.flag", words="invoice"),
        "all at once": Wanted(
            "routing.item", actors=person, verb="review.submitted", model="type-2@1", words="large", **early
        ),
    }


def seconds(wanted: object) -> dict:
    """Return median and 95th percentile, in milliseconds, of reading a page of what is wanted."""
    from audit.finding import matching, read
    from audit.models import AuditEvent

    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        rows = len(read(matching(AuditEvent.objects.all(), wanted), most=PAGE + 1))
        taken.append(1000 * (time.perf_counter() - begun))
    taken.sort()
    found = {"median": round(taken[TIMES // 2], 1), "p95": round(taken[int(0.95 * TIMES)], 1), "rows": rows}
    say(f"{wanted}: {found}")
    return found


def written(*, without: bool = False) -> float:
    """Return microseconds to write one event of many in one statement, also without the younger indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        if without:
            cursor.execute("DROP INDEX event_by_words, event_by_model, event_by_policy, event_by_request")
        begun = time.perf_counter()
        cursor.execute(FILL, {"count": WRITTEN, "first": 1, "last": WRITTEN})
        return round(1_000_000 * (time.perf_counter() - begun) / WRITTEN, 1)


if __name__ == "__main__":
    main()
