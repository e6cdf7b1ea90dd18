"""Encoders read their field, give one length, and come back from their state as they were."""

import base64
import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from learning.encoders import ENCODERS, EncodeError, choose_encoder, encoder_from_state, fit_encoder
from learning.models import choices


def picture(value, size=(8, 8), form="PNG", mode="L"):
    stream = io.BytesIO()
    Image.new(mode, size, value).save(stream, form)
    return f"data:image/{form.lower()};base64,{base64.b64encode(stream.getvalue()).decode()}"


TEXTS = [
    {"text": t} for t in ("reset my password", "I forgot my password", "the card was stolen", "a lost card")
]
FEATURES = [{"features": [float(i), 1000.0 * (i % 3), 7.0]} for i in range(12)]
IMAGES = [{"image": picture(value)} for value in (0, 80, 255)]
EMBEDDINGS = [{"embedding": [float(i % 3), -1.0, i / 7]} for i in range(12)]
PAIRS = [{"prompt": "Say hello.", "a": f"Hello {i}!", "b": "No" * i} for i in range(1, 5)]
ALL = {"features": FEATURES, "text": TEXTS, "image": IMAGES, "embedding": EMBEDDINGS, "pair": PAIRS}


def dense(rows):
    return rows if isinstance(rows, np.ndarray) else rows.toarray()


@pytest.mark.parametrize("name", sorted(ALL))
def test_an_encoder_comes_back_from_its_state_as_it_was(name):
    fitted = fit_encoder(name, ALL[name])
    again = encoder_from_state(name, *fitted.state())
    np.testing.assert_array_equal(dense(fitted.encode(ALL[name])), dense(again.encode(ALL[name])))
    np.testing.assert_array_equal(fitted.embed(ALL[name]), again.embed(ALL[name]))


@pytest.mark.parametrize("name", sorted(ALL))
def test_an_encoding_is_float32_and_finite_and_none_for_none(name):
    fitted = fit_encoder(name, ALL[name])
    rows = fitted.encode(ALL[name])
    assert (rows.dtype, fitted.embed(ALL[name]).dtype) == (np.float32, np.float32)
    assert np.isfinite(dense(rows)).all()
    assert fitted.encode([]).shape == (0, rows.shape[1])


def test_a_plan_can_name_every_encoder_there_is():
    assert list(choices.ENCODERS) == ["auto", *ENCODERS]


def test_features_win_over_an_image_and_an_image_over_text():
    image = picture(0)
    assert choose_encoder([{"text": "a", "image": image, "features": [1]}]) == "features"
    assert choose_encoder([{"text": "a", "image": image}]) == "image"
    assert choose_encoder([{"text": "a"}, {"text": "a", "image": image}]) == "text"
    with pytest.raises(EncodeError, match="no payload has any of"):
        choose_encoder([{"colour": "red"}])


def test_an_image_elsewhere_is_nothing_to_learn_from():
    elsewhere = {"image": "https://pictures.example/7.png"}
    assert choose_encoder([elsewhere | {"text": "a"}]) == "text"
    with pytest.raises(EncodeError, match=r"any of: embedding, features, image \(as a data URI\), text$"):
        choose_encoder([elsewhere])


def test_features_of_different_units_are_brought_to_variance_one():
    rows = fit_encoder("features", FEATURES).encode(FEATURES)
    np.testing.assert_allclose(rows.std(axis=0), [1, 1, 0], atol=1e-5)
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-5)


def test_features_of_one_unit_keep_their_proportions():
    r = np.random.default_rng(0)
    pixels = np.concatenate([r.integers(0, 17, (100, 18)), r.random((100, 2)) * 0.1], axis=1)
    rows = fit_encoder("features", [{"features": row.tolist()} for row in pixels])
    assert len(set(rows.scale.tolist())) == 1


@pytest.mark.parametrize(
    "wrong", [[1.0, 2.0], [1, 2, float("nan")], [1, 2, "x"], "abc", [[1, 2, 3]], None, [1, 2, 1e300]]
)
def test_features_that_cannot_be_read_are_named(wrong):
    fitted = fit_encoder("features", FEATURES)
    with pytest.raises(EncodeError, match="payload 1"):
        fitted.encode([FEATURES[0], {"features": wrong}])


def test_texts_that_mean_alike_lie_near():
    vectors = fit_encoder("text", TEXTS).embed(TEXTS)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_encoded(text):
    row = fit_encoder("text", TEXTS[:1]).encode([{"text": text}]).toarray()
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5) or not row.any()


def test_text_hashes_alike_in_every_process():
    code = (
        "import numpy as np; from learning.encoders.text import COLUMNS, TextEncoder;"
        "fitted = TextEncoder(np.ones(COLUMNS, np.float32), np.ones((COLUMNS, 1), np.float32));"
        "print(fitted.encode([{'text': 'Größe und Preis'}]).indices.tolist())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
        ).stdout
        for env in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"})
    }
    assert len(said) == 1
    assert len(said.pop()) > 100


def test_a_text_encoder_with_other_settings_is_refused():
    arrays, values = fit_encoder("text", TEXTS).state()
    with pytest.raises(ValueError, match="other settings"):
        encoder_from_state("text", arrays, {**values, "bits": 3})


def test_brightness_and_colour_reach_the_image_encoding():
    red, blue = picture((255, 0, 0), mode="RGB", form="JPEG"), picture((0, 0, 255), mode="RGB")
    rows = fit_encoder("image", IMAGES).encode([*IMAGES, {"image": red}, {"image": blue}])
    assert rows[0].max() < rows[1].max() < rows[2].max()
    assert np.abs(rows[3] - rows[4]).max() > 1


def test_an_image_has_the_same_encoding_at_any_size():
    small, large = {"image": picture(90, (8, 8))}, {"image": picture(90, (300, 200))}
    rows = fit_encoder("image", IMAGES).encode([small, large])
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-6)


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("https://example.org/a.png", "only images given as data URIs"),
        ("data:image/png;base64,%%%", "can't be read"),
        ("data:image/png;base64,aGVsbG8=", "can't be decoded"),
        (picture(0)[:60], "payload 0"),
        (5, "only images given as data URIs"),
    ],
)
def test_images_that_cannot_be_read_are_refused_with_the_reason(uri, why):
    with pytest.raises(EncodeError, match=why):
        fit_encoder("image", [{"image": uri}])
