"""A model's card and two models side by side through the API."""

import pytest
from rest_framework.test import APIClient

from learning import card, comparing, registry, retraining
from learning.models import ModelVersion, Trainer, TrialAnswer
from tests import factories
from tests.api_client import caller
from tests.learning import trials, worlds
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    client = APIClient()
    client.force_authenticate(factories.person("ada", "admins"))
    return client


@pytest.fixture
def item_type():
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    return item_type


def trained(item_type):
    return retraining.retrain(item_type, trigger="test").model_version


def test_a_card_says_what_it_learnt_from_and_what_it_decided(admin, item_type):
    version = trained(item_type)
    trials.live(registry.champion(item_type), 3)
    said = admin.get(f"/api/v1/models/{version.pk}/").json()
    assert (said["model"]["name"], said["model"]["status"]) == ("shapes@1", "champion")
    assert said["learnt"] == {
        "sha256": version.run.dataset_sha256,
        "labels_used": 110,
        "labels_held_out": 50,
        "sources": [{"source": "learn", "labels": 160}],
        "erased": 0,
    }
    assert said["decisions"] == {"items": 3, "automated": 0, "more": False}
    assert sum(one["n"] for one in said["report"]["reliability"]) == 50


def test_decisions_are_counted_up_to_a_limit(item_type, monkeypatch):
    monkeypatch.setattr(card, "MOST", 2)
    version = trained(item_type)
    trials.live(registry.champion(item_type), 3)
    with counted(most=4):
        found = card.read(version)
    assert (found.decisions.items, found.decisions.more) == (2, True)


def test_two_models_are_compared_on_the_same_items(admin, item_type):
    first = trained(item_type)
    second = ModelVersion.objects.create(
        item_type=item_type,
        number=9,
        labels_used=1,
        trainer=Trainer.EXTERNAL,
        external_name="theirs@1",
        status="refused",
    )
    held_out = [item for item in item_type.items.order_by("pk") if item.held_out]
    TrialAnswer.objects.bulk_create(
        TrialAnswer(model_version=second, item=item, label="star") for item in held_out
    )
    stars = sum(worlds.truth(item) == "star" for item in held_out)
    said = admin.get(f"/api/v1/models/{first.pk}/compare/?with={second.pk}").json()
    assert (said["first_model"], said["second_model"], said["n"]) == ("shapes@1", "theirs@1", 50)
    assert (said["difference"]["wins"], said["difference"]["losses"]) == (0, 50 - stars)
    assert (said["first"]["value"], said["second"]["value"]) == (1.0, pytest.approx(stars / 50))
    assert len(said["items"]) == min(comparing.SHOWN, 50 - stars)


def test_models_of_two_types_are_not_compared(admin, item_type):
    first, other = trained(item_type), trials.model(worlds.shapes("others"), 1)
    answer = admin.get(f"/api/v1/models/{first.pk}/compare/?with={other.pk}")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_comparable")


def test_an_exam_that_is_not_over_is_not_compared(admin, item_type):
    first = trained(item_type)
    other = trials.model(item_type, 9, "exam", trainer=Trainer.EXTERNAL, external_name="theirs@1")
    answer = admin.get(f"/api/v1/models/{first.pk}/compare/?with={other.pk}")
    assert (answer.status_code, answer.json()["errors"][0]["detail"]) == (
        409,
        "The exam of theirs@1 is not over.",
    )


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("?with=0", 400), ("?with=99999", 404), ("?to=1", 400)]
)
def test_the_second_model_must_be_there(admin, item_type, query, status):
    answer = admin.get(f"/api/v1/models/{trained(item_type).pk}/compare/{query}")
    assert answer.status_code == status


@pytest.mark.parametrize(("scopes", "shown"), [(["models:read"], 0), (["models:read", "labels:read"], 1)])
def test_what_people_said_of_held_out_items_is_told_to_who_may_read_labels(item_type, scopes, shown):
    first, second = trained(item_type), trials.model(item_type, 9, "refused", trainer=Trainer.EXTERNAL)
    item = item_type.items.filter(held_out=True).earliest("pk")
    wrong = "star" if worlds.truth(item) != "star" else "circle"
    TrialAnswer.objects.create(model_version=second, item=item, label=wrong)
    report = {"pairs": {"items": [{"item": str(item.pk), "truth": worlds.truth(item)}]}}
    ModelVersion.objects.filter(pk=second.pk).update(report=report)
    client = caller(*scopes)
    said = client.get(f"/api/v1/models/{first.pk}/compare/?with={second.pk}").json()
    assert (said["difference"]["losses"], len(said["items"])) == (1, shown)
    assert len(client.get(f"/api/v1/models/{second.pk}/").json()["report"]["pairs"]["items"]) == shown


@pytest.mark.parametrize("path", ["", "compare/?with=1"])
def test_who_may_not_read_models_reads_no_card(item_type, path):
    address = f"/api/v1/models/{trained(item_type).pk}/{path}"
    client = APIClient()
    assert client.get(address).status_code == 401
    client.force_authenticate(factories.person("rita", "reviewers"))
    assert client.get(address).status_code == 403
