"""What votes tell of the people who cast them, and when another vote is wanted."""

import numpy as np
import pytest

from labeling.consensus import annotators, redundancy
from labeling.consensus.annotators import Confusions, OneCoin
from labeling.consensus.redundancy import Next
from labeling.consensus.votes import Votes

PEOPLE = OneCoin(np.array([0.9, 0.6]), 0.8, 3)


def test_a_vote_is_as_probable_as_its_author_is_right_and_a_strangers_as_everybodys():
    found = PEOPLE.chances(np.array([0, 1, -1, 7]), np.array([0, 2, 1, 1]))
    expected = [[0.9, 0.05, 0.05], [0.2, 0.2, 0.6], [0.1, 0.8, 0.1], [0.1, 0.8, 0.1]]
    assert found == pytest.approx(np.array(expected))


def test_confusions_give_the_column_of_what_was_said():
    rates = np.array([[[0.9, 0.1], [0.4, 0.6]]])
    people = Confusions(rates, np.array([[0.8, 0.2], [0.3, 0.7]]))
    assert people.chances(np.array([0, -1]), np.array([1, 0])).tolist() == [[0.1, 0.6], [0.8, 0.3]]


def test_accuracies_are_the_most_probable_ones_under_the_belief():
    votes = Votes(np.array([0, 1, 2]), np.array([0, 0, 1]), np.array([0, 1, 0]), 3, 3, 2)
    truth = np.eye(2)[[0, 0, 0]]
    assert annotators.one_coin(votes, truth).accuracy == pytest.approx([(1 + 3) / (2 + 3), 0.999, 0.999])
    pooled = (2 + 4) / (3 + 5)
    assert annotators.cautious(votes, truth).accuracy == pytest.approx(
        [(1 + 10 * pooled) / 12, (1 + 10 * pooled) / 11, pooled]
    )


def test_tallies_count_what_each_person_said():
    votes = Votes(np.array([0, 1, 2, 0]), np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1]), 3, 2, 2)
    truth = np.eye(2)[[0, 0, 1]]
    assert annotators.tallies(votes, truth).tolist() == [[[1, 1], [0, 1]], [[0, 1], [0, 0]]]


def test_rows_are_shrunk_to_what_everybody_says():
    votes = Votes(np.array([0, 0]), np.array([0, 1]), np.array([0, 1]), 1, 2, 2)
    found = annotators.confusions(votes, np.array([[1.0, 0.0]]), shrink=4)
    pooled = (1 + 0.6) / (2 + 0.7)
    assert found.pooled[0] == pytest.approx([pooled, 1 - pooled])
    assert found.rates[0, 0] == pytest.approx([(1 + 4 * pooled) / 5, 4 * (1 - pooled) / 5])


def test_the_interval_is_that_of_the_beta_distribution():
    # Beta(4, 1) has the distribution function x^4, Beta(4, 2) the median where 5x^4 - 4x^5 = 1/2.
    mean, low, high = annotators.interval(np.array([0.0]), np.array([0.0]))
    assert (mean[0], low[0], high[0]) == pytest.approx((0.8, 0.05**0.25, 0.95**0.25))
    _, low, high = annotators.interval(np.array([0.0]), np.array([1.0]), level=0)
    assert 5 * low[0] ** 4 - 4 * low[0] ** 5 == pytest.approx(0.5)
    assert low == pytest.approx(high)


def test_gold_is_rarer_once_a_persons_accuracy_is_known():
    assert [annotators.gold_rate(0.05, 0.85, 0.97), annotators.gold_rate(0.05, 0.9, 0.98)] == pytest.approx(
        [0.05, 0.02]
    )


def test_each_vote_multiplies_what_was_believed():
    start = redundancy.begin(np.array([2.0, 1.0, 1.0]))
    after = redundancy.add(redundancy.add(start, 0, 1, PEOPLE), -1, 0, PEOPLE)
    products = np.array([0.5 * 0.05 * 0.8, 0.25 * 0.9 * 0.1, 0.25 * 0.05 * 0.1])
    assert after == pytest.approx(products / products.sum())


def test_a_model_is_never_quite_certain():
    assert redundancy.begin(np.ones(2), model=np.array([1.0, 0.0])) == pytest.approx([0.99, 0.01])


@pytest.mark.parametrize(
    ("best", "votes", "expected"),
    [
        (0.95, 1, Next.ANOTHER),
        (0.95, 2, Next.ENOUGH),
        (0.94, 2, Next.ANOTHER),
        (0.94, 4, Next.EXPERT),
        (0.95, 4, Next.ENOUGH),
    ],
)
def test_another_vote_is_asked_for_until_the_posterior_decides_or_the_cap_is_reached(best, votes, expected):
    posterior = np.array([best, 1 - best])
    assert redundancy.another_vote(posterior, votes, cap=4, tau=0.95, least=2) == expected


def test_skills_are_known_once_people_have_answered_twenty_gold_items_on_average():
    assert redundancy.skills_known(np.array([20, 31]))
    assert redundancy.skills_known(np.array([0, 40]))
    assert not redundancy.skills_known(np.array([0, 39]))
    assert not redundancy.skills_known(np.array([]))
