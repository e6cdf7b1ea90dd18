"""Labels as data: the latest counts, what is held out stays out, and weights say what they should."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.models import Label
from learning import dataset
from routing.models import Item
from tests import factories
from tests.learning import worlds

pytestmark = pytest.mark.django_db


def test_the_latest_label_of_an_item_counts():
    item_type = worlds.shapes()
    item = worlds.items(item_type, 1, held_out=0)
    worlds.label(item, "circle")
    worlds.label(item, "star", ts=timezone.now() + timedelta(seconds=1))
    assert dataset.load(item_type).train.labels == ["star"]


def test_a_correction_that_was_stored_earlier_is_not_the_latest():
    item_type = worlds.shapes()
    item = worlds.items(item_type, 1, held_out=0)
    worlds.label(item, "star")
    worlds.label(item, "circle", ts=timezone.now() - timedelta(days=1))
    assert dataset.load(item_type).train.labels == ["star"]


def test_a_held_out_item_is_never_trained_on_however_its_label_came():
    item_type = worlds.shapes()
    items = worlds.items(item_type, 8, held_out=0.04)
    worlds.label(items)
    Label.objects.update(reserved=False)
    data = dataset.load(item_type)
    held_out = [item.payload for item in items if item.held_out]
    assert (data.held_out.payloads, len(data.train)) == (held_out, 4)
    assert [payload for payload in data.train.payloads if payload in held_out] == []


def test_a_correction_weighs_at_most_half_as_much_again():
    item_type = worlds.shapes()
    items = worlds.items(item_type, 2, held_out=0)
    worlds.label(items[:1], weight=3.0)
    worlds.label(items[1:], weight=0.4)
    assert dataset.load(item_type).train.weights == [1.5, 0.4]


def test_a_label_that_came_by_chance_stands_for_the_others():
    item_type = worlds.shapes()
    items = worlds.items(item_type, 20, held_out=1)
    worlds.label(items[:2])
    _promoted(item_type, before=timedelta(days=1))
    worlds.label(items[2:3], source="audit", inclusion=0.05)
    worlds.label(items[3:4], source="review", inclusion=1.0)
    weights = dataset.load(item_type).held_out.stands_for
    assert weights == pytest.approx([1, 1, 20, 1])


def test_automated_items_that_somebody_doubted_judge_no_model():
    item_type = worlds.shapes()
    items = worlds.items(item_type, 20, held_out=1)
    _promoted(item_type, before=timedelta(days=1))
    Item.objects.update(label_probability=0.5)
    worlds.label([item for item in items if item.audit_draw < 0.5], source="audit", inclusion=0.5)
    worlds.label([item for item in items if item.audit_draw >= 0.5], source="expert")
    drawn = [item.payload for item in items if item.audit_draw < 0.5]
    held_out = dataset.load(item_type).held_out
    assert (held_out.payloads, set(held_out.stands_for)) == (drawn, {2.0})


@pytest.mark.parametrize("source", ["second", "overlap", "review"])
def test_a_look_that_differs_from_what_stands_is_not_learnt(source):
    item_type = worlds.shapes()
    items = worlds.items(item_type, 2, held_out=0)
    worlds.label(items, "star")
    worlds.label(items, "circle", source=source, ts=timezone.now() + timedelta(seconds=1))
    decided = {"status": "approved", "decided_at": timezone.now(), "decided_by": "user:rita"}
    Item.objects.filter(pk=items[0].pk).update(label="star", **decided)
    Item.objects.filter(pk=items[1].pk).update(label="circle", **decided)
    assert sorted(dataset.load(item_type).train.labels) == ["circle", "star"]


def test_a_label_that_was_posted_later_is_learnt_whatever_stands():
    item_type = worlds.shapes()
    items = worlds.items(item_type, 1, held_out=0)
    Item.objects.update(status="approved", label="star", decided_at=timezone.now(), decided_by="user:rita")
    worlds.label(items, "star")
    worlds.label(items, "circle", source="import", ts=timezone.now() + timedelta(seconds=1))
    assert dataset.load(item_type).train.labels == ["circle"]


def test_before_there_was_a_model_only_the_uniform_sample_judges():
    item_type = worlds.shapes()
    items = worlds.items(item_type, 40, held_out=1)
    drawn = [item for item in items if item.audit_draw < 0.5]
    worlds.label(drawn, inclusion=0.5)
    worlds.label([item for item in items if item.audit_draw >= 0.5], source="review")
    held_out = dataset.load(item_type).held_out
    assert (held_out.payloads, set(held_out.stands_for)) == ([item.payload for item in drawn], {2.0})


def test_before_there_was_a_model_what_came_with_a_prediction_counts_by_its_chance():
    item_type = worlds.shapes()
    items = worlds.items(item_type, 12, held_out=1)
    Item.objects.update(model="client-7")
    worlds.label(items[:2], source="audit", inclusion=0.05)
    worlds.label(items[2:], source="review", inclusion=1.0)
    assert dataset.load(item_type).held_out.stands_for == pytest.approx([20] * 2 + [1] * 10)


def test_what_waited_and_our_own_model_judged_later_is_of_the_time_before_it():
    item_type = worlds.shapes()
    items = worlds.items(item_type, 30, held_out=1)
    drawn = [item for item in items if item.audit_draw < 0.5]
    worlds.label(drawn, inclusion=0.5)
    worlds.label([item for item in items if item.audit_draw >= 0.5], source="review")
    _promoted(item_type, before=timedelta(0))
    Item.objects.update(model="shapes@1")
    assert dataset.load(item_type).held_out.stands_for == [2.0] * len(drawn)


def test_one_rare_draw_does_not_outweigh_all_others_in_training():
    item_type = worlds.shapes()
    items = worlds.items(item_type, 2, held_out=0)
    worlds.label(items[:1], inclusion=0.001)
    worlds.label(items[1:])
    assert dataset.load(item_type).train.stands_for == [20.0, 1.0]


def test_the_hash_is_of_the_labels_and_changes_with_them():
    item_type = worlds.shapes()
    items = worlds.items(item_type, 3)
    worlds.label(items)
    first, again = dataset.load(item_type), dataset.load(item_type)
    worlds.label(items[:1], "star", ts=timezone.now() + timedelta(seconds=1))
    assert first.sha256 == again.sha256 != dataset.load(item_type).sha256


def test_a_label_that_the_item_type_no_longer_has_is_left_out():
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 3, held_out=0))
    item_type.labels = ["circle", "square"]
    assert sorted(dataset.load(item_type).train.labels) == ["circle", "square"]


def test_loading_takes_the_same_statements_whatever_the_number(django_assert_num_queries):
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 300))
    with django_assert_num_queries(5):
        assert len(dataset.load(item_type).train) == 225


def test_a_kind_that_no_learner_fits_is_refused_in_words():
    item_type = factories.item_type("prices", kind="regression", labels=[], minimum=0, maximum=10)
    with pytest.raises(dataset.Unlearnable, match="prices is of kind regression"):
        dataset.load(item_type)


def _promoted(item_type, *, before):
    from learning.models import ModelVersion

    when = timezone.now() - before
    ModelVersion.objects.create(
        item_type=item_type,
        number=1,
        status="champion",
        labels_used=2,
        artifact="none",
        sha256="0" * 64,
        promoted_at=when,
        promoted_by="system:test",
    )
