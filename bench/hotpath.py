"""CPU milliseconds and statements per operation on the hot path, beside the floor, in one run.

An operation goes through the whole of Django in this process, without a network. CPU is that of this
process plus that of the PostgreSQL backend that serves it. Usage: python bench/hotpath.py [--quick]
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.measuring import in_turn, timed
from bench.world import body, caller, fill, item_type, person, say, scratch_database

RULES = {"large": "has(context.amount) && context.amount > 10000", "audit": "has(context.a)"}


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1k waiting, fewer repetitions")
    options = parser.parse_args()
    with scratch_database("hotpath"):
        print(json.dumps(measure(1_000, 40) if options.quick else measure(100_000, 200)))


def measure(backlog: int, repeats: int) -> dict:
    """Return the figures of each operation, and those of the floor, while so many wait."""
    from django.test import override_settings

    item_type("sentiment", RULES)
    client = caller(person("client", "clients"), ["items:write"])
    rita = caller(person("rita", "reviewers"), ["reviews:write"])
    fill("sentiment", 0, backlog)
    say("measuring")
    result: dict = {
        "unit": "milliseconds an operation, CPU of web and database apart",
        "repeats": repeats,
        "waiting": backlog,
        "ours": operations(client, rita, repeats),
    }
    with override_settings(ROOT_URLCONF="bench.floor", MIDDLEWARE=[]):
        result["floor"] = floor(backlog, repeats)
    return result


def operations(client: object, rita: object, repeats: int) -> dict:
    """Measure post one, post many, claim and submit against what waits now."""
    held: list[int] = []

    def post_one() -> None:
        answer = client.post("/api/v1/items/", body(), format="json")
        assert answer.status_code == 201, answer.content

    def post_many() -> None:
        answer = client.post("/api/v1/items/", [body() for _ in range(500)], format="json")
        assert answer.status_code == 201, answer.content

    def claim() -> None:
        answer = rita.post("/api/v1/assignments/claim/", {}, format="json")
        assert answer.status_code == 200, answer.content
        held.append(json.loads(answer.content)["id"])

    def submit() -> None:
        answer = rita.post(
            f"/api/v1/assignments/{held.pop()}/submit/",
            {"action": "edit", "label": "positive"},
            format="json",
        )
        assert answer.status_code == 200, answer.content

    return {
        "post_one": timed(post_one, repeats),
        "post_500": timed(post_many, max(repeats // 20, 3), per=500),
        **in_turn({"claim": claim, "submit": submit}, repeats),
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

    def submit() -> None:
        client.post(f"/floor/{held.pop()}/submit/", {"label": "positive"}, format="json")

    return {
        "post_one": timed(lambda: client.post("/floor/items/", body(), format="json"), repeats),
        "post_500": timed(
            lambda: client.post("/floor/items/", [body() for _ in range(500)], format="json"),
            max(repeats // 20, 3),
            per=500,
        ),
        **in_turn({"claim": claim, "submit": submit}, repeats),
    }


if __name__ == "__main__":
    main()
