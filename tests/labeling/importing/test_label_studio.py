"""Label Studio's tasks taken in: from its documentation, changed there, and in other shapes."""

import json
from pathlib import Path

import pytest

from labeling.importing.tasks import NoTask, record
from labeling.models import Label
from routing.kinds import TypeSpec
from routing.models import Item
from tests import factories
from tests.labeling.exporting.worlds import empty, export, populate, take_in

DOCUMENTED = Path(__file__).parents[2] / "fixtures" / "label_studio_documentation.json"
WORDS = TypeSpec("classification", labels=("good", "bad"))
CHOICE = {"type": "choices", "value": {"choices": ["good"]}}


def task(**fields):
    """Return a task with one text that somebody found good."""
    said = {"id": 7, "result": [CHOICE]}
    return {"id": 3, "project": 5, "data": {"text": "Fine."}, "annotations": [said]} | fields


@pytest.mark.django_db
def test_the_export_of_its_own_documentation_is_taken_in():
    factories.item_type("moon", kind="detection", labels=["Moonwalker"])
    said = take_in(DOCUMENTED, "moon")
    assert said == "1 rows: 1 items new, 0 known, 1 labels new, 0 refused\n"
    item, label = Item.objects.get(), Label.objects.get()
    assert (item.item_ref, item.status, item.label) == ("label-studio-83-1", "approved", label.label)
    box = [50.8, 5.869797225186766, 63.2, 16.32870864461046]
    assert label.label == [{"label": "Moonwalker", "box": pytest.approx(box, abs=1e-9)}]
    assert (label.user.username, label.time_spent_ms, label.source) == ("label-studio-10", 4288, "import")
    assert label.ts.isoformat() == "2021-03-09T22:16:08.728353+00:00"
    models = [(one.model, one.confidence) for one in item.predictions.all()]
    assert models == [("model 1", 0.0), ("model 2", 0.0)]


@pytest.mark.django_db
def test_the_documented_export_read_again_is_known():
    factories.item_type("moon", kind="detection", labels=["Moonwalker"])
    take_in(DOCUMENTED, "moon")
    assert take_in(DOCUMENTED, "moon") == "1 rows: 0 items new, 1 known, 0 labels new, 0 refused\n"


@pytest.mark.django_db
def test_what_was_changed_added_and_skipped_there_counts(tmp_path):
    populate("classification")
    tasks = json.loads(export(tmp_path / "a.json", "label-studio"))
    chosen = next(one for one in tasks if one["meta"]["hitl"]["item_ref"] == "approved")
    chosen["annotations"][0]["result"][0]["value"]["choices"] = ["negative"]
    more = {"result": chosen["annotations"][0]["result"], "completed_by": {"id": 4, "email": "m@x.example"}}
    chosen["annotations"] += [more | {"id": 8}, more | {"id": 9, "was_cancelled": True}]
    empty()
    (tmp_path / "b.json").write_text(json.dumps([chosen]))
    assert take_in(tmp_path / "b.json") == "1 rows: 1 items new, 0 known, 2 labels new, 0 refused\n"
    said = Label.objects.order_by("ts").values_list("label", "user__username", "source")
    assert list(said) == [("negative", "rita", "review"), ("negative", "m@x.example", "import")]


def test_the_picture_s_size_is_read_from_its_results():
    value = {"x": 25, "y": 50, "width": 50, "height": 25, "rotation": 0, "rectanglelabels": ["car"]}
    size = {"original_width": 600, "original_height": 403}
    said = {"result": [{"type": "rectanglelabels", "value": value, "score": 0.9} | size], "score": 0.8}
    made = record(
        {"id": 1, "data": {"image": "https://x.example/a.png"}, "predictions": [said]},
        TypeSpec("detection", labels=("car",)),
        "cars",
    )
    boxes = [{"label": "car", "box": [150, 201.5, 450, 302.25], "score": 0.9}]
    assert made["payload"] == {"image": "https://x.example/a.png", "width": 600, "height": 403}
    assert made["predictions"] == [{"model": "label-studio", "label": boxes, "confidence": 0.8}]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"data": "text"}, "A task needs data."),
        ({"annotations": "many"}, "annotations is no list of objects."),
        ({"annotations": [{"result": [3]}]}, "A result needs a value."),
        ({"annotations": [{"result": []}]}, "There is not one result of type choices here, but 0."),
        (
            {"annotations": [{"result": [CHOICE | {"value": {"choices": ["good", "bad"]}}]}]},
            "There is not one choice here.",
        ),
    ],
)
def test_what_is_no_task_is_refused_with_the_reason(wrong, why):
    with pytest.raises(NoTask) as caught:
        record(task(**wrong), WORDS, "words")
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("kind", "payload", "results", "label"),
    [
        ("regression", {"text": "x"}, [{"type": "rating", "value": {"rating": 4}}], 4),
        ("generation", {}, [{"type": "textarea", "value": {"text": ["a", "b"]}}], "a\nb"),
        ("preference", {}, [{"type": "pairwise", "value": {"selected": "right"}}], "b"),
        ("entity_linking", {}, [], None),
    ],
)
def test_the_tags_of_each_kind_are_read(kind, payload, results, label):
    made = record({"id": 1, "data": payload, "annotations": [{"result": results}]}, TypeSpec(kind), "any")
    assert [one["label"] for one in made["labels"]] == [label]


def test_a_turned_box_is_refused():
    value = {"x": 1, "y": 1, "width": 5, "height": 5, "rotation": 30, "rectanglelabels": ["car"]}
    said = {"result": [{"type": "rectanglelabels", "value": value}]}
    with pytest.raises(NoTask, match="turned"):
        record({"id": 1, "data": {}, "annotations": [said]}, TypeSpec("detection"), "cars")
