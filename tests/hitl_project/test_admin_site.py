"""Who gets into the admin, and that nobody else does."""

import pytest
from django.contrib import admin
from django.urls import reverse

from routing.roles import ROLES
from tests import factories
from tests.people import signed_in

pytestmark = pytest.mark.django_db

LISTS = sorted(model._meta.label_lower for model in admin.site._registry)
OUTSIDERS = ["reviewers", "experts", "clients"]
INSIDERS = ["leads", "compliance", "admins"]


def list_url(label):
    return reverse(f"admin:{label.replace('.', '_')}_changelist")


def opened(client):
    """Return the lists that answer 200; the others must answer 403."""
    answers = {label: client.get(list_url(label), follow=True).status_code for label in LISTS}
    assert set(answers.values()) <= {200, 403}
    return {label for label, status in answers.items() if status == 200}


def test_a_stranger_is_sent_to_the_one_sign_in_page(client):
    for url in [reverse("admin:index"), *map(list_url, LISTS)]:
        response = client.get(url, follow=True)
        assert response.redirect_chain[-1][0] == f"{reverse('login')}?next={url}"


@pytest.mark.parametrize("role", OUTSIDERS)
def test_whoever_only_works_gets_in_nowhere(role):
    factories.item_type()
    client = signed_in(role)
    assert opened(client) == set()
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_the_staff_flag_alone_opens_nothing():
    assert opened(signed_in(is_staff=True)) == set()


@pytest.mark.parametrize("role", INSIDERS)
def test_an_insider_sees_the_lists_of_their_rights_and_no_others(role):
    views = {name.replace("view_", "") for name in ROLES[role] if ".view_" in name}
    client = signed_in(role)
    assert opened(client) == views & set(LISTS)
    assert client.get(reverse("admin:index")).status_code == 200


def test_leads_read_neither_trail_nor_people_nor_keys():
    hidden = {"audit.auditevent", "audit.seal", "audit.apikey", "auth.user", "auth.group"}
    assert opened(signed_in("leads")) & hidden == set()


def test_nobody_schedules_or_queues_a_function_from_a_browser():
    assert {"django_q.schedule", "django_q.ormq"} & set(LISTS) == set()
    client = signed_in(is_superuser=True)
    assert client.get("/admin/django_q/schedule/add/").status_code == 404
    assert 'name="action"' not in client.get(list_url("django_q.failure")).content.decode()


@pytest.mark.parametrize("role", INSIDERS)
def test_facts_can_be_added_by_nobody(role):
    client = signed_in(role)
    facts = ["routing.item", "labeling.label", "labeling.review", "audit.auditevent", "learning.evaluation"]
    urls = [reverse(f"admin:{label.replace('.', '_')}_add") for label in facts]
    assert {client.get(url).status_code for url in urls} == {403}


def test_the_lists_stand_in_the_order_of_an_admins_work():
    groups = signed_in("admins").get(reverse("admin:index")).context["app_list"]
    assert [group["name"] for group in groups] == [
        "Set-up",
        "Work",
        "What people said",
        "Learning",
        "Record",
        "People and keys",
        "Server",
    ]


def test_the_start_page_names_a_draft_that_is_not_in_force():
    item_type = factories.item_type()
    item_type.audit_rate = 0.5
    item_type.save()
    waiting = signed_in("admins").get(reverse("admin:index")).context["waiting"]
    assert "sentiment: the draft differs from the policy in force" in [matter.text for matter in waiting]


def test_an_admin_cannot_make_a_superuser_nor_touch_one():
    root = factories.person("root", is_superuser=True)
    client = signed_in("admins")
    url = reverse("admin:auth_user_change", args=[client.user.pk])
    answer = {
        "username": "ada-l",
        "is_superuser": "on",
        "is_active": "on",
        "groups": [group.pk for group in client.user.groups.all()],
    }
    answer |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    assert client.post(url, answer).status_code == 302
    client.user.refresh_from_db()
    assert (client.user.username, client.user.is_superuser) == ("ada-l", False)
    assert client.post(reverse("admin:auth_user_change", args=[root.pk]), answer).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    assert client.post(password, {"password1": "x", "password2": "x"}).status_code == 403


def test_a_field_without_a_name_is_refused_where_django_would_look_for_it():
    client, made = signed_in("admins"), factories.item_type()
    url = reverse("admin:routing_itemtype_change", args=[made.pk])
    assert client.get(url, {"_to_field": ""}).status_code == 400
    assert client.post(url, {"_to_field": ""}).status_code == 400


@pytest.mark.parametrize("chosen", [":", "x", "9" * 5_000, "-1", ""])
def test_an_item_type_that_nobody_could_choose_is_an_error_of_the_form(chosen):
    answer = signed_in("admins").post(reverse("admin:routing_rule_add"), {"item_type": chosen})
    assert (answer.status_code, "item_type" in answer.context["adminform"].errors) == (200, True)
