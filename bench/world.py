"""What every bench starts from: Django on a scratch database of its own, people, and a backlog."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = "The room was fine, the view was not. " * 24
BY = "system:bench"
numbers = count()


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Set Django up on an empty database called `bench_<name>`, dropped at the end."""
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitl_project.settings")
    os.environ["HTTPS"] = "0"
    os.environ["ALLOWED_HOSTS"] = "*"
    os.environ["LOG_LEVEL"] = "ERROR"
    import django

    django.setup()
    from django.db import connection

    original = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(original, verbosity=0)


def clone(name: str) -> str:
    """Copy the present database under this name, and return the name; `use` goes there, `drop` deletes it."""
    from django.db import connection

    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{connection.settings_dict["NAME"]}"')
    return name


def use(name: str) -> None:
    """Go on in the database of this name."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def drop(names: list[str]) -> None:
    """Delete these databases."""
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def say(text: str) -> None:
    """Print progress on standard error: standard output is for the result."""
    print(text, file=sys.stderr, flush=True)


def item_type(slug: str, rules: dict[str, str], **fields: object) -> object:
    """Return a new item type with these live rules by name, published; its queues are made on first use."""
    from django.contrib.auth.models import Group

    from routing import policies
    from routing.models import ItemType, Queue

    queues = [
        Queue.objects.get_or_create(
            slug=queue, defaults={"group": Group.objects.get_or_create(name=group)[0]}
        )
        for queue, group in (("reviews", "reviewers"), ("experts", "experts"))
    ]
    made = ItemType.objects.create(
        slug=slug,
        kind="classification",
        labels=["negative", "positive"],
        queue=queues[0][0],
        expert_queue=queues[1][0],
        blind_share=0.0,
        **fields,
    )
    for name, when in rules.items():
        made.rules.create(name=name, category="risk", when=when, effect="expert", state="live")
    policies.publish(made, reason="bench", by=BY)
    return made


def person(name: str, group: str) -> object:
    """Return a new user in this group."""
    from django.contrib.auth.models import Group, User

    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    return user


def caller(user: object, scopes: list[str]) -> object:
    """Return an API client that sends a key of this user."""
    from rest_framework.test import APIClient

    from audit.keys import create_key

    client = APIClient()
    key = create_key(user, name="bench", scopes=scopes, by=BY)[1]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


def body(confidence: float = 0.85, *, to: str = "sentiment", committee: int = 1) -> dict:
    """Return one item of about one kilobyte with a prediction by each of the committee."""
    said = [
        {
            "model": f"clf@{number}",
            "label": "negative",
            "confidence": sure,
            "probabilities": {"negative": sure, "positive": round(1 - sure, 6)},
        }
        for number in range(committee)
        for sure in [round(confidence - 0.01 * number, 6)]
    ]
    return {
        "item_type": to,
        "item_ref": f"ref-{next(numbers)}",
        "payload": {"text": TEXT},
        "context": {"amount": 120, "country": "AE"},
        "predictions": said,
    }


# The n-th copy of an item that waits for a person: of any priority and utility, one in a hundred overdue.
COPIED = {
    "routing_item": {"id": "{id}", "item_ref": "'copy-' || n"},
    "routing_prediction": {"item_id": "{id}"},
    "routing_assignment": {
        "item_id": "{id}",
        "priority": "n %% 4",
        "utility": "random()",
        "due_at": "now() + (n %% 7200 - 72) * interval '1 second'",
    },
}


def fill(slug: str, start: int, stop: int) -> None:
    """Let an item for each of these numbers wait in this type: copies of one that the router took in."""
    from django.db import connection

    from routing import intake, router
    from routing.models import Assignment, Item, Prediction

    kind = router.find_type(slug)
    entry = intake.clean_entry(body(to=slug), kind)
    item = router.submit(slug, [entry], by=BY)[0].item
    identity = f"('{kind.pk:08x}-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
    for model in (Item, Prediction, Assignment):
        own = {name: value.format(id=identity) for name, value in COPIED[model._meta.db_table].items()}
        copy(model, item, own, start, stop)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE routing_item, routing_prediction, routing_assignment")


def copy(model: type, item: object, own: dict[str, str], start: int, stop: int) -> None:
    """Copy what this table holds of the item, once for each number n; `own` is what differs, as SQL of n."""
    from django.db import connection

    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if field.column != "id" or "id" in own]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(own.get(column, f't."{column}"') for column in columns)
    key = "id" if isinstance(item, model) else "item_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} t "
            f"CROSS JOIN generate_series(%s::int, %s::int) n WHERE t.{key} = %s",
            [start, stop - 1, item.pk],
        )
