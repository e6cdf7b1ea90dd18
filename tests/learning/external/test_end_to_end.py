"""A trainer of one's own from the first message to the first decision, over the API and real HTTP."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learning import retraining, serving, tasks
from learning.external import exams
from learning.models import LearningPlan, ModelVersion
from routing import router, signing, webhooks
from routing.models import Item, Status
from tests import factories
from tests.api_client import caller
from tests.learning import worlds
from tests.learning.external.backend import serving as trainer

pytestmark = pytest.mark.django_db
NAME = "centroids@1"


@pytest.fixture(autouse=True)
def _private(settings):
    settings.HITL_WEBHOOK_ALLOW_PRIVATE = True
    serving._loaded.clear()


def told(server, settings):
    """Return what the trainer was told, once it has checked who says so."""
    ((path, headers, message),) = server.asked
    sent = {name.lower(): value for name, value in headers.items()}
    now = datetime.fromtimestamp(int(sent["webhook-timestamp"]), UTC)
    expected = signing.headers(settings.HITL_WEBHOOK_SECRET, sent["webhook-id"], server.bodies[0], now=now)
    assert expected.items() <= sent.items()
    assert (path, message["type"]) == ("/hook", "training.due")
    return message["data"]


def centroids(client, url):
    """Return the mean features of each class: the trainer's model."""
    lines = b"".join(client.get(url).streaming_content).splitlines()
    rows = [row for row in map(json.loads, lines) if row["record"] == "item"]
    assert Item.objects.filter(held_out=True, item_ref__in=[row["item_ref"] for row in rows]).count() == 0
    said = [(row["labels"][-1]["label"], row["payload"]["features"]) for row in rows]
    return {name: np.mean([row for label, row in said if label == name], axis=0) for name in worlds.LABELS}


def predict(model, features):
    far = np.array([np.linalg.norm(np.subtract(features, model[name])) for name in worlds.LABELS])
    share = np.exp(-20 * far) / np.exp(-20 * far).sum()
    return worlds.LABELS[far.argmin()], dict(zip(worlds.LABELS, share.tolist(), strict=True))


def sit(client, version, model):
    url = f"/api/v1/models/{version}/exam/"
    while rows := client.get(url, {"page_size": 20}).json()["results"]:
        said = [(row["id"], *predict(model, row["payload"]["features"])) for row in rows]
        answers = [{"item": pk, "label": best, "probabilities": shares} for pk, best, shares in said]
        assert client.post(url, {"answers": answers}, format="json").status_code == 200


def post(client, model, count, start=0):
    """Post items with the trainer's predictions alone, and return them."""
    refs = [f"live-{start + number}" for number in range(count)]
    for ref in refs:
        label, shares = predict(model, [0, 0, 3, 0])
        said = {"model": NAME, "label": label, "confidence": shares[label], "probabilities": shares}
        body = {"item_type": "shapes", "item_ref": ref, "payload": {"features": [0, 0, 3, 0]}}
        answer = client.post("/api/v1/items/", body | {"predictions": [said]}, format="json")
        assert answer.status_code == 201, answer.content
    return list(Item.objects.filter(item_ref__in=refs).order_by("pk"))


def test_a_trainers_model_is_told_examined_judged_tried_in_the_shadow_promoted_and_decides(settings):
    item_type = worlds.shapes(plan={"shadow_labels": 3}, auto_approve=0.9, audit_rate=1.0)
    worlds.label(worlds.items(item_type, 160))
    retraining.retrain(item_type, trigger="the champion until then")
    client = caller("models:write", "labels:train", "items:write")
    with trainer(lambda asked: {}) as server:
        LearningPlan.objects.update(trainer="external", trainer_url=f"{server.url}/hook")
        tasks.retrain(item_type.pk, "a test")
        assert webhooks.deliver_due() == 1
        due = told(server, settings)
    model = centroids(client, due["export"])
    registration = {"item_type": "shapes", "name": NAME, "learner": "centroids", "labels_used": 110}
    registration |= {"dataset_sha256": due["dataset_sha256"]}
    version = client.post(due["register"], registration, format="json").json()["id"]
    sit(client, version, model)
    assert tasks.judge_exam(version) == f"{NAME} passed the gate and is in the shadow of shapes@1"
    tried = post(client, model, 3)
    assert [(item.model, item.status) for item in tried] == [("shapes@1", Status.APPROVED)] * 3
    worlds.label(tried, "star", source="audit")
    assert f"{NAME}: promoted; nothing speaks against it" in tasks.shadow_of(item_type.pk)
    (decided,) = post(client, model, 1, start=3)
    assert (decided.model, decided.status, decided.label) == (NAME, Status.APPROVED, "star")
    assert ModelVersion.objects.get(pk=version).run.dataset_sha256 == due["dataset_sha256"]


def statements(count):
    """Return how many statements a post of so many items with a prediction takes."""
    said = {"label": "star", "payload": {"features": [0, 0, 3, 0]}}
    entries = [factories.entry(0.99, **said) for _ in range(count)]
    with CaptureQueriesContext(connection) as made:
        router.submit("shapes", entries, by="system:test")
        return len(made)


def test_posting_costs_no_statement_more_with_models_from_elsewhere():
    item_type = worlds.shapes()
    before = statements(2)
    exams.register(item_type, exams.Claim(NAME, "centroids", 9), by="system:test")
    assert statements(2) == before > 0
