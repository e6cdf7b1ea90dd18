"""What was exported, taken in by an empty server, is exported again as it was."""

import json

import pytest

from audit import trail
from labeling.models import Label, Review
from routing.models import Assignment, Item
from tests.labeling.exporting.worlds import KINDS, empty, export, populate, take_back, take_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_lines_come_back_byte_for_byte(kind, tmp_path):
    populate(kind)
    take_back(kind)
    first = export(tmp_path / "first.jsonl", "jsonl")
    empty()
    said = take_in(tmp_path / "first.jsonl")
    assert said == "8 rows: 7 items new, 0 known, 7 labels new, 0 refused\n"
    assert export(tmp_path / "second.jsonl", "jsonl") == first
    assert len(first.splitlines()) == 8


@pytest.mark.parametrize("kind", KINDS)
def test_label_studios_tasks_come_back_byte_for_byte(kind, tmp_path):
    populate(kind)
    take_back(kind)
    first = export(tmp_path / "first.json", "label-studio")
    empty()
    said = take_in(tmp_path / "first.json")
    assert said == "7 rows: 7 items new, 0 known, 6 labels new, 0 refused\n"
    assert export(tmp_path / "second.json", "label-studio") == first
    assert len(json.loads(first)) == 7


def test_embeddings_are_not_shown_in_label_studio_and_come_back_all_the_same(tmp_path):
    populate("classification")
    item = Item.objects.first()
    item.payload["embedding"] = [0.5, -1.25]
    item.save()
    tasks = json.loads(export(tmp_path / "tasks.json", "label-studio"))
    assert ["embedding" in task["data"] for task in tasks] == [False] * len(tasks)
    empty()
    take_in(tmp_path / "tasks.json")
    assert Item.objects.get(item_ref=item.item_ref).payload["embedding"] == [0.5, -1.25]


@pytest.mark.parametrize("kind", ["classification", "detection"])
def test_a_file_read_twice_changes_nothing(kind, tmp_path):
    populate(kind)
    take_back(kind)
    first = export(tmp_path / "first.jsonl", "jsonl")
    again = take_in(tmp_path / "first.jsonl")
    assert again == "8 rows: 0 items new, 7 known, 0 labels new, 0 refused\n"
    assert export(tmp_path / "second.jsonl", "jsonl") == first


def test_who_spoke_elsewhere_is_known_here_and_cannot_sign_in(tmp_path, django_user_model):
    populate("classification")
    export(tmp_path / "first.jsonl", "jsonl")
    empty()
    take_in(tmp_path / "first.jsonl")
    people = django_user_model.objects.order_by("username")
    assert [(one.username, one.is_active, one.has_usable_password()) for one in people] == [
        ("edgar", False, False),
        ("rita", False, False),
    ]


def test_what_was_decided_elsewhere_names_no_policy_of_this_server(tmp_path):
    populate("classification")
    export(tmp_path / "first.jsonl", "jsonl")
    empty()
    take_in(tmp_path / "first.jsonl")
    item = Item.objects.get(item_ref="edited")
    assert (item.status, item.action, item.policy, item.decided_by) == ("approved", None, None, "user:rita")
    told = [event.verb for event in trail.story(item)]
    assert told == ["item.submitted", "item.restored", "label.imported", "review.restored"]


def test_an_open_item_waits_for_people_again(tmp_path):
    populate("classification")
    export(tmp_path / "first.jsonl", "jsonl")
    empty()
    take_in(tmp_path / "first.jsonl")
    assert list(Assignment.objects.open().values_list("item__item_ref", "purpose")) == [("open", "review")]


def test_a_review_keeps_its_label_and_its_sitting(tmp_path):
    populate("classification")
    export(tmp_path / "first.jsonl", "jsonl")
    empty()
    take_in(tmp_path / "first.jsonl")
    stored = Review.objects.get(action="approve")
    label = stored.human_labels.get()
    assert (label.source, label.session_id, label.time_spent_ms) == ("review", stored.session_id, 1500)
    assert stored.session.ended_at is not None


def test_what_judged_models_there_judges_models_here(tmp_path):
    populate("classification")
    Item.objects.update(held_out=True)
    Label.objects.update(reserved=True)
    export(tmp_path / "first.jsonl", "jsonl")
    empty()
    take_in(tmp_path / "first.jsonl")
    assert set(Item.objects.values_list("held_out", flat=True)) == {True}
    assert set(Label.objects.values_list("reserved", flat=True)) == {True}


def test_a_correction_its_quality_and_what_people_settled_on_come_along(tmp_path):
    populate("preference")
    take_back("preference")
    settled = {"method": "posterior", "label": "tie", "votes": 3, "posterior": {"tie": 0.97}}
    Item.objects.filter(item_ref="corrected").update(signals={"consensus": settled})
    first = export(tmp_path / "first.jsonl", "jsonl")
    before = Review.objects.values_list("quality", "shown", "guidelines", "comment").get(
        item__item_ref="corrected"
    )
    empty()
    take_in(tmp_path / "first.jsonl")
    after = Review.objects.values_list("quality", "shown", "guidelines", "comment")
    assert after.get(item__item_ref="corrected") == before
    assert (before[0], before[2:]) == (0.0, (2, "On second thoughts."))
    assert sorted(before[1]["order"]) == ["a", "b", "tie"]
    assert Item.objects.get(item_ref="corrected").signals["origin"]["consensus"] == settled
    assert export(tmp_path / "second.jsonl", "jsonl") == first
