"""Keys in the admin: shown once, revoked, never edited."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from audit import keys
from audit.models import ApiKey, AuditEvent
from tests import factories
from tests.people import signed_in

pytestmark = pytest.mark.django_db

LIST, ADD = reverse("admin:audit_apikey_changelist"), reverse("admin:audit_apikey_add")


@pytest.fixture
def rita():
    return factories.person("rita", "leads")


def add(client, user, **fields):
    """Post the form for a new key."""
    asked = {"user": user.pk, "name": "nightly", "scopes": ["items:read", "labels:read"]}
    return client.post(ADD, asked | {"expires_at_0": "", "expires_at_1": ""} | fields)


def test_a_new_key_is_shown_once_in_a_message(admin_client, rita):
    response = add(admin_client, rita)
    text = str(next(iter(get_messages(response.wsgi_request)))).rpartition(" ")[2]
    key = keys.find_key(text)
    assert (key.user, key.name, key.scopes, key.created_by) == (
        rita,
        "nightly",
        ["items:read", "labels:read"],
        "user:admin",
    )
    assert [event.verb for event in AuditEvent.objects.all()] == ["key.created"]
    assert text in admin_client.get(LIST).content.decode()
    assert text not in admin_client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"scopes": ["items:eat"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["items:read", "audit:read"]}, "scopes"),
        ({"expires_at_0": "2020-01-01", "expires_at_1": "00:00"}, "expires_at"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(admin_client, rita, fields, wrong):
    response = add(admin_client, rita, **fields)
    assert list(response.context["adminform"].form.errors) == [wrong]
    assert not ApiKey.objects.exists()


def test_a_key_is_shown_without_its_hash(admin_client, rita):
    key, _ = keys.create_key(rita, name="k", scopes=["items:read"], by=None)
    url = reverse("admin:audit_apikey_change", args=[key.pk])
    pages = admin_client.get(url).content.decode() + admin_client.get(LIST).content.decode()
    assert (key.prefix in pages, key.hash in pages) == (True, False)


@pytest.mark.parametrize("act", ["change", "delete"])
def test_a_key_is_never_edited_or_deleted(admin_client, rita, act):
    key, _ = keys.create_key(rita, name="k", scopes=["items:read"], by=None)
    url = reverse(f"admin:audit_apikey_{act}", args=[key.pk])
    assert admin_client.post(url, {"post": "yes", "name": "x", "scopes": ["models:write"]}).status_code == 403


def test_the_chosen_keys_are_revoked_and_recorded(admin_client, rita):
    made = [keys.create_key(rita, name="k", scopes=["items:read"], by=None)[0] for _ in range(3)]
    chosen = [key.pk for key in made[:2]]
    admin_client.post(LIST, {"action": "revoke", "_selected_action": chosen})
    revoked = ApiKey.objects.filter(revoked_by="user:admin").order_by("pk")
    assert [key.pk for key in revoked] == chosen
    assert AuditEvent.objects.filter(verb="key.revoked", actor="user:admin").count() == 2


def test_a_key_never_may_more_than_its_users_groups(admin_client, rita):
    response = add(admin_client, rita, scopes=["labels:read", "models:write", "audit:read"])
    said = "rita is in leads and may not use models:write, audit:read"
    wrong = response.context["adminform"].form.errors["scopes"]
    assert wrong == [f"{said}: give them a role that may, or leave that out."]
    kim = factories.person("kim", "clients")
    assert add(admin_client, kim, scopes=["items:read", "items:write"]).status_code == 302


def test_the_list_says_what_a_key_has_lost_with_a_role(admin_client, rita):
    keys.create_key(rita, name="k", scopes=["items:read", "labels:read"], by=None)
    rita.groups.set([factories.person("kim", "clients").groups.get()])
    assert (
        "usable, not for labels:read: its user has lost the role" in admin_client.get(LIST).content.decode()
    )


def test_a_key_of_a_superuser_is_made_by_superusers_alone(admin_client, admin_user):
    ada = signed_in("admins", name="ada", is_staff=True)
    response = add(ada, admin_user)
    assert list(response.context["adminform"].form.errors) == ["user"]
    assert not ApiKey.objects.exists()
    assert add(admin_client, admin_user, scopes=["audit:read"]).status_code == 302
    assert add(ada, ada.user).status_code == 302
    assert ApiKey.objects.count() == 2


def test_the_chosen_keys_are_rotated_and_shown_once_but_not_a_superusers(admin_user, rita):
    ada = signed_in("admins", name="ada")
    own, old = keys.create_key(rita, name="k", scopes=["items:read"], by=None)
    above, above_text = keys.create_key(admin_user, name="k", scopes=["items:read"], by=None)
    response = ada.post(LIST, {"action": "rotate", "_selected_action": [own.pk, above.pk]})
    said = [str(one) for one in get_messages(response.wsgi_request)]
    shown = next(one for one in said if "Copy the key now" in one).split("again: ")[1].split()[0]
    assert (keys.find_key(shown), keys.find_key(old)) == (own, own)
    assert "replaced" not in vars(keys.find_key(above_text))
    assert AuditEvent.objects.get(verb="key.rotated").actor == "user:ada"
