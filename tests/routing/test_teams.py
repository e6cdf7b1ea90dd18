"""Item types of a team are seen by its members, by compliance, and by keys that name them."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group

from audit import keys
from routing import teams
from routing.models import Item, ItemType
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def types():
    """Return an item type of everybody's and one of the team "claims"."""
    ours = factories.item_type("ours")
    ours.teams.add(Group.objects.create(name="claims"))
    return [factories.item_type("everybodys"), ours]


def caller(*groups, key=(), **fields):
    user = factories.person(f"someone-{Item.objects.count()}-{'-'.join(groups)}", *groups, **fields)
    if not key:
        return SimpleNamespace(user=user, auth=None)
    auth = keys.create_key(user, name="x", scopes=["items:read"], by=None)[0]
    auth.item_types = list(key)
    return SimpleNamespace(user=user, auth=auth)


def seen(asking):
    return sorted(teams.visible(ItemType.objects.all(), asking).values_list("slug", flat=True))


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        (["leads"], ["everybodys"]),
        (["admins"], ["everybodys"]),
        (["leads", "claims"], ["everybodys", "ours"]),
        (["compliance"], ["everybodys", "ours"]),
    ],
)
def test_a_team_is_seen_by_its_members_and_compliance(types, groups, found):
    assert seen(caller(*groups)) == found


def test_a_superuser_sees_all(types):
    assert seen(caller(is_superuser=True)) == ["everybodys", "ours"]


def test_a_key_sees_what_it_names_and_its_owner_may_see(types):
    assert seen(caller("leads", key=["ours", "everybodys"])) == ["everybodys"]
    assert seen(caller("leads", "claims", key=["ours"])) == ["ours"]
    assert seen(caller("compliance", key=["ours"])) == ["ours"]


def test_rows_of_hidden_types_are_left_out_at_the_cost_of_one_statement(types):
    shown, _ = factories.submit(0.85, to="everybodys"), factories.submit(0.85, to="ours")
    asking = caller("leads")
    with counted(most=2):
        assert list(teams.seen(Item.objects.all(), asking)) == [shown]
    assert teams.hidden(caller("compliance")) == []
