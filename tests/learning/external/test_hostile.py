"""What comes from outside and is odd, huge or a lie: said plainly, kept out, and never a crash."""

import json
import subprocess
import sys

import pytest
from django.conf import settings as django_settings

from learning import tasks
from learning.external import backends, exams, protocol
from learning.models import MLBackend
from routing.errors import PredictionFailed
from routing.kinds import TypeSpec
from routing.models import Item, Status
from tests.api_client import attrs, caller
from tests.learning import worlds
from tests.learning.external import backend
from tests.learning.external.backend import choice
from tests.learning.external.test_backends import post, rest, star, world

PICTURE = {"image": "https://pictures.example/1.png", "width": 200, "height": 100}
BOXES = TypeSpec("detection", ("cat",))


def box(**value):
    sides = {"x": 1, "y": 1, "width": 5, "height": 5, "rectanglelabels": ["cat"]}
    return {"type": "rectanglelabels", "value": sides | value}


def outline(*points):
    return {"type": "polygonlabels", "value": {"points": list(points), "polygonlabels": ["cat"]}}


@pytest.mark.parametrize(
    "odd",
    [
        box(x="inf"),
        box(width="nan"),
        box(x=1e308, width=1e308),
        outline(["-inf", 1], [2, 3], [4, 5]),
        outline(["nan", 1], [2, 3], [4, 5]),
        {"type": ["rectanglelabels"], "value": {}},
    ],
)
def test_places_that_are_no_numbers_are_one_item_that_can_not_be_read(odd):
    answer = json.dumps({"results": [{"result": [odd], "score": 0.9}, {"result": [box()], "score": 0.9}]})
    first, second = protocol.read(answer, [PICTURE, PICTURE], BOXES)
    assert (type(first), second[0].confidence) == (PredictionFailed, 0.9)


@pytest.mark.parametrize(
    ("spec", "payload"),
    [
        (BOXES, PICTURE),
        (TypeSpec("classification", ("good", "bad"), multilabel=True), {"text": "a"}),
        (TypeSpec("entity_linking"), {"text": "a", "mention": {"start": 0, "end": 1}, "candidates": []}),
    ],
)
def test_results_that_are_not_read_do_not_pass_for_nothing_found(spec, payload):
    answer = {"results": [{"result": [{"type": "brushlabels", "value": {}}], "score": 0.99}]}
    (said,) = protocol.read(json.dumps(answer), [payload], spec)
    assert said.detail == "the ML backend's answer can't be read: It has a result of type 'brushlabels'."


def test_a_committee_is_as_large_as_a_client_may_send_one():
    spec = TypeSpec("classification", ("good", "bad"))
    answers = [json.dumps({"results": [[choice("good")] * count]}) for count in (32, 33)]
    most, more = (protocol.read(one, [{"text": "a"}], spec)[0] for one in answers)
    assert (len(most), type(more)) == (32, PredictionFailed)


@pytest.fixture
def private(settings):
    settings.HITL_WEBHOOK_ALLOW_PRIVATE = True


@pytest.mark.django_db
def test_a_redirect_is_not_followed(private):
    with backend.serving(lambda asked: backend.MOVED) as server:
        item_type = world(server.url)
        post(1)
        assert backends.ask(item_type).startswith("the ML backend answered 307: no; again in ")
    assert {path for path, _, _ in server.asked} == {"/predict"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0.0.0.0"]
)
def test_no_spelling_of_this_machine_is_called_unless_the_server_allows_it(settings, host):
    settings.HITL_WEBHOOK_ALLOW_PRIVATE = False
    with backend.serving(star) as server:
        item_type = world(f"http://{host}:{server.server_port}")
        post(1)
        assert "can't be reached" in backends.ask(item_type)
    assert server.asked == []


@pytest.mark.django_db
def test_an_answer_without_end_is_cut_and_the_items_go_on_waiting(private, monkeypatch):
    monkeypatch.setattr(backends, "LONGEST", 10_000)
    with backend.serving(lambda asked: star(asked) | {"more": "x" * 20_000}) as server:
        item_type = world(server.url)
        (item,) = post(1)
        assert backends.ask(item_type).startswith("the ML backend can't be understood: its answer is no JSON")
    item.refresh_from_db()
    assert item.status == Status.PENDING_AI


@pytest.mark.django_db
def test_what_follows_a_question_mark_of_the_address_stays_there(private):
    with backend.serving(star) as server:
        item_type = world(f"{server.url}/models/7/?token=a/b")
        post(1)
        backends.ask(item_type)
    assert [path for path, _, _ in server.asked] == ["/models/7/predict?token=a/b"]


ASKING = """
import django; django.setup()
from learning import tasks
from routing.models import ItemType
tasks.ask_backend(ItemType.objects.get().pk)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_while_it_asks_nothing_is_stored_and_another_asks_when_the_turn_is_over(private):
    workers = []

    def answer(asked):
        if workers:
            workers.pop().kill()
            return 500
        return star(asked)

    with backend.serving(answer) as server:
        item_type = world(server.url)
        post(2)
        environment = worlds.environment() | {"HITL_WEBHOOK_ALLOW_PRIVATE": "1"}
        command = [sys.executable, "-c", ASKING]
        with subprocess.Popen(command, cwd=django_settings.BASE_DIR, env=environment) as worker:
            workers.append(worker)
        assert (worker.returncode, MLBackend.objects.get().failures) == (-9, 0)
        assert {item.status for item in Item.objects.all()} == {Status.PENDING_AI}
        assert tasks.ask_backend(item_type.pk).startswith("it is asked already")
        rest(item_type)
        assert tasks.ask_backend(item_type.pk) == "2 items were judged by what the ML backend said"


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999", None, [1], True])
def test_figures_and_probabilities_that_are_no_numbers_are_refused_or_read_plainly(number):
    version = exams.register(worlds.shapes(), exams.Claim("a@1", "any", 1), by="system:test")
    item = worlds.items(version.item_type, 1, held_out=1.0)
    worlds.label(item)
    said = {"item": str(item[0].pk), "label": "star", "probabilities": {"star": number}}
    url = f"/api/v1/models/{version.pk}/exam/"
    response = caller("models:write").post(url, {"answers": [said]}, format="json")
    assert response.status_code == (200 if number is True else 400)
    assert [one.confidence for one in version.trial_answers.all()] == ([1.0] if number is True else [])


@pytest.mark.django_db
def test_an_exam_takes_no_parameter_that_it_does_not_know():
    version = exams.register(worlds.shapes(), exams.Claim("a@1", "any", 1), by="system:test")
    response = caller("models:write").get(f"/api/v1/models/{version.pk}/exam/?held_out=false")
    assert attrs(response) == [("unknown_field", "held_out")]


@pytest.mark.django_db
@pytest.mark.parametrize("scope", ["models:read", "items:read", "labels:train"])
def test_a_key_for_something_else_sees_no_questions(scope):
    version = exams.register(worlds.shapes(), exams.Claim("a@1", "any", 1), by="system:test")
    client = caller(scope)
    assert client.get(f"/api/v1/models/{version.pk}/exam/").status_code == 403
    assert client.post(f"/api/v1/models/{version.pk}/exam/", {}, format="json").status_code == 403
    assert client.post("/api/v1/models/", {}, format="json").status_code == 403
