"""A model was right or not: the same for certificates, costs and backtests."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from routing import policies
from routing.backtest import history
from routing.certificates import outcomes
from routing.economics import known
from routing.kinds import TypeSpec
from routing.models import Item, Prediction
from routing.truth import was_right
from tests import certificates, factories
from tests.routing.backtest.test_history import decided

MANY = TypeSpec("classification", ("a", "b", "c"), multilabel=True)
ENTITIES = TypeSpec("entity_linking")
BOXES = TypeSpec("detection", ("car",))
SIZE = {"width": 100, "height": 100}


def test_a_label_counts_as_it_is_stored_not_as_it_came():
    assert was_right(["b", "a"], ["a", "b"], None, MANY, approved=True)
    assert not was_right(["b", "c"], ["a", "b"], None, MANY, approved=True)


def test_no_entity_is_an_answer_that_can_be_right_or_wrong():
    assert was_right(None, None, None, ENTITIES, approved=True)
    assert not was_right("Q42", None, None, ENTITIES, approved=True)


def test_a_box_is_cut_to_the_picture_as_it_was_for_people():
    said, final = ([{"label": "car", "box": [10, 10, x, 90]}] for x in (120, 100))
    assert was_right(said, final, SIZE, BOXES, approved=True)


@pytest.mark.parametrize(
    ("said", "final", "approved"),
    [("a", None, False), ("z", "a", True), (None, "a", True), ("a", None, True)],
)
def test_what_was_withheld_or_cannot_be_read_was_wrong(said, final, approved):
    assert not was_right(said, final, None, TypeSpec("classification", ("a", "b")), approved=approved)


@pytest.mark.django_db
@pytest.mark.parametrize(("final", "wrong"), [(["negative", "positive"], 0.0), (["negative"], 1.0)])
def test_all_who_measure_errors_agree(final, wrong):
    made = certificates.item_type(multilabel=True)
    item = factories.submit(0.85)
    Prediction.objects.update(label=["positive", "negative"])
    decided(item, final)
    Item.objects.update(created_at=timezone.now() - timedelta(hours=1))
    (case,) = history.load(made)
    found = known.known(made, timezone.now() - timedelta(days=1))
    policy, now = policies.latest(made).pure, certificates.later()
    (row,) = outcomes.complete(made, "clf@1", policy, after=None, now=now, limit=9).rows
    assert (case.wrong, row.loss, 1 - found.right.astype(float)) == (wrong, wrong, np.array([wrong]))
