"""Embeddings that clients send: read by their direction, preferred where most payloads have one."""

import numpy as np
import pytest

from learning.encoders import EncodeError, choose_encoder, compact, fit_encoder
from learning.encoders.embedding import EmbeddingEncoder

SENT = [{"text": "x", "embedding": row.tolist()} for row in np.random.default_rng(0).normal(size=(20, 6))]


def test_an_embedding_is_preferred_where_most_payloads_have_one():
    assert choose_encoder(SENT) == "embedding"
    assert choose_encoder([*SENT, {"text": "one without"}]) == "embedding"
    assert choose_encoder([*SENT[:10], *[{"text": "many without"}] * 2]) == "text"


@pytest.mark.parametrize("size", [1e-30, 1e25])
def test_an_embedding_counts_the_same_at_any_size(size):
    vectors = EmbeddingEncoder.vectors([{"embedding": [3 * size, 4 * size]}, {"embedding": [0.0, 0.0]}])
    np.testing.assert_allclose(vectors, [[0.6, 0.8], [0, 0]], rtol=1e-6)


def test_numbers_that_are_too_large_are_refused_when_they_are_read():
    with pytest.raises(EncodeError, match="numbers below 1e30"):
        EmbeddingEncoder.vectors([compact({"embedding": [1e300, 1.0]})])
    assert choose_encoder([*SENT[:1], {"text": "y"}, {"text": "z"}]) == "text"


def test_only_its_direction_counts():
    fitted = fit_encoder("embedding", SENT)
    longer = [{"embedding": [7 * number for number in one["embedding"]]} for one in SENT]
    np.testing.assert_allclose(fitted.encode(longer), fitted.encode(SENT), atol=1e-5)


def test_all_its_columns_share_one_scale():
    assert len(set(fit_encoder("embedding", SENT).scale.tolist())) == 1


def test_in_memory_it_is_compact_and_encoded_as_before():
    small = [compact(one) for one in SENT]
    assert small[0]["embedding"].nbytes == 24
    fitted = fit_encoder("embedding", SENT)
    np.testing.assert_array_equal(fitted.encode(small), fitted.encode(SENT))
    assert compact({"text": "x"}) == {"text": "x"}


def test_one_of_another_length_is_named():
    fitted = fit_encoder("embedding", SENT)
    with pytest.raises(EncodeError, match="payload 1 has 2 numbers in embedding instead of 6"):
        fitted.encode([SENT[0], {"embedding": [1.0, 2.0]}])
