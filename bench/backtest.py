"""How long it takes to try a draft on history: five rules, a committee of three, one kilobyte a payload.

Usage: python bench/backtest.py [--quick]
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.measuring import backend_seconds
from bench.world import say, scratch_database

ITEMS = 100_000
RULES = (
    "has(context.amount) && context.amount > 10000",
    "has(context.country) && context.country in ['XX', 'YY']",
    "prediction.label == 'negative' && prediction.confidence < 0.9",
    "has(payload.text) && size(payload.text) > 5000",
    "has(context.requires_audit) && context.requires_audit",
)
# Scores are cubed uniform ones, from 1 downwards; the model is wrong as often as its score says. Of what
# scored above 0.95 a twentieth was checked, of the rest nine in ten have been answered.
FILL = """
SELECT setseed(0.5);
CREATE TEMP TABLE made AS
SELECT n,
    ('01900000-' || to_char(n / 65536, 'FM0000') || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
    1 - 0.7 * power(random(), 3) AS score, random() AS luck, random() AS drawn
FROM generate_series(1, %(items)s::int) n;
INSERT INTO routing_item (id, item_type_id, item_ref, payload, context, status, action, priority, reasons,
    shadow, signals, policy_id, model, confidence, score, audit_draw, label_probability, held_out, label,
    decided_at, decided_by, callback_url, about, created_at, created_by)
SELECT id, %(item_type)s, 'ref-' || n, jsonb_build_object('text', repeat('The room was fine. ', 48)),
    jsonb_build_object('amount', n %% 11000, 'country', 'AE'),
    CASE WHEN score >= 0.95 OR drawn < 0.9 THEN 'approved' ELSE 'pending_human' END,
    CASE WHEN score >= 0.95 THEN 'auto_approve' ELSE 'human_review' END, 1, '[]', '[]', '{}', %(policy)s,
    'clf@3', score, score, drawn, CASE WHEN score >= 0.95 THEN 0.05 ELSE 1 END, false,
    CASE WHEN score >= 0.95 AND (drawn >= 0.05 OR luck < score) THEN '"positive"'::jsonb
        WHEN score >= 0.95 THEN '"negative"'::jsonb
        WHEN drawn >= 0.9 THEN NULL
        WHEN luck < score THEN '"positive"'::jsonb ELSE '"negative"'::jsonb END,
    CASE WHEN score >= 0.95 OR drawn < 0.9 THEN now() END,
    CASE WHEN score >= 0.95 AND (drawn >= 0.05 OR luck < score) THEN 'system:router'
        WHEN score >= 0.95 OR drawn < 0.9 THEN 'user:rita' END,
    '', '', now(), 'system:bench'
FROM made ORDER BY n;
INSERT INTO routing_prediction (item_id, rank, model, label, confidence, probabilities, created_at)
SELECT id, rank, 'clf@' || rank, '"positive"', score,
    jsonb_build_object('positive', score - rank * 0.01, 'negative', 1 - score + rank * 0.01), now()
FROM made, generate_series(0, 2) rank ORDER BY n, rank;
INSERT INTO routing_assignment (item_id, item_type_id, queue_id, purpose, priority, utility, blind, inclusion,
    due_at, created_at, user_id, claimed_at, leased_until, closed_at, outcome)
SELECT id, %(item_type)s, %(queue)s, 'audit', 0, 0, true, 0.05, now(), now(), %(user)s, now(), now(),
    now() + interval '25 seconds', 'answered'
FROM made WHERE score >= 0.95 AND drawn < 0.05;
"""


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run in place of three")
    options = parser.parse_args()
    with scratch_database("backtest"):
        print(json.dumps(measure(1 if options.quick else 3)))


def measure(runs: int) -> dict:
    """Return the figures of the fastest of `runs` backtests of 100,000 items."""
    import psutil

    from routing.backtest import history

    item_type = fill()
    history.backtest(item_type, 1_000)
    memory, figures = psutil.Process().memory_info().rss, []
    for _ in range(runs):
        start, web, database = time.perf_counter(), time.process_time(), backend_seconds()
        found = history.backtest(item_type, ITEMS)
        took = time.perf_counter() - start
        figures.append((took, time.process_time() - web, backend_seconds() - database))
        say(f"{found.items} items in {took:.2f} s")
    seconds, web, database = min(figures)
    return {
        "items": found.items,
        "rules": len(RULES),
        "committee": 3,
        "seconds": round(seconds, 2),
        "items_per_second": round(found.items / seconds),
        "cpu_seconds": {"python": round(web, 2), "postgresql": round(database, 2)},
        "memory_growth_mb": round((psutil.Process().memory_info().rss - memory) / 2**20),
        "moved": found.moved,
        "known": found.known,
        "runs": runs,
    }


def fill() -> Any:
    """Make an item type whose draft differs by a threshold and a rule, with its past, and return it."""
    from django.contrib.auth.models import Group, User
    from django.db import connection

    from routing import policies
    from routing.models import ItemType, Queue

    group = Group.objects.get_or_create(name="reviewers")[0]
    queue = Queue.objects.create(slug="reviews", group=group)
    item_type = ItemType.objects.create(
        slug="sentiment",
        kind="classification",
        labels=["negative", "positive"],
        queue=queue,
        expert_queue=queue,
        committee_limit=0.1,
    )
    for number, when in enumerate(RULES):
        item_type.rules.create(name=f"rule {number}", when=when, effect="review", state="live")
    policy = policies.publish(item_type, reason="bench", by="system:bench")
    user = User.objects.create_user("rita")
    say("filling")
    with connection.cursor() as cursor:
        given = {"item_type": item_type.pk, "policy": policy.pk, "queue": queue.pk, "user": user.pk}
        for statement in FILL.split(";\n")[:-1]:
            cursor.execute(statement, given | {"items": ITEMS})
        cursor.execute("ANALYZE")
    item_type.auto_approve = 0.9
    item_type.save()
    item_type.rules.filter(name="rule 0").update(when="has(context.amount) && context.amount > 9000")
    return ItemType.objects.get(pk=item_type.pk)


if __name__ == "__main__":
    main()
