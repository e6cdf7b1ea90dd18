"""What a team keeps to itself is not on the pages of others."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from audit.models import ApiKey, AuditEvent
from hitl_project import attention
from labeling.appeals import opening
from labeling.models import Flag
from learning import registry
from routing import assignments
from routing.models import Assignment, Delivery, Queue, SubjectRights, Target
from tests import factories
from tests.labeling.quality import doubted
from tests.learning import trials
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
    told = [{"item_type": "ours"}, {"item_type": "yours"}, {"message": "A test."}, {"item_type": None}]
    for data in told:
        Delivery.objects.create(url="https://t.example", event="any", body={"data": data})
    outside, inside = (
        signed_in(*groups, name=name).get(reverse("admin:routing_delivery_changelist")).context["cl"].queryset
        for name, groups in (("otto", ["admins"]), ("ines", ["admins", "claims"]))
    )
    assert [one.body["data"] for one in outside.order_by("id")] == told[1:3]
    assert [one.body["data"] for one in inside.order_by("id")] == told


def test_what_waits_for_attention_leaves_out_hidden_types(ours):
    ours.audit_rate = 0.5  # the draft differs from what is published
    ours.save()
    signed_in("admins")
    outside = factories.person("otto", "admins")
    inside = factories.person("ines", "admins", "claims")
    told = [[one.item_type for one in attention.waiting(user)] for user in (outside, inside)]
    assert [ours.pk in types for types in told] == [False, True]


def test_what_is_counted_for_attention_leaves_out_hidden_types(ours):
    signed_in("leads", name="lea")
    now, rita = timezone.now(), factories.person("rita", "reviewers")
    doubted.flagged(rita, to="ours")
    Flag.objects.update(created_at=now - timedelta(days=2))
    factories.limits(rita, paused_at=now, paused_because="wrong", paused_for=ours)
    SubjectRights.objects.create(item_type=ours, appeal_days=30)
    opening.dispute(factories.submit(0.99, to="ours").pk, "No.", by=opening.SUBJECT)
    parked = {"parked_at": now, "next_attempt_at": None, "body": {"data": {"item_type": "ours"}}}
    for item in (factories.submit(0.3, to="ours"), None):
        Delivery.objects.create(url="https://t.example", event="any", item=item, **parked)
    Assignment.objects.open().update(due_at=now, overdue_at=now)
    Target.objects.create(metric="review_rate", value=0.1, missed_since=now, told_at=now)
    people = [factories.person("otto", "leads"), factories.person("ines", "leads", "claims")]
    outside, inside = (
        [" ".join(one.text.split()[1:3]) for one in attention.waiting(user) if one.url != reverse("ready")]
        for user in people
    )
    counted = ["seats are", "expert decisions", "messages to", "dispute has", "is paused:", "missed since"]
    assert (outside, inside) == ([], [*counted, "doubtful label"])


def test_models_of_hidden_types_are_not_read_for_attention_and_others_once(ours, monkeypatch):
    for item_type in (ours, factories.item_type("yours")):
        trials.model(item_type, 1)
    read = []
    monkeypatch.setattr(registry, "load", lambda version: read.append(str(version)))
    otto = factories.person("otto", "admins")
    assert attention.waiting(otto) == attention.waiting(otto)
    assert read == ["yours@1"]


def test_the_form_of_a_key_takes_item_types_and_names_unknown_ones(ours):
    admin, client = signed_in("admins"), factories.person("carl", "clients")
    sent = {"user": client.pk, "name": "x", "scopes": ["items:read"], "item_types": "ours,nosuch"}
    refused = admin.post(reverse("admin:audit_apikey_add"), sent)
    assert refused.context["adminform"].form.errors["item_types"] == ["There is no item type nosuch."]
    admin.post(reverse("admin:audit_apikey_add"), sent | {"item_types": "ours"})
    assert ApiKey.objects.get().item_types == ["ours"]
    assert AuditEvent.objects.get(verb="key.created").data["item_types"] == ["ours"]
