"""Addresses: what is not there, and what the content policy of every page allows."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from tests import factories
from tests.people import signed_in

pytestmark = pytest.mark.django_db

INLINE = r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)"


def test_an_unknown_address_of_the_api_is_answered_in_its_own_shape(client):
    response = client.get("/api/v1/nothing/")
    assert response.status_code == 404
    assert response.json()["errors"][0]["code"] == "not_found"


def test_no_list_or_form_of_the_admin_has_anything_inline():
    item_type = factories.item_type(rules=[{"name": "large", "when": "context.amount > 10.0"}])
    item = factories.submit(0.85)
    client = signed_in("admins")
    urls = [
        reverse("admin:index"),
        *(
            reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist")
            for m in admin.site._registry
        ),
        reverse("admin:routing_itemtype_change", args=[item_type.pk]),
        reverse("admin:routing_itemtype_publish", args=[item_type.pk]),
        reverse("admin:routing_item_change", args=[item.pk]),
        reverse("admin:auth_user_change", args=[client.user.pk]),
    ]
    found = {url: re.findall(INLINE, client.get(url).content.decode()) for url in urls}
    assert {url: inline for url, inline in found.items() if inline} == {}
