"""Changes in the admin may be given a reason, and must be where the server demands one."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from audit.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue():
    return factories.queue()


def change(admin_client, queue, **fields):
    """Post the queue's form with another lease time; return the answer."""
    values = {"slug": queue.slug, "group": queue.group_id, "lease_minutes": 15, "sla_minutes": 60}
    url = reverse("admin:routing_queue_change", args=[queue.pk])
    return admin_client.post(url, values | {"timeout_hours": 24} | fields)


def told():
    return [one.data.get("why") for one in AuditEvent.objects.filter(verb="queue.changed")]


def test_a_reason_is_kept_with_the_change(admin_client, queue):
    assert change(admin_client, queue, why="people were cut off").status_code == 302
    assert told() == ["people were cut off"]


def test_without_a_reason_the_change_is_kept_where_none_is_demanded(admin_client, queue):
    assert change(admin_client, queue).status_code == 302
    assert told() == [None]


def test_where_a_reason_is_demanded_the_form_says_so_and_nothing_changes(admin_client, queue, settings):
    settings.HITL_REASONS = "required"
    answer = change(admin_client, queue)
    assert answer.context["adminform"].errors == {"why": ["This field is required."]}
    queue.refresh_from_db()
    assert (queue.lease_minutes, told()) == (10, [])


@pytest.mark.parametrize("name", ["auth_user", "auth_group", "routing_itemtype", "routing_reviewer"])
def test_each_form_that_matters_asks_for_it_last(admin_client, rita, name):
    made = {"auth_group": Group.objects.first(), "auth_user": rita}
    row = made.get(name) or (
        factories.item_type() if name == "routing_itemtype" else factories.limits(rita, skills=[])
    )
    answer = admin_client.get(reverse(f"admin:{name}_change", args=[row.pk]))
    fieldsets = [part.fields for part in answer.context["adminform"]]
    assert fieldsets[-1] == ["why"]
