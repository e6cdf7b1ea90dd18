"""What learning keeps of an item goes when it is erased; the models that had learnt from it are named."""

import pytest
from django.utils import timezone

from labeling.models import Label
from learning import card, embeddings, forgetting
from learning.models import Embedding, ModelVersion, SamplingRun, TrainingRun
from routing.models import Erasure, Item
from routing.privacy import erasing
from tests import factories

pytestmark = pytest.mark.django_db


def labelled(ref):
    item = factories.submit(0.99, ref=ref)
    Item.objects.filter(pk=item.pk).update(held_out=False)
    return item, Label.objects.create(
        item_type=item.item_type, item_ref=ref, item=item, label="positive", action="edit", source="review"
    )


def trained(item_type, last, number=1):
    run = TrainingRun.objects.create(
        item_type=item_type, status="done", trigger="test", finished_at=timezone.now(), last_label=last.pk
    )
    return ModelVersion.objects.create(
        item_type=item_type, number=number, run=run, status="retired", learner="linear", encoder="text",
        labels_used=1, artifact="x", sha256="y",
    )  # fmt: skip


def test_the_models_that_had_learnt_from_an_item_are_named_and_their_cards_say_so():
    made = factories.item_type()
    first, label = labelled("r1")
    version = trained(made, label)
    second, _ = labelled("r2")
    assert erasing.of_item(first, why="x", by="user:carla").learnt == {"sentiment@1": 1}
    assert erasing.of_item(second, why="x", by="user:carla").learnt == {}
    assert card.read(version).learnt.erased == 1
    assert Erasure.objects.count() == 2


def test_vectors_and_the_features_of_picks_go():
    made = factories.item_type()
    item = factories.submit(0.99)
    Embedding.objects.create(item=item, encoder="e", vector=b"1")
    picks = [
        {"item_id": str(item.pk), "features": [1, 2], "score": 0.5},
        {"item_id": "other", "features": [3]},
    ]
    run = SamplingRun.objects.create(
        item_type=made,
        trigger="t",
        strategy="random",
        suggestions=picks,
        status="done",
        finished_at=timezone.now(),
    )
    forgetting.forget([item], timezone.now())
    run.refresh_from_db()
    assert (Embedding.objects.count(), [one["features"] for one in run.suggestions]) == (0, [None, [3]])


def test_a_vector_made_while_its_item_was_erased_is_not_kept():
    factories.item_type()
    gone, stays = factories.submit(0.99), factories.submit(0.99)
    erasing.of_item(gone, why="x", by="user:carla")
    embeddings._write([Embedding(item=one, encoder="e", vector=b"1") for one in (gone, stays)])
    assert list(Embedding.objects.values_list("item", flat=True)) == [stays.pk]
