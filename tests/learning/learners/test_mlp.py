"""Where networks are trained."""

import numpy as np
import pytest
import torch

from learning import retraining
from learning.learners import mlp, training
from tests.learning import worlds


@pytest.mark.parametrize("found", [True, False])
def test_a_device_that_is_named_is_taken_and_auto_looks_for_a_gpu(monkeypatch, found):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: found)
    places = [mlp.place(device) for device in ("auto", "cpu", "cuda")]
    assert places == ["cuda" if found else "cpu", "cpu", "cuda"]


def test_training_on_the_cpu_asks_for_no_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    rows = np.repeat(np.eye(2), 5, axis=0)
    fitted = training.fit("mlp", rows, ["a"] * 5 + ["b"] * 5, classes=("a", "b"), device="cpu")
    assert fitted.predict_proba(rows).shape == (10, 2)


def test_the_setting_says_where_a_run_trains(db, settings, monkeypatch):
    seen = []

    def fit(*args, device, **others):
        seen.append(device)
        raise training.TooFewLabels("enough seen")

    settings.HITL_DEVICE = "cuda"
    monkeypatch.setattr(training, "fit", fit)
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 60))
    retraining.retrain(item_type, trigger="test")
    assert seen == ["cuda"]
