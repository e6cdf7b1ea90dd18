"""The duel: an equal rival is hardly ever called better, however often one looks; a better one is found."""

import numpy as np
import pytest

from learning.judging.duel import PROVEN, Pair, fight


def stream(rng, count, gain, *, errors=0.1, audits=1.0, differ=0.08):
    """Return what two models say of `count` items; what the champion is sure of is labelled by chance."""
    pairs = []
    for _ in range(count):
        draw, unsure = rng.random(), rng.random() < 0.3
        chance = 1.0 if unsure else audits
        if rng.random() >= chance:
            continue
        win, loss = (differ + gain) / 2, (differ - gain) / 2
        # All wins lie where the champion is unsure, all losses where it is sure: the same on the whole.
        win, loss = (win / 0.3, 0) if unsure else (0, loss / 0.7)
        right = draw < win, win <= draw < win + loss
        same = not any(right) and draw > win + loss + errors
        pairs.append(Pair(right[0] or same, right[1] or same, chance))
    return pairs


def share_proven(gain, side, *, audits=1.0, runs=200, count=600):
    """Return in which share of seeded trials the evidence ever reached PROVEN."""
    found = []
    for seed in range(runs):
        duel = fight(stream(np.random.default_rng(seed), count, gain, audits=audits), floor=audits)
        found.append(getattr(duel, side) >= PROVEN)
    return np.mean(found)


@pytest.mark.parametrize("side", ["better", "worse"])
def test_of_two_equal_models_neither_is_proven_better_however_often_one_looks(side):
    assert share_proven(0.0, side) <= 0.05


def test_labels_that_are_drawn_unevenly_do_not_favour_the_rival():
    assert share_proven(0.0, "better", audits=0.1) <= 0.05
    unweighted = [
        fight(
            [
                Pair(one.challenger, one.champion)
                for one in stream(np.random.default_rng(seed), 600, 0, audits=0.1)
            ]
        )
        for seed in range(50)
    ]
    assert np.mean([one.better >= PROVEN for one in unweighted]) > 0.5


def test_a_clearly_better_and_a_clearly_worse_model_are_found():
    assert share_proven(0.06, "better", runs=60) >= 0.9
    assert share_proven(-0.06, "worse", runs=60) >= 0.9


def test_the_two_sides_mirror_each_other():
    pairs = stream(np.random.default_rng(3), 200, 0.04)
    turned = [Pair(one.champion, one.challenger, one.chance) for one in pairs]
    there, back = fight(pairs), fight(turned)
    assert (there.better, there.wins, there.difference) == (back.worse, back.losses, -back.difference)


def test_the_evidence_is_that_of_the_three_bets():
    duel = fight([Pair(True, False)] * 2)
    assert duel.better == pytest.approx((1.1**2 + 1.25**2 + 1.5**2) / 3)
    assert (duel.wins, duel.losses, duel.worse, duel.labels) == (2, 0, 1.0, 2)


def test_a_rare_draw_weighs_what_it_stands_for():
    duel = fight([Pair(True, False, 0.1), Pair(False, True, 1.0)])
    assert duel.difference == pytest.approx((10 - 1) / 11)
    assert duel.better == pytest.approx((1.1 + 1.25 + 1.5) / 3)


def test_errors_as_expected_ring_no_alarm_and_more_of_them_do():
    rng = np.random.default_rng(0)
    alarms = {}
    for rate in (0.1, 0.2):
        duels = [
            fight([Pair(True, bool(right)) for right in rng.random(400) >= rate], expected=0.1)
            for _ in range(100)
        ]
        alarms[rate] = np.mean([one.overturned >= PROVEN for one in duels])
    assert alarms[0.1] <= 0.05
    assert alarms[0.2] >= 0.9


@pytest.mark.parametrize(("floor", "least", "most"), [(0.02, 0.0, 0.05), (1.0, 0.2, 1.0)])
def test_doubts_that_are_labelled_before_the_first_check_ring_no_alarm(floor, least, most):
    alarms = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        unsure = rng.random(1_000) < 0.2
        chance = np.where(unsure, 1.0, 0.02)
        right = rng.random(1_000) >= np.where(unsure, 0.3, 0.03)  # 8.4 % are wrong, most of them doubted
        seen = rng.random(1_000) < chance
        pairs = [Pair(bool(one), bool(one), p) for one, p in zip(right[seen], chance[seen], strict=True)]
        alarms.append(fight(pairs, floor=floor, expected=0.084).overturned >= PROVEN)
    assert least <= np.mean(alarms) <= most


def test_before_the_first_label_nothing_is_said():
    duel = fight([], expected=0.1)
    assert (duel.labels, duel.better, duel.worse, duel.overturned, duel.wrong) == (0, 1.0, 1.0, 1.0, 0.0)
    assert (duel.low, duel.high) == (-1.0, 1.0)


def test_an_expectation_that_is_no_share_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        fight([], expected=0)
