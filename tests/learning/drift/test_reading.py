"""What a look goes by: which model, which version of it, and the names of its answers."""

import pytest

from learning import retraining
from learning.drift import reading
from learning.models import ModelVersion
from tests import factories
from tests.learning import worlds
from tests.learning.drift import streams

pytestmark = pytest.mark.django_db


def test_the_model_in_use_is_the_one_that_most_of_the_latest_decisions_went_by():
    made = streams.item_type()
    assert reading.model_in_use(made) == ""
    streams.submit(30, seed=1)
    assert reading.model_in_use(made) == "clf@1"
    streams.submit(90, seed=2, model="clf@2")
    streams.submit(90, seed=3, model="clf@2")
    assert reading.model_in_use(made) == "clf@2"


def test_a_version_is_found_by_its_own_name_or_by_its_trainers():
    made = worlds.shapes()
    worlds.label(worlds.items(made, 160))
    retraining.retrain(made, trigger="test")
    ours = worlds.champion(made)
    fields = {"number": 7, "trainer": "external", "external_name": "bert@2026", "labels_used": 5}
    theirs = ModelVersion.objects.create(item_type=made, learner="bert", encoder="own", **fields)
    assert reading.version_of(made, "shapes@1") == ours
    assert reading.version_of(made, "bert@2026") == theirs
    assert [reading.version_of(made, name) for name in ("mail@1", "shapes@2", "shapes@x", "")] == [None] * 4


@pytest.mark.parametrize(
    ("fields", "label", "name"),
    [
        ({}, "positive", "positive"),
        ({"multilabel": True}, ["positive", "negative"], "negative + positive"),
        ({"multilabel": True}, [], "0 in it"),
        ({"kind": "regression", "labels": [], "minimum": 0, "maximum": 900}, 371.0, "about 4e+02"),
        ({"kind": "generation", "labels": []}, "x" * 210, "about 2e+02 characters"),
        ({}, {"no": "label"}, "can’t be read"),
    ],
)
def test_answers_are_counted_by_class_size_or_length(fields, label, name):
    assert reading.answer(factories.item_type("kinds", **fields), label) == name


def test_only_checks_that_were_drawn_and_reviews_tell_how_often_people_overturn():
    made = factories.item_type("mail", automate=True, audit_rate=0.0)
    items = streams.submit(60, seed=1)
    for item in items:
        item.status, item.decided_by, item.decided_at = "approved", "user:rita", streams.later(hours=-1)
        item.label = item.predictions.get(rank=0).label
        item.save()
    found, weeks = reading.looked(made, "clf@1", now=streams.later(hours=0))
    reviewed = sum(item.action != "auto_approve" for item in items)
    assert (len(found.overturned), found.automated.any(), found.overturned.any()) == (reviewed, False, False)
    assert [(one["looked"], one["overturned"]) for one in weeks] == [(reviewed, 0)]
