"""Personal fields are shown to whom the right says, and masked for others."""

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from labeling.models import GoldenExample
from routing import personal
from routing.models import SubjectRights
from tests import factories
from tests.people import signed_in

pytestmark = pytest.mark.django_db
GOLDEN = "/admin/labeling/goldenexample/"


@pytest.fixture
def sentiment(db):
    made = factories.item_type()
    SubjectRights.objects.create(item_type=made, personal_fields=["payload.name", "context.email"])
    return made


PAYLOAD, CONTEXT = {"text": "So so.", "name": "Ann"}, {"email": "a@example.com", "amount": 3}


def test_compliance_sees_what_a_lead_does_not(sentiment):
    shown = {
        role: personal.masked(PAYLOAD, CONTEXT, sentiment, signed_in(role, name=role).user)
        for role in ("compliance", "leads")
    }
    assert shown == {
        "compliance": (PAYLOAD, CONTEXT),
        "leads": ({"text": "So so.", "name": "[personal]"}, {"email": "[personal]", "amount": 3}),
    }


def test_a_type_without_rights_hides_nothing(db):
    assert personal.masked(PAYLOAD, CONTEXT, factories.item_type("other"), User()) == (PAYLOAD, CONTEXT)


def test_a_lead_reads_masked_fields_on_the_items_page_and_in_exports(sentiment):
    item = factories.submit(0.99, payload=PAYLOAD, context=CONTEXT)
    lead = signed_in("leads", is_staff=True)
    page = lead.get(f"/admin/routing/item/{item.pk}/change/").content.decode()
    export = b"".join(lead.get("/api/v1/exports/jsonl/?item_type=sentiment")).decode()
    assert [("Ann" in text, "[personal]" in text) for text in (page, export)] == [(False, True)] * 2


def test_an_item_holds_something_personal_where_a_field_is_there(sentiment):
    full = factories.submit(0.99, payload=PAYLOAD)
    empty = factories.submit(0.99)
    assert [personal.holds_any(one) for one in (full, empty)] == [True, False]


def test_a_rule_that_is_tried_does_not_tell_who_has_a_hidden_value(sentiment):
    factories.submit(0.99, payload=PAYLOAD)
    asked = {"item_type": sentiment.pk, "when": "payload.name.startsWith('A')"}
    lead = signed_in("leads", name="lea")
    lead.user.user_permissions.add(Permission.objects.get(codename="change_rule"))
    told = [
        len(client.post(reverse("admin:routing_rule_check"), asked).json()["examples"])
        for client in (signed_in("admins", name="ada"), lead)
    ]
    assert told == [1, 0]


def test_a_lead_can_not_find_out_what_a_hidden_question_says_by_searching(sentiment):
    SubjectRights.objects.update(personal_fields=["payload.text"])
    GoldenExample.objects.create(item_type=sentiment, query="Ann was here.", edited_output="positive")
    found = {
        role: "1 golden" in signed_in(role, name=role).get(GOLDEN, {"q": "Ann was"}).content.decode()
        for role in ("admins", "leads")
    }
    assert found == {"admins": True, "leads": False}
