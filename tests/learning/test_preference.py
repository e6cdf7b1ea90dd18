"""Which of two answers people prefer is learnt, whatever their order, and said of new pairs."""

import numpy as np
import pytest

from learning import dataset, plans, registry, retraining, serving
from learning.asking import batch
from learning.models import LearningPlan, ModelVersion, SamplingRun
from routing.models import Item
from tests import factories
from tests.learning import worlds

pytestmark = pytest.mark.django_db
KIND = ("please", "thanks", "gladly", "welcome")
OTHER = ("table", "window", "seven", "cloud", "paper", "river")


def answer(rng, kindness):
    words = [*rng.choice(OTHER, 8), *KIND[:kindness]]
    rng.shuffle(words)
    return " ".join(words)


def pairs(item_type, count, *, seed=0):
    """Store pairs of which people prefer the politer one; return them with that preference."""
    rng, made, labels = np.random.default_rng(seed), [], []
    for number in range(count):
        a, b = rng.integers(0, 5, 2)
        made.append(
            Item(
                item_type=item_type,
                item_ref=f"pair-{seed}-{number}",
                payload={"prompt": "Can you help me?", "a": answer(rng, a), "b": answer(rng, b)},
                status="pooled",
                held_out=number % 4 == 0,
                audit_draw=float(rng.random()),
                created_by="system:test",
            )
        )
        labels.append("tie" if a == b else "a" if a > b else "b")
    return list(zip(Item.objects.bulk_create(made), labels, strict=True))


@pytest.fixture
def item_type():
    item_type = factories.item_type("answers", kind="preference", labels=[])
    LearningPlan.objects.create(item_type=item_type, most_ece=1.0, batch_size=10)
    return item_type


def learn(item_type, count=240):
    for item, said in pairs(item_type, count):
        worlds.label([item], said)
    retraining.retrain(item_type, trigger="test")
    return ModelVersion.objects.get(item_type=item_type)


def test_a_known_preference_is_learnt(item_type):
    version = learn(item_type)
    fresh = pairs(item_type, 100, seed=1)
    said = serving.answers(version, [item.payload for item, _ in fresh])
    right = [one.label == truth for one, (_, truth) in zip(said, fresh, strict=True) if truth != "tie"]
    assert np.mean(right) > 0.85
    assert (version.encoder, set(said[0].probabilities)) == ("pair", {"a", "b", "tie"})


def test_the_champion_answers_for_a_pair_that_comes_without_a_prediction(item_type):
    registry.promote(learn(item_type, 80), reason="good", by="system:test")
    payload = {"prompt": "Can you help me?", "a": "please thanks gladly welcome table", "b": "cloud paper"}
    item = factories.submit(None, to="answers", payload=payload)
    item.refresh_from_db()
    assert (item.model, item.predictions.get().label) == ("answers@1", "a")


def test_which_answer_comes_first_does_not_matter(item_type):
    version = learn(item_type, 80)
    payloads = [item.payload for item, _ in pairs(item_type, 20, seed=1)]
    other = [{**one, "a": one["b"], "b": one["a"]} for one in payloads]
    for one, swapped in zip(serving.answers(version, payloads), serving.answers(version, other), strict=True):
        back = {"a": swapped.probabilities["b"], "b": swapped.probabilities["a"]}
        assert {"a": one.probabilities["a"], "b": one.probabilities["b"]} == pytest.approx(back, abs=1e-6)


def test_preferences_are_learnt_by_the_clock_and_people_are_asked_about_some(item_type):
    pairs(item_type, 40)
    assert (dataset.learnable(item_type), [one.item_type for one in plans.active()]) == (True, [item_type])
    batch.sample(item_type, trigger="test")
    assert SamplingRun.objects.get().picked >= 10
