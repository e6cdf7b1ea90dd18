"""Asking: without a champion that works people are asked all the same, and judges keep their own order."""

import pytest

from learning import retraining
from learning.asking import batch
from learning.models import SamplingRun
from routing import assignments
from routing.assignments import Want
from routing.models import Assignment, Item
from tests.learning import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def item_type():
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    retraining.retrain(item_type, trigger="test")
    return item_type


def test_a_champion_that_can_not_be_read_counts_as_none_and_the_run_says_so(item_type):
    worlds.spoil(worlds.champion(item_type))
    worlds.items(item_type, 20, seed=1, held_out=0)
    run = batch.sample(item_type, trigger="test")
    assert (run.status, run.picked) == ("done", 10)
    assert run.progress.startswith("without shapes@1, which can't be read: 10 of 20 to learn from")
    assert {one["predicted_class"] for one in run.suggestions} == {None}


def test_held_out_reviews_are_ordered_by_their_draw_and_not_by_doubt(item_type):
    items = worlds.items(item_type, 12, seed=1, status="pending_human", held_out=1)
    review(item_type, items)
    batch.sample(item_type, trigger="test")
    ordered = Assignment.objects.filter(purpose="review").order_by("-utility").values_list("item", flat=True)
    assert list(ordered) == [item.pk for item in sorted(items, key=lambda item: item.audit_draw)]


def test_other_reviews_are_ordered_by_the_champions_doubt_and_an_odd_payload_stays(item_type):
    sure, unsure, odd = worlds.items(item_type, 3, seed=1, status="pending_human", held_out=0)
    Item.objects.filter(pk=unsure.pk).update(payload={"features": [1.5, 1.5, 0, 0]})
    Item.objects.filter(pk=odd.pk).update(payload={"text": "no features"})
    review(item_type, [sure, unsure, odd])
    run = batch.sample(item_type, trigger="test")
    assert run.progress.endswith("2 waiting looks put in order")
    assert Assignment.objects.filter(purpose="review").latest("utility").item_id == unsure.pk


def test_the_random_arm_keeps_the_chance_by_which_it_was_drawn(item_type):
    worlds.items(item_type, 40, seed=1, held_out=0)
    batch.sample(item_type, trigger="test")
    arms = {one["item_id"]: one["arm"] for one in SamplingRun.objects.get().suggestions}
    kept = {(arms[str(seat.item_id)], seat.inclusion) for seat in Assignment.objects.all()}
    assert kept == {("strategy", 1.0), ("random", 1 / 40)}


def review(item_type, items):
    """Open a review seat for each item."""
    assignments.ask([Want(item, "review", item_type.queue, item.priority) for item in items])
