"""A lead says which items are asked as known questions, from the list of items."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from audit.models import AuditEvent
from routing.models import Item
from tests import factories
from tests.people import signed_in
from tests.routing import looked

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    factories.item_type()
    made = factories.submit(0.85)
    looked.decided(made, by="user:edgar", label="negative")
    return made


def act(client, action, *items):
    """Do an action of the list of items and return what is said of it."""
    data = {"action": action, "_selected_action": [item.pk for item in items]}
    answer = client.post(reverse("admin:routing_item_changelist"), data)
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.mark.parametrize(
    ("before", "action", "after"),
    [(None, "use", True), (True, "refuse", False), (None, "refuse", False), (False, "leave", None)],
)
def test_a_lead_marks_an_item(item, before, action, after):
    Item.objects.update(known=before)
    assert len(act(signed_in("leads"), action, item)) == 1
    assert Item.objects.get().known is after
    event = AuditEvent.objects.get(verb="item.known")
    assert (event.actor, event.data) == ("user:ada", {"before": before, "after": after})


def test_what_is_not_approved_or_marked_already_is_left(item):
    client = signed_in("leads")
    waiting = factories.submit(0.85)
    act(client, "use", item)
    said = act(client, "use", item, waiting)[-1]
    assert said == "Nothing changed: only approved items have an answer that can be known."
    assert list(Item.objects.filter(known=True)) == [item]
    assert AuditEvent.objects.filter(verb="item.known").count() == 1


def test_who_may_only_look_can_not_mark(item):
    act(signed_in("compliance"), "use", item)
    assert Item.objects.get().known is None
