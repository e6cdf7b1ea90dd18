"""Labels made elsewhere: checked against what is known, and safe to send again whatever came between."""

import json
from uuid import uuid4

import pytest

from labeling.api.labels import label_data
from labeling.importing.posted import LabelIdTaken, import_labels
from labeling.models import Label
from routing.errors import InvalidInput
from tests import factories

pytestmark = pytest.mark.django_db

BOXES = [{"label": "car", "box": [-2, 0, 900, 50]}]
PICTURE = {"image": "https://x.example/a.png", "width": 100, "height": 50}


def send(label="positive", to="sentiment", **fields):
    """Import one label of an item that nobody has sent yet."""
    return import_labels([{"item_type": to, "item_ref": "r-1", "label": label} | fields], by="system:test")[0]


def refused(*args, **fields):
    """Return code and field of what is wrong with a label."""
    with pytest.raises(InvalidInput) as caught:
        send(*args, **fields)
    return [(one.code, one.attr) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("kind", "settings", "label", "code"),
    [
        ("classification", {"labels": ["a", "b"]}, "nonsense", "unknown_label"),
        ("preference", {"labels": []}, "c", "unknown_label"),
        ("regression", {"labels": [], "maximum": 10.0}, 11, "out_of_range"),
        ("entity_linking", {"labels": []}, 7, "invalid"),
        ("generation", {"labels": []}, ["x"], "invalid"),
        ("detection", {"labels": ["car"]}, [{"label": "cow", "box": [0, 0, 1, 1]}], "unknown_label"),
    ],
)
def test_a_label_of_an_item_that_is_not_known_is_checked_by_its_type(kind, settings, label, code):
    factories.item_type("odd", kind=kind, **settings)
    assert [found for found, _ in refused(label, to="odd")] == [code]
    assert not Label.objects.exists()


@pytest.mark.parametrize(
    ("kind", "labels", "payload", "label"),
    [
        ("classification", ["a", "b"], {"text": "x"}, "b"),
        ("detection", ["car"], PICTURE, BOXES),
        ("generation", [], {"query": "q", "output": "o"}, " said\r\n"),
    ],
)
def test_the_same_label_is_known_again_after_its_item_came(kind, labels, payload, label):
    factories.item_type("odd", kind=kind, labels=labels)
    label_id = str(uuid4())
    first = send(label, to="odd", id=label_id)
    factories.submit(None, to="odd", ref="r-1", payload=payload)
    again = send(label, to="odd", id=label_id)
    assert (first.duplicate, again.duplicate, again.label) == (False, True, first.label)


def test_a_known_label_is_known_even_where_its_type_no_longer_has_it():
    made = factories.item_type()
    label_id = str(uuid4())
    send("positive", id=label_id)
    made.labels = ["negative", "neutral"]
    made.save()
    assert send("positive", id=label_id).duplicate


@pytest.mark.parametrize("change", [{"label": "negative"}, {"item_ref": "r-2"}, {"user_id": 1}])
@pytest.mark.parametrize(("numbered", "attr"), [(True, "1.id"), (False, "id")])
def test_an_id_that_says_something_else_is_refused_by_its_place(change, numbered, attr):
    factories.item_type()
    first = {"id": str(uuid4()), "item_type": "sentiment", "item_ref": "r-1", "label": "positive"}
    import_labels([first], by="system:test")
    raws = [first, first | change][0 if numbered else 1 :]
    with pytest.raises(LabelIdTaken) as caught:
        import_labels(raws, numbered=numbered, by="system:test")
    assert [one.attr for one in caught.value.problems] == [attr]


def test_an_id_twice_in_one_import_is_stored_once():
    factories.item_type()
    raw = {"id": str(uuid4()), "item_type": "sentiment", "item_ref": "r-1", "label": "positive"}
    found = import_labels([raw, raw], by="system:test")
    assert ([one.duplicate for one in found], Label.objects.count()) == ([False, True], 1)


@pytest.mark.parametrize(
    "ts",
    [
        "0001-01-01T00:00:00+14:00",
        "1899-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "2100-01-01T00:00:00Z",
    ],
)
def test_a_time_that_no_label_has_is_out_of_range(ts):
    factories.item_type()
    assert refused(ts=ts) == [("out_of_range", "ts")]


def test_the_answer_tells_a_label_as_it_is_stored():
    factories.item_type()
    said = send(ts="2026-01-01T01:00:00+14:00", weight=2, prev_confidence=1, id=str(uuid4()).upper()).label
    assert said.ts.isoformat() == "2025-12-31T11:00:00+00:00"
    assert json.dumps(label_data(said)) == json.dumps(label_data(Label.objects.get()))


def test_however_many_labels_the_statements_are_as_many(django_assert_num_queries):
    factories.item_type()
    for start, count in ((0, 1), (1, 40)):
        raws = [
            {"id": str(uuid4()), "item_type": "sentiment", "item_ref": f"r{i}", "label": "positive"}
            for i in range(start, start + count)
        ]
        with django_assert_num_queries(8):
            import_labels(raws, by="system:test")
