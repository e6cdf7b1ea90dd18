"""The gate lets better models through, holds worse ones back, and says what it went by."""

import numpy as np
import pytest

from learning.judging.gate import Margins, judge
from learning.judging.replay import Replay
from learning.judging.speed import Speed
from tests.learning.judging.said import evidence, hits


def test_the_first_model_must_beat_the_most_frequent_class():
    assert judge(None, evidence(hits(60, 0.6), confidence=0.6)).promote
    refused = judge(None, evidence(hits(60, 0.28), confidence=0.3))
    assert not refused.promote
    assert "always naming the most frequent class gives 25.0%" in refused.reasons[0]


@pytest.mark.parametrize("champion", [None, evidence(hits(29, 0.5))])
def test_too_few_held_out_labels_refuse(champion):
    verdict = judge(champion, evidence(hits(29, 1.0)))
    assert verdict.reasons == ("only 29 held-out labels; at least 30 are needed",)
    assert not verdict.promote


def test_a_better_model_is_promoted_and_the_reasons_give_the_figures():
    old = hits(400, 0.8)
    new = old.copy()
    new[np.flatnonzero(~old)[:40]] = True
    verdict = judge(evidence(old), evidence(new))
    assert (verdict.promote, verdict.better) == (True, True)
    assert verdict.reasons[0].startswith(
        "accuracy is better beyond chance: 80.0% → 90.0% on the same 400 held-out labels: +10.0 "
    )
    assert "40 mended, 0 spoilt" in verdict.reasons[0]


def test_where_the_plan_asks_for_better_a_model_that_holds_is_refused():
    old = hits(400, 0.8)
    some, many = old.copy(), old.copy()
    some[np.flatnonzero(~old)[:4]] = True
    many[np.flatnonzero(~old)[:40]] = True
    asked = Margins(must_be_better=True)
    assert (
        judge(evidence(old), evidence(some)).promote,
        judge(evidence(old), evidence(many), asked).promote,
    ) == (
        True,
        True,
    )
    verdict = judge(evidence(old), evidence(some), asked)
    assert not verdict.promote
    assert verdict.reasons[0].startswith("accuracy holds, but is not better beyond chance: 80.0% → 81.0%")


def test_a_worse_model_is_refused_with_that_reason_first():
    verdict = judge(evidence(hits(400, 0.9)), evidence(hits(400, 0.85)))
    assert not verdict.promote
    assert verdict.reasons[0].startswith("accuracy fell: 90.0% → 85.0%")


def test_one_class_that_breaks_refuses_a_model_that_gains_overall():
    labels = np.repeat(np.arange(4), 100)
    old, new = hits(400, 0.8), np.ones(400, bool)
    new[:100] = hits(100, 0.5)
    old[:100] = hits(100, 0.9)
    verdict = judge(evidence(old, labels=labels), evidence(new, labels=labels))
    assert not verdict.promote
    assert any(reason.startswith("class 0 got worse: -40.0 points") for reason in verdict.reasons)


def test_a_slice_that_breaks_is_named():
    new, lang = np.ones(400, bool), np.repeat(["en", "ar"], [300, 100])
    new[300:] = hits(100, 0.6)
    old = hits(400, 0.85)
    verdict = judge(evidence(old), evidence(new, slices={"lang": lang}))
    assert verdict.reasons[0].startswith("lang=ar got worse")


def test_small_parts_of_a_field_that_break_together_are_named_together():
    lands = np.array(["us"] * 400 + ["om", "qa", "kw"] * 30)
    old, new = np.ones(490, bool), np.ones(490, bool)
    old[:60], new[400:430] = False, False
    slices = {"context.country": lands}
    verdict = judge(evidence(old, slices=slices), evidence(new, slices=slices))
    assert not verdict.promote
    assert any(one.startswith("the small parts by context.country together got") for one in verdict.reasons)


def test_classes_bear_their_names_in_reasons():
    labels = np.repeat([0, 1], 100)
    old, new = np.ones(200, bool), np.repeat([False, True], 100)
    verdict = judge(evidence(old, 2, labels=labels), evidence(new, 2, labels=labels, classes=("cat", "dog")))
    assert any(reason.startswith("class cat got worse") for reason in verdict.reasons)


def test_a_brier_score_that_hardly_moves_does_not_refuse():
    sure = hits(400, 1.0)
    assert judge(evidence(sure, confidence=0.9999), evidence(sure, confidence=0.998)).promote


def test_probabilities_that_got_worse_refuse():
    old = hits(400, 0.8)
    verdict = judge(evidence(old, confidence=0.8), evidence(old, confidence=0.999))
    assert not verdict.promote
    assert any(reason.startswith("probabilities got worse") for reason in verdict.reasons)


def test_a_model_that_is_just_as_right_and_no_surer_of_it_is_refused():
    right = hits(1000, 0.9)
    surer = np.where(right, 0.97, 0.5)
    verdict = judge(evidence(right, confidence=surer), evidence(right, confidence=0.9))
    assert not verdict.promote
    assert any(
        reason.startswith("less could be automated: with 5.0% wrong of the automated, 90.0% → 0.0%")
        for reason in verdict.reasons
    )


def test_an_overconfident_champion_is_not_kept_for_what_it_automates():
    right = hits(1000, 0.89)
    verdict = judge(evidence(right, confidence=0.97), evidence(right, confidence=0.89))
    assert verdict.promote
    assert any("with 11.0% wrong of the automated, 100.0% → 100.0%" in one for one in verdict.reasons)


def test_confidences_far_from_the_truth_refuse_even_the_first():
    verdict = judge(None, evidence(hits(400, 0.6), confidence=0.95))
    assert not verdict.promote
    assert verdict.reasons[0].startswith(
        "confidences can't be relied on: confidence and accuracy lie 34.8 points apart on average"
    )


