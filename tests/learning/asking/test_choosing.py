"""Choosing: each strategy of a plan gets what it goes by, and says so where that is still to come."""

import pytest

from learning import plans, registry, retraining
from learning.asking import choosing, committees
from learning.asking.sent import SOURCES
from learning.models import STRATEGIES as CHOICES
from learning.models import ModelVersion, SamplingRun
from learning.sampling import STRATEGIES, Options
from routing.models import Item
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


def test_fairness_gives_half_of_a_pick_to_the_slice_that_does_worst(trained):
    for place, item in enumerate(trained.items.filter(item_ref__startswith="shape-1-")):
        Item.objects.filter(pk=item.pk).update(context={"land": "fr" if place % 5 == 0 else "de"})
    champion = worlds.champion(trained)
    for land, share in (("de", 0.9), ("fr", 0.5)):
        champion.evaluations.create(
            metric="accuracy",
            slice=f"context.land={land}",
            value=share,
            low=share - 0.1,
            high=share + 0.1,
            n=90,
        )
    trained.learning_plan.goal = "fairness"
    picks = [pick for pick in choose(trained, "margin").picks if pick.arm == "strategy"]
    lands = [Item.objects.get(pk=pick.item.pk).context["land"] for pick in picks]
    assert (len(lands), lands[:4]) == (9, ["fr"] * 4)


def test_edge_cases_mix_rare_ones_hard_negatives_and_errors_into_the_pick(trained):
    trained.learning_plan.goal = "edge_cases"
    chosen = choose(trained, "margin")
    whys = [pick.reason.split()[0] for pick in chosen.picks if pick.arm == "strategy"]
    assert (whys, chosen.note) == (["may", "the", "the"] + ["top"] * 6, "")


def test_a_goal_that_can_not_be_served_yet_is_left_to_the_strategy_and_said():
    item_type = worlds.shapes(plan={"goal": "fairness"})
    worlds.items(item_type, 30, held_out=0)
    chosen = choose(item_type, "typical")
    assert (len(chosen.picks), chosen.note) == (10, choosing.NO_WEAK)


def test_the_plan_weighs_uncertainty_for_hybrid_and_the_budget_what_is_spent(trained):
    plan = trained.learning_plan
    plan.uncertainty_weight, plan.label_budget = 0.25, 2 * plans.bought(trained)
    given = choosing.search(plan, worlds.champion(trained), size=10)
    assert choosing._options(given, 30) == Options(0.5, 0.25, 0.75)
