"""One's own account: who one is, where one is signed in, and which keys act for one."""

import pytest
from django.contrib.auth.models import User

from audit import keys
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def test_the_account_names_roles_and_keys_but_no_secret():
    client = signed_in("reviewers", "experts")
    key, text = keys.create_key(client.user, name="mine", scopes=["reviews:write"], by="system:test")
    page = client.get("/accounts/").content.decode()
    assert ("experts, reviewers" in page, key.prefix in page, text in page) == (True, True, False)


def test_without_a_password_of_ones_own_there_is_none_to_change():
    client = signed_in("reviewers")
    client.user.set_unusable_password()
    client.user.save()
    client.force_login(User.objects.get())
    assert client.get("/accounts/password/")["Location"] == "/accounts/"
    assert client.get("/accounts/second/")["Location"] == "/accounts/"


def test_the_admins_own_password_page_leads_to_the_one_that_there_is():
    client = signed_in("admins")
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/"
