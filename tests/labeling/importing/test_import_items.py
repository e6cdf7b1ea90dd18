"""Files of items through the command: what goes in, what is refused and why, and going on after a break."""

import json

import pytest
from django.core.management.base import CommandError

from labeling.importing import running, storing
from labeling.models import Label, Review
from routing.models import Assignment, Item
from tests import factories
from tests.labeling.exporting.worlds import take_in
from tests.statements import counted

pytestmark = pytest.mark.django_db
SLUG = "sentiment"
CHOICES = "Use one of: negative, positive."
PURPOSES = "review, overlap, expert, audit, learn, validate, second, appeal"
STATUSES = "Use one of: open, pooled, pending_ai, pending_human, pending_expert, approved, rejected."
TIME = "Send an ISO 8601 time with its zone, for example 2026-11-20T09:30:00Z."


@pytest.fixture
def sentiment():
    return factories.item_type()


def rows(count, **fields):
    """Return so many rows of JSON Lines."""
    made = ({"item_ref": f"r{i}", "payload": {"text": f"Number {i}."}} | fields for i in range(count))
    return "".join(json.dumps(one) + "\n" for one in made)


def refused(path):
    """Return line and reason of each refused row."""
    told = map(json.loads, running.refused_path(path).read_text().splitlines())
    return [(one["line"], one["reason"]) for one in told]


def test_items_as_the_api_takes_them_go_their_way(sentiment, tmp_path):
    said = [{"model": "clf@3", "label": "negative", "confidence": 0.85}]
    (tmp_path / "a.jsonl").write_text(rows(1, predictions=said, context={"amount": 3}))
    assert take_in(tmp_path / "a.jsonl", SLUG) == "1 rows: 1 items new, 0 known, 0 labels new, 0 refused\n"
    item = Item.objects.get()
    assert (item.status, item.context, item.confidence) == ("pending_human", {"amount": 3}, 0.85)
    assert Assignment.objects.open().count() == 1


def test_a_table_brings_items_context_predictions_and_labels(sentiment, tmp_path):
    (tmp_path / "a.csv").write_text(
        "item_ref,review,context.amount:json,prediction.model,prediction.label,prediction.confidence,label,user\n"
        "r1,=Fine,12.5,clf@1,positive,0.9,negative,rita\n"
        "r2,So so,,,,,,\n",
        encoding="utf-8-sig",
    )
    said = take_in(tmp_path / "a.csv", SLUG, field=[("review", "text")])
    assert said == "2 rows: 2 items new, 0 known, 1 labels new, 0 refused\n"
    first, second = Item.objects.order_by("item_ref")
    assert (first.payload, first.context) == ({"text": "=Fine"}, {"amount": 12.5})
    assert (first.status, first.label, first.decided_by) == ("approved", "negative", "user:rita")
    assert (second.payload, second.status) == ({"text": "So so"}, "pending_ai")


def test_labels_without_an_id_are_known_when_they_come_again(sentiment, tmp_path):
    (tmp_path / "a.csv").write_text("item_ref,text,label\nr1,Fine,positive\n")
    take_in(tmp_path / "a.csv", SLUG)
    assert take_in(tmp_path / "a.csv", SLUG) == "1 rows: 0 items new, 1 known, 0 labels new, 0 refused\n"
    assert Label.objects.count() == 1


def test_a_pool_is_kept_for_the_sampler(sentiment, tmp_path):
    (tmp_path / "a.jsonl").write_text(rows(2))
    take_in(tmp_path / "a.jsonl", SLUG, pool=True)
    assert list(Item.objects.values_list("status", flat=True)) == ["pooled", "pooled"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"payload": {}}, "payload: Send at least one of text, image and features."),
        ({"item_ref": ""}, "item_ref: This field may not be blank."),
        ({"item_type": "other"}, "item_type: This is of another item type than sentiment."),
        ({"labels": [{"label": "so"}]}, f"labels.0.label: There is no label 'so'. {CHOICES}"),
        ({"labels": [{"label": "negative", "source": "seed"}]},
         f"labels.0.source: Use one of: {PURPOSES}, import, feedback."),
        ({"labels": "many"}, "labels: Send a list of at most 1,000 objects."),
        ({"status": "approved"}, "decision: A decided item needs its decision."),
        ({"status": "lost"}, f"status: {STATUSES}"),
        ({"split": ["train"]}, "split: Use one of: train, held_out."),
        ({"created_at": "today"}, f"created_at: {TIME}"),
        ({"reviews": [{"action": "edit", "purpose": "seed", "user": "rita", "label": "negative",
                       "created_at": "2026-01-01T00:00:00Z"}]},
         f"reviews.0.purpose: Use one of: {PURPOSES}."),
    ],
)  # fmt: skip
def test_a_refused_row_is_told_by_line_and_reason_and_the_rest_goes_in(sentiment, tmp_path, change, why):
    good = json.loads(rows(1))
    lines = [good, good | {"item_ref": "bad"} | change, good | {"item_ref": "r1"}]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    assert take_in(path, SLUG).splitlines() == [
        "3 rows: 2 items new, 0 known, 0 labels new, 1 refused",
        f"refused rows: {path}.refused.jsonl",
    ]
    assert refused(path) == [(2, why)]
    assert sorted(Item.objects.values_list("item_ref", flat=True)) == ["r0", "r1"]
    assert (Label.objects.count(), Review.objects.count()) == (0, 0)


