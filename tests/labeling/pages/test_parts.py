"""What there is to look at in a payload."""

from labeling.pages.parts import parts


def test_the_size_of_a_picture_that_is_seen_is_not_told_beside_it():
    size = {"width": 28, "height": 28, "shop": "Lyon"}
    assert parts({"image": "https://pictures.example/7.png", **size}).extra == (("shop", "Lyon"),)
    assert parts({"text": "A door.", **size}).extra == (("width", "28"), ("height", "28"), ("shop", "Lyon"))


def test_numbers_that_are_for_models_alone_are_not_shown():
    found = parts({"text": "A door.", "embedding": [0.5, 1.5]})
    assert (found.text, found.features, found.extra) == ("A door.", (), ())
