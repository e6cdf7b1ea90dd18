"""The champion's file is overwritten: people take over, the admin is told, one click leads back."""

import pytest
from django.urls import reverse

from hitl_project import attention
from learning import registry, retraining, tasks
from routing.models import Assignment, Item, Status
from tests.api_client import caller
from tests.learning import worlds
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def item_type():
    """A type with two champions in a row, the file of the one in force overwritten."""
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    retraining.retrain(item_type, trigger="test")
    worlds.label(worlds.items(item_type, 60, seed=1))  # of the same labels comes the same file
    retraining.retrain(item_type, trigger="test")
    assert str(registry.champion(item_type)) == "shapes@2"
    worlds.spoil(registry.champion(item_type))
    return item_type


def arrived(item_type, ref):
    """Send an item without a prediction through the API, and return it as it is stored."""
    body = {"item_type": item_type.slug, "item_ref": ref, "payload": {"features": [0, 0, 3, 0]}}
    response = caller("items:write").post("/api/v1/items/", body, format="json")
    assert response.status_code == 201, response.text
    return Item.objects.get(item_ref=ref)


def test_what_arrives_waits_for_people_with_the_reason_and_one_click_leads_back(item_type):
    before = arrived(item_type, "before")
    assert before.status in (Status.PENDING_HUMAN, Status.PENDING_EXPERT)
    assert "The file of shapes@2 is not the one that was stored" in before.reasons[0]["text"]
    admin = signed_in("admins")
    (told,) = [one for one in attention.waiting(admin.user) if "shapes@" in one.text]
    assert told.text == "Champion shapes@2 can't be read: return to shapes@1"
    seen = admin.get(told.url).context["question"].seen
    admin.post(told.url, {"reason": "broken file", "seen": seen})
    assert str(registry.champion(item_type)) == "shapes@1"
    assert not [one for one in attention.waiting(admin.user) if "shapes@" in one.text]
    assert arrived(item_type, "after").predictions.get().model == "shapes@1"


def test_people_are_asked_and_models_are_trained_as_if_there_were_no_champion(item_type):
    worlds.items(item_type, 20, seed=2, held_out=0)
    said = tasks.sample(item_type.pk, "test")
    assert said.startswith("without shapes@2, which can't be read: 10 of 20 to learn from")
    assert Assignment.objects.filter(purpose="learn", item__held_out=False).count() == 10
    worlds.label(worlds.items(item_type, 60, seed=3))
    assert tasks.retrain(item_type.pk, "test").startswith("shapes@3 ")


def test_other_pages_and_answers_work_all_the_same(item_type):
    client = signed_in("admins")
    for name in ("runs", "learning"):
        assert client.get(reverse(f"admin:routing_itemtype_{name}", args=[item_type.pk])).status_code == 200
    body = {"item_type": "shapes", "payloads": [{"features": [3, 0, 0, 0]}]}
    answer = caller("models:read").post("/api/v1/predict/", body, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "prediction_failed")
