"""Consensus of votes: by hand, against the published example, and what must hold for any votes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.consensus import models
from labeling.consensus.choosing import aggregate, chosen, suits_confusions
from labeling.consensus.votes import UNKNOWN, Votes, answers, counts
from tests.labeling import anesthetists


def of(*rows, items=None, annotators=None, classes=2):
    """Return votes from (item, annotator, label)."""
    table = np.array(rows, dtype=int).reshape(-1, 3)
    return Votes(
        *table.T,
        table[:, 0].max(initial=-1) + 1 if items is None else items,
        table[:, 1].max(initial=-1) + 1 if annotators is None else annotators,
        classes,
    )


def crowd(seed, *, items=60, annotators=12, classes=3, each=4, skill=0.75):
    """Return votes and truth of a simulated crowd."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(classes, size=items)
    accuracy = rng.uniform(skill - 0.2, skill + 0.2, annotators)
    rows = [
        (item, person, truth[item] if rng.random() < accuracy[person] else rng.integers(classes))
        for item in range(items)
        for person in rng.choice(annotators, each, replace=False)
    ]
    return of(*rows, items=items, annotators=annotators, classes=classes), truth


WAYS = pytest.mark.parametrize("way", [models.majority, models.one_coin_em, models.dawid_skene])


def test_unshrunk_confusions_give_the_published_tables():
    votes = anesthetists.votes()
    fit = models.dawid_skene(votes, shrink=0)
    assert len(votes) == 315
    assert fit.posterior.mean(axis=0).round(2).tolist() == anesthetists.RATES
    assert fit.skills.rates[0].round(2).tolist() == anesthetists.FIRST_OBSERVER


def test_the_patients_on_whom_the_observers_disagree_get_the_published_grades():
    grades = answers(models.dawid_skene(anesthetists.votes(), shrink=0).posterior) + 1
    assert grades[[1, 2, 11, 35, 37, 38]].tolist() == [4, 2, 3, 4, 3, 3]


def test_the_majority_has_most_votes_and_ties_go_to_those_who_agree_more():
    # Person 0 agrees with 1 and 2 on three items, person 3 with nobody; item 3 is a tie of 0 and 3.
    together = [(item, person, item % 2) for item in range(3) for person in range(3)]
    alone = [(item, 3, 1 - item % 2) for item in range(3)]
    votes = of(*together, *alone, (3, 0, 1), (3, 3, 0))
    assert answers(models.majority(votes).posterior).tolist() == [0, 1, 0, 1]


def test_a_tie_nothing_settles_goes_to_the_first_class():
    assert answers(models.majority(of((0, 0, 1), (0, 1, 0))).posterior).tolist() == [0]


def test_accuracies_and_posterior_fit_each_other_as_by_hand():
    # Both are right on the gold item and differ on the other: (1 + share + 3) / (2 + 3).
    votes = of((0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 1))
    fit = models.one_coin_em(votes, gold=np.array([0, UNKNOWN]))
    rate = (1 + fit.posterior[1, 0] + 1) / 4
    share = fit.posterior[1]
    assert fit.skills.accuracy == pytest.approx(np.minimum((4 + share) / 5, 0.999), abs=1e-4)
    weights = np.log(fit.skills.accuracy / (1 - fit.skills.accuracy))
    odds = weights[0] - weights[1] + 0.5 * np.log(rate / (1 - rate))
    assert fit.posterior[1, 0] == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-4)


@WAYS
def test_gold_keeps_its_answer_whatever_is_voted(way):
    votes, truth = crowd(1)
    gold = np.where(np.arange(60) < 10, (truth + 1) % 3, UNKNOWN)
    posterior = way(votes, gold=gold).posterior
    assert posterior[:10].tolist() == np.eye(3)[gold[:10]].tolist()


def test_gold_tells_whom_to_believe_against_two_who_copy_each_other():
    truth = np.arange(40) % 2
    rows = [(item, 0, truth[item]) for item in range(40)]
    rows += [(item, person, 1 - truth[item]) for item in range(0, 40, 3) for person in (1, 2)]
    rows += [(item, person, truth[item]) for item in range(40) if item % 3 for person in (1, 2)]
    gold = np.where(np.arange(40) < 20, truth, UNKNOWN)
    assert answers(models.majority(of(*rows)).posterior).tolist() != truth.tolist()
    assert answers(models.one_coin_em(of(*rows), gold=gold).posterior).tolist() == truth.tolist()


