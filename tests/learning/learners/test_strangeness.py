"""What is unlike all that was labelled is told apart, at the rate of false alarms that the limit says."""

import numpy as np
import pytest

from learning import retraining, serving
from learning.encoders import fit_encoder
from learning.learners import artifacts
from learning.learners.strangeness import MOST, Reference, refer
from routing.models import ItemType, Status
from tests import factories
from tests.learning import worlds
from tests.learning.digits import digits


def without(alien, labelled=800):
    """Return strangeness of other digits of the known classes and of the class that nobody has labelled."""
    payloads, _, _, truth, _, train, held = digits()
    order = [i for i in np.concatenate([train, held]) if truth[i] != alien]
    encoder = fit_encoder("features", [payloads[i] for i in order[:labelled]])
    reference = refer(encoder.encode([payloads[i] for i in order[:labelled]]))
    parts = order[labelled:], np.flatnonzero(truth == alien)
    return [reference.strangeness(encoder.encode([payloads[i] for i in part])) for part in parts]


@pytest.mark.parametrize("alien", [0, 3, 7])
def test_false_alarms_are_as_rare_as_the_limit_says_and_an_alien_class_is_found(alien):
    usual, strange = without(alien)
    for limit in (0.9, 0.95, 0.99):
        assert (usual > limit).mean() == pytest.approx(1 - limit, abs=0.025)
    assert (strange > 0.95).mean() > 0.85


def test_a_text_in_another_language_is_strange():
    acts, things = ("lock", "find", "top up", "pay for"), ("card", "account", "pin", "money", "cash", "app")
    rows = [{"text": f"how do i {act} my {thing}"} for act in acts for thing in things]
    encoder = fit_encoder("text", rows)
    reference = refer(encoder.encode(rows))
    rows = encoder.encode([{"text": "Der Zug fährt nicht"}, {"text": "how do i find my card"}])
    assert reference.strangeness(rows).tolist() == pytest.approx([24 / 25, 0.0])


def test_few_labels_prove_nothing():
    rows = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    assert refer(rows[:10]) is None
    assert refer(rows).strangeness(rows + 1000).max() == 30 / 31


def test_a_copy_of_what_was_labelled_is_not_strange():
    rows = np.random.default_rng(0).normal(size=(200, 8)).astype(np.float32)
    assert refer(rows).strangeness(rows[:50]).max() < 0.01


def test_no_more_is_kept_than_is_bounded():
    assert refer(np.zeros((MOST + 10, 2), np.float32)).rows.shape == (MOST, 2)
    assert refer(np.zeros((30, 200_000), np.float32)).rows.shape == (20, 200_000)


@pytest.mark.parametrize("field", ["features", "text"])
def test_a_stored_model_finds_the_same_strange(field):
    values = {"features": [1.0, 2.0], "text": "a b"}
    payloads = [{field: [i / 7, i % 3] if field == "features" else f"word{i} of {i % 5}"} for i in range(40)]
    encoder = fit_encoder(field, payloads)
    reference = refer(encoder.encode(payloads))
    again = Reference.from_state(reference.state())
    rows = encoder.encode([{field: values[field]}, *payloads[:5]])
    np.testing.assert_array_equal(reference.strangeness(rows), again.strangeness(rows))


@pytest.fixture
def shapes(db) -> ItemType:
    """An item type that asks for a person at 0.95, with a champion."""
    serving._loaded.clear()
    made = worlds.shapes(novelty_limit=0.95)
    worlds.label(worlds.items(made, 200))
    retraining.retrain(made, trigger="test")
    return made


def test_the_champion_s_file_keeps_what_was_labelled(shapes):
    model = serving.loaded(worlds.champion(shapes))
    assert model.reference.rows.shape == (150, 4)
    assert artifacts.load(artifacts.save(model)).reference.rows.shape == (150, 4)


def test_a_strange_item_goes_to_a_person_whoever_predicts(shapes):
    said = {"to": "shapes", "label": "star"}
    strange = factories.submit(0.99, payload={"features": [9, -9, 9, 9]}, **said)
    usual = factories.submit(0.99, payload={"features": [0, 0, 3, 0]}, **said)
    assert (strange.status, strange.reasons[0]["code"]) == (Status.PENDING_HUMAN, "novelty")
    assert strange.signals["novelty"] == pytest.approx(150 / 151)
    assert (usual.status, usual.signals["novelty"] < 0.95) == (Status.APPROVED, True)


def test_what_can_not_be_read_is_like_nothing_that_was_labelled(shapes):
    payloads = [{"features": [0, 0, 3, 0]}, {"features": [1, 2]}, {"text": "a star"}]
    usual, short, text = serving.strangeness(shapes, payloads)
    assert (usual < 0.95, short, text) == (True, 1.0, 1.0)


def test_without_a_usable_champion_nothing_is_said(shapes):
    worlds.spoil(worlds.champion(shapes))
    assert serving.strangeness(shapes, [{"features": [0, 0, 3, 0]}]) == [None]
    assert serving.strangeness(worlds.shapes("others"), [{"features": [0, 0, 3, 0]}]) == [None]
