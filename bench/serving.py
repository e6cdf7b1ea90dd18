"""How fast the server's own model answers, and how soon every process uses a new champion.

The linear model on banking77 (77 classes; 12 with --quick). In process: one payload at a time through the
model alone and through `serving.opinions`, which asks the database who is champion, and a batch. Over HTTP:
POST /predict/ on a real gunicorn, one connection. Then champions are changed while a client keeps asking:
`stale` counts answers by the model before that were asked for after the change was committed. Usage:
python bench/serving.py [--quick]; needs ../shared/data.
"""

import argparse
import json
import random
import sys
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import curves, servers
from bench.measuring import timed
from bench.world import BY, caller, item_type, person, say, scratch_database

SLUG = "banking"
BATCH = 1_000
CHANGES = 10
MOST_TEXTS = 2_000  # to learn from: how long an answer takes does not depend on it
AFTER = 20  # requests after each change, so that every process and thread is met
GOAL = 20.0  # milliseconds, 95 % of single texts in process


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="twelve classes, fewer repetitions")
    quick = parser.parse_args().quick
    texts, labels = read(12 if quick else 77)
    with scratch_database("serving"):
        say("training")
        versions = prepare(texts, labels)
        print(json.dumps(measure(versions, texts, 60 if quick else 400)))


def read(classes: int) -> tuple[list[str], list[str]]:
    """Return texts and labels of so many classes, in a random order that is always the same."""
    rows = list(zip(*curves.read("banking77"), strict=True))
    names = set(sorted({label for _, label in rows})[:classes])
    rows = [row for row in rows if row[1] in names]
    random.Random(0).shuffle(rows)
    texts, labels = zip(*rows[:MOST_TEXTS], strict=True)
    return list(texts), list(labels)


def prepare(texts: list[str], labels: list[str]) -> list[Any]:
    """Return a model trained on the texts, which is champion, and its double under another number."""
    from django.db import transaction

    from learning import registry, retraining
    from learning.learners import artifacts
    from routing.models import ItemType

    kind = item_type(SLUG, {})
    ItemType.objects.filter(pk=kind.pk).update(labels=sorted(set(labels)))
    kind.refresh_from_db()
    store(kind, texts, labels)
    first = retraining.retrain(kind, trigger="bench").model_version
    registry.promote(first, reason="bench", by=BY)
    about = {"learner": first.learner, "encoder": first.encoder, "labels_used": first.labels_used}
    with transaction.atomic():
        return [first, registry.add(kind, artifacts.save(registry.load(first)), **about)]


def store(kind: Any, texts: list[str], labels: list[str]) -> None:
    """Store the texts as items that people have labelled, one in ten kept back to judge by."""
    from labeling.models import Label
    from routing.models import Item, Status

    fixed = {"item_type": kind, "status": Status.POOLED, "created_by": BY, "audit_draw": 0.5}
    items = Item.objects.bulk_create(
        Item(item_ref=f"b-{at}", payload={"text": one}, held_out=at % 10 == 0, **fixed)
        for at, one in enumerate(texts)
    )
    said = {"item_type": kind, "action": "edit", "source": "learn"}
    Label.objects.bulk_create(
        Label(item_ref=item.item_ref, item=item, label=label, reserved=item.held_out, **said)
        for item, label in zip(items, labels, strict=True)
    )


def measure(versions: list[Any], texts: list[str], repeats: int) -> dict:
    """Return the figures in process and over HTTP, and how changes of champion were taken up."""
    from learning import serving
    from routing.router import find_type

    kind, turn = find_type(SLUG), iter(texts * (1 + 4 * repeats // len(texts)))
    model = serving.loaded(versions[0])
    many = [{"text": one} for one in (texts * (1 + BATCH // len(texts)))[:BATCH]]
    say("in process")
    result: dict = {
        "classes": len(kind.labels),
        "unit": "milliseconds",
        "goal_p95_in_process": GOAL,
        "model_alone": timed(lambda: model.predict_proba([{"text": next(turn)}]), repeats),
        "in_process": timed(lambda: serving.opinions(kind, [{"text": next(turn)}]), repeats),
        "batch_of_1000": timed(lambda: serving.opinions(kind, many), max(repeats // 20, 3)),
    }
    say("over HTTP")
    key = caller(person("client", "clients"), ["models:read"])._credentials["HTTP_AUTHORIZATION"]
    with servers.web() as address, closing(HTTPConnection(urlsplit(address).netloc, timeout=60)) as client:
        ask(client, key, many[:1])
        result["http"] = timed(lambda: ask(client, key, [{"text": next(turn)}]), repeats)
        result["http_batch_of_1000"] = timed(lambda: ask(client, key, many), max(repeats // 20, 3))
        result["new_champion"] = changes(client, key, versions, many[:1])
    result["holds_goal"] = result["in_process"]["p95_ms"] < GOAL
    return result


def ask(client: HTTPConnection, key: str, payloads: list[dict]) -> str:
    """Return the name of the model that answered; RuntimeError for an error."""
    body = json.dumps({"item_type": SLUG, "payloads": payloads})
    client.request(
        "POST", "/api/v1/predict/", body, {"Authorization": key, "Content-Type": "application/json"}
    )
    answer = client.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {said[:500]!r}")
    return json.loads(said)["model"]


def changes(client: HTTPConnection, key: str, versions: list[Any], payloads: list[dict]) -> dict:
    """Promote the two models in turn, each time asking the server from the commit on."""
    from learning import registry

    first, stale = [], 0
    for number in range(CHANGES):
        new = versions[(number + 1) % 2]
        registry.promote(new, reason="bench", by=BY)
        began = time.perf_counter()
        told = [ask(client, key, payloads)]
        first.append(1000 * (time.perf_counter() - began))
        told += [ask(client, key, payloads) for _ in range(AFTER)]
        stale += sum(one != str(new) for one in told)
    return {
        "changes": CHANGES,
        "requests": CHANGES * (1 + AFTER),
        "stale": stale,
        "first_answer_ms": round(max(first), 1),
    }


if __name__ == "__main__":
    main()
