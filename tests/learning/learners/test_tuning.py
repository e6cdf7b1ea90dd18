"""A champion learns new labels and classes from where it stands, and keeps what it knew."""

from functools import cache

import numpy as np
import pytest

from learning.learners import tuning
from learning.learners.calibration import Calibration
from learning.learners.training import fit
from learning.learners.tuning import Earlier, Recipe, replayed, tune
from tests.learning.digits import NAMES, digits

BEFORE = NAMES[:7]


@cache
def champion(learner, ensemble=1):
    """Return a champion of the digits 0 to 6, the places of its labels, and of 150 others it is unsure of."""
    _, _, rows, truth, _, train, _ = digits(noise=0.0)
    old = train[truth[train] < 7][:400]
    rest = np.setdiff1d(train, old)
    labels = [NAMES[i] for i in truth[old]]
    fitted = fit(learner, rows[old], labels, classes=BEFORE, device="cpu", ensemble=ensemble)
    return fitted, old, rest[np.argsort(fitted.predict_proba(rows[rest]).max(axis=1))[:150]]


def tuned(learner, recipe, *, replay=1, classes=NAMES, ensemble=1):
    _, _, rows, truth, *_ = digits(noise=0.0)
    fitted, old, new = champion(learner, ensemble)
    kept = old[replayed([NAMES[i] for i in truth[old]], replay * len(new))]
    used = np.concatenate([new, kept])
    earlier = Earlier(fitted.predictor, fitted.calibration, fitted.classes)
    given = {"new": np.arange(len(used)) < len(new), "earlier": earlier, "device": "cpu", "recipe": recipe}
    return tune(learner, rows[used], [NAMES[i] for i in truth[used]], classes=classes, **given)


def right(fitted, columns=NAMES):
    """Return the share of held-out digits 0 to 6 and of 7 to 9 that are told."""
    _, _, rows, truth, _, _, held = digits(noise=0.0)
    said = np.array(fitted.classes)[fitted.predict_proba(rows[held]).argmax(axis=1)]
    told, old = said == np.array(NAMES)[truth[held]], truth[held] < 7
    return told[old].mean(), told[~old].mean()


def test_new_classes_are_learnt_and_the_old_ones_lose_half_a_point_at_most():
    before = right(champion("linear")[0])
    forgetting, ours = right(tuned("linear", Recipe(hold=0), replay=0)), right(tuned("linear", Recipe()))
    assert before[0] - forgetting[0] >= 0.2
    assert before[0] - ours[0] <= 0.005
    assert ours[1] >= 0.65


def test_a_network_learns_new_classes_and_keeps_most_of_the_old(monkeypatch):
    monkeypatch.setattr(tuning, "FEWEST_TO_CALIBRATE", 1_000)  # four more networks, and not looked at here
    before = right(champion("mlp")[0])
    forgetting, ours = right(tuned("mlp", Recipe(hold=0), replay=0)), right(tuned("mlp", Recipe()))
    assert before[0] - forgetting[0] >= 0.2
    assert before[0] - ours[0] <= 0.03
    assert ours[1] >= 0.85


@pytest.mark.parametrize("learner", ["linear", "mlp"])
def test_what_is_held_or_distilled_changes_less_of_what_the_champion_says(monkeypatch, learner):
    monkeypatch.setattr(tuning, "FEWEST_TO_CALIBRATE", 1_000)
    _, _, rows, truth, _, _, held = digits(noise=0.0)
    known = rows[held][truth[held] < 7]
    said = champion(learner)[0].predictor.widened([*range(7), None, None, None]).logits(known)
    moved = [
        np.abs(tuned(learner, recipe).predictor.logits(known) - said).mean()
        for recipe in (Recipe(hold=0), Recipe(hold=0, distil=0.5), Recipe(hold=20))
    ]
    assert moved[1] < moved[0]
    assert moved[2] < moved[0]


def test_each_member_of_an_ensemble_is_tuned_and_they_stay_different():
    found = tuned("linear", Recipe(), ensemble=3)
    _, _, rows, _, _, _, held = digits(noise=0.0)
    said = [one.logits(rows[held]) for one in found.predictor.members]
    assert len(said) == 3
    assert np.abs(said[0] - said[1]).max() > 0.1
    assert right(found)[1] >= 0.65


def test_a_class_that_is_gone_loses_its_column_and_the_others_change_places():
    rows = np.eye(3, dtype=np.float32)[np.arange(60) % 3]
    labels = [("a", "b", "c")[place % 3] for place in range(60)]
    parent = fit("linear", rows, labels, classes=("a", "b", "c"))
    kept = np.flatnonzero(np.arange(60) % 3)
    found = tune(
        "linear",
        rows[kept],
        [labels[place] for place in kept],
        new=np.arange(len(kept)) < 5,
        earlier=Earlier(parent.predictor, Calibration(2.0, 0.1), parent.classes),
        classes=("c", "new", "b"),
    )
    assert found.predict_proba(rows[1:3]).argmax(axis=1).tolist() == [2, 0]
    assert found.calibration == Calibration(2.0)  # five labels are too few for another


def test_calibration_after_tuning_is_of_the_labels_that_are_new():
    _, _, rows, truth, _, _, held = digits(noise=0.0)
    found = tuned("linear", Recipe())
    said = found.predict_proba(rows[held])
    told = said.argmax(axis=1) == truth[held]
    assert abs(said.max(axis=1).mean() - told.mean()) <= 0.03


def test_of_many_new_labels_a_quarter_calibrates_and_the_model_is_tuned_twice(monkeypatch):
    seen = []

    def counted(job, fresh):
        seen.append(len(fresh))
        return tuned_by(job, fresh)

    tuned_by = tuning._tuned
    monkeypatch.setattr(tuning, "MOST_FOLDED", 100)
    monkeypatch.setattr(tuning, "_tuned", counted)
    found = tuned("linear", Recipe())
    assert seen == [112, 150]
    assert found.calibration != Calibration()
    assert right(found)[1] >= 0.65


def test_replay_takes_the_classes_as_evenly_as_their_labels_allow():
    labels = ["a"] * 50 + ["b"] * 3 + ["c"] * 50
    kept = replayed(labels, 23)
    counts = [sum(labels[place] == name for place in kept) for name in "abc"]
    assert counts == [10, 3, 10]
    assert len(set(kept.tolist())) == 23
    assert len(replayed([], 5)) == 0
    assert sorted(replayed(["a", "b"], 5).tolist()) == [0, 1]


@pytest.mark.parametrize(("learner", "new"), [("forest", True), ("linear", False)])
def test_what_cannot_go_on_or_has_nothing_new_is_refused(learner, new):
    rows = np.eye(2, dtype=np.float32).repeat(10, axis=0)
    labels = ["a"] * 10 + ["b"] * 10
    parent = fit(learner, rows, labels, classes="ab")
    earlier = Earlier(parent.predictor, parent.calibration, parent.classes)
    with pytest.raises(ValueError, match="can't go on from a champion"):
        tune(learner, rows, labels, new=np.full(20, new), earlier=earlier, classes="ab")
