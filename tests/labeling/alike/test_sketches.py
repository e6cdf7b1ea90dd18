"""What a payload looks like in a fixed number of bytes."""

import base64
import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from labeling.alike.sketches import FEATURES, IMAGE, SIZE, TEXT, Sketch, sketch, sketch_text

TEXTS = st.text(min_size=1, max_size=200)
NUMBERS = st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=2 * SIZE)


def picture(paint) -> str:
    """Return a data URI of a 32x32 image whose grey value at x, y is `paint(x, y)`."""
    image = Image.new("L", (32, 32))
    image.putdata([paint(x, y) for y in range(32) for x in range(32)])
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def cosine(a: Sketch, b: Sketch) -> float:
    return float(a.vector @ b.vector)


@given(TEXTS)
def test_a_text_gives_a_vector_of_length_one_or_none(text):
    found = sketch_text(text)
    assert found is None or abs(np.linalg.norm(found.vector) - 1) < 1e-5


@given(TEXTS, NUMBERS)
def test_stored_bytes_give_the_sketch_again(text, numbers):
    for found in (sketch_text(text), sketch({"features": numbers}, "")):
        if found is not None:
            again = Sketch.from_bytes(found.to_bytes())
            assert again.form == found.form
            np.testing.assert_allclose(again.vector, found.vector, rtol=1e-3, atol=1e-3)
            assert len(found.to_bytes()) == 1 + 2 * SIZE


@pytest.mark.parametrize("data", [b"", b"t", b"x" + bytes(2 * SIZE), b"t" + bytes(7)])
def test_other_bytes_are_refused(data):
    with pytest.raises(ValueError, match="no sketch"):
        Sketch.from_bytes(data)


def test_texts_of_the_same_words_are_nearer_than_others():
    late = sketch_text("My card has not arrived yet")
    assert cosine(late, sketch_text("Has my new card arrived?")) > 0.5
    assert cosine(late, sketch_text("Which currencies can I exchange?")) < 0.25


def test_a_typing_error_hardly_counts():
    assert cosine(sketch_text("Wrong exchange rate"), sketch_text("Wrong exchnage rate")) > 0.5


def test_case_does_not_count():
    assert cosine(sketch_text("WRONG Rate"), sketch_text("wrong rate")) == pytest.approx(1)


def test_the_text_comes_first_then_the_image_then_the_features():
    image, features = picture(lambda x, y: 8 * x), [1.0, 2.0]
    payload = {"text": "So so.", "image": image, "features": features}
    assert sketch(payload, "So so.").form == TEXT
    assert sketch(payload, "").form == IMAGE
    assert sketch(payload | {"image": "https://x.example/1.png"}, "").form == FEATURES
    assert sketch({}, "") is None


def test_images_of_one_shape_are_alike_whatever_their_brightness():
    shape = sketch({"image": picture(lambda x, y: 4 * x)}, "")
    assert cosine(shape, sketch({"image": picture(lambda x, y: 2 * x + 60)}, "")) > 0.95
    assert cosine(shape, sketch({"image": picture(lambda x, y: 4 * (31 - x))}, "")) < -0.9


def test_it_is_the_same_in_every_process():
    program = "from labeling.alike.sketches import sketch_text; print(sketch_text('So so.').to_bytes().hex())"
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == sketch_text("So so.").to_bytes().hex()
