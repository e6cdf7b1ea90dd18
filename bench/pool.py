"""Seconds and memory of a sampling run over a large pool, by one worker and by two.

Items have sixteen features; a linear model is in force. Each worker is a process of its own, whose greatest
memory is measured. Usage: python bench/pool.py [--quick]
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.world import ROOT, item_type, say, scratch_database

FEATURES, LABELLED, BATCH = 16, 1_000, 100
SIZES, QUICK = (100_000, 1_000_000), (100_000,)


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundred thousand items only")
    parser.add_argument(
        "--worker", choices=["sample", "help"], help="do this on the database of the settings"
    )
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(work(options.worker)))
        return
    with scratch_database("pool"):
        print(
            json.dumps(
                {"features": FEATURES, "batch": BATCH, "runs": measure(QUICK if options.quick else SIZES)}
            )
        )


def measure(sizes: tuple[int, ...]) -> list[dict]:
    """Return the figures of a run over each size of pool, by one worker and by two."""
    shapes = item_type("shapes", {})
    train(shapes)
    rows, have = [], 0
    for size in sizes:
        say(f"making {size} items")
        fill(shapes, have, size)
        have = size
        for workers in (1, 2):
            rows.append({"pool": size, "workers": workers} | figures(workers))
            say(str(rows[-1]))
    return rows


def label(shapes: object, items: list) -> None:
    """Store the label of each item, its classes in turn."""
    from labeling.models import Label

    Label.objects.bulk_create(
        Label(
            item_type=shapes,
            item_ref=item.item_ref,
            item=item,
            label=shapes.labels[number % len(shapes.labels)],
            action="edit",
            reserved=item.held_out,
            source="learn",
        )
        for number, item in enumerate(items)
    )


def train(shapes: object) -> None:
    """Put a model in force that was trained on a thousand labels."""
    import numpy as np

    from learning import registry, retraining
    from learning.models import LearningPlan
    from routing.models import Item

    LearningPlan.objects.create(item_type=shapes, batch_size=BATCH)
    rng = np.random.default_rng(0)
    made = []
    for number in range(LABELLED):
        features = rng.normal(0, 1, FEATURES)
        features[number % len(shapes.labels)] += 2
        made.append(
            Item(
                item_type=shapes,
                item_ref=f"labelled-{number}",
                payload={"features": features.round(4).tolist()},
                status="pooled",
                audit_draw=float(rng.random()),
                held_out=number % 5 == 0,
                created_by="system:bench",
            )
        )
    Item.objects.bulk_create(made)
    label(shapes, made)
    version = retraining.retrain(shapes, trigger="bench").model_version
    if registry.champion(shapes) is None:
        registry.promote(version, reason="bench", by="system:bench")


def fill(shapes: object, start: int, end: int) -> None:
    """Store items `start` to `end` of the pool, made by the database, with features of chance."""
    from django.db import connection

    from routing.models import Item

    columns = [field.column for field in Item._meta.concrete_fields]
    made = {
        "id": "gen_random_uuid()",
        "item_ref": "'pool-' || n",
        "audit_draw": "random()",
        "held_out": "false",
        "payload": "jsonb_build_object('features', (SELECT jsonb_agg(4 * random() - 2 + 0 * g)"
        f" FROM generate_series(1, {FEATURES}) AS g WHERE n >= 0))",
    }
    chosen = ", ".join(made.get(column, f't."{column}"') for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    table = Item._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({named}) SELECT {chosen} FROM generate_series(%s::int, %s::int) AS n, "
            f"(SELECT * FROM {table} WHERE item_ref = 'labelled-0') AS t",
            [start, end - 1],
        )
        cursor.execute(f"ANALYZE {table}")


def figures(workers: int) -> dict:
    """Run one pick in processes of their own, and return its seconds and the memory of each process."""
    from learning.models import SamplingRun
    from routing.models import Assignment

    Assignment.objects.all().delete()
    roles = ["sample", *["help"] * (workers - 1)]
    started = time.perf_counter()
    at_work = [
        subprocess.Popen(
            [sys.executable, __file__, "--worker", role],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for role in roles
    ]
    said = [json.loads(worker.communicate()[0]) for worker in at_work]
    run = SamplingRun.objects.latest("pk")
    assert (run.status, run.picked) == ("done", BATCH), run.error
    asked = Assignment.objects.values("item").distinct().count()
    shared = sum(one["stretches"] for one in said)
    assert (asked, shared > 0) == (BATCH, workers > 1), "items asked about once, stretches shared"
    return {
        "seconds": round((run.finished_at - run.started_at).total_seconds(), 1),
        "with_start": round(time.perf_counter() - started, 1),
        "stretches_by_helpers": shared,
        "megabytes": [one["megabytes"] for one in said],
        "megabytes_before": said[0]["before"],
    }


def environment() -> dict[str, str]:
    """Return the environment of a process that works on the scratch database."""
    from django.db import connection

    has = connection.settings_dict
    where = f"host={quote(has['HOST'], safe='')}&port={has['PORT'] or 5432}"
    secret = f":{quote(has['PASSWORD'])}" if has["PASSWORD"] else ""
    return os.environ | {"DATABASE_URL": f"postgres://{quote(has['USER'])}{secret}@/{has['NAME']}?{where}"}


def work(role: str) -> dict:
    """Pick, or help whoever picks; return the stretches scored for another and the memory used."""
    import django

    django.setup()
    from learning import tasks
    from learning.asking import batch
    from learning.models import SamplingRun
    from routing.models import ItemType

    before, stretches = megabytes(), 0
    if role == "sample":
        tasks.sample(ItemType.objects.get(slug="shapes").pk, "bench")
    else:
        running = SamplingRun.objects.filter(status="running").exclude(basis="")
        until = time.monotonic() + 60
        while (
            run := running.select_related("item_type__queue").first()
        ) is None and time.monotonic() < until:
            time.sleep(0.2)
        stretches = batch.help_score(run) if run else 0
    return {"megabytes": megabytes(), "before": before, "stretches": stretches}


def megabytes() -> int:
    """Return the greatest resident memory of this process so far."""
    # Not by getrusage, which counts that of the process by which this one was started.
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


if __name__ == "__main__":
    main()
