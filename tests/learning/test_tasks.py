"""The worker's tasks: train, ask, and by the clock; each safe to run twice, and to be killed."""

import pytest
from django_q.models import OrmQ

from learning import tasks
from learning.models import Evaluation, ModelVersion, SamplingRun, TrainingRun
from routing.models import Assignment, Item
from tests import factories
from tests.learning import worlds


@pytest.fixture
def item_type(db):
    return worlds.shapes()


def test_training_ends_with_a_measured_and_promoted_model(item_type):
    worlds.label(worlds.items(item_type, 160))
    said = tasks.retrain(item_type.pk, "test")
    version, run = worlds.champion(item_type), TrainingRun.objects.get()
    assert said.startswith("shapes@1 was promoted: no champion yet")
    assert (run.status, run.model_version) == ("done", version)
    assert (run.labels_used, run.labels_held_out) == (110, 50)
    accuracy = Evaluation.objects.get(model_version=version, metric="accuracy", slice="all")
    assert (accuracy.n, accuracy.value) == (50, 1.0)


def test_too_few_labels_are_no_failure(item_type):
    worlds.label(worlds.items(item_type, 1, held_out=0))
    said = tasks.retrain(item_type.pk, "test")
    assert said.startswith("nothing to train yet: 1 labels of 1 class(es)")
    assert (TrainingRun.objects.get().status, ModelVersion.objects.count()) == ("done", 0)


def test_a_model_that_learnt_nothing_is_refused_and_says_why(item_type):
    items = worlds.items(item_type, 160)
    for place, name in enumerate(worlds.LABELS):
        worlds.label(items[place * 50 : place * 50 + 50], name)
    tasks.retrain(item_type.pk, "test")
    version = ModelVersion.objects.get()
    assert (version.status, version.verdict["promote"], worlds.champion(item_type)) == (
        "refused",
        False,
        None,
    )


def test_without_auto_promotion_the_model_waits_as_challenger(item_type):
    item_type.learning_plan.auto_promote = False
    item_type.learning_plan.save()
    worlds.label(worlds.items(item_type, 160))
    assert "passed the gate" in tasks.retrain(item_type.pk, "test")
    assert ModelVersion.objects.get().status == "challenger"


def test_a_kind_that_can_not_be_learnt_fails_with_a_sentence(db):
    prices = factories.item_type("prices", kind="regression", labels=[], minimum=0, maximum=10)
    with pytest.raises(Exception, match="prices is of kind regression"):
        tasks.retrain(prices.pk, "test")
    assert TrainingRun.objects.get().error.startswith("Unlearnable: prices is of kind regression")


def test_one_odd_payload_does_not_stop_training_or_asking(item_type):
    items = worlds.items(item_type, 160)
    Item.objects.filter(pk=items[-1].pk).update(payload={"features": [1, 2]})
    worlds.label(items)
    odd = worlds.items(item_type, 12, seed=1, held_out=0)[0]
    Item.objects.filter(pk=odd.pk).update(payload={"text": "no features"})
    assert "was promoted" in tasks.retrain(item_type.pk, "test")
    assert tasks.sample(item_type.pk, "test").startswith("10 of 12 to learn from")


def test_at_a_cold_start_people_are_asked_by_three_arms(item_type):
    worlds.items(item_type, 40)
    tasks.sample(item_type.pk, "test")
    run = SamplingRun.objects.get()
    arms = [one["arm"] for one in run.suggestions]
    assert {arm: arms.count(arm) for arm in arms} == {"strategy": 9, "random": 1, "evaluation": 25}
    assert (run.pool_size, run.picked, Assignment.objects.filter(purpose="learn").count()) == (15, 35, 35)


def test_a_held_out_item_is_never_picked_to_learn_from(item_type):
    worlds.items(item_type, 60, held_out=0.5)
    tasks.sample(item_type.pk, "test")
    seats = Assignment.objects.filter(item__held_out=True)
    assert {seat.blind for seat in seats} == {True}
    learnt = [one["item_id"] for one in SamplingRun.objects.get().suggestions if one["arm"] != "evaluation"]
    assert Item.objects.filter(pk__in=learnt, held_out=True).count() == 0


def test_a_large_pool_is_asked_for_judges_by_a_uniform_draw(item_type, monkeypatch):
    monkeypatch.setattr("learning.asking.pool.JUDGES", 20)
    items = worlds.items(item_type, 50, held_out=1)
    tasks.sample(item_type.pk, "test")
    drawn = {item.pk for item in items if item.audit_draw < 0.4}
    seats = Assignment.objects.filter(purpose="learn")
    assert {seat.item_id for seat in seats} == drawn
    assert {seat.inclusion for seat in seats} == {0.4}


def test_asking_twice_asks_about_other_items(item_type):
    worlds.items(item_type, 30, held_out=0)
    tasks.sample(item_type.pk, "test")
    tasks.sample(item_type.pk, "test")
    assert Assignment.objects.values("item").distinct().count() == Assignment.objects.count() == 20


def test_suggestions_carry_the_customers_fields(item_type):
    worlds.label(worlds.items(item_type, 160))
    tasks.retrain(item_type.pk, "test")
    worlds.items(item_type, 5, seed=1, held_out=0)
    tasks.sample(item_type.pk, "test")
    said = SamplingRun.objects.latest("pk").suggestions[0]
    assert set(said) >= {
        "index",
        "features",
        "predicted_class",
        "prediction_confidence",
        "uncertainty_score",
        "suggested_priority",
    }
    assert (said["predicted_class"] in worlds.LABELS, said["suggested_priority"]) == (True, "low")


def test_the_clock_starts_what_is_due_once_and_nothing_else(item_type):
    item_type.learning_plan.retrain_after = 100
    item_type.learning_plan.save()
    assert tasks.learn() == "0 killed runs, 0 questions ran out, 0 item types due"
    worlds.label(worlds.items(item_type, 160))
    assert tasks.learn() == "0 killed runs, 0 questions ran out, 1 item types due"
    assert OrmQ.objects.count() == 1
    assert tasks.turn(item_type.pk).startswith("shapes@1 was promoted")
    assert tasks.turn(item_type.pk) == ""
