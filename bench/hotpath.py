"""CPU milliseconds and statements per operation on the hot path, beside the floor, in one run.

An operation goes through the whole of Django in this process, without a network. CPU is that of this
process plus that of the PostgreSQL backend that serves it. Usage: python bench/hotpath.py [--quick]
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.world import say, scratch_database

TEXT = "The room was fine, the view was not. " * 24
numbers = count()


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1k and 10k waiting, fewer repetitions")
    options = parser.parse_args()
    backlogs = [1_000, 10_000] if options.quick else [1_000, 100_000]
    repeats = 60 if options.quick else 200
    with scratch_database("hotpath"):
        print(json.dumps(measure(backlogs, repeats)))


def measure(backlogs: list[int], repeats: int) -> dict:
    """Return, for each backlog and for the floor, the figures of each operation."""
    from django.test import override_settings

    clients = set_up()
    result: dict = {"unit": "CPU ms an operation (web, database), statements", "repeats": repeats}
    waiting = 0
    for backlog in backlogs:
        fill(backlog - waiting)
        waiting = backlog
        result[f"waiting_{backlog}"] = operations(clients, repeats)
    with override_settings(ROOT_URLCONF="bench.floor", MIDDLEWARE=[]):
        result["floor"] = floor(backlogs[-1], repeats)
    return result


def set_up() -> dict:
    """Make an item type with two live rules, a client with a key and a reviewer with one."""
    from django.contrib.auth.models import Group, User
    from rest_framework.test import APIClient

    from audit.keys import create_key
    from routing import policies
    from routing.models import ItemType, Queue

    queues = [
        Queue.objects.create(slug=slug, group=Group.objects.get_or_create(name=group)[0])
        for slug, group in (("reviews", "reviewers"), ("experts", "experts"))
    ]
    made = ItemType.objects.create(
        slug="sentiment",
        kind="classification",
        labels=["negative", "positive"],
        queue=queues[0],
        expert_queue=queues[1],
        blind_share=0.0,
    )
    for name, when in (
        ("large", "has(context.amount) && context.amount > 10000"),
        ("audit", "has(context.a)"),
    ):
        made.rules.create(name=name, category="risk", when=when, effect="expert", state="live")
    policies.publish(made, reason="bench", by="system:bench")
    clients = {}
    for name, group, scopes in (
        ("client", "clients", ["items:write"]),
        ("rita", "reviewers", ["reviews:write"]),
    ):
        user = User.objects.create_user(name)
        user.groups.add(Group.objects.get_or_create(name=group)[0])
        key = create_key(user, name="bench", scopes=scopes, by="system:bench")[1]
        clients[name] = APIClient()
        clients[name].credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return clients


def body(confidence: float) -> dict:
    """Return one item of about one kilobyte with a prediction."""
    return {
        "item_type": "sentiment",
        "item_ref": f"ref-{next(numbers)}",
        "payload": {"text": TEXT},
        "context": {"amount": 120, "country": "AE"},
        "predictions": [
            {
                "model": "clf@3",
                "label": "negative",
                "confidence": confidence,
                "probabilities": {"negative": confidence, "positive": round(1 - confidence, 6)},
            }
        ],
    }


def fill(wanted: int) -> None:
    """Let `wanted` more items wait for a person."""
    from django.db import connection

    from routing import intake, router

    item_type = router.find_type("sentiment")
    for start in range(0, wanted, 1000):
        entries = [intake.clean_entry(body(0.85), item_type) for _ in range(min(1000, wanted - start))]
        router.submit("sentiment", entries, by="system:bench")
        if start % 20_000 == 0:
            say(f"filling: {start} of {wanted}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def operations(clients: dict, repeats: int) -> dict:
    """Measure post one, post many, claim and submit against what waits now."""
    held: list[int] = []

    def post_one() -> None:
        answer = clients["client"].post("/api/v1/items/", body(0.85), format="json")
        assert answer.status_code == 201, answer.content

    def post_many() -> None:
        answer = clients["client"].post("/api/v1/items/", [body(0.85) for _ in range(500)], format="json")
        assert answer.status_code == 201, answer.content

    def claim() -> None:
        answer = clients["rita"].post("/api/v1/assignments/claim/", {}, format="json")
        assert answer.status_code == 200, answer.content
        held.append(json.loads(answer.content)["id"])

    def submit() -> None:
        answer = clients["rita"].post(
            f"/api/v1/assignments/{held.pop()}/submit/",
            {"action": "edit", "label": "positive"},
            format="json",
        )
        assert answer.status_code == 200, answer.content

    return {
        "post_one": timed(post_one, repeats),
        "post_500": timed(post_many, max(repeats // 20, 3), per=500),
        "claim": timed(claim, repeats),
        "submit": timed(submit, repeats),
    }


def floor(backlog: int, repeats: int) -> dict:
    """Measure the same operations on the barest view and table."""
    from django.db import connection
    from rest_framework.test import APIClient

    from bench.floor import FILL, TABLE

    client, held = APIClient(), []
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute(FILL, [backlog])
        cursor.execute("ANALYZE floor_item")

    def claim() -> None:
        held.append(json.loads(client.post("/floor/claim/", {}, format="json").content)["id"])

    return {
        "post_one": timed(lambda: client.post("/floor/items/", body(0.85), format="json"), repeats),
        "post_500": timed(
            lambda: client.post("/floor/items/", [body(0.85) for _ in range(500)], format="json"),
            max(repeats // 20, 3),
            per=500,
        ),
        "claim": timed(claim, repeats),
        "submit": timed(
            lambda: client.post(f"/floor/{held.pop()}/submit/", {"label": "positive"}, format="json"), repeats
        ),
    }


def timed(operation: Callable[[], None], repeats: int, *, per: int = 1) -> dict:
    """Return median CPU milliseconds (web, database), median wall milliseconds, and statements."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        operation()
    # Read now: the next request empties Django's list.
    statements = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    web, wall = [], []
    backend = backend_seconds()
    for _ in range(repeats):
        cpu, clock = time.process_time(), time.perf_counter()
        operation()
        web.append(time.process_time() - cpu)
        wall.append(time.perf_counter() - clock)
    database = (backend_seconds() - backend) / repeats
    return {
        "web_ms": round(1000 * median(web) / per, 3),
        "database_ms": round(1000 * database / per, 3),
        "wall_ms": round(1000 * median(wall) / per, 3),
        "statements": len(statements),
    }


def backend_seconds() -> float:
    """Return the CPU seconds that our PostgreSQL backend has used; nan where it runs on another machine."""
    import psutil
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return float("nan")
    return times.user + times.system


if __name__ == "__main__":
    main()
