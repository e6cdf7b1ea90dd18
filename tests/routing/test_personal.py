"""Personal fields are shown to whom the right says, and masked for others."""

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from labeling.models import GoldenExample
from learning.models import SamplingRun
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


def test_a_lead_is_told_which_items_were_picked_and_not_their_hidden_features(sentiment):
    SubjectRights.objects.update(personal_fields=["payload.features"])
    pick = {"item_id": "1", "item_ref": "patient-1", "features": [77.25, 3]}
    ended = {"status": "done", "finished_at": timezone.now(), "trigger": "test"}
    run = SamplingRun.objects.create(item_type=sentiment, strategy="random", suggestions=[pick], **ended)
    places = ("/api/v1/suggestions/", f"/admin/learning/samplingrun/{run.pk}/change/")
    told = {
        role: [client.get(place).content.decode() for place in places]
        for role, client in {role: signed_in(role, name=role) for role in ("admins", "leads")}.items()
    }
    assert {role: ["77.25" in text for text in said] for role, said in told.items()} == {
        "admins": [True, True],
        "leads": [False, False],
    }
    assert all("patient-1" in text for said in told.values() for text in said)


@pytest.mark.parametrize(
    ("list_of", "asked"),
    [
        ("/admin/routing/item/", "payload__name__startswith=A"),
        ("/admin/routing/item/", "context__email__contains=example"),
        ("/admin/routing/item/", "about=Ann"),
        (GOLDEN, "query__startswith=Ann"),
    ],
)
def test_nobody_can_find_out_by_the_address_of_a_list_what_its_page_hides(sentiment, list_of, asked):
    item = factories.submit(0.99, payload=PAYLOAD, context=CONTEXT)
    GoldenExample.objects.create(item_type=sentiment, item=item, query="Ann was here.")
    lead = signed_in("leads")
    assert [lead.get(f"{list_of}?{query}").status_code for query in ("", asked)] == [200, 400]


def test_lists_are_narrowed_by_their_filters_and_where_links_lead(sentiment):
    factories.submit(0.99)
    asked = f"item_type__id__exact={sentiment.pk}&status__exact=approved&model=clf%401"
    found = signed_in("leads").get(f"/admin/routing/item/?{asked}").context["cl"]
    assert found.result_count == 1


@pytest.mark.parametrize("model_admin", site._registry.values(), ids=lambda one: one.model._meta.label_lower)
def test_no_list_of_the_admin_takes_a_column_that_it_has_no_filter_for(model_admin, rf):
    request = rf.get("/")
    request.user = User(is_superuser=True, is_active=True)
    filters = [one for one in model_admin.get_list_filter(request) if not isinstance(one, type)]
    paths = [*model_admin.looked_up, *(one if isinstance(one, str) else one[0] for one in filters)]
    named = {path.split("__")[0] for path in paths}
    columns = {one.name for one in model_admin.model._meta.get_fields()} - named
    assert [one for one in columns if model_admin.lookup_allowed(f"{one}__isnull", "", request)] == []
