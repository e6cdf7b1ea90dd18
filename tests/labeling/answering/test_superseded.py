"""What its author has corrected is history: kept and told, but neither counted nor learnt from."""

import json

import pytest

from labeling.answering import answered, correcting, review
from labeling.answering.review import Answer
from labeling.exporting import records
from labeling.models import Label
from learning import dataset, plans
from learning.asking import pool
from routing import assignments
from routing.models import Item
from tests import factories
from tests.api_client import caller
from tests.labeling.exporting.worlds import empty, export, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return factories.item_type()


def corrected(action="edit", label="negative", **fields):
    """Return the item whose first answer was the other label, and is corrected to this one."""
    item = factories.submit(**({"confidence": 0.85} | fields))
    Item.objects.filter(pk=item.pk).update(held_out=False)
    rita = factories.person("rita", "reviewers")
    if item.status == "pooled":
        assignments.ask([assignments.Want(item, "learn", item.item_type.queue)])
    seat = assignments.claim(by=rita)
    review.submit(seat.pk, Answer("edit", "positive"), by=rita)
    correcting.correct(seat.pk, Answer(action, label), by=rita)
    item.refresh_from_db()
    return item


def test_training_sees_the_label_in_force(made):
    corrected()
    assert dataset.load(made).train.labels == ["negative"]
    assert plans.new_labels(made) == 1


def test_an_answer_that_was_withdrawn_teaches_nothing(made):
    corrected("reject", None)
    assert len(dataset.load(made).train) == 0
    assert plans.new_labels(made) == 0


def test_a_pool_item_without_a_label_in_force_may_be_asked_about_again(made):
    item = corrected("reject", None, confidence=None, pool=True)
    assert list(pool.waiting(made)) == [item]


def test_answers_that_the_router_knows_are_those_in_force(made):
    corrected()
    assert list(answered.answers(made)) == ["negative"]


def test_the_list_of_labels_keeps_both_and_says_which_counts(made):
    corrected()
    listed = caller("labels:read").get("/api/v1/labels/").json()["results"]
    assert [(one["label"], one["superseded_at"] is None) for one in listed] == [
        ("negative", True),
        ("positive", False),
    ]


def test_our_own_lines_keep_both_and_come_back_as_they_were(made, tmp_path):
    corrected()
    first = export(tmp_path / "first.jsonl", "jsonl", "sentiment")
    record = json.loads(first)
    assert [one["superseded_at"] is None for one in record["labels"]] == [False, True]
    assert records.answer(record)["label"] == "negative"
    empty()
    take_in(tmp_path / "first.jsonl", "sentiment")
    assert export(tmp_path / "second.jsonl", "jsonl", "sentiment") == first
    assert Label.objects.filter(superseded_at__isnull=True).get().label == "negative"


def test_label_studio_sees_the_old_one_as_cancelled_and_it_comes_back(made, tmp_path):
    corrected()
    first = export(tmp_path / "first.json", "label-studio", "sentiment")
    (task,) = json.loads(first)
    assert [one["was_cancelled"] for one in task["annotations"]] == [True, False]
    empty()
    take_in(tmp_path / "first.json", "sentiment")
    assert export(tmp_path / "second.json", "label-studio", "sentiment") == first


def test_a_refusal_in_place_of_an_answer_is_the_verdict(made, tmp_path):
    corrected("reject", None)
    record = json.loads(export(tmp_path / "first.jsonl", "jsonl", "sentiment"))
    assert records.answer(record) is None
    assert records.verdict(record)["action"] == "reject"
