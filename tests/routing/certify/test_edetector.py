"""The e-detector is calm while the target holds, and soon rings where it doesn't."""

import json

import numpy as np
import pytest

from bench import drifts
from routing.certify.edetector import Detector, watch


def test_goal_4_there_is_at_most_one_false_alarm_in_a_thousand_audits():
    found = drifts.run_length(drifts.ALPHA, 400, most=4_000)
    assert found["mean_at_least"] >= 1_000
    assert found["alarms_per_1000_audits"] <= 1


def test_goal_4_a_jump_from_3_to_10_percent_is_noticed_within_a_thousand_automated_items():
    assert drifts.delay(0.1, 200, rates=(0.05, 0.3))["median"] <= 1_000
    assert drifts.delay(0.1, 200, rates=(0.05, 0.05))["median"] >= 1_500


def test_each_bet_grows_by_its_formula_and_the_level_is_their_mean():
    after = watch(Detector(0.05), [1.0, 0.0])
    by_hand = [((1 + f * 19) + 1) * (1 - f) for f in (0.1, 0.25, 0.5)]
    assert after.values == pytest.approx(by_hand)
    assert after.level == pytest.approx(np.mean(by_hand))


def test_two_errors_escalate_and_a_hundred_right_answers_calm_again():
    doubtful = watch(Detector(0.05), [1, 1])
    assert (doubtful.phase, watch(doubtful, [0] * 100).phase) == ("escalated", "calm")


def test_an_alarm_stays_and_names_the_audit_that_rang_it():
    rung = watch(Detector(0.05), [1] * 10)
    assert (rung.phase, rung.alarmed_at, rung.audits) == ("alarm", 4, 4)
    assert watch(rung, [0] * 100) == rung


def test_an_audit_that_nobody_answered_is_an_error():
    assert watch(Detector(0.05), [float("nan")]) == watch(Detector(0.05), [1.0])


def test_a_watch_goes_on_from_json_as_if_it_had_not_stopped():
    losses = [0, 1, 0, 0, 0.5, 0, 0, 0]
    half = Detector.from_json(json.loads(json.dumps(watch(Detector(0.05), losses[:4]).to_json())))
    assert watch(half, losses[4:]) == watch(Detector(0.05), losses)


@pytest.mark.parametrize("loss", [-0.1, 1.1])
def test_a_loss_outside_of_the_unit_interval_is_refused(loss):
    with pytest.raises(ValueError, match="between 0 and 1"):
        watch(Detector(0.05), [loss])


def test_a_target_of_nothing_or_everything_cannot_be_watched():
    for alpha in (0.0, 1.0):
        with pytest.raises(ValueError, match="between 0 and 1"):
            Detector(alpha)
