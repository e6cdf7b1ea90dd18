"""What routing costs: items taken in by batch size, claims and submits by how much waits.

Items go through the whole of Django in this process, without a network; claims and submits are the verbs that
page and API call. CPU is that of this process and that of the PostgreSQL backend that serves it. Backlogs are
copies of an item that came in by the router. Usage: python bench/routing.py [--quick]
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.measuring import Row, figures, sampled, timed
from bench.world import (
    body,
    caller,
    clone,
    drop,
    fill,
    item_type,
    person,
    say,
    scratch_database,
    use,
)

RULES = {
    "large amount": "has(context.amount) && context.amount > 10000",
    "audit asked": "has(context.requires_audit) && context.requires_audit == true",
    "far country": "has(context.country) && context.country in ['KP', 'IR', 'SY']",
    "long text": "has(payload.text) && size(payload.text) > 20000",
    "unsure": "prediction.confidence < 0.2",
}
COMMITTEE = 3
WARM = 3  # runs before each round that are not counted
ROUNDS = 5
CAP = 5_000  # answers a day: the claim counts up to it


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1k and 20k waiting, fewer repetitions")
    options = parser.parse_args()
    backlogs = [1_000, 20_000] if options.quick else [1_000, 100_000, 1_000_000]
    repeats = 50 if options.quick else 300
    with scratch_database("routing"):
        print(json.dumps(measure(backlogs, repeats)))


def measure(backlogs: list[int], repeats: int) -> dict:
    """Return figures by batch size, by backlog, and how the largest backlog compares with the smallest."""
    item_type("sentiment", RULES, committee_limit=0.5)
    item_type("law", RULES, skill="law")
    result: dict = {
        "unit": "milliseconds, an item or an operation; CPU of web and database apart; "
        "a count stops at a thousand of each item type",
        "server": server(),
        "repeats": repeats,
        "batches": batches(repeats),
    }
    people = {"skilled": limited("rita", ["law"]), "unskilled": limited("otto", ["tax"])}
    history(list(people.values()), backlogs[-1] // 10)
    # The unskilled are given these; all that waits in the large type asks for a skill that they lack.
    fill("sentiment", 0, 4 * repeats)
    databases = grown(backlogs, spare=3 * repeats)
    try:
        result["waiting"] = by_backlog(databases, people, repeats)
    finally:
        use(databases[backlogs[-1]])
        drop([databases[backlog] for backlog in backlogs[:-1]])
    first, *_, last = result["waiting"].values()
    result["largest_over_smallest"] = {
        who: {name: ratios(first[who][name], last[who][name]) for name in first[who]} for who in first
    }
    return result


def grown(backlogs: list[int], *, spare: int) -> dict[int, str]:
    """Return a database for each backlog, in which so many wait beyond what is taken while measuring."""
    from django.db import connection

    databases, waiting = {}, 0
    for backlog in backlogs:
        say(f"filling: {backlog} waiting")
        fill("law", waiting, backlog + spare)
        waiting = backlog + spare
        present = connection.settings_dict["NAME"]
        databases[backlog] = present if backlog == backlogs[-1] else clone(f"{present}_{backlog}")
    return databases


def by_backlog(databases: dict[int, str], people: dict[str, object], repeats: int) -> dict:
    """Return the figures by backlog and person, each measured in rounds over all backlogs in turn.

    So a machine that is busy for a while is busy for all of them.
    """
    rows = {backlog: {who: {} for who in people} for backlog in databases}
    for number in range(ROUNDS):
        for backlog, name in databases.items():
            use(name)
            for who, user in people.items():
                found = looks(user, repeats // ROUNDS, only="law" if who == "skilled" else None)
                for act, some in found.items():
                    rows[backlog][who].setdefault(act, []).extend(some)
        say(f"round {number + 1} of {ROUNDS}")
    return {
        backlog: {who: {act: figures(some) for act, some in acts.items()} for who, acts in of.items()}
        for backlog, of in rows.items()
    }


def server() -> dict:
    """Return the version of PostgreSQL and the settings that figures hang on."""
    from django.db import connection

    names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
    with connection.cursor() as cursor:
        shown = {}
        for name in names:
            cursor.execute(f"SHOW {name}")
            shown[name] = cursor.fetchone()[0]
    return shown


def limited(name: str, skills: list[str]) -> object:
    """Return a reviewer with these skills and a daily cap, so that a claim has all limits to look at."""
    from routing.models import Reviewer

    user = person(name, "reviewers")
    Reviewer.objects.create(user=user, skills=skills, daily_cap=CAP)
    return user


def history(people: list, answered: int) -> None:
    """Let these people have answered so many items over the past weeks: a claim must not read them."""
    from django.db import connection

    from routing.models import ItemType

    item_type("past", {})
    fill("past", 0, answered)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE routing_assignment SET user_id = (%s::int[])[1 + id %% %s], claimed_at = created_at, "
            "leased_until = created_at, closed_at = now() - (1 + id %% 1000) * interval '1 hour', "
            "outcome = 'answered' WHERE item_type_id = %s",
            [[user.pk for user in people], len(people), ItemType.objects.get(slug="past").pk],
        )
        cursor.execute("VACUUM ANALYZE routing_assignment")


def batches(repeats: int) -> dict:
    """Return the cost of an item posted in batches of 1, 100 and 1,000, and how many a second that makes."""
    client, made = caller(person("client", "clients"), ["items:write"]), {}
    for size in (1, 100, 1_000):
        say(f"batches of {size}")

        def post(size: int = size) -> None:
            sent = [body(committee=COMMITTEE) for _ in range(size)]
            answer = client.post("/api/v1/items/", sent if size > 1 else sent[0], format="json")
            assert answer.status_code == 201, answer.content

        figures = timed(post, max(repeats // size, 4), per=size)
        made[size] = {"items_per_second": round(1000 / figures["p50_ms"]), **figures}
    return made


def looks(user: object, repeats: int, *, only: str | None) -> dict[str, list[Row]]:
    """Return what claims, submits and counts of what waits took for this person."""
    from labeling.answering import review
    from labeling.pages import waiting
    from routing import assignments

    held: list[int] = []

    def claim() -> None:
        held.append(assignments.claim(item_type=only, by=user).pk)

    def submit() -> None:
        review.submit(held.pop(), review.Answer("approve"), by=user)

    acts = {"claim": claim, "submit": submit}
    sampled(acts, WARM)
    return {**sampled(acts, repeats), **sampled({"count": lambda: waiting.queues(user)}, 3)}


def ratios(first: dict, last: dict) -> dict:
    """Return how much more the last costs than the first, by the clock and in CPU."""
    cpu = [figures["web_ms"] + figures["database_ms"] for figures in (first, last)]
    return {"p50": round(last["p50_ms"] / first["p50_ms"], 2), "cpu": round(cpu[1] / cpu[0], 2)}


if __name__ == "__main__":
    main()
