"""One odd payload stops nobody: it is found in few calls, and the others are read together."""

import numpy as np
import pytest

from learning import reading
from learning.encoders import PAIRS, EncodeError, choose_encoder, columns, fit_encoder
from learning.encoders.text import TextEncoder
from tests.learning.encoders.test_pair import pairs

TEXTS = [{"text": f"number {place} of a hundred"} for place in range(100)]
ODD = {"features": [1.0]}


def test_an_encoder_is_fitted_once_more_where_one_payload_is_odd(monkeypatch):
    fitted, real = [], TextEncoder.fit.__func__

    def fit(cls, payloads):
        fitted.append(len(payloads))
        return real(cls, payloads)

    monkeypatch.setattr(TextEncoder, "fit", classmethod(fit))
    encoder, kept = reading.fit([*TEXTS[:40], ODD, *TEXTS[40:]])
    assert (fitted, kept) == ([101, 100], [*range(40), *range(41, 101)])
    assert encoder.encode(TEXTS).shape[0] == 100


def test_what_most_have_decides_how_long_a_vector_is():
    vectors = [{"features": [1.0, 2.0, 3.0]}] + [{"features": [float(i), 1.0]} for i in range(5)]
    encoder, kept = reading.fit(vectors)
    assert (kept, encoder.mean.shape) == ([1, 2, 3, 4, 5], (2,))


def test_where_none_can_be_read_the_first_reason_is_told():
    with pytest.raises(EncodeError, match="payload 0 has a 'features' that can't be read"):
        reading.fit([{"features": "many"}] * 3)


@pytest.mark.parametrize("way", ["encode", "embed"])
def test_the_others_are_read_in_few_calls_and_in_their_order(way):
    read, calls = getattr(fit_encoder("text", TEXTS), way), []

    def counting(payloads):
        calls.append(len(payloads))
        return read(payloads)

    found, kept = reading.rows(counting, [*TEXTS[:40], ODD, *TEXTS[40:]])
    assert kept == [*range(40), *range(41, 101)]
    assert abs(found - read(TEXTS)).max() < 1e-6
    assert len(calls) < 20


def test_where_nothing_can_be_read_nothing_comes_back():
    found, kept = reading.rows(fit_encoder("text", TEXTS).embed, [ODD, ODD])
    assert (found.shape, kept) == ((0, 64), [])
    assert reading.rows(np.asarray, [])[1] == []


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("features", {"features": [1, 2]}),
        ("embedding", {"embedding": [1, 2]}),
        ("text", TEXTS[0]),
        ("pair", pairs(1)[0]),
    ],
)
def test_an_encoder_has_as_many_columns_as_it_says(name, payload):
    assert columns(name, payload) == fit_encoder(name, [payload]).encode([payload]).shape[1]
    assert columns(name, {}) == 0


def test_pairs_are_found_by_all_three_texts():
    whole, *others = pairs(30)
    _, kept = reading.fit([whole, {"prompt": "x", "a": "y", "b": 3}, *others], kind="preference")
    assert kept == [0, *range(2, 31)]
    assert choose_encoder([whole], kind="preference") in PAIRS
