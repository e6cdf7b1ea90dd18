"""The one table of scopes."""

from audit.scopes import SCOPES, beyond

GROUPS = {"reviewers", "experts", "leads", "admins", "compliance", "clients"}


def test_the_scopes_are_those_of_the_contract():
    contract = (
        "items:write items:erase items:read reviews:write labels:read labels:train labels:write models:read "
        "models:write audit:read metrics:read"
    )
    assert " ".join(SCOPES) == contract


def test_every_group_of_the_table_is_a_role():
    assert frozenset().union(*SCOPES.values()) == GROUPS


def test_scopes_beyond_a_group_are_those_that_none_of_the_groups_has():
    asked = ["items:read", "audit:read", "reviews:write"]
    assert beyond(["clients"], asked) == ["audit:read", "reviews:write"]
    assert beyond(["compliance", "leads"], asked) == []
    assert beyond([], asked) == asked
