"""What an item and an answer cost, in bytes and CPU, and how large a server for so many people must be.

Items of 1 kB with a prediction go the way of every item, one in ten to a person; everything that is written
for them counts, indexes too, after a VACUUM. CPU is that of bench/hotpath.py. `--write docs/operations.md`
puts the tables between the page's marks. Usage: python bench/sizing.py [--quick] [--write FILE]
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import hotpath, pages
from bench.world import TEXT, item_type, person, say, scratch_database

BATCH = 500
SIZES = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


REVIEWED = 0.1  # share of the items that people answer
PER_HOUR = 100  # answers of one person, all at work at the same time
BUSY = 0.6  # of a core, at most, in the busiest hour: what is more makes people wait
SITES = ((10, 1_000_000), (100, 10_000_000), (1_000, 100_000_000))  # people, items kept


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5,000 items instead of 50,000")
    parser.add_argument("--write", type=Path, help="the page whose table is to be written")
    options = parser.parse_args()
    with scratch_database("sizing"):
        found = measure(5_000 if options.quick else 50_000)
    with scratch_database("hotpath"):
        cpu = hotpath.measure(1_000, 40 if options.quick else 200)["ours"]
    found["cpu"] = {name: (one["web_ms"], one["database_ms"]) for name, one in cpu.items()}
    if options.write:
        pages.put(options.write, "sizing", table(found))
    print(json.dumps(found))


def table(found: dict) -> str:
    """Return what was measured, and what follows for sites of three sizes, as tables in Markdown."""
    cpu, automated, answered = found["cpu"], found["bytes an automated item"], found["bytes an item answered"]
    lines = ["| measured | web | database |", "|---|---|---|"]
    for name, words in (
        ("post_one", "an item posted alone"),
        ("post_500", "an item posted among 500"),
        ("claim", "a claim"),
        ("submit", "an answer"),
    ):
        lines.append(f"| {words} | {cpu[name][0]:.1f} ms of CPU | {cpu[name][1]:.1f} ms of CPU |")
    lines += [
        f"| an item that the router decides | | {automated['all'] / 1000:.1f} kB on disk |",
        f"| an item that a person answers | | {answered['all'] / 1000:.1f} kB on disk |",
        "",
        "| people | answers and items a second | posted | web: cores | database: cores | items kept | disk |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [row(found, people, kept, post) for people, kept in SITES for post in ("post_one", "post_500")]
    return "\n".join(lines)


def row(found: dict, people: int, kept: int, post: str) -> str:
    """Return a line of the table: what this many people and items need where items are posted so."""
    cpu = found["cpu"]
    answers = people * PER_HOUR / 3600
    items = answers / REVIEWED
    web, database = (
        (answers * (cpu["claim"][side] + cpu["submit"][side]) + items * cpu[post][side]) / 1000 / BUSY
        for side in (0, 1)
    )
    bytes_each = (1 - REVIEWED) * found["bytes an automated item"]["all"]
    bytes_each += REVIEWED * found["bytes an item answered"]["all"]
    posted = "one by one" if post == "post_one" else "500 at once"
    return (
        f"| {people:,} | {answers:.1f} and {items:.0f} | {posted} | {web:.1f} | {database:.1f}"
        f" | {kept:,} | {kept * bytes_each / 1e9:,.0f} GB |"
    )


def measure(items: int) -> dict:
    """Return the bytes of an item that the router decided and of one that a person did, by table."""
    from audit import trail

    item_type("sentiment", {}, audit_rate=0.0)
    empty = sizes()
    post(items, confidence=0.99)
    trail.seal()
    automated = sizes()
    post(items // 10, confidence=0.6)
    answer(items // 10)
    trail.seal()
    answered = sizes()
    return {
        "items": items,
        "bytes an automated item": per(empty, automated, items),
        "bytes an item answered": per(automated, answered, items // 10),
    }


def post(count: int, confidence: float) -> None:
    """Submit so many items of 1 kB, whose model is as sure as this."""
    from routing import router
    from routing.policy import Opinion

    say(f"{count} items of confidence {confidence}")
    said = (Opinion(model="clf@3", label="positive", confidence=confidence),)
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        entries = [
            router.Entry(item_ref=f"{confidence}-{number}", payload={"text": TEXT}, opinions=said)
            for number in numbers
        ]
        router.submit("sentiment", entries, by="system:bench")


def answer(count: int) -> None:
    """Have one person approve so many items, one by one."""
    from labeling.answering import review
    from labeling.answering.review import Answer
    from routing import assignments

    rita = person("rita", "reviewers")
    for _ in range(count):
        seat = assignments.claim(by=rita)
        review.submit(seat.pk, Answer("approve"), by=rita)


def sizes() -> dict[str, int]:
    """Return the bytes of each table with its indexes, after a VACUUM."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(SIZES)
        return dict(cursor.fetchall())


def per(before: dict[str, int], after: dict[str, int], count: int) -> dict[str, int]:
    """Return by how much each table grew for each of so many, largest first, and all together."""
    grown = {name: round((size - before.get(name, 0)) / count) for name, size in after.items()}
    largest = dict(sorted(grown.items(), key=lambda one: -one[1])[:6])
    return {"all": sum(grown.values())} | largest


if __name__ == "__main__":
    main()
