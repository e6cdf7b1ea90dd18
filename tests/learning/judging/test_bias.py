"""Labels of items that were chosen because a model doubted them do not judge it unfairly (SCIENCE 6.2)."""

import numpy as np
import pytest

from learning.judging.evaluation import measure, paired_difference

ITEMS = 1500


def world(seed):
    """Return an honest model's probabilities of two classes, and the truth, of all items."""
    r = np.random.default_rng(seed)
    sure = r.beta(4, 1.2, ITEMS) / 2 + 0.5
    p = np.stack([sure, 1 - sure], axis=1)
    return p, (r.random(ITEMS) > sure).astype(int)


def labelled(p, seed, audits=0.1):
    """Return who gets a label, and with which probability: the doubtful 30 %, and audits of the rest."""
    doubtful = p.max(axis=1) <= np.quantile(p.max(axis=1), 0.3)
    chance = np.where(doubtful, 1.0, audits)
    return np.random.default_rng(seed).random(ITEMS) < chance, chance


def told(p, y, weights=None, seed=0):
    """Return the overall metrics by name."""
    return {m.name: m for m in measure(p, y, classes="ab", weights=weights, seed=seed) if m.slice == "all"}


def gaps(name):
    """Return by how much the weighed sample of each of 25 worlds misses what all its items say."""
    found = []
    for seed in range(25):
        p, y = world(seed)
        seen, chance = labelled(p, seed)
        right = p.argmax(axis=1) == y
        whole = {
            "accuracy": right.mean(),
            "brier": np.square(p - np.eye(2)[y]).sum(axis=1).mean(),
            "log_loss": -np.log(p[np.arange(ITEMS), y]).mean(),
        }
        found.append(told(p[seen], y[seen], 1 / chance[seen])[name].value - whole[name])
    return np.array(found)


@pytest.mark.parametrize("name", ["accuracy", "brier", "log_loss"])
def test_weighed_by_their_chance_doubted_items_and_audits_measure_all_items(name):
    found = gaps(name)
    assert found.mean() == pytest.approx(0, abs=3 * found.std() / np.sqrt(len(found)))
    assert found.std() < 0.06


def test_unweighed_they_make_a_model_look_far_worse_than_it_is():
    p, y = world(0)
    seen, _ = labelled(p, 0)
    assert told(p[seen], y[seen])["accuracy"].value < (p.argmax(axis=1) == y).mean() - 0.08


def test_the_interval_of_the_weighed_accuracy_holds_the_truth():
    held = 0
    for seed in range(60):
        p, y = world(seed)
        seen, chance = labelled(p, seed)
        found = told(p[seen], y[seen], 1 / chance[seen], seed)["accuracy"]
        held += found.low <= p.max(axis=1).mean() <= found.high
    assert held >= 53  # 95 % of 60 are 57, with a deviation of 1.7


def test_the_interval_holds_the_truth_where_checks_are_few_and_have_missed_each_error():
    low, held, r = 0, 0, np.random.default_rng(0)
    for _ in range(100):
        doubtful = r.random(1_000) < 0.2
        right = r.random(1_000) >= np.where(doubtful, 0.2, 0.02)  # 94.4 % in truth
        chance = np.where(doubtful, 1.0, 0.05)
        seen = r.random(1_000) < chance
        p = np.where(right[seen, None], (0.9, 0.1), (0.1, 0.9))
        found = told(p, np.zeros(len(p), int), 1 / chance[seen])["accuracy"]
        low, held = low + (found.low > 0.944), held + (found.low <= 0.944 <= found.high)
    assert (low <= 3, held >= 91) == (True, True)


def test_the_paired_difference_of_a_weighed_sample_is_that_of_all_items():
    p, y = world(1)
    other = np.where(np.random.default_rng(5).random(ITEMS)[:, None] < 0.1, p[:, ::-1], p)
    seen, chance = labelled(p, 1, audits=0.2)
    found = paired_difference(p[seen], other[seen], y[seen], 1 / chance[seen])
    whole = paired_difference(p, other, y).value
    assert found.low <= whole <= found.high
    assert found.high - found.low < 0.1
