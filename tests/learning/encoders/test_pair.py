"""Pairs are read as differences: swapping the answers turns the sign and nothing else."""

import numpy as np
import pytest

from learning.encoders import EncodeError, choose_encoder, fit_encoder, offered, unfit

WORDS = ["river", "stone", "cloud", "paper", "green", "happy", "seven", "under", "table", "window"]


def pairs(count, seed=0):
    rng = np.random.default_rng(seed)
    said = [" ".join(rng.choice(WORDS, rng.integers(1, 9))) for _ in range(3 * count)]
    return [{"prompt": said[3 * i], "a": said[3 * i + 1], "b": said[3 * i + 2]} for i in range(count)]


def swapped(payloads):
    return [{"prompt": one["prompt"], "a": one["b"], "b": one["a"]} for one in payloads]


@pytest.mark.parametrize("way", ["encode", "embed"])
def test_swapping_the_answers_turns_the_sign(way):
    fitted = fit_encoder("pair", pairs(30))
    as_sent, other = getattr(fitted, way)(pairs(9, 1)), getattr(fitted, way)(swapped(pairs(9, 1)))
    if way == "encode":
        as_sent, other = as_sent.toarray(), other.toarray()
    assert np.abs(as_sent).max() > 0.1
    np.testing.assert_allclose(as_sent, -other, atol=1e-6)


def test_two_answers_that_are_the_same_lie_at_zero():
    fitted = fit_encoder("pair", pairs(30))
    assert not fitted.embed([{"prompt": "river", "a": "green stone", "b": "green stone"}]).any()


def test_an_answer_that_cannot_be_read_is_named():
    with pytest.raises(EncodeError, match="payload 1 has a 'b' that can't be read: it must be a string"):
        fit_encoder("pair", [*pairs(1), {"prompt": "x", "a": "y", "b": 3}])


def test_each_kind_has_encoders_of_its_own():
    assert offered("preference") == ("pair", "sentence_pair")
    assert choose_encoder(pairs(2), kind="preference") == "pair"
    assert unfit("image", "preference") == (
        "The encoder image does not suit preference. Use one of: auto, pair, sentence_pair."
    )
    assert unfit("pair", "classification").startswith("The encoder pair does not suit classification.")
    assert (unfit("auto", "preference"), unfit("text", "classification")) == ("", "")