def test_bytes_that_are_no_text_are_refused_by_line(sentiment, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("item_ref,text\nr1,caf\udce9\nr2,th\u00e9\n".encode(errors="surrogateescape"))
    take_in(path, SLUG)
    why = "payload.text: Remove the null character or the half of a surrogate pair."
    assert refused(path) == [(2, why)]
    assert Item.objects.get().item_ref == "r2"


def test_a_label_that_says_something_else_under_a_known_id_is_refused_alone(sentiment, tmp_path):
    label = {"id": "0192f0c1-2c0e-7cc0-8000-000000000001", "label": "negative"}
    lines = rows(1, labels=[label]) + rows(2, labels=[label | {"label": "positive"}]).splitlines()[1] + "\n"
    path = tmp_path / "a.jsonl"
    path.write_text(lines)
    take_in(path, SLUG)
    why = "A label with this id is stored already and says something else. Nothing was stored."
    assert refused(path) == [(2, f"label, id: {why}")]
    assert (Item.objects.count(), Label.objects.get().label) == (2, "negative")


def test_an_import_that_broke_off_goes_on_where_it_stood(sentiment, tmp_path, monkeypatch):
    path, portions = tmp_path / "a.jsonl", []
    path.write_text(rows(4) + "nonsense\n" + rows(7).split("\n", 4)[4])
    monkeypatch.setattr(running, "PORTION", 2)

    def store(portion, item_type, *, by):
        portions.append([row.line for row in portion])
        if len(portions) == 4:
            raise KeyboardInterrupt
        return storing.store(portion, item_type, by=by)

    monkeypatch.setattr(running, "store", store)
    with pytest.raises(KeyboardInterrupt):
        take_in(path, SLUG)
    said = take_in(path, SLUG).splitlines()[0]
    assert said == "8 rows: 7 items new, 0 known, 0 labels new, 1 refused"
    assert portions == [[1, 2], [3, 4], [5, 6], [7, 8], [7, 8]]
    assert [line for line, _ in refused(path)] == [5]
    assert not running.state_path(path).exists()


def test_a_file_that_has_changed_begins_anew(sentiment, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(rows(2))
    running.state_path(path).write_text(json.dumps({"file": "another", "rows": 1}))
    assert take_in(path, SLUG) == "2 rows: 2 items new, 0 known, 0 labels new, 0 refused\n"


def test_however_many_rows_the_statements_are_as_many(sentiment):
    def portion(start, count):
        raws = map(
            json.loads, rows(start + count, labels=[{"label": "negative", "user": "rita"}]).splitlines()
        )
        return [storing.Row(i, raw) for i, raw in enumerate(raws, start=1)][start:]

    storing.store(portion(0, 1), sentiment, by="system:test")
    with counted(most=17) as few:
        storing.store(portion(1, 1), sentiment, by="system:test")
    with counted(most=17) as many:
        assert storing.store(portion(2, 60), sentiment, by="system:test").labels == 60
    assert len(few) == len(many)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing.jsonl", "missing.jsonl: No such file or directory."),
        ("a.xml", "Send a file that ends in one of: .csv, "),
    ],
)
def test_a_file_that_cannot_be_read_is_told(sentiment, tmp_path, name, why):
    (tmp_path / "a.xml").write_text("<a/>")
    with pytest.raises(CommandError) as caught:
        take_in(tmp_path / name, SLUG)
    assert why in str(caught.value)


def test_an_unknown_item_type_is_told(tmp_path):
    (tmp_path / "a.jsonl").write_text(rows(1))
    with pytest.raises(CommandError, match="There is no item type 'nope'"):
        take_in(tmp_path / "a.jsonl", "nope")


def test_a_label_that_was_taken_back_settles_nothing(sentiment, tmp_path):
    old = {"label": "negative", "user": "rita", "ts": "2026-01-02T00:00:00Z"}
    taken_back = old | {"superseded_at": "2026-01-03T00:00:00Z"}
    kept = {"label": "positive", "user": "rob", "ts": "2026-01-01T00:00:00Z"}
    texts = [{"item_ref": f"r{i}", "payload": {"text": "Fine."}} for i in range(2)]
    said = [texts[0] | {"labels": [kept, taken_back]}, texts[1] | {"labels": [taken_back]}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(one) + "\n" for one in said))
    take_in(tmp_path / "a.jsonl", SLUG)
    found = Item.objects.order_by("item_ref").values_list("status", "label")
    assert list(found) == [("approved", "positive"), ("pending_ai", None)]
