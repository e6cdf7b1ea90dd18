"""Posts, claims and submits by 1, 8, 32 and 200 clients at once, against a real server with its worker.

Everything is as it is run in earnest: gunicorn, qcluster and a PostgreSQL of its own. Of each act the rate,
the milliseconds as clients see them, and the CPU milliseconds of web and database; the web server's memory
before and after; what went wrong. The floor, a bare view that inserts one row (bench/floor.py), is measured
in the same run. Usage: python bench/load.py [--quick] [--seconds 300] [--write docs/operations.md]
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import pages
from bench.faulting.kept import Kept, until
from bench.faulting.site import Site
from bench.loading import work
from bench.loading.spent import cpu_seconds, megabytes
from bench.loading.table import table
from bench.loading.work import Client
from bench.world import caller, fill, item_type, person, say

LEVELS = (1, 8, 32, 200)
FLOOR_LEVEL = 8
WARM = 20  # acts before the first figure, so that each process has answered some
# CPU milliseconds of web + database, by the same acts on one busy 2-core machine (their own servers).
PEERS = {
    "Label Studio 1.23.2": {"post": [55, 33], "decision": [185, 100], "post_p95_ms_at_8": [500, 760]},
    "doccano 1.8.4": {"post": [14, 2.3], "decision": [65, 50], "post_p95_ms_at_8": [96, 96]},
}
AIM = {"post": [12, 3], "decision": [20, 6], "post_p95_ms_at_8": 150, "claim_p95_ms_at_8": 50}


def main() -> int:
    """Measure, print one JSON object, and return 1 where a request failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="six seconds a level, two thousand waiting")
    parser.add_argument("--seconds", type=float, help="for each number of clients: 300, quick 6")
    parser.add_argument("--write", type=Path, help="the page whose table is to be written anew")
    options = parser.parse_args()
    seconds = options.seconds or (6.0 if options.quick else 300.0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped
    with tempfile.TemporaryDirectory(prefix="hitl-load-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        site = Site(home, relayed=False)
        try:
            result = measure(site, seconds, 2_000 if options.quick else 100_000)
        finally:
            site.stop()
    print(json.dumps(result))
    if options.write:
        pages.put(options.write, "load", table(result))
    return 1 if any(one["errors"] for one in result["levels"]) else 0


def measure(site: Site, seconds: float, waiting: int) -> dict:
    """Return the figures of each number of clients, of the floor, and the peers' beside them."""
    site.prepare()
    item_type("sentiment", {"large": "has(context.amount) && context.amount > 10000"})
    most = max(LEVELS)
    clients = [_key(f"client-{number}", "clients", "items:write") for number in range(most)]
    people = [_key(f"reviewer-{number}", "reviewers", "reviews:write") for number in range(most)]
    fill("sentiment", 0, waiting)
    site.start()
    levels = []
    for count in LEVELS:
        levels.append(_level(site, clients[:count], people[:count], seconds))
        say(json.dumps(levels[-1]))
    floor = _floor(site, seconds, waiting)
    return {
        "unit": "milliseconds; CPU an act as [web, database]",
        "seconds": seconds,
        "waiting": waiting,
        "levels": levels,
        "floor": floor,
        "peers": PEERS,
        "aim": AIM,
    }


def _key(name: str, group: str, scope: str) -> str:
    return caller(person(name, group), [scope])._credentials["HTTP_AUTHORIZATION"]


def _level(site: Site, clients: list[str], people: list[str], seconds: float) -> dict:
    """Return what so many clients get: half of the time they post, half of it they claim and submit."""
    posting = [Client(site.port, key) for key in clients]
    reviewing = [Client(site.port, key) for key in people]
    # Not measured: what a process imports and reads once, when it is first asked.
    for _ in range(WARM):
        work.post(posting[0])
        work.review(reviewing[0])
    reviewing[0].close()  # the server ends a connection that idles while the others post
    before = megabytes(site.web.process.pid)
    found = {"clients": len(clients)}
    found["post"] = _phase(site, site.web, posting, work.post, ["post"], seconds / 2)["post"]
    found |= _phase(site, site.web, reviewing, work.review, ["claim", "submit"], seconds / 2)
    errors = sum((one.errors for one in posting + reviewing), start=Counter())
    memory = {"before_mb": before, "after_mb": megabytes(site.web.process.pid)}
    return found | {"web_memory": memory, "errors": dict(errors)}


def _phase(
    site: Site, web: Kept, clients: list[Client], act: work.Act, names: list[str], seconds: float
) -> dict:
    """Return the figures of the acts of one phase; CPU is that of all of them together, by decision."""
    # Not measured: the first request of each thread opens its connection to the database.
    for one in clients[:8]:
        act(one)
    for one in clients:
        one.took.clear()
    roots = (web.process.pid, site.postgres.kept.process.pid)
    before = [cpu_seconds(root) for root in roots]
    elapsed = work.at_once(clients, act, seconds)
    spent = [after - was for after, was in zip(map(cpu_seconds, roots), before, strict=True)]
    found = {name: work.figures(clients, name, elapsed) for name in names}
    done = sum(len(one.took[names[-1]]) for one in clients)
    found[names[-1]]["cpu_ms"] = [round(1000 * one / max(done, 1), 2) for one in spent]
    return found


def _floor(site: Site, seconds: float, waiting: int) -> dict:
    """Return the figures of the bare view, served by the same command in our web server's place."""
    from django.db import connection

    from bench.floor import FILL, TABLE

    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute(FILL, [waiting])
        cursor.execute("ANALYZE floor_item")
    environ = site.web.environ | {"DJANGO_SETTINGS_MODULE": "bench.loading.floor_settings"}
    site.web.again(environ)
    clients = [Client(site.port, "") for _ in range(FLOOR_LEVEL)]
    until(lambda: clients[0].post("post", "/floor/items/", work.body()), 30, "the floor answers")
    found = {"clients": FLOOR_LEVEL}
    found |= _phase(site, site.web, clients, work.post_floor, ["post"], seconds / 2)
    return found | _phase(site, site.web, clients, work.review_floor, ["claim", "submit"], seconds / 2)


if __name__ == "__main__":
    sys.exit(main())
