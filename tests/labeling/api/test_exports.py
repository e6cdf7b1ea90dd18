"""Exports through the API: who may, what is in them, what the trail keeps, and how much memory they take."""

import json
from datetime import UTC, datetime

import psutil
import pytest

from audit.models import AuditEvent
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.exporting import formats, reading, streaming
from labeling.models import Label
from routing import assignments
from routing.assignments import Want
from routing.models import Item
from tests import factories
from tests.api_client import attrs, caller
from tests.labeling.exporting.worlds import fill, populate
from tests.statements import counted

pytestmark = pytest.mark.django_db
URL = "/api/v1/exports/{}/?item_type=thing"
MEBIBYTE = 1 << 20


def rows(name="jsonl", query=""):
    """Return the lines of an export as JSON."""
    response = caller("labels:read").get(URL.format(name) + query)
    assert response.status_code == 200, response.content
    return [json.loads(line) for line in response.getvalue().splitlines()]


def refs(query=""):
    """Return the references of the exported records."""
    return [row["item_ref"] for row in rows("jsonl", query)]


def test_an_export_is_streamed_as_a_file(client):
    populate("classification")
    response = caller("labels:read").get(URL.format("csv"), HTTP_ACCEPT="text/csv")
    assert (response.status_code, response.streaming) == (200, True)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="thing-csv-')
    assert len(response.getvalue().splitlines()) == 6


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *[("classification", name) for name in ("jsonl", "csv", "label-studio")],
        *[("generation", name) for name in ("openai-chat", "sft", "dpo", "kto")],
        *[("detection", name) for name in ("coco", "yolo")],
    ],
)
def test_every_format_is_there(kind, name):
    populate(kind)
    response = caller("labels:read").get(URL.format(name) + "&split=all")
    assert (response.status_code, len(response.getvalue()) > 200) == (200, True)
    ended = AuditEvent.objects.get(verb="export.ended")
    assert (ended.data["format"], ended.data["complete"]) == (name, True)


@pytest.mark.parametrize(("split", "status"), [("&split=train", 200), ("&split=held_out", 403), ("", 403)])
def test_a_trainer_of_ones_own_reads_what_to_learn_from_and_no_more(split, status):
    populate("classification")
    response = caller("labels:train").get(URL.format("jsonl") + split)
    assert response.status_code == status


@pytest.mark.parametrize(("scope", "status"), [("labels:read", 200), ("items:read", 403), (None, 401)])
def test_an_export_needs_the_scope_to_read_labels(client, scope, status):
    populate("classification")
    asking = caller(scope) if scope else client
    response = asking.get(URL.format("jsonl"))
    assert response.status_code == status
    assert AuditEvent.objects.filter(verb__startswith="export.").count() == 0


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("jsonl/", 400, ("required", "item_type")),
        ("jsonl/?item_type=nope", 400, ("unknown_item_type", "item_type")),
        ("jsonl/?item_type=thing&since=today", 400, ("invalid", "since")),
        ("jsonl/?item_type=thing&source=gold", 400, ("invalid_choice", "source")),
        ("xml/?item_type=thing", 404, ("unknown_format", None)),
        ("dpo/?item_type=thing", 400, ("kind_not_supported", "item_type")),
        ("coco/?item_type=thing", 400, ("kind_not_supported", "item_type")),
    ],
)
def test_what_cannot_be_exported_is_told(path, status, error):
    factories.item_type("thing")
    response = caller("labels:read").get(f"/api/v1/exports/{path}")
    assert (response.status_code, attrs(response)) == (status, [error])


def test_the_trail_tells_who_took_what_and_how_much():
    populate("classification")
    client = caller("labels:read")
    count = len(client.get(URL.format("csv") + "&source=review").getvalue().splitlines()) - 1
    started, ended = AuditEvent.objects.filter(verb__startswith="export.").order_by("id")
    asked = {"format": "csv", "item_type": "thing", "split": "all", "since": None, "until": None}
    assert started.data == asked | {"sources": ["review"]}
    assert ended.data == started.data | {"rows": count, "complete": True}
    assert (count, started.subject_id, started.actor) == (2, ended.subject_id, ended.actor)
    assert started.actor.endswith(f"/{client.user.username}")