@WAYS
def test_a_models_opinion_counts_by_its_probability(way):
    prior = np.array([[0.99, 0.01], [0.01, 0.99], [0.5, 0.5]])
    fit = way(of((2, 0, 1), items=3), prior=prior)
    assert answers(fit.posterior).tolist() == [0, 1, 1]
    assert fit.posterior[0, 0] == pytest.approx(0.98 * 0.99 + 0.01)


@WAYS
def test_without_votes_everything_is_as_likely(way):
    fit = way(of(items=2, annotators=0, classes=4))
    assert fit.posterior.tolist() == pytest.approx(np.full((2, 4), 0.25))


def test_no_item_at_all_has_an_empty_consensus():
    found = aggregate(of())
    assert found.posterior.shape == (0, 2)
    assert found.method == "one_coin"


def test_one_class_is_certain():
    found = aggregate(of((0, 0, 0), (1, 0, 0), classes=1))
    assert found.posterior.tolist() == [[1.0], [1.0]]


def test_one_annotator_is_believed():
    found = aggregate(of((0, 0, 1), (1, 0, 0), (2, 0, 1)))
    assert found.answers.tolist() == [1, 0, 1]
    assert found.votes.tolist() == [3.0]


def test_votes_out_of_range_or_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="names label 2 to 2: 0 to 1 exist"):
        of((0, 0, 2))
    with pytest.raises(ValueError, match="one item, one annotator and one label"):
        replace(of((0, 0, 1)), label=np.array([0, 1]))


def test_confusions_are_considered_from_fifty_votes_a_class_and_annotator_on():
    assert not suits_confusions(of(*[(item, 0, 0) for item in range(99)]))
    assert suits_confusions(of(*[(item, 0, 0) for item in range(100)]))


def test_the_first_way_is_taken_unless_a_later_one_is_better_beyond_chance():
    poor, good = np.array([True, False] * 20), np.array([True] * 36 + [False] * 4)
    found = [chosen(pair, [0.5, 0.0]) for pair in ([poor, good], [good, poor], [poor, poor])]
    assert found == [1, 0, 0]


def test_a_way_may_fall_short_by_its_slack():
    # One of 40 gained: mean 1/40, standard error √(1/40 · 39/40) / √40, that is 1.01 standard errors.
    mine, other = np.arange(40) < 30, np.arange(40) < 31
    assert [chosen([mine, other], [1.1, 0.0]), chosen([mine, other], [0.9, 0.0])] == [0, 1]


def test_gold_keeps_people_who_copy_each_other_from_misleading_more_than_the_majority():
    rng = np.random.default_rng(4)
    truth = (rng.random(400) < 0.2).astype(int)
    copied = np.where(rng.random(400) < 0.7, truth, 1)
    rows = [(item, person, copied[item]) for item in range(400) for person in (0, 1)]
    good = rng.random((400, 3)) < 0.85
    rows += [(i, p + 2, truth[i] if good[i, p] else 1 - truth[i]) for i in range(400) for p in range(3)]
    votes, gold = of(*rows), np.where(np.arange(400) < 80, truth, UNKNOWN)
    found = aggregate(votes, gold=gold)
    right = [(each == truth)[80:].mean() for each in (found.answers, answers(counts(votes)))]
    assert right[0] >= right[1] - 0.01


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    way=st.sampled_from([models.majority, models.one_coin_em, models.dawid_skene]),
)
def test_neither_the_order_of_items_nor_that_of_people_nor_that_of_votes_matters(seed, way):
    votes, _ = crowd(seed, items=30, skill=0.6)
    rng = np.random.default_rng(seed)
    items, people, order = rng.permutation(30), rng.permutation(12), rng.permutation(len(votes))
    moved = replace(votes, item=items[votes.item], annotator=people[votes.annotator]).where(order)
    assert way(moved).posterior[items] == pytest.approx(way(votes).posterior, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), skill=st.floats(0.3, 0.8))
def test_a_posterior_sums_to_one_and_its_answer_does_not_depend_on_the_order_of_votes(seed, skill):
    votes, _ = crowd(seed, items=25, skill=skill)
    order = np.random.default_rng(seed).permutation(len(votes))
    found = aggregate(votes)
    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(25))
    assert (found.posterior >= 0).all()
    assert aggregate(votes.where(order)).answers.tolist() == found.answers.tolist()


@settings(max_examples=15, deadline=None)
@given(labels=st.lists(st.integers(0, 3), min_size=1, max_size=20), voters=st.integers(1, 4))
def test_where_all_agree_everybody_is_believed(labels, voters):
    rows = [(item, person, label) for item, label in enumerate(labels) for person in range(voters)]
    assert aggregate(of(*rows, classes=4)).answers.tolist() == labels
