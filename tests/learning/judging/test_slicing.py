"""Slices are the values of a field; amounts are cut at their quartiles, and few share what is left."""

import pytest

from learning.judging.slicing import cut, steps


def values(path, given):
    """Return the slices of items whose payload's field x has these values."""
    payloads = [{} if value is None else {"x": value} for value in given]
    return cut([path], payloads, [{} for _ in given])[path].tolist()


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("payload.x", ("payload", "x")),
        (" context.user.country ", ("context", "user", "country")),
        ("context['due date'].year", ("context", "due date", "year")),
    ],
)
def test_a_path_is_written_as_rules_write_it(path, found):
    assert steps(path) == found


@pytest.mark.parametrize("path", ["country", "payload", "payload.", "prediction.label", "context[0]", ""])
def test_what_is_no_field_is_refused_in_words(path):
    with pytest.raises(ValueError, match="names no field: write payload"):
        steps(path)


def test_each_value_is_a_slice_and_items_without_the_field_are_one_too():
    assert values("payload.x", ["de", "fr", None, True]) == ["de", "fr", "none", "true"]


def test_a_field_inside_a_field_is_reached():
    found = cut(["context.user.land"], [{}, {}], [{"user": {"land": "de"}}, {"user": "nobody"}])
    assert found["context.user.land"].tolist() == ["de", "none"]


def test_amounts_are_cut_at_their_quartiles():
    found = values("payload.x", [1, 2, 3, 4, 5, 6, 7, 8, None])
    low, upper, high = "up to 2", "over 4 to 6", "over 6"
    assert found == [low, low, "over 2 to 4", "over 2 to 4", upper, upper, high, high, "none"]


def test_an_amount_that_no_float_can_hold_is_one_of_the_largest():
    found = cut(["payload.a"], [{"a": one} for one in (10**400, 1, 2, 3, 4, 5)], [{}] * 6)["payload.a"]
    assert found.tolist() == ["over 5", "up to 2", "up to 2", "over 2 to 3", "over 3 to 5", "over 3 to 5"]


def test_a_few_numbers_are_names():
    assert values("payload.x", [1, 2, 1, 2, 3]) == ["1", "2", "1", "2", "3"]


def test_amounts_most_of_which_are_equal_are_cut_where_they_can_be():
    assert set(values("payload.x", [0] * 90 + list(range(10)))) == {"up to 0", "over 0"}


def test_rare_values_share_a_slice():
    found = values("payload.x", [f"v{n}" for n in range(20) for _ in range(21 - n)])
    assert len(set(found)) == 13
    assert found.count("other") == sum(21 - n for n in range(12, 20))
    assert found.count("v11") == 10


def test_a_long_value_is_shortened():
    assert values("payload.x", ["a" * 100]) == ["a" * 59 + "…"]