def test_an_export_that_broke_off_is_told_with_what_was_read(monkeypatch):
    monkeypatch.setattr(reading, "PAGE", 2)
    populate("classification")
    form = formats.FORMATS["jsonl"]
    asked = streaming.wanted(Item.objects.first().item_type, form)
    pieces = streaming.stream("jsonl", form, asked, by="system:test")
    assert (next(pieces), next(pieces).count(b"\n")) == (b"", 2)
    pieces.close()
    ended = AuditEvent.objects.get(verb="export.ended")
    assert (ended.data["rows"], ended.data["complete"]) == (2, False)


def test_split_keeps_what_judges_models_apart():
    populate("generation")
    Item.objects.filter(item_ref="approved").update(held_out=True)
    Label.objects.filter(item_ref="not here yet").update(reserved=True)
    everything = refs()
    assert refs("&split=held_out") == ["approved", "not here yet"]
    assert refs("&split=train") == [ref for ref in everything if ref not in ("approved", "not here yet")]
    assert len(everything) == 7


def test_what_models_are_trained_on_leaves_out_what_judges_them():
    populate("generation")
    Item.objects.update(held_out=False)
    every = rows("kto")
    Item.objects.filter(item_ref="edited").update(held_out=True)
    left = rows("kto")
    assert (len(every), len(left), len(rows("kto", "&split=all"))) == (7, 5, 7)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("&source=import", ["open", "not here yet"]),
        ("&source=expert", ["doubted"]),
        ("&since=2999-01-01T00:00:00Z", []),
        ("&until=2000-01-01T00:00:00Z", ["approved"]),
        ("&since=2000-01-01T00:00:00Z&source=review", ["edited", "doubted"]),
    ],
)
def test_times_and_source_choose_labels_and_items_that_have_one(query, found):
    populate("classification")
    old = datetime(1999, 1, 1, tzinfo=UTC)
    chosen = Label.objects.get(item_ref="approved")
    Label.objects.filter(pk=chosen.pk).update(ts=old)
    type(chosen.review).objects.filter(pk=chosen.review_id).update(created_at=old)
    assert refs(query) == found


def test_no_answer_to_a_seed_is_exported_in_any_format():
    made = factories.item_type("thing", kind="generation", labels=[], audit_rate=1.0)
    rita = factories.person("rita", "reviewers")
    payload = {"query": "Who?", "output": "He."}
    seed = factories.submit(0.97, to="thing", ref="planted", payload=payload, label="He.")
    for seat in seed.assignments.all():
        seat.delete()
    assignments.ask([Want(seed, "seed", made.queue, 0, blind=True)])
    factories.submit(0.97, to="thing", ref="check", payload=payload, label="He.")
    for _ in range(2):
        review.submit(assignments.claim(by=rita).pk, Answer("edit", "Nobody."), by=rita)
    assert sorted(Label.objects.values_list("item_ref", "source")) == [
        ("check", "audit"),
        ("planted", "seed"),
    ]
    told = {row["item_ref"]: (len(row["labels"]), len(row["reviews"])) for row in rows()}
    assert told == {"planted": (0, 0), "check": (1, 1)}
    client = caller("labels:read")
    for name in ("csv", "label-studio", "sft"):
        body = client.get(URL.format(name) + "&split=all").getvalue().decode()
        assert (body.count("Nobody."), '"seed"' in body) == (
            {"csv": 2}.get(name, body.count("Nobody.")),
            False,
        )


def test_a_page_takes_four_statements(monkeypatch):
    populate("classification")
    asked = reading.Wanted(Item.objects.first().item_type)
    with counted(most=7) as made:
        found = list(reading.pages(asked))
    assert [len(page.records) for page in found] == [6, 1]
    assert len(made) == 7  # four for the items, one that finds no more, two for labels without item


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name"), [("classification", "jsonl"), ("detection", "coco")])
def test_memory_stays_as_it_is_however_many_rows(kind, name):
    fill(kind, 20_000)
    process = psutil.Process()
    pieces = caller("labels:read").get(URL.format(name) + "&split=all").streaming_content
    before = largest = process.memory_info().rss
    size = 0
    for piece in pieces:
        size += len(piece)
        largest = max(largest, process.memory_info().rss)
    assert AuditEvent.objects.get(verb="export.ended").data["rows"] == 20_000
    assert (size > 3_000_000, largest - before < 40 * MEBIBYTE) == (True, True)
