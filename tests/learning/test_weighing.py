"""What a label weighs in training: feedback, confidence, skill and age, each by itself and together."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from labeling.models import AnnotatorSkill, Label
from labeling.people import skills
from learning import dataset, weighing
from learning.weighing import Scales, newness
from tests import factories
from tests.learning import worlds


@pytest.mark.parametrize(
    ("feedback", "stored", "weight"),
    [
        ("positive", 1.0, 1.0),
        ("positive", 0.4, 0.4),
        ("correction", 3.0, 1.5),
        ("correction", 1.5, 0.75),  # half sure: the cap does not hide it
        ("negative", 2.0, 1.5),
        (None, 100.0, 1.5),
    ],
)
def test_a_label_weighs_its_feedback_cut_at_one_and_a_half_times_its_authors_confidence(
    feedback, stored, weight
):
    row = Label(feedback_type=feedback, weight=stored)
    assert Scales({}).weigh(row) == pytest.approx(weight)


def test_who_is_right_more_often_counts_more_and_a_newcomer_as_everybody_together():
    known = Scales({1: 0.9, 2: 0.6}, others=0.8)
    weights = [known.weigh(Label(user_id=user, weight=1.0)) for user in (1, 2, 3, None)]
    assert weights == [0.9, 0.6, 0.8, 1.0]


def test_a_label_counts_half_as_much_for_each_half_life_that_it_is_older_than_the_newest():
    now = timezone.now()
    times = [now - timedelta(days=60), now, now - timedelta(days=30)]
    np.testing.assert_allclose(newness(times, 30), [0.25, 1, 0.5])
    np.testing.assert_array_equal(newness(times, None), np.ones(3))
    assert newness([], 30).shape == (0,)


def test_skill_counts_once_enough_is_known_of_it(db, monkeypatch):
    item_type, person = worlds.shapes(), factories.person("ada")
    worlds.label(worlds.items(item_type, 4, held_out=0), user=person)
    for user, accuracy in ((person, 0.7), (None, 0.9)):
        AnnotatorSkill.objects.create(
            item_type=item_type, user=user, method="gold", accuracy=accuracy, low=0.5, high=1
        )
    assert dataset.load(item_type).train.weights == [1.0] * 4
    monkeypatch.setattr(skills, "load", lambda item_type: object())
    assert weighing.scales(item_type) == Scales({person.pk: 0.7}, 0.9)
    assert dataset.load(item_type).train.weights == [0.7] * 4