def test_a_worse_calibrated_champion_is_no_reason_to_keep_it():
    right = hits(400, 0.6)
    verdict = judge(evidence(right, confidence=0.95), evidence(right, confidence=0.8))
    assert verdict.promote
    assert any("; the champion's 34.8" in reason for reason in verdict.reasons)


def test_a_model_that_takes_too_long_is_refused():
    right = hits(60, 0.9)
    assert judge(None, evidence(right), speed=Speed(20, 99, 50)).promote
    slow = judge(None, evidence(right), speed=Speed(20, 101, 50))
    assert (slow.promote, slow.reasons[0]) == (
        False,
        "too slow: one prediction takes 20 ms, 95 % take at most 1e+02 ms (allowed 100 ms)",
    )


def test_what_a_replay_changes_is_said_and_refuses_nothing():
    replay = Replay(1000, 0.25, 0.1, 0.5, 0.6, (), (), ())
    verdict = judge(None, evidence(hits(60, 0.9)), replay=replay)
    assert verdict.promote
    assert verdict.reasons[-1] == (
        "of the last 1000 decisions 25.0% would have been others, 50.0% → 60.0% automated: "
        "look at the examples"
    )


def test_the_allowed_loss_narrows_to_the_margin_as_labels_come():
    for n, allowed in ((30, 5.0), (250, 2.0), (1000, 0.5), (4000, 0.5)):
        found = judge(evidence(hits(n, 0.8)), evidence(hits(n, 0.8)), Margins())
        assert f"at worst {allowed} points down is allowed" in " ".join(found.reasons)


def test_models_measured_on_other_labels_are_not_compared():
    with pytest.raises(ValueError, match="the same labels"):
        judge(evidence(hits(50, 0.8)), evidence(hits(60, 0.8)))


def test_with_few_labels_one_more_error_is_outweighed_by_better_probabilities():
    old = hits(150, 0.96)
    new = old.copy()
    new[np.flatnonzero(old)[0]] = False
    verdict = judge(evidence(old, confidence=0.7), evidence(new, confidence=0.96))
    assert verdict.promote
    assert "1 spoilt" in verdict.reasons[0]
    assert "the Brier score fell from 0.1680 to " in verdict.reasons[0]


def test_with_many_labels_no_fall_of_accuracy_is_outweighed():
    old = hits(1500, 0.96)
    new = old.copy()
    new[np.flatnonzero(old)[0]] = False
    assert not judge(evidence(old, confidence=0.7), evidence(new, confidence=0.96)).promote


def test_a_few_heavy_audits_do_not_hide_a_clear_gain():
    old = np.concatenate([hits(100, 0.6), np.ones(12, bool)])
    new = old.copy()
    new[np.flatnonzero(~old)[:29]] = True
    new[np.flatnonzero(old)[:4]] = False
    weights = np.concatenate([np.ones(100), np.full(12, 20.0)])
    verdict = judge(evidence(old, weights=weights), evidence(new, weights=weights))
    assert "29 mended, 4 spoilt" in " ".join(verdict.reasons)
    assert verdict.promote


def test_gains_on_doubted_items_do_not_outvote_what_audits_leave_open():
    old = np.concatenate([hits(800, 0.8), hits(250, 0.98)])
    new = old.copy()
    doubted, audited = np.arange(1050) < 800, np.arange(1050) >= 800
    for part, won, lost in ((doubted, 60, 10), (audited, 3, 5)):
        new[np.flatnonzero(~old & part)[:won]] = True
        new[np.flatnonzero(old & part)[:lost]] = False
    weights = np.where(doubted, 1.0, 20.0)
    verdict = judge(evidence(old, weights=weights), evidence(new, weights=weights))
    assert verdict.reasons[0].startswith("accuracy may have fallen: ")
    assert "63 mended, 15 spoilt" in verdict.reasons[0]


@pytest.mark.parametrize(("n", "most"), [(60, 0.25), (150, 0.15), (300, 0.06)])
def test_with_few_labels_a_model_two_points_worse_seldom_passes(n, most):
    r = np.random.default_rng(0)
    promoted = 0
    for _ in range(200):
        draw = r.random(n)
        old = np.where(draw < 0.05, True, np.where(draw < 0.08, False, r.random(n) < 0.9))
        new = np.where(draw < 0.05, False, np.where(draw < 0.08, True, old))
        promoted += judge(evidence(old), evidence(new)).promote
    assert promoted / 200 <= most


def test_a_wide_margin_is_not_widened_beyond_itself():
    verdict = judge(evidence(hits(60, 0.8)), evidence(hits(60, 0.8)), Margins(overall=0.2))
    assert "at worst 20.0 points down is allowed" in verdict.reasons[0]


def test_a_fall_of_automation_that_chance_explains_does_not_refuse():
    right = hits(90, 0.95)
    sure = np.arange(90) < 78
    fewer = np.r_[sure[6:], np.zeros(6, bool)]
    champion, challenger = (evidence(right) for _ in range(2))
    for model, high in ((champion, sure), (challenger, fewer)):
        model.probabilities[:] = evidence(right, confidence=0.9).probabilities
        model.probabilities[high] = evidence(right, confidence=0.97).probabilities[high]
    assert judge(champion, challenger).promote


def test_labels_count_by_their_effective_number():
    right = hits(1000, 0.9)
    weights = np.where(np.arange(1000) < 50, 20.0, 1.0)
    verdict = judge(evidence(right, weights=weights), evidence(right, weights=weights))
    assert "at worst 2.8 points down is allowed" in verdict.reasons[0]
