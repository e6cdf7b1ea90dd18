"""Roles hold exactly their rights, however they were changed before."""

import pytest
from django.contrib.auth.models import Group, Permission

from routing import roles

pytestmark = pytest.mark.django_db


def held(role):
    rights = Group.objects.get(name=role).permissions.select_related("content_type")
    return {f"{right.content_type.app_label}.{right.codename}" for right in rights}


def test_every_role_has_exactly_its_rights():
    roles.ensure_roles()
    assert {role: held(role) for role in roles.ROLES} == {
        role: set(names) for role, names in roles.ROLES.items()
    }


def test_what_was_given_by_hand_is_taken_back():
    roles.ensure_roles()
    Group.objects.get(name="reviewers").permissions.add(Permission.objects.get(codename="delete_user"))
    roles.ensure_roles()
    assert held("reviewers") == set()


def test_a_right_that_does_not_exist_is_named(monkeypatch):
    monkeypatch.setitem(roles.ROLES, "leads", ("routing.view_nothing",))
    with pytest.raises(LookupError, match=r"routing\.view_nothing"):
        roles.ensure_roles()
