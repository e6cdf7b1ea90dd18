"""What every test of learning starts from."""

import pytest

TREES = 15  # of a forest: what is tested of it holds with so many as with all, which take seconds to grow


@pytest.fixture(autouse=True)
def _quick_trainings(trained_once, monkeypatch):
    """Train each model of the same labels once (remembered.py), and grow small forests."""
    monkeypatch.setattr("learning.learners.forest.TREES", TREES)
