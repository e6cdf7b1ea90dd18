"""Every edit in the admin is an event with old and new values, in the edit's own transaction."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import override_settings
from django.urls import path, reverse

from audit import trail
from audit.admin import AuditedAdmin
from audit.admin.audited import difference
from audit.models import AuditEvent

pytestmark = pytest.mark.django_db


class Members(admin.TabularInline):
    model = User.groups.through
    extra = 0


class GroupWithMembers(AuditedAdmin):
    inlines = [Members]
    fields = ["name"]
    list_display = ["id", "name"]
    list_editable = ["name"]


site = admin.AdminSite(name="inside")
site.register(Group, GroupWithMembers)
urlpatterns = [path("inside/", site.urls)]


def told():
    """Return what the trail tells of rows: verb, old and new values, without ids."""
    return [
        (event.verb, _named(event.data["before"]), _named(event.data["after"])) for event in trail_events()
    ]


def trail_events():
    """Return the events of the admin's own edits."""
    return AuditEvent.objects.filter(actor="user:admin").order_by("id")


def _named(values):
    return {name: value for name, value in values.items() if name != "id"}


@pytest.fixture
def staff():
    return Group.objects.create(name="staff")


@pytest.fixture
def right():
    return Permission.objects.get(codename="view_auditevent")


def test_adding_is_recorded_with_what_was_chosen(admin_client, right):
    admin_client.post(reverse("admin:auth_group_add"), {"name": "leads", "permissions": [right.pk]})
    assert told() == [("group.added", {}, {"name": "leads", "permissions": [str(right)]})]
    assert trail_events()[0].subject == f"auth.group:{Group.objects.get().pk}"


def test_changing_is_recorded_old_and_new_many_to_many_included(admin_client, staff, right):
    url = reverse("admin:auth_group_change", args=[staff.pk])
    admin_client.post(url, {"name": "leads", "permissions": [right.pk]})
    before, after = {"name": "staff", "permissions": []}, {"name": "leads", "permissions": [str(right)]}
    assert told() == [("group.changed", before, after)]


def test_saving_without_a_change_is_no_event(admin_client, staff):
    admin_client.post(reverse("admin:auth_group_change", args=[staff.pk]), {"name": "staff"})
    assert told() == []


def test_deleting_is_recorded_with_what_it_held(admin_client, staff):
    admin_client.post(reverse("admin:auth_group_delete", args=[staff.pk]), {"post": "yes"})
    assert told() == [("group.deleted", {"name": "staff", "permissions": []}, {})]
    assert not Group.objects.exists()


def test_deleting_several_at_once_is_recorded_each(admin_client, staff):
    chosen = [staff.pk, Group.objects.create(name="leads").pk]
    action = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    admin_client.post(reverse("admin:auth_group_changelist"), action)
    assert sorted(verb_and_old["name"] for _, verb_and_old, _ in told()) == ["leads", "staff"]


@pytest.mark.parametrize("url", ["auth_group_change", "auth_group_delete"])
def test_an_edit_that_cannot_be_recorded_does_not_happen(admin_client, staff, monkeypatch, url):
    def fail(*_, **__):
        raise RuntimeError("no book")

    monkeypatch.setattr(trail, "record_all", fail)
    with pytest.raises(RuntimeError, match="no book"):
        admin_client.post(reverse(f"admin:{url}", args=[staff.pk]), {"name": "leads", "post": "yes"})
    assert list(Group.objects.values_list("name", flat=True)) == ["staff"]


@override_settings(ROOT_URLCONF=__name__)
def test_rows_edited_inside_another_are_recorded_too(admin_client, admin_user, staff):
    url = reverse("inside:auth_group_change", args=[staff.pk])
    formset = {"User_groups-INITIAL_FORMS": 0, "User_groups-TOTAL_FORMS": 1}
    admin_client.post(url, formset | {"name": "staff", "User_groups-0-user": admin_user.pk})
    member = User.groups.through.objects.get()
    formset = {"User_groups-INITIAL_FORMS": 1, "User_groups-TOTAL_FORMS": 1, "User_groups-0-DELETE": "on"}
    ids = {
        "User_groups-0-id": member.pk,
        "User_groups-0-user": admin_user.pk,
        "User_groups-0-group": staff.pk,
    }
    admin_client.post(url, formset | ids | {"name": "staff"})
    values = {"user": admin_user.pk, "group": staff.pk}
    assert told() == [("user_groups.added", {}, values), ("user_groups.deleted", values, {})]


@override_settings(ROOT_URLCONF=__name__)
def test_editing_in_the_list_is_recorded(admin_client, staff):
    row = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": staff.pk, "form-0-name": "leads"}
    admin_client.post(reverse("inside:auth_group_changelist"), row | {"_save": "Save"})
    assert told() == [("group.changed", {"name": "staff"}, {"name": "leads"})]


def test_of_a_secret_only_the_change_is_told():
    before, after = {"a": 1, "password": "x", "b": 2}, {"a": 1, "password": "y", "b": 3}
    assert difference(before, after, secret=("password",)) == ({"b": 2}, {"password": "changed", "b": 3})
