"""Models through the API: answers, lists, acts, and who may."""

import pytest
from rest_framework.test import APIClient

from learning import retraining
from learning.models import ModelVersion
from tests import factories
from tests.learning import worlds

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


def test_predict_answers_for_each_payload_in_order(admin, item_type):
    retraining.retrain(item_type, trigger="test")
    payloads = [{"features": [3, 0, 0, 0]}, {"features": [0, 0, 3, 0]}]
    answer = admin.post("/api/v1/predict/", {"item_type": "shapes", "payloads": payloads})
    said = answer.json()
    assert (answer.status_code, said["model"]) == (200, "shapes@1")
    assert [one["label"] for one in said["predictions"]] == ["circle", "star"]
    assert set(said["predictions"][0]["probabilities"]) == set(worlds.LABELS)


def test_predict_without_a_model_says_what_to_do(admin, item_type):
    answer = admin.post("/api/v1/predict/", {"item_type": "shapes", "payloads": [{"features": [3, 0, 0, 0]}]})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "no_model")


def test_predict_names_the_field_of_a_bad_payload(admin, item_type):
    payloads = [{"features": [3, 0, 0, 0]}, {"features": "three"}]
    answer = admin.post("/api/v1/predict/", {"item_type": "shapes", "payloads": payloads})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "payloads.1.features")


def test_predict_names_the_payload_that_the_model_cannot_read(admin, item_type):
    retraining.retrain(item_type, trigger="test")
    payloads = [{"features": [3, 0, 0, 0]}, {"features": [1, 2]}]
    answer = admin.post("/api/v1/predict/", {"item_type": "shapes", "payloads": payloads})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "payloads.1")


def test_an_unknown_item_type_is_a_plain_error(admin):
    answer = admin.post("/api/v1/predict/", {"item_type": "no-such", "payloads": [{"text": "?"}]})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "item_type")


def test_the_list_shows_models_of_one_type_with_their_numbers(admin, item_type):
    retraining.retrain(item_type, trigger="test")
    worlds.shapes("others")
    rows = admin.get("/api/v1/models/?item_type=shapes").json()["results"]
    assert [(row["name"], row["status"]) for row in rows] == [("shapes@1", "champion")]
    assert {"metric": "accuracy", "slice": "all"}.items() <= rows[0]["evaluations"][0].items()
    assert admin.get("/api/v1/models/?item_type=others").json()["results"] == []


def test_promote_and_retire_act_and_can_be_repeated(admin, item_type):
    first = retraining.retrain(item_type, trigger="test").model_version
    for act, status in (("retire", "retired"), ("promote", "champion")):
        for _ in range(2):
            answer = admin.post(f"/api/v1/models/{first.pk}/{act}/", {"reason": "a test"})
            assert (answer.status_code, answer.json()["status"]) == (200, status)


def test_who_may_only_read_can_not_promote(item_type):
    client = APIClient()
    client.force_authenticate(factories.person("carla", "compliance"))
    version = retraining.retrain(item_type, trigger="test").model_version
    assert client.get("/api/v1/models/").json()["results"][0]["name"] == "shapes@1"
    assert client.post(f"/api/v1/models/{version.pk}/retire/").status_code == 403
    assert ModelVersion.objects.get().status == "champion"


def test_a_reviewer_and_a_stranger_see_no_models(item_type):
    retraining.retrain(item_type, trigger="test")
    client = APIClient()
    assert client.get("/api/v1/models/").status_code == 401
    client.force_authenticate(factories.person("rita", "reviewers"))
    assert client.get("/api/v1/models/").status_code == 403


def test_the_latest_suggestions_are_listed(admin, item_type):
    from learning import tasks

    worlds.items(item_type, 20, seed=1, held_out=0)
    tasks.sample(item_type.pk, "test")
    (said,) = admin.get("/api/v1/suggestions/?item_type=shapes").json()
    assert (said["total_unlabeled"], len(said["suggestions"]), said["annotation_efficiency"]) == (20, 10, 0.5)
