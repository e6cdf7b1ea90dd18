"""Retraining: a verdict holds only against the champion of the moment, and where that one can be read."""

import pytest

from learning import registry, retraining
from learning.models import ModelVersion
from tests.learning import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def item_type():
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    return item_type


def train(item_type):
    """Return a new model of the type as it is stored."""
    run = retraining.retrain(item_type, trigger="test")
    return ModelVersion.objects.get(run=run)


def test_beside_a_champion_that_can_not_be_read_nothing_is_promoted(item_type):
    first = train(item_type)
    worlds.spoil(first)
    second = train(item_type)
    assert (second.status, worlds.champion(item_type)) == ("challenger", first)
    assert second.verdict["reasons"][0] == (
        "shapes@1 is in force but can't be compared with. "
        "The file of shapes@1 is not the one that was stored: its hash differs."
    )
    assert second.verdict["reasons"][1].startswith("accuracy 100.0% on 50 held-out labels")
    assert second.verdict["against"] is None


def test_a_promotion_during_the_judging_is_not_overwritten(item_type, monkeypatch):
    item_type.learning_plan.auto_promote = False
    item_type.learning_plan.save()
    first = train(item_type)
    item_type.learning_plan.auto_promote = True
    item_type.learning_plan.save()
    judge = retraining.judge

    def judge_while_an_admin_promotes(*args):
        judged = judge(*args)
        registry.promote(first, reason="by hand", by="system:test")
        return judged

    monkeypatch.setattr(retraining, "judge", judge_while_an_admin_promotes)
    second = train(item_type)
    assert (second.status, worlds.champion(item_type)) == ("challenger", first)
    reason = "Meanwhile shapes@1 is in force; it was judged against none."
    assert second.verdict["reasons"][0] == reason
