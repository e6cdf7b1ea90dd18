"""Choosing: each strategy of a plan gets what it goes by, and says so where that is still to come."""

import pytest

from learning import registry, retraining
from learning.asking import choosing, committees
from learning.asking.sent import SOURCES
from learning.models import STRATEGIES as CHOICES
from learning.models import ModelVersion, SamplingRun
from learning.sampling import STRATEGIES
from tests.learning import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def trained():
    """An item type with two champions in a row, one corrected answer, and 30 waiting items."""
    item_type = worlds.shapes()
    items = worlds.items(item_type, 160)
    worlds.label(items[:-1])
    worlds.label(items[-1:], feedback_type="correction")
    retraining.retrain(item_type, trigger="test")
    worlds.label(worlds.items(item_type, 20, seed=2, held_out=0))
    retraining.retrain(item_type, trigger="test")
    second = ModelVersion.objects.get(number=2)
    if second.status != "champion":
        registry.promote(second, reason="for a test", by="system:test")
    worlds.items(item_type, 30, seed=1, held_out=0)
    return item_type


def choose(item_type, strategy):
    item_type.learning_plan.strategy = strategy
    champion = worlds.champion(item_type)
    plan = item_type.learning_plan
    return choosing.choose(SamplingRun(pk=1, item_type=item_type), choosing.search(plan, champion, size=10))


def test_a_plan_offers_every_strategy_there_is():
    assert sorted(CHOICES) == sorted(STRATEGIES)


def test_every_strategy_that_needs_nothing_of_clients_works_for_a_trained_type(trained):
    for strategy in sorted(set(STRATEGIES) - set(SOURCES)):
        chosen = choose(trained, strategy)
        assert (chosen.strategy, chosen.note, len(chosen.picks)) == (strategy, "", 10)


def test_a_pick_of_the_strategy_has_its_score_and_one_of_chance_has_none(trained):
    picks = choose(trained, "margin").picks
    scores = {pick.arm: [one.score for one in picks if one.arm == pick.arm] for pick in picks}
    assert scores["random"] == [None]
    assert scores["strategy"] == sorted(scores["strategy"], reverse=True)


@pytest.mark.parametrize(
    ("strategy", "needs"),
    [
        ("margin", "the model's probabilities"),
        ("mean_kl", "the probabilities of at least two models"),
        ("distance", "labelled items"),
        ("rare", "the model's probabilities"),
        ("errors", "labelled items"),
    ],
)
def test_what_is_still_to_come_is_said_and_the_default_picks(strategy, needs):
    item_type = worlds.shapes()
    worlds.items(item_type, 30, held_out=0)
    chosen = choose(item_type, strategy)
    assert (chosen.strategy, len(chosen.picks)) == ("adaptive", 10)
    assert chosen.note == f"adaptive in place of {strategy}: this strategy needs {needs}"


def test_errors_need_an_answer_that_was_wrong():
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 20, held_out=0))
    worlds.items(item_type, 30, seed=1, held_out=0)
    assert choose(item_type, "errors").note.endswith("needs answers of the model that turned out wrong")


def test_earlier_champions_are_the_committee_and_a_spoilt_one_is_left_out(trained):
    champion = worlds.champion(trained)
    assert len(committees.snapshots(champion)) == 1
    worlds.spoil(ModelVersion.objects.get(number=1))
    assert committees.snapshots(champion) == []
    assert choose(trained, "vote_entropy").strategy == "adaptive"
