"""ML backends: asked by a worker in batches, forgiven for a while, and never waited for without end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from learning import serving, tasks
from learning.external import backends
from learning.models import MLBackend, ModelVersion
from routing import router
from routing.models import Item, ItemType, Status
from tests import factories
from tests.learning import worlds
from tests.learning.external.backend import choice
from tests.learning.external.backend import serving as backend

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private(settings):
    settings.HITL_WEBHOOK_ALLOW_PRIVATE = True


def star(asked):
    """Answer that each is a star."""
    return {"results": [choice("star") for _ in asked], "model_version": "yolo-v1"}


def world(url):
    """Return an item type whose plan names the backend, with nothing waiting."""
    return worlds.shapes(plan={"ml_backend_url": url}, target_alpha=None)


def post(count, *, features=(0, 0, 3, 0)):
    entries = [factories.entry(None, payload={"features": list(features)}) for _ in range(count)]
    return [one.item for one in router.submit("shapes", entries, by="system:test")]


def rest(item_type):
    """Let the pause after a failure end."""
    MLBackend.objects.filter(item_type=item_type).update(
        next_attempt_at=timezone.now() - timedelta(seconds=1)
    )


def test_items_wait_and_are_judged_by_what_the_backend_says():
    with backend(star) as server:
        item_type = world(server.url)
        items = post(3)
        assert {item.status for item in items} == {Status.PENDING_AI}
        assert tasks.ask_backend(item_type.pk) == "3 items were judged by what the ML backend said"
    judged = Item.objects.values_list("model", "label", "confidence", "status")
    assert set(judged) == {("yolo-v1", "star", 0.97, Status.APPROVED)}
    assert [path for path, _, _ in server.asked] == ["/predict"]
    assert len(server.asked[0][2]["tasks"]) == 3


def test_many_items_are_asked_about_in_batches():
    with backend(star) as server:
        item_type = world(server.url)
        post(backends.BATCH + 1)
        backends.ask(item_type)
    assert [len(asked["tasks"]) for _, _, asked in server.asked] == [backends.BATCH, 1]


def test_the_backend_is_asked_by_the_post_of_an_item(monkeypatch):
    queued = []
    monkeypatch.setattr(serving, "async_task", lambda *call: queued.append(call))
    item_type = world("http://backend:9090")
    post(2)
    assert queued == [("learning.tasks.ask_backend", item_type.pk)]


def test_the_request_is_signed_as_a_webhook_is(settings):
    settings.HITL_WEBHOOK_SECRET = [b"secret"]
    with backend(star) as server:
        item_type = world(server.url)
        post(1)
        backends.ask(item_type)
    sent = {name.lower() for name in server.asked[0][1]}
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= sent


def test_a_backend_that_fails_is_given_pauses_and_then_people_look():
    with backend(lambda asked: 503) as server:
        item_type = world(server.url)
        (item,) = post(1)
        for _ in backends.PAUSES[:-1]:
            assert "the ML backend answered 503" in backends.ask(item_type)
            assert "rests after a failure" in backends.ask(item_type)
            rest(item_type)
        assert backends.ask(item_type).endswith("1 items went to people")
    item.refresh_from_db()
    assert item.status == Status.PENDING_HUMAN
    assert item.reasons[0]["text"] == "the model failed: the ML backend answered 503: no (4 times in a row)"
    assert AuditEvent.objects.filter(verb="ml_backend.lost").count() == 1


def test_a_backend_that_comes_back_is_used_again():
    with backend(star) as server:
        item_type = world(server.url)
        MLBackend.objects.create(item_type=item_type, failures=4, said="the ML backend answered 503: no")
        post(1)
        backends.ask(item_type)
    state = MLBackend.objects.get()
    assert (state.failures, state.said, Item.objects.get().status) == (0, "", Status.APPROVED)
    assert AuditEvent.objects.filter(verb="ml_backend.returned").count() == 1


def test_one_item_that_the_backend_chokes_on_does_not_stop_the_others():
    def choke(asked):
        return 500 if any(one["data"]["features"][0] == 9 for one in asked) else star(asked)

    with backend(choke) as server:
        item_type = world(server.url)
        post(2)
        (odd,) = post(1, features=(9, 0, 0, 0))
        post(2)
        backends.ask(item_type)
    odd.refresh_from_db()
    assert (odd.status, odd.reasons[0]["code"]) == (Status.PENDING_HUMAN, "prediction_failed")
    assert Item.objects.filter(status=Status.APPROVED).count() == 4


def test_a_private_address_is_not_called_unless_the_server_allows_it(settings):
    settings.HITL_WEBHOOK_ALLOW_PRIVATE = False
    with backend(star) as server:
        item_type = world(server.url)
        post(1)
        assert "which is not a public address" in backends.ask(item_type)
    assert server.asked == []


def test_one_worker_at_a_time_asks():
    item_type = world("http://backend:9090")
    post(1)
    MLBackend.objects.create(item_type=item_type, next_attempt_at=timezone.now() + timedelta(minutes=1))
    assert backends.ask(item_type).startswith("it is asked already")


def test_without_a_backend_in_the_plan_nothing_is_asked():
    item_type = worlds.shapes()
    post(1)
    assert backends.ask(item_type) == "there is no ML backend"


def test_a_prediction_of_a_model_that_is_not_in_force_goes_to_people():
    with backend(star) as server:
        item_type = world(server.url)
        ModelVersion.objects.create(
            item_type=item_type, number=1, status="refused", trainer="external", external_name="yolo-v1",
            learner="yolo", encoder="elsewhere", labels_used=9,
        )  # fmt: skip
        (item,) = post(1)
        backends.ask(item_type)
    item.refresh_from_db()
    said = "the prediction of yolo-v1 does not count: this model is refused"
    assert (item.status, item.reasons[0]["text"]) == (Status.PENDING_HUMAN, said)


def test_an_item_type_of_another_kind_is_asked_too():
    with backend(
        lambda asked: {"results": [{"result": [number(4.5)], "score": 0.99}] * len(asked)}
    ) as server:
        item_type = factories.item_type("stars", kind="regression", labels=[], minimum=0, maximum=5)
        worlds.LearningPlan.objects.create(item_type=item_type, ml_backend_url=server.url)
        item = factories.submit(None, to="stars")
        backends.ask(ItemType.objects.get(pk=item_type.pk))
    item.refresh_from_db()
    assert (item.label, item.model) == (4.5, "ml-backend")


def number(value):
    return {"from_name": "label", "to_name": "text", "type": "number", "value": {"number": value}}
