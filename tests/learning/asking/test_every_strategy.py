"""Every strategy there is picks in a real run: each pick with reason, score and the client's fields."""

import math

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from learning import registry, retraining
from learning.asking import batch
from learning.asking.sent import SOURCES
from learning.models import ModelVersion
from learning.sampling import STRATEGIES
from routing.models import Item
from tests.learning import worlds
from tests.learning.asking.test_sent import BESIDE, BOX, IMAGE, marked, store, world

FIELDS = [
    "arm",
    "features",
    "index",
    "item_id",
    "item_ref",
    "predicted_class",
    "prediction_confidence",
    "reason",
    "score",
    "suggested_priority",
    "uncertainty_score",
]
PAIRS = [[marked(BOX), marked(BOX)], [marked(BOX), marked(BESIDE)], [marked(BOX, BESIDE), marked(BOX)]] * 2
# Of each strategy by what clients send: the kind, and what comes with its items.
SENT = {
    "variance": ("regression", [([1, n], {}) for n in range(6)]),
    "disagreement": ("generation", [(["a word", f"{n} words"], {}) for n in range(6)]),
    "perplexity": ("generation", [([], {"token_logprobs": [math.log(n / 9)]}) for n in range(1, 7)]),
    "harmful": ("generation", [([], {"harmful": n / 9}) for n in range(6)]),
    "boxes": ("detection", [([marked(BOX, score=n / 9)], {}) for n in range(1, 7)]),
    "box_instability": ("detection", [(pair, {}) for pair in PAIRS]),
    "box_errors": ("detection", [(pair, {}) for pair in PAIRS]),
}
PLACES = ["in the hall", "near a river", "of old books", "with ten doors", "for three cats", "by the sea"]


@pytest.fixture(scope="module")
def trained(django_db_setup, django_db_blocker):
    """An item type with two champions in a row, answers that were wrong, and 60 waiting items."""
    with django_db_blocker.unblock(), transaction.atomic():
        item_type = worlds.shapes(plan={"batch_size": 8, "random_share": 0.25})
        items = worlds.items(item_type, 160)
        worlds.label(items[:-4])
        worlds.label(items[-4:], feedback_type="correction")
        retraining.retrain(item_type, trigger="test")
        worlds.label(worlds.items(item_type, 20, seed=2, held_out=0))
        second = retraining.retrain(item_type, trigger="test").model_version
        if second.status != ModelVersion.Status.CHAMPION:
            registry.promote(second, reason="for a test", by="system:test")
        worlds.items(item_type, 60, seed=1, held_out=0)
        yield item_type
        transaction.set_rollback(True)


def checked(run, strategy, total):
    """Return the suggestions of a run once they are seen to be whole."""
    said = batch.answer(run, AnonymousUser())
    assert (run.status, said["strategy_used"], said["total_unlabeled"]) == ("done", strategy, total)
    assert said["annotation_efficiency"] == 1 - run.picked / total
    found = said["suggestions"]
    assert [one["index"] for one in found] == list(range(run.picked))
    assert len({one["item_id"] for one in found}) == run.picked
    for one in found:
        assert sorted(one) == FIELDS
        assert (one["reason"] != "", one["suggested_priority"]) == (True, "low")
        chosen = one["arm"] == "strategy"
        assert (chosen, one["score"] is None) == (one["reason"] != "drawn at random", not chosen)
        assert one["score"] is None or math.isfinite(one["score"])
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("strategy", sorted(set(STRATEGIES) - set(SOURCES)))
def test_a_strategy_that_goes_by_a_model_and_labels(trained, strategy):
    trained.learning_plan.strategy = strategy
    trained.learning_plan.save()
    found = checked(batch.sample(trained, trigger="test"), strategy, 60)
    chosen = 0 if strategy == "random" else 6
    assert [one["arm"] for one in found] == ["strategy"] * chosen + ["random"] * (8 - chosen)
    for one in found:
        item = Item.objects.get(pk=one["item_id"])
        assert (one["features"], one["predicted_class"]) == (item.payload["features"], worlds.truth(item))
        assert 0 <= one["uncertainty_score"] <= 1
        assert 1 / 3 <= one["prediction_confidence"] <= 1


@pytest.mark.django_db
@pytest.mark.parametrize("strategy", sorted(SOURCES))
def test_a_strategy_that_goes_by_what_clients_send(strategy):
    kind, items = SENT[strategy]
    item_type = world(strategy, kind)
    for place, (answers, context) in zip(PLACES, items, strict=True):
        payload = {"regression": {"text": place}, "generation": {"query": place, "output": "o"}}
        store(item_type, payload.get(kind, IMAGE), answers, **context)
    item_type.learning_plan.batch_size, item_type.learning_plan.random_share = 4, 0.25
    item_type.learning_plan.save()
    found = checked(batch.sample(item_type, trigger="test"), strategy, 6)
    assert [one["arm"] for one in found] == ["strategy"] * 3 + ["random"]
    told = {one["prediction_confidence"] for one in found}
    assert told == ({0.5} if any(answers for answers, _ in items) else {None})
