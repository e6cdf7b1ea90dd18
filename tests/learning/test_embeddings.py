"""What slow encoders make of items is made once, kept with the item, and used by training and sampling."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from learning import embeddings, registry, replaying, retraining
from learning.asking import batch
from learning.drift import reading as drift
from learning.encoders import image
from learning.judging import speed
from learning.models import Embedding
from routing import router
from routing.models import Item
from tests import factories
from tests.learning import worlds
from tests.statements import counted

pytestmark = pytest.mark.django_db


def picture(shade):
    stream = io.BytesIO()
    Image.new("L", (8, 8), shade).save(stream, "PNG")
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"


def pictures(item_type, count):
    """Return items that are pictures, their classes of different greys."""
    items = worlds.items(item_type, count)
    for place, item in enumerate(items):
        item.payload["image"] = picture(90 * (place % 3) + place % 40)
    Item.objects.bulk_update(items, ["payload"])
    return items


@pytest.fixture
def made(monkeypatch):
    """Return a list to which each picture is added that is read anew."""
    seen, real = [], image.pixels

    def pixels(uri):
        seen.append(uri)
        return real(uri)

    monkeypatch.setattr(image, "pixels", pixels)
    return seen


def ask(items, *encoders):
    ids, payloads = [one.pk for one in items], [one.payload for one in items]
    return embeddings.remember(encoders or ["image"], ids, payloads)


def test_what_was_made_is_kept_and_not_made_again(made):
    items = pictures(worlds.shapes(), 6)
    first = ask(items)
    assert (len(made), Embedding.objects.filter(encoder="image:1").count()) == (6, 6)
    again = ask(items)
    assert len(made) == 6
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.vectors["image:1"], other.vectors["image:1"])
    encoded = image.ImageEncoder.fit(again).encode(again)
    assert (len(made), encoded.shape) == (6, (6, 304))
    np.testing.assert_array_equal(encoded, image.ImageEncoder.fit(again).encode([dict(one) for one in again]))


def test_vectors_are_written_in_one_order_whoever_makes_them():
    items = pictures(worlds.shapes(), 8)
    ask(items[::-1])
    written = list(Embedding.objects.order_by("pk").values_list("item_id", flat=True))
    assert written == sorted(one.pk for one in items)


def test_one_that_cannot_be_read_costs_the_others_little(made):
    items = pictures(worlds.shapes(), 64)
    items[32].payload["image"] = "data:image/png;base64,aGVsbG8="
    ask(items)
    assert (Embedding.objects.count(), len(made) < 2.5 * 64) == (63, True)


def test_decisions_that_are_replayed_twice_read_each_picture_once(made):
    item_type = worlds.shapes(plan={"encoder": "image"})
    worlds.label(pictures(item_type, 60))
    retraining.retrain(item_type, trigger="test")
    model = registry.load(item_type.model_versions.get())
    entries = [
        factories.entry(0.99, ref=f"{n}", payload={"image": picture(7 * n)}, label="star") for n in range(9)
    ]
    router.submit(item_type.slug, entries, by="system:test")
    made.clear()
    found = [replaying.run(item_type, model, None).decisions for _ in range(2)]
    assert (found, len(made)) == ([9, 9], 9)


def test_looking_for_drift_reads_each_picture_once(made):
    plan = worlds.shapes(plan={"encoder": "image"}).learning_plan
    entries = [
        factories.entry(0.9, ref=f"{n}", payload={"image": picture(7 * n)}, label="star") for n in range(9)
    ]
    said = router.submit("shapes", entries, by="system:test")[0].item.model
    made.clear()
    for _ in range(2):
        assert drift.rows(plan, said, None)[0].vectors.shape == (9, 304)
    assert len(made) == 9


def test_many_items_cost_one_statement_and_two_more_where_vectors_are_made():
    items = pictures(worlds.shapes(), 60)
    with counted(most=3):
        ask(items)
    with counted(most=1):
        ask(items)


def test_quick_encoders_keep_nothing():
    items = pictures(worlds.shapes(), 3)
    assert ask(items, "features", "text", "") == [one.payload for one in items]
    assert not Embedding.objects.exists()


def test_what_cannot_be_read_comes_back_without():
    items = pictures(worlds.shapes(), 3)
    items[1].payload["image"] = "https://pictures.example/7.png"
    assert [list(one.vectors) for one in ask(items)] == [["image:1"], [], ["image:1"]]
    assert Embedding.objects.count() == 2


def test_another_version_is_made_anew_and_goes_with_the_item(made, monkeypatch):
    items = pictures(worlds.shapes(), 2)
    ask(items)
    monkeypatch.setattr(image.ImageEncoder, "version", classmethod(lambda cls: "image:2"))
    ask(items)
    assert (len(made), Embedding.objects.count()) == (4, 4)
    items[0].delete()
    assert sorted(Embedding.objects.values_list("encoder", flat=True)) == ["image:1", "image:2"]


def test_training_judging_and_sampling_read_each_picture_once(made, monkeypatch):
    monkeypatch.setattr(speed, "measure", lambda *args: None)  # it goes by what is not kept
    item_type = worlds.shapes(plan={"encoder": "image"})
    items = pictures(item_type, 100)
    worlds.label(items[:90])
    for _ in range(2):
        retraining.retrain(item_type, trigger="test")
        batch.sample(item_type, trigger="test")
    assert (len(made), set(made)) == (100, {one.payload["image"] for one in items})
    assert [one.encoder for one in item_type.model_versions.all()] == ["image", "image"]
