"""Another person is asked about an item because somebody wants it: by the API and in the admin."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from routing import another, names
from routing.errors import NoOpinionWanted
from routing.models import Assignment, Item
from tests import factories
from tests.api_client import attrs, caller
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def url(item):
    return f"/api/v1/items/{item.pk}/opinions/"


def asked(item):
    return item.assignments.filter(purpose="overlap")


def test_a_waiting_item_gets_one_more_seat_where_its_look_waits():
    factories.item_type()
    item = factories.submit(0.85)
    elsewhere = factories.queue("second line", "seniors")
    item.assignments.update(queue=elsewhere)
    seat = another.request(item.pk, why="The customer called.", by="system:test")
    assert (seat.purpose, seat.blind, seat.queue, seat.priority) == (
        "overlap",
        False,
        elsewhere,
        item.priority,
    )
    event = AuditEvent.objects.get(verb="item.opinion_asked")
    assert (event.data["why"], event.data["people"]) == ("The customer called.", 1)


def test_at_a_decided_item_the_look_is_blind():
    factories.item_type()
    seat = another.request(factories.submit(0.97).pk, why="Why not?", by="system:test")
    assert (seat.blind, seat.queue.slug, seat.due_at > seat.created_at) == (True, "reviews", True)


@pytest.mark.parametrize(
    ("confidence", "fields", "why"),
    [
        (0.3, {}, "An expert is asked about this item already."),
        (None, {}, "No model has answered this item yet: it is not known whether a person is needed."),
        (0.85, {"pool": True}, "This item waits in the pool: nobody decides it."),
    ],
)
def test_where_nobody_may_be_asked_it_says_why(confidence, fields, why):
    factories.item_type()
    item = factories.submit(confidence, **fields)
    with pytest.raises(NoOpinionWanted) as caught:
        another.request(item.pk, why="A doubt.", by="system:test")
    assert (caught.value.detail, asked(item).count()) == (why, 0)


def test_a_decision_is_doubted_once_at_a_time():
    factories.item_type()
    item = factories.submit(0.97)
    another.request(item.pk, why="A doubt.", by="system:test")
    with pytest.raises(NoOpinionWanted, match="asked for already"):
        another.request(item.pk, why="Another doubt.", by="system:test")


def test_nine_people_are_enough():
    factories.item_type()
    item = factories.submit(0.85)
    for _ in range(8):
        another.request(item.pk, why="A doubt.", by="system:test")
    with pytest.raises(NoOpinionWanted, match="9 people look"):
        another.request(item.pk, why="A doubt.", by="system:test")


def test_a_client_asks_with_a_reason():
    factories.item_type()
    item = factories.submit(0.85)
    response = caller("items:write").post(url(item), {"reason": "The customer called."})
    seat = asked(item).get()
    assert (response.status_code, response.json()["assignment"], response.json()["queue"]) == (
        201,
        names.of_seat(seat.pk),
        "reviews",
    )


def test_a_client_without_a_reason_or_with_a_key_for_reading_asks_nobody():
    factories.item_type()
    item = factories.submit(0.85)
    assert attrs(caller("items:write").post(url(item), {})) == [("required", "reason")]
    assert caller("items:read").post(url(item), {"reason": "A doubt."}).status_code == 403
    assert asked(item).count() == 0


def test_a_client_hears_of_a_stranger_and_of_a_refusal():
    factories.item_type()
    item, client = factories.submit(0.3), caller("items:write")
    assert attrs(client.post(url(item), {"reason": "A doubt."})) == [("no_opinion_wanted", None)]
    item.pk = "01920000-0000-7000-8000-000000000000"
    assert client.post(url(item), {"reason": "A doubt."}).status_code == 404


def test_a_lead_asks_about_several_items_and_hears_which_could_not_be():
    factories.item_type()
    items = [factories.submit(0.85), factories.submit(0.97), factories.submit(0.3)]
    client, where = signed_in("leads"), reverse("admin:routing_item_changelist")
    chosen = {"action": "ask_opinions", "_selected_action": [str(item.pk) for item in items]}
    page = client.post(where, chosen).content.decode()
    assert [item.item_ref in page for item in items] == [True] * 3
    assert Assignment.objects.filter(purpose="overlap").count() == 0
    page = client.post(where, chosen | {"reason": "Complaints."}, follow=True).content.decode()
    assert "One more person is asked about 2 items." in page
    assert "1 left as it is: An expert is asked about this item already." in page
    assert [asked(item).count() for item in items] == [1, 1, 0]


def test_without_a_reason_the_admin_asks_again():
    factories.item_type()
    item = factories.submit(0.85)
    chosen = {"action": "ask_opinions", "_selected_action": [str(item.pk)], "reason": " "}
    page = signed_in("leads").post(reverse("admin:routing_item_changelist"), chosen)
    assert ("This field is required." in page.content.decode(), asked(item).count()) == (True, 0)


def test_who_only_reads_can_not_ask():
    factories.item_type()
    item = factories.submit(0.85)
    chosen = {"action": "ask_opinions", "_selected_action": [str(item.pk)], "reason": "A doubt."}
    signed_in("compliance").post(reverse("admin:routing_item_changelist"), chosen)
    assert (asked(item).count(), Item.objects.count()) == (0, 1)
