"""What a team keeps to itself is not on the pages of others."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from audit.models import ApiKey, AuditEvent
from hitl_project import attention
from routing import assignments
from routing.models import Assignment, Delivery, Queue
from tests import factories
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    """Return an item type of a team."""
    made = factories.item_type("ours")
    made.teams.add(Group.objects.create(name="claims"))
    return made


def test_the_dashboard_opens_with_the_first_type_that_may_be_seen(ours):
    factories.item_type("yours")
    shown = signed_in("leads").get("/", {"item_type": "ours"})
    assert (shown.context["chosen"].slug, [one.slug for one in shown.context["types"]]) == (
        "yours",
        ["yours"],
    )
    assert signed_in("leads", "claims", name="ines").get("/").context["chosen"] is None


def test_the_dashboard_is_refused_to_whom_no_item_type_is_open(ours):
    assert signed_in("leads").get("/").status_code == 403


def test_an_action_on_a_hidden_row_does_nothing(ours):
    rita = factories.person("rita", "reviewers")
    factories.submit(0.85, to="ours")
    seat = assignments.claim(by=rita)
    sent = {"action": "give_back", "_selected_action": [seat.pk]}
    signed_in("leads").post(reverse("admin:routing_assignment_changelist"), sent)
    assert Assignment.objects.get().user == rita
    signed_in("leads", "claims", name="ines").post(reverse("admin:routing_assignment_changelist"), sent)
    assert Assignment.objects.get().user is None


def test_a_queue_that_serves_hidden_types_alone_is_hidden(ours):
    other = factories.queue("theirs", "reviewers")
    shared = factories.queue()
    ours.queue = ours.expert_queue = other
    ours.save()
    lead = signed_in("leads")
    found = lead.get(reverse("admin:routing_queue_changelist")).context["cl"].queryset
    assert other not in found
    assert shared in found
    assert lead.get(reverse("admin:routing_queue_staffing", args=[other.pk])).status_code == 404
    ours.teams.clear()
    assert (
        Queue.objects.count()
        == signed_in("leads", name="ines")
        .get(reverse("admin:routing_queue_changelist"))
        .context["cl"]
        .queryset.count()
    )


def test_messages_about_no_item_of_a_hidden_type_are_hidden(ours):
    for slug in ("ours", "yours"):
        Delivery.objects.create(
            url="https://t.example", event="training.due", body={"data": {"item_type": slug}}
        )
    found = signed_in("admins").get(reverse("admin:routing_delivery_changelist")).context["cl"].queryset
    assert [one.body["data"]["item_type"] for one in found] == ["yours"]


def test_what_waits_for_attention_leaves_out_hidden_types(ours):
    ours.audit_rate = 0.5  # the draft differs from what is published
    ours.save()
    signed_in("admins")
    outside = factories.person("otto", "admins")
    inside = factories.person("ines", "admins", "claims")
    told = [[one.item_type for one in attention.waiting(user)] for user in (outside, inside)]
    assert [ours.pk in types for types in told] == [False, True]


def test_the_form_of_a_key_takes_item_types_and_names_unknown_ones(ours):
    admin, client = signed_in("admins"), factories.person("carl", "clients")
    sent = {"user": client.pk, "name": "x", "scopes": ["items:read"], "item_types": "ours,nosuch"}
    refused = admin.post(reverse("admin:audit_apikey_add"), sent)
    assert refused.context["adminform"].form.errors["item_types"] == ["There is no item type nosuch."]
    admin.post(reverse("admin:audit_apikey_add"), sent | {"item_types": "ours"})
    assert ApiKey.objects.get().item_types == ["ours"]
    assert AuditEvent.objects.get(verb="key.created").data["item_types"] == ["ours"]
