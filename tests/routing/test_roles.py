"""Roles hold exactly their rights, however they were changed before."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import RequestFactory

from audit.models import AuditEvent
from routing import roles
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def held(role):
    rights = Group.objects.get(name=role).permissions.select_related("content_type")
    return {f"{right.content_type.app_label}.{right.codename}" for right in rights}


def test_every_role_has_exactly_its_rights():
    roles.ensure_roles(by="system:test")
    assert {role: held(role) for role in roles.ROLES} == {
        role: set(names) for role, names in roles.ROLES.items()
    }


def test_what_was_given_by_hand_is_taken_back():
    roles.ensure_roles(by="system:test")
    Group.objects.get(name="reviewers").permissions.add(Permission.objects.get(codename="delete_user"))
    roles.ensure_roles(by="system:test")
    assert held("reviewers") == set()
    event = AuditEvent.objects.get(verb="group.changed")
    assert (event.subject, event.actor) == (
        f"auth.group:{Group.objects.get(name='reviewers').pk}",
        "system:test",
    )
    assert event.data == {
        "name": "reviewers",
        "before": {"rights": ["auth.delete_user"]},
        "after": {"rights": []},
    }


def test_making_the_roles_is_recorded_once_and_again_changes_nothing():
    roles.ensure_roles(by="system:test")
    roles.ensure_roles(by="system:test")
    made = {event.data["name"]: event.data["rights"] for event in AuditEvent.objects.all()}
    assert made == {role: sorted(names) for role, names in roles.ROLES.items()}
    assert AuditEvent.objects.count() == len(roles.ROLES)


def test_the_right_to_delete_is_given_only_where_the_admin_lets_somebody_delete():
    request = RequestFactory().get("/")
    request.user = signed_in("admins", is_staff=True).user
    lets = {
        f"{model._meta.app_label}.delete_{model._meta.model_name}"
        for model, page in admin.site._registry.items()
        if page.has_delete_permission(request)
    }
    given = {name for names in roles.ROLES.values() for name in names if ".delete_" in name}
    assert given == lets


def test_a_right_that_does_not_exist_is_named(monkeypatch):
    monkeypatch.setitem(roles.ROLES, "leads", ("routing.view_nothing",))
    with pytest.raises(LookupError, match=r"routing\.view_nothing"):
        roles.ensure_roles(by="system:test")
