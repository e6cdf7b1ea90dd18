"""Replay: the last live decisions, decided once more by a new model under the policy in force."""

from dataclasses import replace

import numpy as np
import pytest

from learning import registry, replaying, retraining
from learning.judging.replay import Move
from routing import policies, router
from routing.models import Item
from tests import factories
from tests.learning import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def item_type():
    return learnt()


def learnt(**fields):
    """Return an item type with a champion."""
    item_type = worlds.shapes(**fields)
    worlds.label(worlds.items(item_type, 160))
    retraining.retrain(item_type, trigger="test")
    return item_type


def model(item_type):
    """Return the champion's model."""
    return registry.load(worlds.champion(item_type))


def arrive(item_type, count, *, seed=9, **said):
    """Submit items of no class in particular, each with this prediction of a client where it says one."""
    rng = np.random.default_rng(seed)
    entries = [
        factories.entry(
            **({"confidence": None} | said),
            ref=f"live-{seed}-{n}",
            payload={"features": (rng.normal(0, 0.4, 4) + np.eye(4)[n % 3] * 3).round(4).tolist()},
        )
        for n in range(count)
    ]
    return [one.item for one in router.submit(item_type.slug, entries, by="system:test")]


def test_what_a_client_predicted_is_compared_with_what_the_model_says(item_type):
    arrive(item_type, 9, confidence=0.99, label="circle")
    found = replaying.run(item_type, model(item_type), None)
    assert (found.decisions, found.labels, found.automated_before) == (9, pytest.approx(6 / 9), 1.0)
    assert set(found.classes) == {Move("circle", "square", 3), Move("circle", "star", 3)}
    assert {one.item for one in found.examples} == {
        str(pk)
        for pk in Item.objects.filter(item_ref__in=[f"live-9-{n}" for n in (1, 2, 4, 5, 7, 8)]).values_list(
            "pk", flat=True
        )
    }


def test_the_same_model_again_changes_nothing(item_type):
    arrive(item_type, 30)
    same = model(item_type)
    found = replaying.run(item_type, same, same)
    assert (found.decisions, found.changed, found.labels) == (30, 0.0, 0.0)


def test_what_an_earlier_model_of_ours_did_is_not_laid_to_the_new_one(item_type):
    arrive(item_type, 30)
    Item.objects.filter(item_ref__startswith="live").first().predictions.update(label="star", confidence=1.0)
    same = model(item_type)
    assert replaying.run(item_type, same, same).changed == 0.0


def test_rules_of_the_policy_in_force_count_on_both_sides():
    item_type = learnt(rules=[{"name": "low", "when": "payload.features[3] < 100.0"}])
    arrive(item_type, 9, confidence=0.99, label="circle")
    found = replaying.run(item_type, model(item_type), None)
    assert (found.automated_before, found.automated_after, found.changed) == (0.0, 0.0, 0.0)
    assert found.labels == pytest.approx(6 / 9)


def test_an_item_that_the_model_can_not_read_goes_to_a_person(item_type):
    entry = factories.entry(0.99, ref="odd", label="circle", payload={"features": [1.0]})
    router.submit(item_type.slug, [entry], by="system:test")
    found = replaying.run(item_type, model(item_type), None)
    assert found.actions == (Move("auto_approve", "human_review", 1),)
    assert found.examples[0].after.label is None


def test_the_thresholds_proven_of_the_champion_count_for_the_new_model(item_type):
    item_type.target_alpha = 0.05
    champion = str(worlds.champion(item_type))
    proven = replace(policies.draft(item_type), certified={champion: {"*": 0.5}})
    policies.publish_pure(item_type, proven, reason="proven", by="system:certifier")
    arrive(item_type, 12)
    same = model(item_type)
    found = replaying.run(item_type, same, same)
    assert (found.automated_before, found.automated_after) == (1.0, 1.0)


def test_without_decisions_there_is_nothing_to_replay(item_type):
    assert replaying.run(item_type, model(item_type), None) is None


def test_the_statements_are_as_many_however_many_items(item_type, django_assert_max_num_queries):
    arrive(item_type, 250, confidence=0.99, label="circle")
    fitted = model(item_type)
    with django_assert_max_num_queries(8):
        assert replaying.run(item_type, fitted, None).decisions == 250
