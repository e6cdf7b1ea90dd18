"""Users in the admin: every edit in the trail, a password never."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from audit.models import AuditEvent

pytestmark = pytest.mark.django_db

GOOD = "a long and winding sentence"


@pytest.fixture
def rita():
    return User.objects.create_user("rita", password="secret")


def book_text():
    """Return all that the trail holds as one text."""
    return "\n".join(AuditEvent.objects.values_list("body", flat=True))


def test_a_new_user_is_recorded_without_the_password(admin_client):
    asked = {"username": "ed", "usable_password": "true", "password1": GOOD, "password2": GOOD}
    admin_client.post(reverse("admin:auth_user_add"), asked)
    event = AuditEvent.objects.get(verb="user.added")
    assert (event.data["after"]["username"], event.data["after"]["password"]) == ("ed", "changed")
    assert User.objects.get(username="ed").password not in book_text()


def test_a_new_password_is_recorded_as_changed_and_no_more(admin_client, rita):
    url = reverse("admin:auth_user_password_change", args=[rita.pk])
    admin_client.post(url, {"password1": GOOD, "password2": GOOD, "usable_password": "true"})
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.subject, event.data) == (
        "user.password_changed",
        "user:admin",
        f"auth.user:{rita.pk}",
        {},
    )
    assert User.objects.get(pk=rita.pk).check_password(GOOD)


def test_a_refused_password_is_no_event(admin_client, rita):
    url = reverse("admin:auth_user_password_change", args=[rita.pk])
    admin_client.post(url, {"password1": GOOD, "password2": "other", "usable_password": "true"})
    assert not AuditEvent.objects.exists()


def test_joining_a_group_is_recorded_by_its_name(admin_client, rita):
    group = Group.objects.create(name="experts")
    joined = {
        "date_joined_0": f"{rita.date_joined:%Y-%m-%d}",
        "date_joined_1": f"{rita.date_joined:%H:%M:%S}",
    }
    asked = {"username": "rita", "is_active": "on", "groups": [group.pk]}
    admin_client.post(reverse("admin:auth_user_change", args=[rita.pk]), asked | joined)
    event = AuditEvent.objects.get(verb="user.changed")
    assert (event.data["before"]["groups"], event.data["after"]["groups"]) == ([], ["experts"])


def test_a_deleted_user_leaves_no_password_behind(admin_client, rita):
    admin_client.post(reverse("admin:auth_user_delete", args=[rita.pk]), {"post": "yes"})
    event = AuditEvent.objects.get(verb="user.deleted")
    assert (event.data["before"]["username"], "password" in event.body) == ("rita", False)


def test_the_page_of_a_group_says_who_sets_what_a_role_may_do(admin_client):
    group = Group.objects.create(name="leads")
    page = admin_client.get(reverse("admin:auth_group_change", args=[group.pk])).content.decode()
    assert "may do is set by manage.py bootstrap" in page


def test_who_loses_a_group_with_its_deletion_is_recorded(admin_client, rita):
    gone, kept = Group.objects.create(name="night shift"), Group.objects.create(name="reviewers")
    rita.groups.set([gone, kept])
    admin_client.post(reverse("admin:auth_group_delete", args=[gone.pk]), {"post": "yes"})
    event = AuditEvent.objects.get(verb="user.regrouped")
    assert (event.subject, event.data) == (
        f"auth.user:{rita.pk}",
        {"before": ["night shift", "reviewers"], "after": ["reviewers"]},
    )
