"""What a provider says of a person, whatever shape it has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_project.accounts import claims

NAMES = st.frozensets(st.sampled_from("abcdef"))


@pytest.mark.parametrize(
    ("said", "path", "groups"),
    [
        ({"groups": ["a", "b"]}, "groups", ["a", "b"]),
        ({"groups": "a"}, "groups", ["a"]),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", ["a"]),
        ({"https://x.example/groups": ["a"]}, "https://x.example/groups", ["a"]),
        ({"groups": None}, "groups", []),
        ({"groups": {"a": 1}}, "groups", []),
        ({"groups": [1, None, "a"]}, "groups", ["a"]),
        ({"realm_access": []}, "realm_access.roles", []),
        ({}, "groups", []),
    ],
)
def test_groups_are_read_from_any_shape(said, path, groups):
    assert claims.groups_of(said, path) == groups


def test_one_group_may_stand_for_several_roles_and_several_for_one():
    mapping = {"x": ["leads", "experts"], "y": ["leads"]}
    assert claims.roles_of(["x", "y", "z"], mapping) == ["experts", "leads"]


@given(NAMES, NAMES, NAMES)
def test_what_was_given_by_hand_is_never_taken_and_what_the_provider_gave_always(held, given_by, wanted):
    gains, loses, given_now = claims.regrouped(held, given_by, wanted)
    after = (held | set(gains)) - set(loses)
    by_hand = held - given_by
    assert after == by_hand | wanted
    assert set(given_now) == wanted - by_hand


@pytest.mark.parametrize(
    ("said", "taken", "name"),
    [
        ({"preferred_username": "ada", "sub": "1"}, set(), "ada"),
        ({"preferred_username": "ada", "sub": "1"}, {"ada", "ada-2"}, "ada-3"),
        ({"preferred_username": "Ada Lovelace <x>", "sub": "1"}, set(), "Ada-Lovelace-x"),
        ({"preferred_username": "ｒｏｏｔ", "sub": "1"}, {"root"}, "root-2"),
        ({"preferred_username": ["x"], "sub": "u|7"}, set(), "u-7"),
        ({"preferred_username": " ", "sub": "***"}, set(), "person"),
        ({"preferred_username": "a" * 400, "sub": "1"}, set(), "a" * 145),
    ],
)
def test_a_new_person_gets_a_name_that_nobody_has(said, taken, name):
    assert claims.username_of(said, taken=taken) == name
