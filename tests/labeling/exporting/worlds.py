"""One item type of each kind with all that can be said of its items, and an empty server to take it to."""

import json
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from labeling.answering import correcting, review
from labeling.answering.review import Answer
from labeling.importing import posted
from labeling.models import GoldenExample, Label, Review, ReviewSession
from routing import assignments
from routing.models import Assignment, Delivery, Item, ItemType, Prediction
from tests import factories

PICTURE = {"image": "https://x.example/a/pic.png", "width": 640, "height": 427}
OUTLINED = {"label": "car", "box": [3, 10.5, 640, 99], "polygon": [[3, 10.5], [640, 40], [320, 99]]}


@dataclass(frozen=True)
class Case:
    """One kind: its settings, a payload, what the model says, and what a person says instead."""

    kind: str
    payload: dict[str, Any]
    said: Any
    instead: Any
    settings: dict[str, Any] = field(default_factory=dict)


CASES = {
    "classification": Case(
        "classification", {"text": "=So, so."}, "positive", "negative", {"labels": ["negative", "positive"]}
    ),
    "multilabel": Case(
        "classification",
        {"text": "Züge – spät 🚆"},
        ["late"],
        [],
        {"labels": ["late", "dirty"], "multilabel": True},
    ),
    "entity_linking": Case(
        "entity_linking",
        {
            "text": "Paris is fine.",
            "mention": {"start": 0, "end": 5},
            "candidates": [{"id": "Q90", "name": "Paris"}],
        },
        "Q90",
        None,
    ),
    "generation": Case(
        "generation",
        {"query": "Who?", "context": ["It was she.", "Or he."], "output": "He."},
        "He.",
        "She.\nYes.",
    ),
    "preference": Case("preference", {"prompt": "Say it.", "a": "It.", "b": "Nothing."}, "a", "tie"),
    "detection": Case(
        "detection",
        PICTURE,
        [{"label": "car", "box": [1, 2.5, 640, 400.123456789], "score": 0.5}],
        [{"label": "car", "box": [10, 20, 31.7, 427]}, {"label": "dog", "box": [0, 0, 213, 1]}, OUTLINED],
        {"labels": ["car", "dog"]},
    ),
    "agent_action": Case(
        "agent_action",
        {"action": "pay", "args": {"to": "=x", "amount": 180.5, "more": [None]}, "description": "Züge"},
        {"action": "pay", "args": {"to": "=x", "amount": 180.5, "more": [None]}},
        {"action": "pay", "args": {"to": "y", "amount": 80, "more": []}},
    ),
    "regression": Case("regression", {"features": [1.5, -2]}, 3.25, 4, {"minimum": 0.0, "maximum": 10.0}),
}
KINDS = list(CASES)


def populate(name: str, slug: str = "thing") -> None:
    """Fill the server: items automated, approved, edited, doubted, open, pooled; labels with and without."""
    case = CASES[name]
    factories.item_type(slug, kind=case.kind, audit_rate=0.0, **{"labels": []} | case.settings)
    rita, edgar = factories.person("rita", "reviewers"), factories.person("edgar", "experts")
    common = {"to": slug, "payload": case.payload, "label": case.said, "context": {"amount": 12.5}}
    for ref in ("approved", "edited", "doubted"):
        factories.submit(0.85, ref=ref, **common)
    answers = [Answer("approve", confidence=0.75, time_spent_ms=1500), Answer("edit", case.instead)]
    for said in (*answers, Answer("reject", comment="No, no.")):
        review.submit(assignments.claim(by=rita).pk, said, by=rita)
    review.submit(assignments.claim(by=edgar).pk, Answer("edit", case.instead), by=edgar)
    for ref, confidence, pool in (("automated", 0.99, False), ("open", 0.85, False), ("pooled", None, True)):
        factories.submit(confidence, ref=ref, pool=pool, **common)
    raws = [{"item_type": slug, "item_ref": ref, "label": case.instead} for ref in ("open", "not here yet")]
    posted.import_labels(raws, by="system:test")


def take_back(name: str, slug: str = "thing") -> None:
    """Let somebody correct an answer, by newer guidelines and in the order of choices that they saw."""
    case, rita = CASES[name], User.objects.get(username="rita")
    ItemType.objects.update(guidelines="Look twice.")
    factories.submit(0.85, to=slug, payload=case.payload, label=case.said, ref="corrected")
    others = Assignment.objects.exclude(item__item_ref="corrected").values_list("pk", flat=True)
    seat = assignments.claim(without=list(others), by=rita).pk
    review.submit(seat, Answer("approve", in_order=True), by=rita)
    correcting.correct(seat, Answer("edit", case.instead, comment="On second thoughts."), by=rita)


def empty() -> None:
    """Take everything away but the configuration."""
    GoldenExample.objects.update(replaces=None)
    for table in (Label, GoldenExample, Review, ReviewSession, Assignment, Prediction, Delivery, Item, User):
        table.objects.all().delete()


def export(path: Path, name: str, slug: str = "thing", **options: Any) -> bytes:
    """Return the file that the command writes."""
    call_command("export", name, item_type=slug, output=path, stdout=StringIO(), stderr=StringIO(), **options)
    return path.read_bytes()


def take_in(path: Path, slug: str = "thing", **options: Any) -> str:
    """Return what the command says of the file it takes in."""
    out = StringIO()
    call_command("import_items", path, item_type=slug, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


FILL = """
WITH items AS (
    INSERT INTO routing_item (
        id, item_type_id, item_ref, payload, context, status, priority, reasons, shadow, signals, model,
        audit_draw, held_out, label, decided_at, decided_by, callback_url, about, created_at, created_by
    )
    SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, %(type)s, 'row-' || n,
        %(payload)s, '{}', 'approved', 1, '[]', '[]', '{}', 'clf@1', 0.5, false, %(label)s, now(),
        'user:rita', '', '', now(), 'system:test'
    FROM generate_series(1, %(count)s) AS n
    RETURNING id, item_ref
), said AS (
    INSERT INTO routing_prediction (item_id, rank, model, label, confidence, created_at)
    SELECT id, 0, 'clf@1', %(label)s, 0.9, now() FROM items
)
INSERT INTO labels (
    id, item_type, item_ref, label, ts, action, weight, source, blind, reserved, inclusion, item_id
)
SELECT gen_random_uuid(), %(slug)s, item_ref, %(label)s, now(), 'edit', 1, 'review', false, false, 1, id
FROM items
"""


def fill(name: str, count: int, slug: str = "thing") -> None:
    """Make a type with so many answered items, in one statement."""
    case = CASES[name]
    made = factories.item_type(slug, kind=case.kind, **{"labels": []} | case.settings)
    said = {"payload": json.dumps(case.payload | {"note": "x" * 500}), "label": json.dumps(case.instead)}
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"type": made.pk, "slug": slug, "count": count} | said)
        # Elsewhere the server does so by itself, soon after so many rows came.
        cursor.execute("ANALYZE routing_item, routing_prediction, labels")
