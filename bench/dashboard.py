"""How long dashboard, analytics and targets take, and how long their figures are read, over a million items.

Items came in over five weeks, of five types: of a hundred, ten were answered by one of 40 people, three were
automated and checked by one; 10,000 more wait. A page goes through the whole of Django in this process,
without a network. `--write docs/dashboard.md` puts the table between the page's marks.
Usage: python bench/dashboard.py [--quick] [--write FILE]
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import pages
from bench.measuring import in_turn
from bench.world import BY, body, copy, fill, item_type, person, say, scratch_database

ITEMS, QUICK = 1_000_000, 20_000
TYPES, PEOPLE = 5, 40
REVIEWED, CHECKED = 0.1, 0.03  # shares of the items
WAITING = 0.01  # besides
PIECE = 100_000  # items copied at once
FIRST = 10_000_000  # the lowest number of a copy, above what counters have given
TIMES = 30
PAGES = {
    "`/`, admins": ("admins", "/"),
    "`/`, leads": ("leads", "/"),
    "`/`, compliance": ("compliance", "/"),
    "`/`, reviewers": ("reviewers", "/"),
    "`/analytics/`": ("leads", "/analytics/"),
    "`/targets/`": ("leads", "/targets/"),
}

# Of copy n: when it came in, an id of that time (RFC 9562, version 7), and who answered it.
CAME = "('{until}'::timestamptz - interval '35 days' * (1 - (n - {first}) / {count}::float8))"
ID = (
    "(lpad(to_hex((extract(epoch FROM {came}) * 1000)::bigint), 12, '0') || '7000' || '8000'"
    " || lpad(to_hex(n), 12, '0'))::uuid"
)
WHO = "({person} + n %% {people})"
AUTOMATED = {"routing_item": {"decided_at": "{came}"}}
ANSWERED = {
    "routing_item": {"decided_at": "{came} + interval '20 minutes'"},
    "routing_assignment": {
        "id": "n",
        "item_id": "{id}",
        "user_id": "{who}",
        "created_at": "{came}",
        "due_at": "{came} + interval '1 minute' * (n %% 100)",
        "claimed_at": "{came} + interval '19 minutes'",
        "leased_until": "{came} + interval '29 minutes'",
        "closed_at": "{came} + interval '20 minutes'",
    },
    "labeling_review": {
        "id": "n",
        "assignment_id": "n",
        "item_id": "{id}",
        "user_id": "{who}",
        "created_at": "{came} + interval '20 minutes'",
        "time_spent_ms": "20000 + n %% 40000",
        "agrees_with_ai": "n %% 10 > 0",
    },
    "labels": {
        "id": "{id}",
        "item_id": "{id}",
        "item_ref": "'copy-' || n",
        "review_id": "n",
        "user_id": "{who}",
        "ts": "{came} + interval '20 minutes'",
    },
}
EVERY = {
    "routing_item": {"id": "{id}", "item_ref": "'copy-' || n", "created_at": "{came}"},
    "routing_prediction": {"item_id": "{id}", "created_at": "{came}"},
}
CHECK = {"routing_assignment": {"inclusion": str(CHECKED)}}


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} items only")
    parser.add_argument("--write", type=Path, help="the page whose table is to be written")
    options = parser.parse_args()
    with scratch_database("dashboard"):
        found = measure(QUICK if options.quick else ITEMS)
    if options.write:
        pages.put(options.write, "dashboard", table(found))
    print(json.dumps(found))


def measure(items: int) -> dict:
    """Return how long the figures of so many items are read, and the figures of each page."""
    from django.core.management import call_command
    from django.db import connection

    from routing.roles import ensure_roles

    call_command("collectstatic", interactive=False, verbosity=0)
    ensure_roles(by=BY)
    people = [person(f"rita-{n}", "reviewers") for n in range(PEOPLE)]
    slugs = [f"type-{number}" for number in range(TYPES)]
    for number, slug in enumerate(slugs):
        make(slug, items // TYPES, number, people)
    for slug in slugs:
        fill(slug, 0, round(WAITING * items / TYPES))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    result = {"items": items, "answers": answers(), "seconds_to_read": reading()}
    say("measuring the pages")
    return result | {"pages": in_turn({name: opened(*page) for name, page in PAGES.items()}, TIMES)}


def make(slug: str, count: int, number: int, people: list) -> None:
    """Make an item type, the number-th, with so many items in their shares."""
    item_type(slug, {}, audit_rate=1.0, overlap_share=0.0, validated_share=0.0, gold_share=0.0)
    first = FIRST + number * 10 * ITEMS
    # The automated item is checked, too; without the rows of its check it is one of those that were not.
    checked, reviewed = (answered(slug, sure, people[0]) for sure in (0.99, 0.85))
    shares = {"automated": 1 - REVIEWED - CHECKED, "checked": CHECKED, "reviewed": REVIEWED}
    of = {
        "automated": (checked, [AUTOMATED]),
        "checked": (checked, [ANSWERED, AUTOMATED, CHECK]),
        "reviewed": (reviewed, [ANSWERED]),
    }
    for place, (name, share) in enumerate(shares.items()):
        item, own = of[name]
        spread(item, [EVERY, *own], first + place * ITEMS, round(share * count), people[0].pk)


def answered(slug: str, confidence: float, user: object) -> object:
    """Return a new item that this person has answered: at its review, or at the check of its automation."""
    from labeling.answering import review
    from routing import assignments, intake, router

    entry = intake.clean_entry(body(confidence, to=slug), router.find_type(slug))
    item = router.submit(slug, [entry], by=BY)[0].item
    said = review.Answer("edit", label="negative", time_spent_ms=30_000)
    review.submit(assignments.claim(by=user).pk, said, by=user)
    return item


def spread(item: object, own: list[dict], first: int, count: int, user: int) -> None:
    """Copy an item so many times over five weeks, with what these tables hold of it."""
    from django.apps import apps
    from django.utils import timezone

    merged: dict[str, dict[str, str]] = {}
    for tables in own:
        for name, columns in tables.items():
            merged[name] = merged.get(name, {}) | columns
    # The answers follow within half an hour, and are not to come from the future.
    came = CAME.format(until=timezone.now() - timedelta(hours=1), first=first, count=count)
    words = {"came": came, "id": ID.format(came=came)}
    words["who"] = WHO.format(person=user, people=PEOPLE)
    models = {model._meta.db_table: model for model in apps.get_models()}
    for start in range(first, first + count, PIECE):
        stop = min(start + PIECE, first + count)
        for name, columns in merged.items():
            values = {key: value.format(**words) for key, value in columns.items()}
            copy(models[name], item, values, start, stop)
        say(f"{item.item_type}: {stop - first:,} of {count:,}")


def answers() -> int:
    """Return how many answers were made."""
    from labeling.models import Review

    return Review.objects.count()


def reading() -> dict[str, float]:
    """Return the seconds for which everything, and the last two weeks, are read; the night before is over."""
    from audit import trail
    from hitl_project.goals import remembering, running, sources

    trail.seal()
    running.run()
    return {
        "everything": clocked(partial(sources.read, longest=running.LONGEST)),
        "two weeks": clocked(
            partial(sources.read, known=remembering.known(), longest=running.LONGEST),
        ),
    }


def clocked(operation: Callable[[], object]) -> float:
    """Run the operation and return the seconds it took."""
    begun = time.perf_counter()
    operation()
    return round(time.perf_counter() - begun, 2)


def opened(group: str, address: str) -> Callable[[], None]:
    """Return what opens the page as a new person of this group."""
    from django.test import Client

    client = Client()
    user = person(f"{group}-{address.strip('/') or 'home'}", group)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def open_page() -> None:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content

    return open_page


def table(found: dict) -> str:
    """Return what was measured, as Markdown."""
    seconds = found["seconds_to_read"]
    lines = [
        f"{name} | {page['statements']} | {page['p50_ms']:.0f}, {page['p95_ms']:.0f}"
        f" | {page['web_ms']:.0f} + {page['database_ms']:.0f}"
        for name, page in found["pages"].items()
    ]
    return (
        f"{found['items']:,} items in five weeks, {found['answers']:,} answers: everything is read in"
        f" {seconds['everything']:.1f} s, two weeks in {seconds['two weeks']:.1f} s.\n\n"
        "| page | statements | p50, p95 ms | CPU ms: web + database |\n|---|---|---|---|\n"
    ) + "\n".join(f"| {line} |" for line in lines)


if __name__ == "__main__":
    main()
