"""One label, or several at once."""

import pytest

from routing.kinds import KINDS, KindErrors, TypeSpec
from tests.routing.kinds.samples import errors_of

KIND = KINDS["classification"]
ONE = TypeSpec("classification", ("no", "yes"))
MANY = TypeSpec("classification", ("dog", "cat", "owl"), multilabel=True)


def test_an_unknown_label_is_answered_with_the_choices():
    with pytest.raises(KindErrors, match=r"There is no label 'maybe'\. Use one of: no, yes\."):
        KIND.clean_label("maybe", {}, ONE)
    assert errors_of(KIND.clean_label, "maybe", {}, ONE) == [("label", "unknown_label")]
    assert errors_of(KIND.clean_label, 1, {}, ONE) == [("label", "invalid")]


def test_several_labels_are_sorted_and_each_once():
    assert KIND.clean_label(["owl", "cat", "owl"], {}, MANY) == ["cat", "owl"]
    assert KIND.clean_label([], {}, MANY) == []
    assert errors_of(KIND.clean_label, "cat", {}, MANY) == [("label", "invalid")]
    assert errors_of(KIND.clean_label, ["cat", "cow"], {}, MANY) == [("label", "unknown_label")]


def test_sets_of_labels_are_apart_by_what_they_do_not_share():
    assert KIND.distance(["cat", "dog"], ["cat", "owl"], MANY) == pytest.approx(2 / 3)
    assert KIND.distance([], ["cat"], MANY) == 1.0
    assert KIND.agree([], [], MANY)


def test_the_slices_are_the_labels():
    assert (KIND.slices("yes"), KIND.slices(["cat", "owl"])) == (("yes",), ("cat", "owl"))
    assert KIND.classes(ONE) == ("no", "yes")


def test_labels_in_words():
    assert [KIND.describe(x) for x in ("yes", ["cat", "owl"], [])] == [
        "yes",
        "cat, owl",
        "none of the labels",
    ]


def test_every_wrong_field_is_named():
    payload = {"text": "", "image": "ftp://x.example/a", "features": ["a"]}
    assert [attr for attr, _ in errors_of(KIND.clean_payload, payload, ONE)] == [
        "payload.text",
        "payload.image",
        "payload.features",
    ]


@pytest.mark.parametrize("labels", [(), ("a",), ("a", "a"), ("a", " "), tuple(map(str, range(501)))])
def test_a_type_needs_two_to_five_hundred_different_labels(labels):
    assert {attr for attr, _ in errors_of(KIND.clean_spec, TypeSpec("classification", labels))} == {"labels"}


@pytest.mark.parametrize(
    ("known", "confirm", "said"),
    [
        (None, True, None),
        ({"yes"}, True, None),
        ({"no"}, False, None),
        ({"no"}, True, "nobody has given 'yes' as an answer yet"),
    ],
)
def test_a_label_that_nobody_has_given_is_new_where_classes_are_confirmed(known, confirm, said):
    assert KIND.novelty("yes", {}, known, confirm=confirm) == said
